//! The marks by which mail programs show that quoted or forwarded text begins.

/// How lines begin at which a mark may stand: "begin forwarded", "on … wrote", "from:" and so on, two letters of each.
const OPENINGS: &[[u8; 2]] = &[
    *b"be", *b"mu", *b"me", *b"aw", *b"on", *b"op", *b"pa", *b"am", *b"le", *b"el", *b"ta", *b"tg",
    *b"da", *b"fr", *b"de", *b"vo", *b"pe",
];

/// Whether a line is surely none of those below: most lines are, and two letters tell.
pub fn ordinary(line: &str) -> bool {
    let bytes = line.as_bytes();
    let [first, second, ..] = bytes else {
        return bytes.is_empty();
    };
    let opening = [first.to_ascii_lowercase(), second.to_ascii_lowercase()];
    // Marks are read without what is no letter: "b-egin" begins as well.
    first.is_ascii_alphabetic()
        && (second.is_ascii_alphabetic() || *second == b' ')
        && !OPENINGS.contains(&opening)
        && memchr::memchr2(b'@', b'<', bytes).is_none()
}

/// How many lines an attribution ("On … wrote:", "Pada … menulis:") takes here; 0 where there is none.
pub fn attribution(rest: &[&str]) -> usize {
    // Whatever the language, its last line ends with a colon.
    if !rest.iter().take(4).any(|line| ends_with_a_colon(line)) {
        return 0;
    }
    let first = rest
        .first()
        .map(|line| line.trim_start_matches(['>', ' ']))
        .unwrap_or_default();
    let opens = [
        "on ", "pada ", "am ", "le ", "op ", "el ", "tanggal ", "tgl ", "dalam ",
    ]
    .iter()
    .any(|word| begins(first, word));
    let named = first.contains(['@', '<']);
    if first.is_empty() || !(opens || named) {
        return 0;
    }
    let mut joined = String::new();
    for (count, line) in rest.iter().take(4).enumerate() {
        joined.push_str(&line.trim().to_lowercase());
        if joined.len() > 400 {
            return 0;
        }
        let ends = [
            "wrote:",
            "menulis:",
            "menulis :",
            "schreef:",
            "écrit :",
            "écrit:",
            "schrieb:",
            "berkata:",
            "nulis:",
        ];
        if ends.iter().any(|end| joined.ends_with(end)) {
            return count + 1;
        }
        joined.push(' ');
    }
    0
}

fn ends_with_a_colon(line: &str) -> bool {
    let last = line.as_bytes().last();
    !last.is_some_and(u8::is_ascii_alphanumeric) && line.trim_end().ends_with(':')
}

/// Whether a line begins with this (lower-case, ASCII) word.
fn begins(line: &str, word: &str) -> bool {
    line.get(..word.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(word))
}

fn letters(line: &str) -> String {
    let kept = line
        .chars()
        .filter(|character| character.is_alphabetic() || *character == ' ');
    kept.collect::<String>().trim().to_lowercase()
}

fn ruled(line: &str) -> bool {
    let line = line.trim_start_matches(['>', ' ']).trim();
    line.starts_with("--")
        || line.starts_with("==")
        || line.starts_with("**")
        || line.starts_with("__")
}

pub fn forward_mark(line: &str) -> bool {
    if line.len() > 120 {
        return false;
    }
    // "Begin forwarded message", "Mulai …", "Awal …": the other lines need not be looked at closely.
    let first = line.chars().find(|character| character.is_alphabetic());
    let opens = matches!(first, Some('b' | 'B' | 'm' | 'M' | 'a' | 'A'));
    let ruled = ruled(line);
    if !(opens || ruled) {
        return false;
    }
    let words = letters(line);
    let ruled_words = [
        "forwarded message",
        "pesan terusan",
        "pesan diteruskan",
        "pesan yang diteruskan",
        "diteruskan",
        "forwarded mail",
        "forwarded by",
        "email terusan",
        "surel terusan",
        "pesan yang diteruskan dari",
        "forwarded email",
        "terusan",
    ];
    ruled && ruled_words.iter().any(|mark| words.starts_with(mark))
        || matches!(
            words.as_str(),
            "begin forwarded message"
                | "mulai meneruskan pesan"
                | "awal pesan yang diteruskan"
                | "memulai pesan terusan"
                | "awal pesan terusan"
        )
}

/// Whether quoted history begins here: a ruled "Original Message", a reply line, or a block of header lines.
pub fn history_mark(rest: &[&str]) -> bool {
    let line = rest.first().copied().unwrap_or_default();
    if runs_on(line) {
        return true;
    }
    if line.len() > 200 {
        return false;
    }
    let marks = [
        "original message",
        "pesan asli",
        "pesan asal",
        "original appointment",
        "mohon balas di atas",
        "balas di atas",
        "please reply above",
        "reply above",
        "pesan sebelumnya",
    ];
    if ruled(line) {
        let words = letters(line);
        if marks.iter().any(|mark| words.starts_with(mark)) {
            return true;
        }
    }
    header_block(rest)
}

/// Yahoo's attribution, behind which the quoted text follows in the same line.
fn runs_on(line: &str) -> bool {
    let first = line.trim_start();
    let opens = ["on ", "pada "].iter().any(|word| begins(first, word));
    let head = first.get(..300).unwrap_or(first);
    opens
        && head.contains('@')
        && ["wrote:  ", "menulis:  "]
            .iter()
            .any(|end| head.contains(end))
}

pub const FROM: &[&str] = &["from", "dari", "de", "von", "pengirim"];
pub const OTHERS: &[&str] = &[
    "sent", "date", "to", "subject", "cc", "dikirim", "terkirim", "tanggal", "kepada", "ke",
    "untuk", "perihal", "subjek", "judul", "hal", "waktu", "reply-to", "tembusan",
];

pub fn label(line: &str) -> Option<String> {
    let line = line.trim_start_matches(['>', ' ', '*']);
    let (label, _) = line.split_once(':')?;
    let label = label.trim().trim_matches('*').trim();
    // Lower case is never shorter by so much.
    if label.len() > 32 {
        return None;
    }
    let label = label.to_lowercase();
    (label.len() < 16).then_some(label)
}

/// `From:`/`Dari:` followed at once by at least two other header lines.
fn header_block(rest: &[&str]) -> bool {
    let Some(first) = rest.first().and_then(|line| label(line)) else {
        return false;
    };
    let from = rest.first().copied().unwrap_or_default();
    if !FROM.contains(&first.as_str())
        || !(from.contains('@') || from.contains('<') || from.len() < 90)
    {
        return false;
    }
    let others = rest.iter().skip(1).take(5).filter_map(|line| label(line));
    others
        .filter(|name| OTHERS.contains(&name.as_str()))
        .count()
        >= 2
}
