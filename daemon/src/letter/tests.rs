//! What the tests of letters are made of.

#![allow(clippy::unwrap_used)]

use tanggap_rules::{Authenticity, Classification, Kind, Language, Missing, Report, Site, read};

use super::{ReceiptFacts, Recipient};
use crate::clock::Timestamp;
use crate::config::{Doubt, ReceiptSettings, Team, Trust};

/// An honest report by a person, addressed to us, with nothing odd about it.
pub(super) fn report() -> Report {
    let mail = "Return-Path: <budi@dinkes.batangkab.go.id>\r\nFrom: \"Budi Santoso, S.Kom.\" <budi@dinkes.batangkab.go.id>\r\n\
                Reply-To: elsewhere@evil.example\r\nTo: CSIRT <csirt@batangkab.go.id>\r\nSubject: Web dinas diretas\r\n\
                Message-ID: <abc.1@dinkes.batangkab.go.id>\r\n\r\nHalaman depan kami diganti.\r\n";
    Report {
        authenticity: Authenticity::Pass,
        language: Language::Id,
        missing: vec![Missing::Identity, Missing::Evidence],
        ..read(mail.as_bytes(), &site())
    }
}

pub(super) fn classification(kind: Kind) -> Classification {
    Classification {
        kind,
        kind_reason: String::new(),
        otherwise: kind,
        severity: tanggap_rules::Severity::Medium,
        incident: "other:other".to_owned(),
        also: Vec::new(),
        fired: Vec::new(),
        reasons: Vec::new(),
        clauses: Vec::new(),
        priority: None,
        tags: Vec::new(),
        deadlines: Vec::new(),
        ruleset: String::new(),
    }
}

pub(super) fn site() -> Site {
    Site {
        addresses: vec![
            "csirt@batangkab.go.id".to_owned(),
            "tiket@batangkab.go.id".to_owned(),
        ],
        domains: vec!["batangkab.go.id".to_owned()],
        message_id_domains: vec!["csirt.batangkab.go.id".to_owned()],
        authserv_ids: Vec::new(),
        register_prefix: "INS".to_owned(),
        ..Site::default()
    }
}

pub(super) fn settings() -> ReceiptSettings {
    ReceiptSettings {
        enabled: true,
        trust: Trust::Authenticated,
        doubt: Doubt::Hold,
        per_sender_day: 4,
        per_domain_hour: 30,
        in_all_hour: 200,
    }
}

pub(super) fn team() -> Team {
    Team {
        name: "Batangkab-CSIRT".to_owned(),
        office: "Dinas Komunikasi dan Informatika Kabupaten Batang".to_owned(),
        office_english: "Batang Regency Government, Indonesia".to_owned(),
        address: "csirt@batangkab.go.id".to_owned(),
        register_prefix: "INS".to_owned(),
    }
}

/// Hands the facts of a receipt for this report to `with`.
pub(super) fn with_facts<T>(report: &Report, with: impl FnOnce(&ReceiptFacts<'_>) -> T) -> T {
    let recipient = Recipient::new("budi@dinkes.batangkab.go.id").unwrap();
    with(&ReceiptFacts {
        register: "INS-2026-0042",
        team: &team(),
        report,
        recipient: &recipient,
        received: Timestamp(1_795_398_060_000),
        key: [0xa5; 15],
    })
}
