//! A rule's conditions as a formula: conditions that must hold or must not, under `all` and `any`, negation moved down to them.

use super::atom;
use crate::draft::{Group, Item};
use crate::form::Written;
use crate::ruleset::{Test, When};

pub enum Formula<'b> {
    All(Vec<Self>),
    Any(Vec<Self>),
    One(Literal<'b>),
}

/// One condition, as compiled and as written.
#[derive(Clone, Copy)]
pub struct Literal<'b> {
    pub test: &'b Test,
    pub written: &'b Written<String>,
    /// Whether it must hold, or must not.
    pub holds: bool,
}

/// Groups within groups that are reasoned about; nobody writes more, and each costs twice the time.
const DEEPEST: usize = 6;

impl<'b> Formula<'b> {
    /// `None` where a condition was faulty, or they are nested beyond reason.
    pub fn of(when: &'b When, group: &'b Group) -> Option<Self> {
        let formula = Self::built(when, group, true)?;
        (formula.depth() <= 2 * DEEPEST).then_some(formula)
    }

    fn built(when: &'b When, group: &'b Group, holds: bool) -> Option<Self> {
        let any = Self::each(&when.any, &group.any, holds)?;
        let mut parts = Self::each(&when.all, &group.all, holds)?;
        parts.extend(Self::each(&when.not, &group.not, !holds)?);
        Some(match (holds, any.is_empty()) {
            (true, true) => Self::All(parts),
            (false, true) => Self::Any(parts),
            (true, false) => {
                parts.push(Self::Any(any));
                Self::All(parts)
            }
            (false, false) => {
                parts.push(Self::All(any));
                Self::Any(parts)
            }
        })
    }

    fn each(tests: &'b [Test], items: &'b [Item], holds: bool) -> Option<Vec<Self>> {
        if tests.len() != items.len() {
            return None;
        }
        let pairs = tests.iter().zip(items);
        pairs.map(|pair| Self::one(pair, holds)).collect()
    }

    fn one(pair: (&'b Test, &'b Item), holds: bool) -> Option<Self> {
        match pair {
            (Test::Nested(when), Item::Nested(group)) => Self::built(when, group, holds),
            (Test::Nested(_), _) | (_, Item::Nested(_)) => None,
            (test, Item::Says(written)) => Some(Self::One(Literal {
                test,
                written,
                holds,
            })),
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::One(_) => 0,
            Self::All(parts) | Self::Any(parts) => {
                1 + parts.iter().map(Self::depth).max().unwrap_or(0)
            }
        }
    }

    /// Whether the other surely holds where this does. It may be so and not be seen.
    pub fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::All(others)) => others.iter().all(|other| self.implies(other)),
            (Self::Any(parts), _) => parts.iter().all(|part| part.implies(other)),
            (Self::All(parts), Self::Any(others)) => {
                parts.iter().any(|part| part.implies(other))
                    || others.iter().any(|other| self.implies(other))
            }
            (Self::One(_), Self::Any(others)) => others.iter().any(|other| self.implies(other)),
            (Self::All(parts), Self::One(_)) => parts.iter().any(|part| part.implies(other)),
            (Self::One(one), Self::One(other)) => atom::implies(one, other),
        }
    }
}
