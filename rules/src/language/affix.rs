//! The forms an Indonesian root takes, written out once when the book is compiled, so that judging a word is one look-up.

const SUFFIXES: &[&str] = &[
    "", "kan", "i", "an", "nya", "kannya", "annya", "inya", "in", "lah", "e", "ne", "ke", "no",
];
const ENGLISH: &[&str] = &["s", "es", "ed", "d", "ing", "er", "ers", "ment"];
const CLITICS: &[&str] = &["", "nya", "ku", "mu", "lah", "kah", "pun", "e", "ne", "s"];
const PREFIXES: &[&str] = &[
    "", "di", "ter", "ber", "ke", "se", "pe", "per", "diper", "memper", "nge", "di ke", "dipun",
    "tak", "ku", "ta",
];

/// A word as it stands, and with the clitics that change nothing.
pub fn clitics(word: &str) -> Vec<String> {
    CLITICS
        .iter()
        .map(|clitic| format!("{word}{clitic}"))
        .collect()
}

/// Every form of a root: `retas` gives meretas, diretas, peretasan, diretasnya, …; an English root gives its forms too.
pub fn forms(root: &str) -> Vec<String> {
    let mut stems: Vec<String> = PREFIXES
        .iter()
        .map(|prefix| format!("{prefix}{root}"))
        .collect();
    if root.starts_with('r') {
        // ter-, ber- and per- lose their own r before one.
        stems.extend(
            ["te", "be", "pe"]
                .iter()
                .map(|prefix| format!("{prefix}{root}")),
        );
    }
    for (nasal, rest) in nasals(root) {
        for prefix in ["me", "pe", ""] {
            stems.push(format!("{prefix}{nasal}{rest}"));
        }
    }
    let mut forms = Vec::with_capacity(stems.len() * SUFFIXES.len());
    for stem in &stems {
        forms.extend(SUFFIXES.iter().map(|suffix| format!("{stem}{suffix}")));
    }
    forms.extend(ENGLISH.iter().map(|suffix| format!("{root}{suffix}")));
    if let Some(short) = root.strip_suffix('e') {
        forms.extend(
            ["ing", "ion", "or"]
                .iter()
                .map(|suffix| format!("{short}{suffix}")),
        );
    }
    forms
}

/// What me(N)- and pe(N)- make of a root's beginning: the nasal, and what is left of the root.
fn nasals(root: &str) -> Vec<(&'static str, &str)> {
    let Some(first) = root.chars().next() else {
        return Vec::new();
    };
    let rest = root.get(first.len_utf8()..).unwrap_or_default();
    match first {
        'k' => vec![("ng", rest), ("ng", root)],
        't' => vec![("n", rest), ("n", root)],
        's' => vec![("ny", rest), ("n", root)],
        'p' => vec![("m", rest), ("m", root)],
        'a' | 'e' | 'i' | 'o' | 'u' | 'g' | 'h' => vec![("ng", root)],
        'b' | 'f' | 'v' => vec![("m", root)],
        'c' | 'd' | 'j' | 'z' => vec![("n", root), ("ny", rest)],
        _ => vec![("", root)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(root: &str, expected: &[&str]) {
        let forms = forms(root);
        for form in expected {
            assert!(
                forms.iter().any(|known| known == form),
                "{root} does not give {form}"
            );
        }
    }

    #[test]
    fn roots_take_the_prefixes_of_their_first_sound() {
        check(
            "retas",
            &["diretas", "meretas", "peretas", "peretasan", "teretas"],
        );
        check("kunci", &["dikunci", "mengunci", "terkunci", "penguncian"]);
        check(
            "sebar",
            &["menyebar", "tersebar", "disebarkan", "penyebaran", "nyebar"],
        );
        check(
            "unduh",
            &["mengunduh", "diunduh", "pengunduhan", "terunduh"],
        );
        check("tipu", &["menipu", "penipuan", "ditipu"]);
        check("curi", &["mencuri", "dicuri", "pencurian", "nyuri"]);
        check("encrypt", &["encrypted", "encrypting"]);
        check("compromise", &["compromised"]);
    }
}
