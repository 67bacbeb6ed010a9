//! The two languages in which this house speaks to people, and how a text is written in both at once.
//!
//! Both texts stand beside each other at the place of use, so that no catalogue can go out of step with them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The language in which something is told: Indonesian unless the site says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tongue {
    #[default]
    Indonesian,
    English,
}

impl Tongue {
    /// As settings write them.
    pub const ALL: [(&'static str, Self); 2] = [("id", Self::Indonesian), ("en", Self::English)];

    /// The language that a setting names.
    pub fn of(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(name, _)| *name == word);
        known.map(|(_, tongue)| *tongue)
    }

    /// One of two things, by the language.
    pub fn choose<T>(self, indonesian: T, english: T) -> T {
        match self {
            Self::Indonesian => indonesian,
            Self::English => english,
        }
    }
}

/// A text in both languages: made where nobody knows yet who will read it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    pub indonesian: String,
    pub english: String,
}

impl Words {
    /// Both at once, of one form.
    pub fn each(told: impl Fn(Tongue) -> String) -> Self {
        Self {
            indonesian: told(Tongue::Indonesian),
            english: told(Tongue::English),
        }
    }

    pub fn told(&self, tongue: Tongue) -> &str {
        tongue.choose(&self.indonesian, &self.english)
    }
}

/// The house's own language.
impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.indonesian)
    }
}

/// What is no language: a number, a name, a line of TOML.
impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self {
            indonesian: text.clone(),
            english: text,
        }
    }
}

/// `say_in!(tongue, "{n} surel", "{n} mails")`: one of two formats, in the language given.
#[macro_export]
macro_rules! say_in {
    ($tongue:expr, $id:literal, $en:literal $($rest:tt)*) => {
        match $tongue {
            $crate::Tongue::Indonesian => ::std::format!($id $($rest)*),
            $crate::Tongue::English => ::std::format!($en $($rest)*),
        }
    };
}

/// `words!("{n} surel", "{n} mails")`: both, as a [`Words`].
#[macro_export]
macro_rules! words {
    ($id:literal, $en:literal $($rest:tt)*) => {
        $crate::Words {
            indonesian: ::std::format!($id $($rest)*),
            english: ::std::format!($en $($rest)*),
        }
    };
}
