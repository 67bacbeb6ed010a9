//! Reports that machines write for machines, in the forms they are really sent in: what is accused, and of what.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

use tanggap_rules::{Kind, Report, RuleSet, Severity, Site, classify, read};

fn site() -> Site {
    Site {
        addresses: vec!["csirt@batangkab.go.id".into()],
        domains: vec!["batangkab.go.id".into()],
        message_id_domains: vec!["csirt.batangkab.go.id".into()],
        authserv_ids: Vec::new(),
        register_prefix: "INS".into(),
        ..Site::default()
    }
}

const HEAD: &str = "From: Abuse Desk <abuse@reporter.example>\r\nTo: csirt@batangkab.go.id\r\nSubject: abuse report\r\nDate: Tue, 3 Feb 2026 09:00:00 +0700\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThis is an automated report. See the attachment.\r\n";

/// A mail with one attachment, its bytes as hex-free quoted base64.
fn mail(kind: &str, name: &str, contents: &[u8]) -> Report {
    let raw = format!(
        "{HEAD}--b\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        base64(contents)
    );
    read(raw.as_bytes(), &site())
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut word = [0_u8; 3];
        word[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, word[0], word[1], word[2]]);
        for at in 0..4_usize {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize] as char;
            out.push(if at <= chunk.len() { letter } else { '=' });
        }
        if out.len() % 78 == 76 {
            out.push_str("\r\n");
        }
    }
    out
}

/// A zip archive whose members are stored as they are.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut central) = (Vec::new(), Vec::new());
    for (name, contents) in members {
        let (at, length) = (out.len() as u32, contents.len() as u32);
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        common.extend(length.to_le_bytes());
        common.extend(length.to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(*contents);
        central.extend(b"PK\x01\x02\x14\x00");
        central.extend(&common);
        central.extend([0; 10]);
        central.extend(at.to_le_bytes());
        central.extend(name.as_bytes());
    }
    let (size, start, count) = (central.len() as u32, out.len() as u32, members.len() as u16);
    out.extend(central);
    out.extend(b"PK\x05\x06\x00\x00\x00\x00");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn found(report: &Report) -> Vec<String> {
    report
        .observables
        .iter()
        .map(|one| format!("{}:{}", one.kind, one.value))
        .collect()
}

#[track_caller]
fn means(report: &Report, format: &str, incident: &str, severity: Severity) {
    let judged = classify(&RuleSet::shipped(), report);
    assert_eq!(report.machine.as_ref().unwrap().format, format);
    assert_eq!(
        (judged.kind, judged.incident.as_str(), judged.severity),
        (Kind::Automated, incident, severity)
    );
}

#[test]
fn xarf_of_version_3_accuses_its_source_and_nobody_else() {
    let report = mail("application/json", "xarf.json", br#"{"Version":"3","ReporterInfo":{"ReporterOrg":"Desk","ReporterOrgDomain":"reporter.example","ReporterOrgEmail":"desk@other.example"},"Disclosure":true,"Report":{"ReportClass":"Activity","ReportType":"Portscan","Date":"2026-02-03T01:00:00Z","SourceIp":"198.51.100.17","DestinationIp":"203.0.113.5","SourcePort":4711}}"#);
    means(
        &report,
        "xarf",
        "information-gathering:scanner",
        Severity::Medium,
    );
    assert_eq!(found(&report), ["ipv4:198.51.100.17"]);
    assert!(report.evidence_attached());
    assert_eq!(report.observables[0].place, "laporan terlampir");
}

#[test]
fn xarf_of_version_4_gives_its_link_and_not_the_evidence() {
    let report = mail("application/json", "report.json", br#"{"xarf_version":"4.0.0","report_id":"x","reporter":{"org":"R","contact":"r@other.example","domain":"other.example"},"source_identifier":"198.51.100.18","category":"content","type":"phishing","url":"https://pkk.batangkab.go.id/bank/login.html","evidence":[{"content_type":"image/png","hash":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]}"#);
    means(&report, "xarf", "fraud:phishing", Severity::Medium);
    assert_eq!(
        found(&report),
        [
            "ipv4:198.51.100.18",
            "url:https://pkk.batangkab.go.id/bank/login.html"
        ]
    );
}

#[test]
fn a_report_txt_of_x_arf_is_read_line_by_line() {
    let report = mail("text/plain", "report.txt", b"---\r\nReported-From: autogenerated@blocker.example\r\nCategory: abuse\r\nReport-Type: login-attack\r\nService: ssh\r\nVersion: 0.2\r\nUser-Agent: Feedback 0.2\r\nDate: Fri, 30 Jan 2026 07:19:02 +0100\r\nSource-Type: ip-address\r\nSource: 198.51.100.19\r\nPort: 22\r\nReport-ID: 123@blocker.example\r\nSchema-URL: http://www.blocker.example/schema.json\r\nAttachment: text/plain\r\n");
    means(
        &report,
        "x-arf",
        "intrusion-attempts:brute-force",
        Severity::Medium,
    );
    assert_eq!(found(&report), ["ipv4:198.51.100.19"]);
}

#[test]
fn a_zipped_feed_is_read_by_its_address_column() {
    let csv = b"\"timestamp\",\"ip\",\"protocol\",\"port\",\"hostname\",\"tag\",\"asn\",\"banner\"\r\n\"2026-02-02 03:11:08\",\"198.51.100.20\",\"udp\",\"53\",\"host-20.isp.example.net\",\"openresolver\",\"64500\",\"see http://banner.example.net/x\"\r\n\"2026-02-02 03:11:09\",\"2001:db8:42::7\",\"udp\",\"53\",\"\",\"openresolver\",\"64500\",\"\"\r\n";
    let report = mail(
        "application/zip",
        "2026-02-02-scan_dns-batang-asn.csv.zip",
        &zip(&[("2026-02-02-scan_dns-batang-asn.csv", csv)]),
    );
    means(&report, "feed", "vulnerable:ddos-amplifier", Severity::Low);
    assert_eq!(
        found(&report),
        ["ipv4:198.51.100.20", "ipv6:2001:db8:42::7"]
    );
}

#[test]
fn an_archive_that_lies_is_left_alone() {
    let mut bomb = zip(&[("data.csv", b"timestamp,ip,asn,x\n")]);
    let at = bomb
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    bomb[at + 24..at + 28].copy_from_slice(&u32::MAX.to_le_bytes());
    let report = mail("application/zip", "data.zip", &bomb);
    assert!(
        report
            .oddities
            .iter()
            .any(|odd| odd.0.contains("terlalu dimampatkan")),
        "{:?}",
        report.oddities
    );
    for cut in 0..bomb.len() {
        let _ = mail("application/zip", "data.zip", &bomb[..cut]);
    }
    let many: Vec<String> = (0..150).map(|at| format!("{at}.bin")).collect();
    let members: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let report = mail("application/zip", "many.zip", &zip(&members));
    assert!(
        report
            .oddities
            .iter()
            .any(|odd| odd.0.contains("100 berkas"))
    );
}

#[test]
fn safe_browsing_names_the_pages() {
    let raw = "From: Google Safe Browsing <noreply@google.example>\r\nTo: csirt@batangkab.go.id\r\nSubject: Safe Browsing Report\r\nDate: Tue, 3 Feb 2026 09:00:00 +0700\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n<notification_message asn=\"64500\" date=\"2026-02-01\">\r\n <list type=\"0\">\r\n  <url_info url=\"http://kluwih.desa-contoh.id/foto/\" ip=\"198.51.100.21\" />\r\n </list>\r\n</notification_message>\r\n";
    let report = read(raw.as_bytes(), &site());
    means(
        &report,
        "safe-browsing",
        "intrusions:application-compromise",
        Severity::Medium,
    );
    assert_eq!(
        found(&report),
        [
            "url:http://kluwih.desa-contoh.id/foto/",
            "ipv4:198.51.100.21"
        ]
    );
}

#[test]
fn every_observable_tells_where_it_stood() {
    let raw = "From: A <a@x.example>\r\nTo: csirt@batangkab.go.id\r\nSubject: login dari 203.0.113.7\r\nContent-Type: text/plain\r\n\r\nSelamat pagi.\r\nAda koneksi ke 203.0.113.8 tadi malam.\r\n";
    let report = read(raw.as_bytes(), &site());
    let places: Vec<&str> = report
        .observables
        .iter()
        .map(|one| one.place.as_str())
        .collect();
    assert_eq!(places, ["judul", "isi surel, baris 2"]);
}

/// RFC 3464: what came back is named by the headers that the report returns, and only where delivery has failed for good.
fn delivery_report(action: &str, last: &str) -> Report {
    let raw = format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: csirt@batangkab.go.id\r\nSubject: Undelivered Mail\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; a@b.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n--b\r\n{last}\r\n--b--\r\n"
    );
    read(raw.as_bytes(), &site())
}

#[test]
fn a_delivery_report_names_the_letter_that_came_back() {
    let ours = "ack.0a1b2c@csirt.batangkab.go.id";
    let folded = format!(
        "Content-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-ID:\r\n <{ours}>\r\n"
    );
    let whole = format!(
        "Content-Type: message/rfc822\r\n\r\nSubject: x\r\nMessage-ID: <{ours}>\r\n\r\nisi\r\n"
    );
    let expected = [tanggap_rules::Reference::MessageId(ours.to_owned())];
    assert_eq!(delivery_report("failed", &folded).references, expected);
    assert_eq!(delivery_report("failed", &whole).references, expected);
    assert_eq!(delivery_report("delayed", &folded).references, []);
    let foreign = folded.replace("csirt.batangkab.go.id", "lain.example");
    assert_eq!(delivery_report("failed", &foreign).references, []);
}

/// A feedback report (RFC 5965) with the mail it complains of.
fn feedback(fields: &str) -> Report {
    let raw = format!(
        "From: fbl@isp.example\r\nTo: csirt@batangkab.go.id\r\nSubject: FW: hadiah\r\nDate: Tue, 3 Feb 2026 09:00:00 +0700\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\n{fields}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: promo@palsu.example\r\nSubject: hadiah\r\n\r\nklik http://hadiah.example/x\r\n--b--\r\n"
    );
    read(raw.as_bytes(), &site())
}

/// What such a report is; how grave, the book and its scales say.
#[track_caller]
fn complains(report: &Report, incident: &str) {
    let judged = classify(&RuleSet::shipped(), report);
    assert_eq!(report.machine.as_ref().unwrap().format, "arf");
    assert_eq!(
        (judged.kind, judged.incident.as_str()),
        (Kind::Automated, incident)
    );
}

#[test]
fn arf_names_what_it_complains_of_and_whom() {
    let fields = "Feedback-Type: abuse\r\nUser-Agent: FBL/1\r\nVersion: 1\r\nOriginal-Mail-From: <promo@palsu.example>\r\nSource-IP: 198.51.100.31\r\nReported-Domain: hadiah.example\r\n";
    let report = feedback(fields);
    complains(&report, "abusive-content:spam");
    let told = found(&report);
    assert!(told.contains(&"ipv4:198.51.100.31".to_owned()), "{told:?}");
    assert!(
        told.contains(&"url:http://hadiah.example/x".to_owned()),
        "{told:?}"
    );
    complains(
        &feedback("Feedback-Type: fraud\r\nVersion: 1\r\n"),
        "fraud:phishing",
    );
    complains(
        &feedback("Feedback-Type: virus\r\nVersion: 1\r\n"),
        "malicious-code:malware-distribution",
    );
}

/// A complaint names a host of ours that sends what nobody wants: something real was affected, with little loss. Where a format
/// itself names the level, the words of the form around it are no reason for another.
#[test]
fn a_feedback_report_keeps_the_level_of_what_it_complains_of() {
    let level = |fields: &str| {
        let report = feedback(fields);
        let judged = classify(&RuleSet::shipped(), &report);
        (judged.severity, judged.reasons)
    };
    for (kind, wanted) in [
        ("abuse", Severity::Medium),
        ("fraud", Severity::Medium),
        ("virus", Severity::Medium),
        ("auth-failure", Severity::Low),
        ("not-spam", Severity::Low),
    ] {
        let fields = format!(
            "Feedback-Type: {kind}\r\nUser-Agent: FBL/1\r\nVersion: 1\r\nSource-IP: 198.51.100.31\r\n"
        );
        let (severity, reasons) = level(&fields);
        assert_eq!(severity, wanted, "{kind}: {reasons:?}");
    }
}

#[test]
fn netcraft_names_the_page_it_wants_taken_down() {
    let report = mail("text/plain", "report.txt", b"Report-Type: phishing\r\nCategory: fraud\r\nVersion: 0.2\r\nReported-From: takedown@netcraft.example\r\nSource-Type: url\r\nSource: hxxp://pkk[.]batangkab[.]go[.]id/wp-includes/bank/login.php\r\nDate: Tue, 03 Feb 2026 01:00:00 +0000\r\nDomain: pkk.batangkab.go.id\r\nIp: 198.51.100.32\r\n");
    means(&report, "x-arf", "fraud:phishing", Severity::Medium);
    let told = found(&report);
    assert!(
        told.contains(&"url:http://pkk.batangkab.go.id/wp-includes/bank/login.php".to_owned()),
        "{told:?}"
    );
    assert!(told.contains(&"ipv4:198.51.100.32".to_owned()), "{told:?}");
}

#[test]
fn what_an_archive_lists_stands_beside_it_and_can_be_asked() {
    let report = mail(
        "application/zip",
        "bukti.zip",
        &zip(&[("foto/ktp.jpg", b"x"), ("../../setor.php.exe", b"x")]),
    );
    let bukti = report
        .attachments
        .iter()
        .find(|one| one.name == "bukti.zip")
        .unwrap();
    assert_eq!(bukti.members, ["ktp.jpg", "setor.php.exe"]);
    let rules = tanggap_rules::RuleFile {
        name: "a.toml".into(),
        text: "[patterns]\ndua-akhiran = '\\.php\\.exe$'\n[[rule]]\nname = \"x\"\nseverity = \"high\"\nany = [\"names: dua-akhiran\"]\n".into(),
    };
    let judged = classify(&RuleSet::compile(&[rules]).unwrap(), &report);
    assert_eq!(judged.fired.len(), 1, "{judged:?}");
}

#[test]
fn a_senders_tags_in_every_form_are_kept() {
    let tags = |subject: &str| {
        let raw = format!(
            "From: a@cert.example\r\nTo: csirt@batangkab.go.id\r\nSubject: {subject}\r\n\r\nx\r\n"
        );
        read(raw.as_bytes(), &site()).tags
    };
    assert_eq!(tags("[JPCERT#12345678] Compromised"), ["[JPCERT#12345678]"]);
    assert_eq!(tags("[CERT-EE #123] [TLP:AMBER] x"), ["[CERT-EE #123]"]);
    assert_eq!(tags("INC0012345 down"), ["INC0012345"]);
    assert_eq!(tags("[#123456] tiket kita"), [""; 0]);
}
