//! The words of a book, compiled: every form of every word in one table, phrases found through their first word.

mod index;
mod phrases;
mod slip;

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

use crate::language::affix;
use crate::language::words::{Fold, Sort, Word, Words, hash};
use crate::{tongue, words};

use crate::language::table::narrow;
use index::{Index, Present, Start};
use phrases::{Phrase, Phrases};

/// Stands for one way a word may be written in a phrase: exact, any form of a root, a beginning, or a sort.
type Atom = u32;

/// A word list of the book, by its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct List(pub u16);

/// A phrase found: its list and its words.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    pub list: List,
    pub first: usize,
    /// The last word, inclusive.
    pub last: usize,
    /// Which of the words from `first` on the phrase names (the others stand in its gaps); bit 0 is `first`.
    pub named: u64,
}

/// Words that end in a star, by their first three bytes.
type Beginnings = HashMap<u32, Vec<(Box<str>, Atom)>, BuildHasherDefault<Fold>>;

#[derive(Debug, Default)]
pub struct Lexicon {
    beginnings: Beginnings,
    sorts: Vec<(Sort, Atom)>,
    /// Words that may be written with a slip.
    slips: slip::Slips,
    phrases: Phrases,
    /// How many atoms there are.
    atoms: usize,
    /// While the book is read; nothing once the lexicon is closed.
    draft: Draft,
    /// Made of the above when the lexicon is closed.
    index: Index,
}

/// What is only needed to add more.
#[derive(Debug, Default)]
struct Draft {
    /// The hash of a form, and what it may be meant as; as they come.
    forms: Vec<(u64, Atom)>,
    names: HashMap<String, Atom>,
}

impl Lexicon {
    /// Adds a phrase to a list; the reason why it cannot be understood otherwise.
    pub fn add(&mut self, list: List, written: &str) -> Result<(), tongue::Words> {
        let mut steps: Vec<(Vec<Atom>, u8)> = Vec::new();
        let mut gap = 0;
        for piece in written.split_whitespace() {
            match piece {
                ".." => gap = 3,
                "..." => gap = 8,
                _ => {
                    for alternatives in pieces(piece) {
                        let any = alternatives
                            .iter()
                            .map(|word| self.atom(word))
                            .collect::<Result<_, _>>()?;
                        steps.push((any, gap));
                        gap = 0;
                    }
                }
            }
        }
        if steps.is_empty() || gap > 0 {
            return Err(words!(
                "frasa tidak boleh kosong atau berakhir dengan titik-titik",
                "a phrase must not be empty or end with dots"
            ));
        }
        self.phrases.add(list, written, &steps);
        Ok(())
    }

    /// Takes a list's phrases away: all of them, or one as it is written.
    pub fn forget(&mut self, list: List, written: Option<&str>) -> bool {
        self.phrases.forget(list, written)
    }

    /// Makes ready to judge; before this nothing is found, after it nothing is added.
    pub fn close(&mut self) {
        let mut forms = std::mem::take(&mut self.draft).forms;
        forms.sort_unstable();
        forms.dedup();
        let beginnings = self.beginnings.keys().copied();
        self.index = Index::of(forms, beginnings, &mut self.phrases);
    }

    fn atom(&mut self, written: &str) -> Result<Atom, tongue::Words> {
        let written = written.to_lowercase();
        if let Some(atom) = self.draft.names.get(&written) {
            return Ok(*atom);
        }
        let atom = u32::try_from(self.draft.names.len()).unwrap_or(u32::MAX);
        if let Some(name) = written.strip_prefix('<') {
            let sort = sort_named(name.trim_end_matches('>'))?;
            self.sorts.push((sort, atom));
        } else if let Some(word) = written.strip_suffix('?') {
            self.slippery(word, atom)?;
        } else if let Some(root) = written.strip_suffix('~') {
            for form in affix::forms(root) {
                self.form(&form, atom);
            }
        } else if let Some(start) = written.strip_suffix('*') {
            let key = key(start).ok_or_else(|| {
                words!(
                    "awalan sebelum bintang paling sedikit tiga huruf",
                    "before the asterisk there must be at least three letters"
                )
            })?;
            self.beginnings
                .entry(key)
                .or_default()
                .push((start.into(), atom));
        } else if let Some(exact) = written.strip_prefix('=') {
            self.form(exact, atom);
        } else {
            if !written.chars().all(|character| {
                character.is_alphanumeric() || character == '.' || character == '+'
            }) {
                return Err(words!("`{written}` bukan kata", "`{written}` is no word"));
            }
            for form in affix::clitics(&written) {
                self.form(&form, atom);
            }
        }
        self.draft.names.insert(written, atom);
        self.atoms = self.draft.names.len();
        Ok(atom)
    }

    /// A form in the spelling that texts are normalised to, and as it stands.
    fn form(&mut self, form: &str, atom: Atom) {
        let (plain, spelled) = (hash(form), hash(crate::language::spelled(form)));
        self.draft.forms.push((plain, atom));
        if spelled != plain {
            self.draft.forms.push((spelled, atom));
        }
    }

    /// The lists that hold at least one phrase.
    pub fn filled(&self) -> HashSet<List> {
        self.phrases.lists().collect()
    }

    /// Every phrase found in a text.
    pub fn hits(&self, text: &Words) -> Vec<Hit> {
        if self.phrases.is_empty() {
            return Vec::new();
        }
        let known = self.known(text);
        let begun = self.begun(text, &known);
        let mut hits = Vec::new();
        for at in 0..text.words.len() {
            let starts = begun.of(at).iter();
            let starts = starts.filter(|start| self.index.goes_on(start, at, &known));
            let phrases = starts.filter_map(|start| self.phrases.get(start.phrase));
            hits.extend(phrases.filter_map(|phrase| phrase.found(at, &known, text)));
            if hits.len() > 10_000 {
                break;
            }
        }
        hits
    }

    /// The atoms of every word; of words that are the same they are looked up once.
    fn known(&self, text: &Words) -> Spans<Atom> {
        let mut known = Spans::with_room_for(text.words.len());
        let mut alone: Vec<Span> = Vec::with_capacity(text.words.len());
        let mut before: Option<&Word> = None;
        for word in &text.words {
            let span = alone.get(word.first as usize).copied();
            let span = span.unwrap_or_else(|| known.add(|atoms| self.atoms(word, atoms)));
            alone.push(span);
            let prefix = before.filter(|prefix| joins(prefix, word));
            let joined = prefix.map(|prefix| self.joined((prefix, word), span, &mut known));
            known.spans.push(joined.unwrap_or(span));
            before = Some(word);
        }
        known
    }

    /// "di hack", "ke hack", "dipun bikak" written apart mean the same as together.
    fn joined(&self, (prefix, root): (&Word, &Word), alone: Span, known: &mut Spans<Atom>) -> Span {
        let prefix = if &*prefix.form == "ke" { "ke" } else { "di" };
        let form = format!("{prefix}{}", root.form);
        let together = self.index.atoms(hash(crate::language::spelled(&form)));
        if together.is_empty() {
            return alone;
        }
        let mut atoms = known.at(alone).to_vec();
        for atom in together {
            if !atoms.contains(atom) {
                atoms.push(*atom);
            }
        }
        known.add(|items| items.extend(atoms))
    }

    /// The phrases that may begin at every word.
    fn begun(&self, text: &Words, known: &Spans<Atom>) -> Spans<Start> {
        let present = Present::of(&known.items, self.atoms);
        let mut begun = Spans::with_room_for(text.words.len());
        for (at, word) in text.words.iter().enumerate() {
            let first = word.first as usize;
            let same = known.spans.get(first) == known.spans.get(at);
            let span = begun.spans.get(first).copied().filter(|_| same);
            let span = span.unwrap_or_else(|| {
                let atoms = known.of(at).iter();
                let starts = atoms.flat_map(|atom| self.index.starts(*atom, &present));
                begun.add(|phrases| phrases.extend(starts))
            });
            begun.spans.push(span);
        }
        begun
    }

    /// Every way in which the book may mean this word.
    fn atoms(&self, word: &Word, into: &mut Vec<Atom>) {
        let mut exact = self.index.atoms(word.hash);
        if exact.is_empty() && word.folded != 0 {
            exact = self.index.atoms(word.folded);
        }
        into.extend(exact);
        if exact.is_empty() && word.sort == Sort::Word {
            self.slips.near(&word.form, into);
        }
        let begun = key(&word.form).filter(|key| self.index.may_begin(*key));
        if let Some(starts) = begun.and_then(|key| self.beginnings.get(&key)) {
            let meant = starts
                .iter()
                .filter(|(start, _)| word.form.starts_with(&**start));
            into.extend(meant.map(|(_, atom)| *atom));
        }
        if word.sort == Sort::File {
            // `xmrig.exe` speaks by both its pieces.
            for piece in word.form.rsplit('.').take(4) {
                into.extend(self.index.atoms(hash(piece)));
            }
        }
        if word.sort != Sort::Word {
            let sorts = self.sorts.iter().filter(|(sort, _)| fits(*sort, word.sort));
            into.extend(sorts.map(|(_, atom)| *atom));
        }
    }
}

/// Where the items of a word stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span(u32, u32);

/// What belongs to every word of a text; words that are the same share it.
struct Spans<T> {
    items: Vec<T>,
    spans: Vec<Span>,
}

impl<T> Spans<T> {
    fn with_room_for(words: usize) -> Self {
        Self {
            items: Vec::with_capacity(words),
            spans: Vec::with_capacity(words),
        }
    }

    fn add(&mut self, put: impl FnOnce(&mut Vec<T>)) -> Span {
        let first = narrow(self.items.len());
        put(&mut self.items);
        Span(first, narrow(self.items.len()))
    }

    fn at(&self, Span(first, end): Span) -> &[T] {
        let range = first as usize..end as usize;
        self.items.get(range).unwrap_or_default()
    }

    fn of(&self, word: usize) -> &[T] {
        let span = self.spans.get(word).copied();
        span.map_or(&[], |span| self.at(span))
    }
}

fn joins(prefix: &Word, root: &Word) -> bool {
    prefix.sentence == root.sentence && loose_prefix(&prefix.form)
}

fn loose_prefix(form: &str) -> bool {
    matches!(form, "di" | "ke" | "dipun" | "kena")
}

impl Phrase<'_> {
    fn found(&self, at: usize, known: &Spans<Atom>, text: &Words) -> Option<Hit> {
        let sentence = text.words.get(at)?.sentence as usize;
        let end = text.sentences.get(sentence)?.end;
        let (mut last, mut named) = (at, 1_u64);
        for step in self.steps().skip(1) {
            let fits = |next: &usize| step.any.iter().any(|atom| known.of(*next).contains(atom));
            let beyond = last + 2 + usize::from(step.gap);
            let near = (last + 1..beyond.min(end)).find(fits);
            // A loose prefix is no word of its own: one more may follow.
            let loose = |word: &Word| loose_prefix(&word.form);
            let further =
                || (beyond < end && text.words.get(last + 1).is_some_and(loose)).then_some(beyond);
            last = near.or_else(|| further().filter(fits))?;
            named |= 1_u64
                .checked_shl(u32::try_from(last - at).unwrap_or(63))
                .unwrap_or(0);
        }
        Some(Hit {
            list: self.list,
            first: at,
            last,
            named,
        })
    }
}

/// A piece of a phrase as the words a text would show it as: "di-hack" is one, "brute-force" are two.
fn pieces(piece: &str) -> Vec<Vec<String>> {
    let joined = piece.contains(['-', '_', '&']) && !piece.contains(['/', '<', '~', '*', '=']);
    if !joined {
        let alternatives = piece.split('/');
        return vec![
            alternatives
                .map(|word| word.trim_start_matches('.').to_owned())
                .collect(),
        ];
    }
    let words = crate::language::words::split(piece).words;
    words
        .into_iter()
        .map(|word| vec![word.form.into_string()])
        .collect()
}

/// The first three bytes as one number.
fn key(word: &str) -> Option<u32> {
    let [first, second, third]: [u8; 3] = word.as_bytes().get(..3)?.try_into().ok()?;
    Some(u32::from_be_bytes([0, first, second, third]))
}

/// `<number>` stands for any number, the others for themselves.
fn fits(wanted: Sort, found: Sort) -> bool {
    wanted == found
        || wanted == Sort::Number && matches!(found, Sort::Many)
        || wanted == Sort::Petty && found == Sort::Money
}

fn sort_named(name: &str) -> Result<Sort, tongue::Words> {
    let known = [
        ("many", Sort::Many),
        ("number", Sort::Number),
        ("money", Sort::Money),
        ("sum", Sort::Petty),
        ("link", Sort::Link),
        ("address", Sort::Address),
        ("email", Sort::Email),
        ("file", Sort::File),
    ];
    known.iter().find(|(known, _)| *known == name).map(|(_, sort)| *sort).ok_or_else(|| words!("`<{name}>` tidak dikenal: pakai <many>, <number>, <money>, <sum>, <link>, <address>, <email> atau <file>", "`<{name}>` is not known: use <many>, <number>, <money>, <sum>, <link>, <address>, <email> or <file>"))
}
