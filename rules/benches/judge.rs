//! How fast mails are read and judged, and what a book costs: `cargo bench -p tanggap-rules`. Over the SpamAssassin corpus, on one
//! core, with rspamd and SpamAssassin beside it in the same run where they are installed. Ours is counted in the
//! processor's time of this thread, so that what else the machine does counts little; take the ratios all the same.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a bench that panics has measured nothing, which is all it should do with the unexpected"
)]

#[path = "judge/book.rs"]
mod book;
#[path = "../../tests/benches/spine/mails.rs"]
mod mails;
#[path = "judge/others.rs"]
mod others;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use tanggap_rules::{RuleFile, RuleSet, Site, classify, read};

/// The corpus is judged so often, and the fastest pass counts: the machine is shared.
const PASSES: usize = 3;

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    let mails = mails::mails();
    let bytes: usize = mails.iter().map(Vec::len).sum();
    println!(
        "corpus     {} mails, {:.1} MB; one core, fastest of {PASSES} passes",
        mails.len(),
        bytes as f64 / 1e6
    );
    if wants("shipped") {
        judge("shipped", &RuleSet::book(), &mails);
    }
    let patterns = book::patterns(&mails);
    if wants("patterns") {
        judge("patterns", &[book::of(&patterns)], &mails);
    }
    if wants("rspamd") {
        others::rspamd(&patterns, &mails);
    }
    if wants("spamassassin") {
        others::spamassassin(&mails);
    }
}

/// Of our team, as the shipped configuration has it.
fn site() -> Site {
    let domain = || vec!["batangkab.go.id".to_owned()];
    Site {
        addresses: vec!["csirt@batangkab.go.id".to_owned()],
        domains: domain(),
        message_id_domains: domain(),
        register_prefix: "INS".to_owned(),
        ..Site::default()
    }
}

/// One pass: how long it took, the slowest mail, and how many mails any rule held for.
struct Pass {
    whole: Duration,
    slowest: Duration,
    reading: Duration,
    held: usize,
}

fn judge(name: &str, files: &[RuleFile], mails: &[Vec<u8>]) {
    let before = resident();
    let begun = Instant::now();
    let rules = RuleSet::compile(files).unwrap_or_else(|faults| panic!("{faults:?}"));
    let compiled = begun.elapsed();
    let passes: Vec<Pass> = (0..PASSES).map(|_| pass(&rules, mails)).collect();
    let memory = resident().saturating_sub(before);
    let best = passes.iter().min_by_key(|pass| pass.whole).unwrap();
    let slowest = passes.iter().map(|pass| pass.slowest).min().unwrap();
    println!(
        "{name:<10} {:.0} mails/s ({:.1} µs a mail, of which reading {:.1}), slowest {:.1} ms, {} mails under a rule; {} rules compiled in {} ms, {:.1} MiB after all passes",
        mails.len() as f64 / best.whole.as_secs_f64(),
        micros(best.whole, mails.len()),
        micros(best.reading, mails.len()),
        slowest.as_secs_f64() * 1e3,
        best.held,
        rules.count(),
        compiled.as_millis(),
        memory as f64 / f64::from(1 << 20),
    );
}

fn micros(whole: Duration, count: usize) -> f64 {
    whole.as_secs_f64() * 1e6 / count as f64
}

fn pass(rules: &RuleSet, mails: &[Vec<u8>]) -> Pass {
    let (site, core) = (site(), Core::of_this_thread());
    let mut pass = Pass {
        whole: Duration::ZERO,
        slowest: Duration::ZERO,
        reading: Duration::ZERO,
        held: 0,
    };
    for mail in mails {
        let start = core.had();
        let report = read(mail, &site);
        let read = core.had();
        let judged = classify(rules, &report);
        let end = core.had();
        pass.reading += read.saturating_sub(start);
        let whole = end.saturating_sub(start);
        pass.whole += whole;
        pass.slowest = pass.slowest.max(whole);
        pass.held += usize::from(!judged.fired.is_empty());
    }
    pass
}

/// How long this thread has had a core (`proc(5)`, schedstat): on a shared machine the clock on the wall says little. Kept open,
/// for a look costs a good part of what it measures otherwise.
struct Core(File);

impl Core {
    fn of_this_thread() -> Self {
        Self(File::open("/proc/thread-self/schedstat").unwrap())
    }

    fn had(&self) -> Duration {
        let mut told = [0_u8; 64];
        let read = self.0.read_at(&mut told, 0).unwrap();
        let digits = told[..read].iter().take_while(|byte| byte.is_ascii_digit());
        let add = |sum: u64, digit: &u8| sum * 10 + u64::from(digit - b'0');
        Duration::from_nanos(digits.fold(0, add))
    }
}

/// Bytes of this process in memory.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = text.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}
