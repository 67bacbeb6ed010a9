//! Reports that come by telephone, fax, letter, messenger or in person (SOP step 1, "telp/fax/email"), and cases that are parted.
//!
//! What was taken down becomes an entry of the journal like any mail, and goes the same way: the same rules, the same
//! register, the same ticket.

use std::fmt::Write;

use tanggap_rules::{Contact, Kind, Severity, classify, read};

use super::{Judge, Judged, reading};
use crate::case::{Act, Event, Intake};
use crate::letter::dates;
use crate::mailbox::Place;
use crate::store::{EntryId, StoreError, Unread};
use crate::tongue::{say, word};

/// A report as somebody took it down.
#[derive(Debug, Clone)]
pub struct Notes {
    pub intake: Intake,
    pub name: String,
    /// Telephone number or the like.
    pub contact: String,
    /// Where the receipt goes; empty where the reporter has no address.
    pub email: String,
    pub office: String,
    pub system: String,
    pub subject: String,
    pub text: String,
    /// Where a person judged already.
    pub severity: Option<Severity>,
    pub incident: Option<String>,
    pub operator: String,
}

/// What sets a report by hand apart from a mail.
pub(super) struct ByHand {
    /// As the register names the reporter.
    pub reporter: String,
    /// Where the receipt goes, if anywhere.
    pub email: String,
    /// As the agenda names the way it came.
    pub channel: &'static str,
}

impl Judge {
    /// Registers a report that was taken down; returns its register number.
    pub async fn take_down(&self, notes: &Notes) -> Result<String, StoreError> {
        let now = self.clock.now();
        let prefix = &self.config.team.register_prefix;
        let mut sitting = self
            .store
            .sitting_by_hand(now, prefix, &notes.operator)
            .await?;
        let raw = self.raw(notes);
        let place = Place {
            account: "manual".to_owned(),
            folder: notes.intake.name().to_owned(),
            uidvalidity: 0,
            uid: self.clock.unique(),
        };
        let entry = sitting.keep(place, raw.as_bytes()).await?;
        let unread = Unread {
            entry,
            tries: 0,
            size: raw.len() as u64,
            kept: now,
        };
        let mail = self.judged_by_hand(notes, unread, raw.as_bytes());
        let verdict = self.open(&mut sitting, &mail).await?;
        let Some(case) = verdict.case else {
            return Err(StoreError::Refused(
                word("kasus tidak terbuka", "the case was not opened").to_owned(),
            ));
        };
        let taken = Act::TakenDown {
            intake: notes.intake,
            name: notes.name.clone(),
            contact: notes.contact.clone(),
            office: notes.office.clone(),
            system: notes.system.clone(),
        };
        sitting.apply(case, Event::Acted(taken)).await?;
        let register = sitting.register_of(case).await?;
        super::record(&mut sitting, mail, verdict);
        sitting.commit().await?;
        Ok(register)
    }

    /// Takes a mail out of its case into a case of its own; both name each other. Nobody gets a second receipt.
    pub async fn part(
        &self,
        entry: EntryId,
        reason: &str,
        operator: &str,
    ) -> Result<String, StoreError> {
        let now = self.clock.now();
        let prefix = &self.config.team.register_prefix;
        let raw = self.store.raw(entry, self.config.limits.mail_size).await?;
        let mut sitting = self.store.sitting_by_hand(now, prefix, operator).await?;
        let old = sitting.case_of_entry(entry).await?.ok_or_else(|| {
            StoreError::Refused(say!(
                "surel jurnal {} tidak ada dalam kasus mana pun",
                "journal mail {} is in no case",
                entry.0
            ))
        })?;
        let unread = Unread {
            entry,
            tries: 0,
            size: raw.len() as u64,
            kept: now,
        };
        let mut mail = reading::judge_bytes(&self.measure(), unread, &raw);
        mail.classification.kind = Kind::Report;
        mail.by_hand = Some(ByHand {
            reporter: String::new(),
            email: String::new(),
            channel: "surel",
        });
        let verdict = self.open(&mut sitting, &mail).await?;
        let Some(new) = verdict.case else {
            return Err(StoreError::Refused(
                word("kasus tidak terbuka", "the case was not opened").to_owned(),
            ));
        };
        let (from, to) = (
            sitting.register_of(old).await?,
            sitting.register_of(new).await?,
        );
        let linked = |register: &str, how: String| {
            Event::Acted(Act::Linked {
                register: register.to_owned(),
                how,
            })
        };
        sitting
            .apply(old, linked(&to, format!("dipisahkan dari sini: {reason}")))
            .await?;
        sitting
            .apply(new, linked(&from, format!("kasus asal: {reason}")))
            .await?;
        sitting.move_entry(entry, new).await?;
        sitting.commit().await?;
        Ok(to)
    }

    /// What was taken down, as a mail to ourselves: evidence, readable without us.
    fn raw(&self, notes: &Notes) -> String {
        let now = self.clock.now();
        let line = |text: &str| text.replace(['\r', '\n'], " ");
        let address = self.address(notes);
        let mut text = format!(
            "From: <{address}>\r\nTo: <{}>\r\nSubject: {}\r\nDate: {}\r\nX-Tanggap-Intake: {}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
            self.config.team.address,
            line(&notes.subject),
            now.wib().to_rfc2822(),
            notes.intake.name(),
        );
        let fields = [
            ("Nama", &notes.name),
            ("Instansi", &notes.office),
            ("Telepon", &notes.contact),
            ("Sistem", &notes.system),
        ];
        // Writing to a String cannot fail.
        for (label, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(text, "{label}: {}\r\n", line(value));
        }
        let _ = write!(
            text,
            "\r\n{}\r\n\r\nDicatat {} oleh {} ({}).\r\n",
            notes.text.replace('\n', "\r\n"),
            dates::moment(now.wib()),
            line(&notes.operator),
            notes.intake.name(),
        );
        text
    }

    fn address<'a>(&'a self, notes: &'a Notes) -> &'a str {
        if notes.email.is_empty() {
            &self.config.team.address
        } else {
            &notes.email
        }
    }

    fn judged_by_hand(&self, notes: &Notes, unread: Unread, raw: &[u8]) -> Judged {
        let by = self.measure();
        let mut report = read(raw, &by.site);
        report.subject.clone_from(&notes.subject);
        report.from = Some(Contact {
            name: notes.name.clone(),
            address: self.address(notes).to_owned(),
        });
        report.office = Some(notes.office.clone()).filter(|office| !office.is_empty());
        // Two calls about the same thing are two reports until a person joins them.
        for (byte, value) in report.canon.iter_mut().zip(unread.entry.0.to_be_bytes()) {
            *byte ^= value;
        }
        let mut classification = classify(&by.rules, &report);
        classification.kind = Kind::Report;
        classification.kind_reason = format!(
            "dicatat oleh {} lewat {}",
            notes.operator,
            notes.intake.name()
        );
        if let Some(severity) = notes.severity {
            classification.severity = severity;
            classification.reasons = vec![format!("Ditetapkan oleh {}.", notes.operator)];
        }
        if let Some(incident) = &notes.incident {
            classification.incident.clone_from(incident);
        }
        let reporter = [&notes.name, &notes.contact]
            .into_iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        Judged {
            unread,
            report,
            classification,
            for_human: None,
            by_hand: Some(ByHand {
                reporter,
                email: notes.email.clone(),
                channel: notes.intake.name(),
            }),
        }
    }
}
