//! Questions about who and what a mail concerns, beside its words: `reporter: known`, `asset: core`, `count: sender >= 3 in 24h`.

use crate::form::{Form, Written, nearest};
use crate::past::Counted;
use crate::report::{Authenticity, Language, Tlp};
use crate::ruleset::{Ask, Count, Tie, Trait};
use crate::tongue::Words;
use crate::words;

const TIES: &[(&str, Tie)] = &[
    ("known", Tie::Known),
    ("agent", Tie::Agent),
    ("ours", Tie::Ours),
    ("outside", Tie::Outside),
];
const TRAITS: &[(&str, Trait)] = &[
    ("known", Trait::Known),
    ("core", Trait::Core),
    ("personal_data", Trait::PersonalData),
    ("iiv", Trait::Vital),
    ("iiv_unknown", Trait::VitalUnknown),
    ("outside", Trait::Outside),
];
const AUTHENTICITIES: &[(&str, Authenticity)] = &[
    ("pass", Authenticity::Pass),
    ("fail", Authenticity::Fail),
    ("neutral", Authenticity::Neutral),
    ("unknown", Authenticity::Unknown),
];
const LANGUAGES: &[(&str, Language)] = &[
    ("id", Language::Id),
    ("en", Language::En),
    ("jv", Language::Jv),
];
const COUNTED: &[(&str, Counted)] = &[
    ("sender", Counted::Sender),
    ("asset", Counted::Asset),
    ("indicator", Counted::Indicator),
];
/// Everything a condition may begin with.
const HEADS: &str = "story, subject, newest, quoted, names, attached, headers, observables, weigh, sign, machine, has, type, sender, reporter, office, asset, kind, authenticity, language, tlp";
const LAST_HEAD: &str = "count";
/// Longest window: what is older is no burst, and the store need not be asked for it.
const LONGEST_DAYS: u64 = 90;

/// The question; `None` where it is faulty, which is noted.
pub fn ask(form: &Form, written: &Written<String>, (head, rest): (&str, &str)) -> Option<Ask> {
    match head {
        "reporter" => words(form, written, (rest, TIES)).map(Ask::Reporter),
        "asset" => words(form, written, (rest, TRAITS)).map(Ask::Asset),
        "kind" => words(form, written, (rest, crate::draft::KINDS)).map(Ask::Kind),
        "authenticity" => words(form, written, (rest, AUTHENTICITIES)).map(Ask::Authentic),
        "language" => words(form, written, (rest, LANGUAGES)).map(Ask::Language),
        "tlp" => words(form, written, (rest, Tlp::NAMES)).map(Ask::Tlp),
        "office" => offices(form, written, rest),
        "count" => count(form, written, rest),
        _ => {
            let known: Vec<&str> = HEADS.split([',', ' ']).chain([LAST_HEAD]).collect();
            let instead = nearest(head, &known).map_or_else(
                || words!("{HEADS} atau {LAST_HEAD}", "{HEADS} or {LAST_HEAD}"),
                |near| words!("maksud Anda `{near}:`?", "did you mean `{near}:`?"),
            );
            let what = words!(
                "tempat `{head}` tidak dikenal",
                "the place `{head}` is not known"
            );
            fault(form, written, (what, instead));
            None
        }
    }
}

/// Words of a few; any of them will do.
fn words<T: Copy>(
    form: &Form,
    written: &Written<String>,
    (rest, known): (&str, &[(&str, T)]),
) -> Option<Vec<T>> {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let meant = |word: &str| {
        let found = known.iter().find(|(name, _)| *name == word);
        if found.is_none() {
            let instead = nearest(word, &names).map_or_else(
                || names.join(", ").into(),
                |near| words!("maksud Anda `{near}`?", "did you mean `{near}`?"),
            );
            fault(
                form,
                written,
                (
                    words!("`{word}` tidak dikenal", "`{word}` is not known"),
                    instead,
                ),
            );
        }
        found.map(|(_, meaning)| *meaning)
    };
    let asked: Option<Vec<T>> = rest.split_whitespace().map(meant).collect();
    if asked.as_ref().is_some_and(Vec::is_empty) {
        fault(
            form,
            written,
            (
                words!("pertanyaan ini kosong", "this question is empty"),
                names.join(", "),
            ),
        );
        return None;
    }
    asked
}

fn fault(
    form: &Form,
    written: &Written<String>,
    (what, instead): (impl Into<Words>, impl Into<Words>),
) {
    form.fault(written.at, what, instead);
}

/// `office: dinas kesehatan, rsud`: pieces of names, apart by commas.
fn offices(form: &Form, written: &Written<String>, rest: &str) -> Option<Ask> {
    let pieces = rest.split(',').map(|piece| piece.trim().to_lowercase());
    let pieces: Vec<String> = pieces.filter(|piece| !piece.is_empty()).collect();
    if pieces.is_empty() {
        fault(
            form,
            written,
            (
                words!("nama kantor belum ditulis", "no office is named"),
                "office: dinas kesehatan, rsud",
            ),
        );
        return None;
    }
    Some(Ask::Office(pieces))
}

/// `sender >= 3 in 24h`
fn count(form: &Form, written: &Written<String>, rest: &str) -> Option<Ask> {
    let read = || {
        let (of, rest) = rest.split_once(">=")?;
        let (least, within) = rest.split_once(" in ")?;
        let of = COUNTED.iter().find(|(name, _)| *name == of.trim())?.1;
        Some(Count {
            of,
            least: least.trim().parse().ok().filter(|least| *least > 1)?,
            within_ms: span(within.trim())?,
        })
    };
    let count = read();
    if count.is_none() {
        let what = words!(
            "hitungan ini tidak dapat dibaca",
            "this count cannot be read"
        );
        let instead = words!(
            "count: sender >= 3 in 24h (sender, asset atau indicator; paling sedikit 2; m, h atau d, paling lama {LONGEST_DAYS}d)",
            "count: sender >= 3 in 24h (sender, asset or indicator; at least 2; m, h or d, at most {LONGEST_DAYS}d)"
        );
        fault(form, written, (what, instead));
    }
    count.map(Ask::Count)
}

/// Milliseconds of `30m`, `24h`, `7d`.
fn span(written: &str) -> Option<i64> {
    let unit = match written.chars().last()? {
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        _ => return None,
    };
    let amount: u64 = written.get(..written.len() - 1)?.trim().parse().ok()?;
    let span = amount.checked_mul(unit)?;
    let bearable = span > 0 && span <= LONGEST_DAYS * 86_400_000;
    i64::try_from(span).ok().filter(|_| bearable)
}
