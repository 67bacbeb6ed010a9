//! Which rules can hold for a story at all: nearly all ask for words, and most words stand in no mail at hand.

use crate::lexicon::List;
use crate::ruleset::{Place, Rule, Test, When};

/// The rules of a book by the lists without which they cannot hold.
#[derive(Debug, Default)]
pub struct Needs {
    /// Rules that may hold without any word of the story.
    always: Vec<usize>,
    /// By the list's number.
    by_list: Vec<Vec<usize>>,
}

impl Needs {
    pub fn of(rules: &[Rule]) -> Self {
        let mut needs = Self::default();
        for (at, rule) in rules.iter().enumerate() {
            let Some(lists) = needed(&rule.when) else {
                needs.always.push(at);
                continue;
            };
            for list in lists {
                needs.note(list, at);
            }
        }
        needs
    }

    fn note(&mut self, List(list): List, rule: usize) {
        let list = usize::from(list);
        if self.by_list.len() <= list {
            self.by_list.resize_with(list + 1, Vec::new);
        }
        if let Some(rules) = self.by_list.get_mut(list) {
            rules.push(rule);
        }
    }

    /// The rules that may hold where the story has words of these lists, in the order they are asked.
    pub fn met<'r>(&self, rules: &'r [Rule], lists: impl Iterator<Item = List>) -> Vec<&'r Rule> {
        let mut met = self.always.clone();
        let of_lists = lists.filter_map(|List(list)| self.by_list.get(usize::from(list)));
        met.extend(of_lists.flatten());
        met.sort_unstable();
        met.dedup();
        met.into_iter().filter_map(|at| rules.get(at)).collect()
    }
}

/// Lists of which the story must hold one, else the condition fails; `None` where it asks for more than words.
fn needed(when: &When) -> Option<Vec<List>> {
    let each: Option<Vec<_>> = when.any.iter().map(lists_of).collect();
    let any = each
        .filter(|each| !each.is_empty())
        .map(|each| each.concat());
    let all = when.all.iter().filter_map(lists_of);
    all.chain(any).min_by_key(Vec::len)
}

fn lists_of(test: &Test) -> Option<Vec<List>> {
    match test {
        Test::Nested(inner) => needed(inner),
        Test::Words {
            place: Place::Story | Place::Subject | Place::Newest,
            lists,
        } => Some(lists.first().map(|(list, _)| *list).into_iter().collect()),
        Test::Weigh { lists, least } if *least > 0 => {
            let adding = lists.iter().filter(|(_, points)| *points > 0);
            Some(adding.map(|(list, _)| *list).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::needed;
    use crate::lexicon::List;
    use crate::ruleset::{Place, Test, When};

    fn words(list: u16, place: Place) -> Test {
        Test::Words {
            place,
            lists: vec![(List(list), None)],
        }
    }

    #[test]
    fn a_rule_needs_one_of_the_words_it_asks_for() {
        let any = || vec![words(1, Place::Story), words(2, Place::Subject)];
        let when = |any: Vec<Test>, all: Vec<Test>| When {
            any,
            all,
            not: vec![words(9, Place::Story)],
        };
        let both = needed(&when(any(), Vec::new())).unwrap();
        assert_eq!(both, [List(1), List(2)]);
        let fewest = needed(&when(any(), vec![words(3, Place::Newest)])).unwrap();
        assert_eq!(fewest, [List(3)]);
        let nested = vec![Test::Nested(when(any(), Vec::new()))];
        assert_eq!(
            needed(&when(nested, Vec::new())).unwrap(),
            [List(1), List(2)]
        );
    }

    #[test]
    fn a_rule_that_other_things_make_hold_needs_no_words() {
        let sign = || Test::Sign("list".to_owned());
        let elsewhere = words(1, Place::Quoted);
        for any in [sign(), elsewhere] {
            let when = When {
                any: vec![words(1, Place::Story), any],
                ..When::default()
            };
            assert!(needed(&when).is_none());
        }
        assert!(needed(&When::default()).is_none());
        let low = Test::Weigh {
            lists: vec![(List(1), 2)],
            least: 0,
        };
        let when = When {
            all: vec![low],
            ..When::default()
        };
        assert!(needed(&when).is_none());
    }
}
