//! One condition as a rule writes it, compiled.

use super::types::TYPES;
use super::{Bench, facts};
use crate::draft::{Group, Item};
use crate::form::{Form, Written, nearest};
use crate::lexicon::List;
use crate::ruleset::{Place, Test, When};
use crate::stance::Stance;
use crate::words;

/// What `sign:` may ask for; a header's own name beginning with `list-` besides.
const SIGNS: &[&str] = &[
    "auto-submitted",
    "precedence",
    "list",
    "suppress",
    "loop",
    "system-sender",
    "machine-type",
    "null-sender",
    "many-hops",
    "spam-verdict",
    "own-mail",
    "not-to-us",
    "feedback-id",
];
/// What `has:` may ask for.
const HAS: &[&str] = &[
    "attachment",
    "evidence",
    "identity",
    "contact",
    "time",
    "system",
    "forward",
    "short",
    "brief",
    "office",
    "ipv4",
    "ipv6",
    "range",
    "url",
    "domain",
    "email",
    "md5",
    "sha1",
    "sha256",
    "cve",
    "bitcoin",
    "telegram",
    "whatsapp",
    "clues-only",
];
/// What `machine:` may ask for: the formats that are read, and any of them.
const MACHINES: &[&str] = &["arf", "x-arf", "xarf", "feed", "safe-browsing", "any"];
const PLACES: &[(&str, Place)] = &[
    ("", Place::Story),
    ("story", Place::Story),
    ("subject", Place::Subject),
    ("newest", Place::Newest),
    ("quoted", Place::Quoted),
    ("names", Place::Names),
    ("attached", Place::Attached),
    ("headers", Place::Headers),
    ("observables", Place::Observables),
];
/// The list of a book whose words make a statement unsure, and the one that tells of drills.
const UNSURE: &str = "ragu";
const DRILL: &str = "latihan";

/// What a phrase must be, and of which list.
type Part = (List, Option<Stance>);

impl Bench {
    pub(super) fn when(&self, form: &Form, group: &Group) -> When {
        let tests = |items: &[Item]| {
            items
                .iter()
                .filter_map(|item| self.test(form, item))
                .collect()
        };
        When {
            any: tests(&group.any),
            all: tests(&group.all),
            not: tests(&group.not),
        }
    }

    fn test(&self, form: &Form, item: &Item) -> Option<Test> {
        match item {
            Item::Nested(group) => Some(Test::Nested(self.when(form, group))),
            Item::Says(written) => self.says(form, written),
        }
    }

    /// `[place:] [denied|imagined|said|unsure|drill] list + list`, or a question that begins with its own word (`sign: …`).
    fn says(&self, form: &Form, written: &Written<String>) -> Option<Test> {
        let (head, rest) = written
            .value
            .split_once(':')
            .map_or(("", written.value.as_str()), |(head, rest)| {
                (head.trim(), rest.trim())
            });
        if let Some((_, place)) = PLACES.iter().find(|(name, _)| *name == head) {
            return self.words(form, written, (*place, rest));
        }
        match head {
            "weigh" => self.weigh(form, written, rest),
            "sign" => {
                self.known_words(form, written, rest, SIGNS);
                Some(Test::Sign(rest.to_owned()))
            }
            "has" => {
                self.known_words(form, written, rest, HAS);
                Some(Test::Has(rest.to_owned()))
            }
            "machine" => {
                self.known_words(form, written, rest, MACHINES);
                Some(Test::Machine(rest.to_owned()))
            }
            "type" => {
                begins_types(form, written, rest);
                Some(Test::Type(rest.to_owned()))
            }
            "sender" => Some(Test::Sender(rest.to_owned())),
            _ => facts::ask(form, written, (head, rest)).map(Test::Ask),
        }
    }

    fn words(
        &self,
        form: &Form,
        written: &Written<String>,
        (place, rest): (Place, &str),
    ) -> Option<Test> {
        let parts = rest.split('+').map(str::trim);
        let lists: Option<Vec<Vec<Part>>> =
            parts.map(|part| self.part(form, written, part)).collect();
        Some(Test::Words {
            place,
            lists: lists?.concat(),
        })
    }

    /// A slip in a name that nothing looks up would make a rule that never holds.
    #[expect(clippy::unused_self, reason = "reads beside its siblings")]
    fn known_words(&self, form: &Form, written: &Written<String>, words: &str, known: &[&str]) {
        if words.is_empty() {
            form.fault(
                written.at,
                words!("pertanyaan ini kosong", "this question is empty"),
                known.join(", "),
            );
        }
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            let header = known == SIGNS && word.contains("list");
            if known.contains(&word) || header {
                continue;
            }
            let instead = nearest(word, known).map_or_else(
                || known.join(", ").into(),
                |near| words!("maksud Anda `{near}`?", "did you mean `{near}`?"),
            );
            form.fault(
                written.at,
                words!("`{word}` tidak dikenal", "`{word}` is not known"),
                instead,
            );
        }
    }

    /// `weigh: list 2 + list 1 + list -2 >= 4`: points for each different word that is told.
    fn weigh(&self, form: &Form, written: &Written<String>, rest: &str) -> Option<Test> {
        let read = rest.rsplit_once(">=").and_then(|(sum, least)| {
            let parts = sum.split('+').map(|part| part.trim().rsplit_once(' '));
            let points = parts.map(|part| {
                let (name, points) = part?;
                Some((name, points.parse::<i32>().ok()?))
            });
            Some((
                points.collect::<Option<Vec<_>>>()?,
                least.trim().parse().ok()?,
            ))
        });
        let Some((points, least)) = read else {
            let what = words!(
                "timbangan ini tidak dapat dibaca",
                "this scale cannot be read"
            );
            form.fault(
                written.at,
                what,
                words!(
                    "weigh: nama-daftar 2 + daftar-lain 1 >= 3",
                    "weigh: list-name 2 + other-list 1 >= 3"
                ),
            );
            return None;
        };
        let lists: Option<Vec<_>> = points
            .iter()
            .map(|(name, points)| Some((self.list(form, written, name)?, *points)))
            .collect();
        lists.map(|lists| Test::Weigh { lists, least })
    }

    /// One list and how it must be meant. `unsure` and `drill` ask for a second list's word in the same sentence.
    pub(super) fn part(
        &self,
        form: &Form,
        written: &Written<String>,
        part: &str,
    ) -> Option<Vec<Part>> {
        let (stance, name, beside) = match part.split_once(' ') {
            Some(("denied", name)) => (Some(Stance::Denied), name, None),
            Some(("imagined", name)) => (Some(Stance::Imagined), name, None),
            Some(("said", name)) => (None, name, None),
            Some(("unsure", name)) => (Some(Stance::Told), name, Some(UNSURE)),
            Some(("drill", name)) => (None, name, Some(DRILL)),
            _ => (Some(Stance::Told), part, None),
        };
        let mut parts = vec![(self.list(form, written, name.trim())?, stance)];
        if let Some(beside) = beside {
            parts.push((self.list(form, written, beside)?, None));
        }
        Some(parts)
    }

    fn list(&self, form: &Form, written: &Written<String>, name: &str) -> Option<List> {
        let found = self.lists.get(name).copied();
        if found.is_none() {
            let name = Written {
                value: name.to_owned(),
                at: written.at,
            };
            let known: Vec<&str> = self.names.iter().map(String::as_str).collect();
            self.no_such(form, &name, (&words!("daftar kata", "word list"), &known));
        }
        found
    }
}

/// Each word of `type:` is the beginning of a type: `intrusions`, `fraud:phishing`.
fn begins_types(form: &Form, written: &Written<String>, starts: &str) {
    if starts.is_empty() {
        form.fault(
            written.at,
            words!("pertanyaan ini kosong", "this question is empty"),
            "type: intrusions fraud:phishing",
        );
    }
    let none = |start: &&str| !TYPES.iter().any(|named| named.starts_with(start));
    for start in starts.split(' ').filter(none) {
        let classes = TYPES.iter().filter_map(|named| named.split(':').next());
        let known: Vec<&str> = TYPES.iter().copied().chain(classes).collect();
        let instead = nearest(start, &known).map_or_else(
            || {
                words!(
                    "kelas atau kelas:jenis menurut RSIT, misalnya fraud:phishing",
                    "a class, or class:type by RSIT, such as fraud:phishing"
                )
            },
            |near| words!("maksud Anda `{near}`?", "did you mean `{near}`?"),
        );
        let what = words!(
            "`{start}` bukan awal jenis insiden mana pun",
            "`{start}` begins no type of incident"
        );
        form.fault(written.at, what, instead);
    }
}
