//! Which words of a text are the same: what is known of one is known of the others.

use super::table::narrow;
use super::words::{Word, Words};

impl Words {
    /// The words of a text, each once.
    pub fn different(&self) -> impl Iterator<Item = &Word> {
        let firsts = self.words.iter().zip(0_u32..);
        firsts
            .filter(|(word, at)| word.first == *at)
            .map(|(word, _)| word)
    }

    /// Tells every word which is the first of those that are like it.
    pub(super) fn find_same(&mut self) {
        let mut seen = Seen::with_room_for(self.words.len());
        for at in 0..self.words.len() {
            let first = self
                .words
                .get(at)
                .map(|word| seen.first(word, at, &self.words));
            if let (Some(word), Some(first)) = (self.words.get_mut(at), first) {
                word.first = first;
            }
        }
    }
}

/// Where words were seen first: a flat table, at least half of it free.
struct Seen(Vec<u32>);

/// No word was seen here.
const FREE: u32 = u32::MAX;

impl Seen {
    fn with_room_for(words: usize) -> Self {
        Self(vec![FREE; (words * 2).next_power_of_two()])
    }

    /// The first of the words that are the same as this one, which stands at `at`.
    fn first(&mut self, word: &Word, at: usize, words: &[Word]) -> u32 {
        let mask = self.0.len() - 1;
        let mut slot = usize::try_from(word.hash & 0xFFFF_FFFF).unwrap_or(0) & mask;
        while let Some(seen) = self.0.get_mut(slot) {
            if *seen == FREE {
                *seen = narrow(at);
                return *seen;
            }
            let known = words.get(*seen as usize);
            if known.is_some_and(|known| known.hash == word.hash && known.sort == word.sort) {
                return *seen;
            }
            slot = (slot + 1) & mask;
        }
        narrow(at)
    }
}

#[cfg(test)]
mod tests {
    use crate::language::words::split;

    #[test]
    fn words_of_one_form_and_sort_are_the_same() {
        let words = split("Situs kami mati, SITUS kami 12 kali. Rugi 12 juta!");
        let firsts: Vec<u32> = words.words.iter().map(|word| word.first).collect();
        // "12 juta" is money, "12 kali" a number.
        assert_eq!(firsts, [0, 1, 2, 0, 1, 5, 6, 7, 8, 9]);
        let forms: Vec<&str> = words.different().map(|word| &*word.form).collect();
        let wanted = ["situs", "kami", "mati", "12", "kali", "rugi", "12", "juta"];
        assert_eq!(forms, wanted);
    }
}
