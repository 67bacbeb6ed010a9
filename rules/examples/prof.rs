use std::time::Instant;
use tanggap_rules::{RuleSet, Site, classify, read};
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let rounds: usize = std::env::args().nth(2).map_or(1, |s| s.parse().unwrap());
    let mut mails = Vec::new();
    for g in std::fs::read_dir(dir).unwrap().flatten() {
        if !g.path().is_dir() {
            continue;
        }
        for f in std::fs::read_dir(g.path()).unwrap().flatten() {
            if f.path().extension().is_some_and(|e| e == "txt") {
                let raw = std::fs::read(f.path()).unwrap();
                let mut out = if std::env::var("OURS").is_ok() {
                    b"Delivered-To: csirt@batangkab.go.id\r\n".to_vec()
                } else {
                    Vec::new()
                };
                for (n, l) in raw.split(|b| *b == b'\n').enumerate() {
                    if n == 0 && l.starts_with(b"From ") {
                        continue;
                    }
                    out.extend_from_slice(l.strip_suffix(b"\r").unwrap_or(l));
                    out.extend_from_slice(b"\r\n");
                }
                mails.push(out);
            }
        }
    }
    let rules = RuleSet::shipped();
    let mut site = Site::default();
    site.addresses = vec!["csirt@batangkab.go.id".into()];
    site.domains = vec!["batangkab.go.id".into()];
    if std::env::var("DUMP").is_ok() {
        let mut more: Vec<_> = std::fs::read_dir("tests/reports")
            .unwrap()
            .flatten()
            .map(|f| f.path())
            .filter(|p| p.extension().is_some_and(|e| e == "eml"))
            .collect();
        more.sort();
        for p in more {
            mails.push(std::fs::read(p).unwrap());
        }
        for m in &mails {
            let r = read(m, &site);
            let c = classify(&rules, &r);
            println!("{r:?}\n{c:?}");
        }
        return;
    }
    let mut best = vec![(u128::MAX, u128::MAX); mails.len()];
    for _ in 0..rounds {
        for (i, m) in mails.iter().enumerate() {
            let t = Instant::now();
            let rep = read(m, &site);
            let a = t.elapsed().as_nanos();
            let t = Instant::now();
            let k = classify(&rules, &rep);
            let b = t.elapsed().as_nanos();
            std::hint::black_box(&k);
            if std::env::var("WHY").is_ok()
                && matches!(format!("{:?}", k.kind).as_str(), "Report" | "Automated")
            {
                println!(
                    "{:?}|{}|{:?}|{:?}|{}",
                    k.kind, k.kind_reason, k.incident, k.severity, rep.subject
                );
            }
            best[i].0 = best[i].0.min(a);
            best[i].1 = best[i].1.min(b);
        }
    }
    let n = mails.len() as u128;
    println!(
        "best of {rounds}: read {} us classify {} us slowest {} us",
        best.iter().map(|b| b.0).sum::<u128>() / n / 1000,
        best.iter().map(|b| b.1).sum::<u128>() / n / 1000,
        best.iter().map(|b| b.0 + b.1).max().unwrap() / 1000
    );
}
