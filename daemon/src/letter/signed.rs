//! A signed PDF that comes back: whether it is one, how it is signed, and which letter of ours it is. Pure; the file is never altered.
//!
//! No signature is verified here: that is the reader's, with BSrE's certificates. What is looked at is what tells files apart.

/// A larger file is no letter of ours.
pub const LARGEST: usize = 10 << 20;

/// How a file is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A signature inside the file (`/ByteRange`, ISO 32000-1 section 12.8).
    Electronic,
    /// A signature inside the file, and bytes after what it covers: a later stamp, or a change that breaks it.
    ElectronicThenMore,
    /// None inside: a scan of paper.
    None,
}

/// Whether it can be read as a PDF from its first to its last line.
pub fn is_pdf(file: &[u8]) -> bool {
    let head = file.get(..file.len().min(1024)).unwrap_or_default();
    let tail = file
        .get(file.len().saturating_sub(1024)..)
        .unwrap_or_default();
    find(head, b"%PDF-").is_some() && find(tail, b"%%EOF").is_some()
}

/// How it is signed.
pub fn proof(file: &[u8]) -> Proof {
    let Some(range) = last_byte_range(file) else {
        return Proof::None;
    };
    let [_, _, start, length] = range;
    // A line end after the last byte covered is no change.
    let covered = start.saturating_add(length);
    if covered.saturating_add(2) >= file.len() {
        Proof::Electronic
    } else {
        Proof::ElectronicThenMore
    }
}

/// Whether this file was made of our print: a signature is added behind it, or it keeps our document's identity.
pub fn is_made_of(file: &[u8], print: &[u8]) -> bool {
    file.len() > print.len() && file.starts_with(print)
        || identity(print).is_some_and(|id| mentions(file, id))
}

/// The first string of the trailer's `/ID`, which stays when a file is changed (ISO 32000-1 section 14.4).
fn identity(print: &[u8]) -> Option<&[u8]> {
    let from = rfind(print, b"/ID[(")? + 5;
    let rest = print.get(from..)?;
    let id = rest.get(..find(rest, b")")?)?;
    (id.len() >= 16).then_some(id)
}

/// As it was written, or in hexadecimal.
fn mentions(file: &[u8], id: &[u8]) -> bool {
    let hex = crate::register::hex(id);
    let forms = [
        id.to_vec(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
    ];
    forms.iter().any(|form| find(file, form).is_some())
}

fn last_byte_range(file: &[u8]) -> Option<[usize; 4]> {
    let at = rfind(file, b"/ByteRange")?;
    let rest = file.get(at + 10..(at + 120).min(file.len()))?;
    let text = String::from_utf8_lossy(rest);
    let inside = text.split_once('[')?.1.split_once(']')?.0;
    let numbers: Vec<usize> = inside
        .split_whitespace()
        .map_while(|word| word.parse().ok())
        .collect();
    numbers.try_into().ok()
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|seen| seen == word)
}

fn rfind(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).rposition(|seen| seen == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINT: &[u8] =
        b"%PDF-1.7\nbody\ntrailer\n<</ID[(q699d869eaLjQ0/auA9VIg==)(x)]>>\nstartxref\n1\n%%EOF";

    fn signed(after: &str) -> Vec<u8> {
        let mut file = PRINT.to_vec();
        let tail = "\n9 0 obj<</ByteRange [0 50 60 ";
        let whole = PRINT.len() + tail.len() + "000]>>\n%%EOF\n".len();
        file.extend_from_slice(format!("{tail}{:03}]>>\n%%EOF\n{after}", whole - 60).as_bytes());
        file
    }

    #[test]
    fn a_signature_and_what_came_after_it_are_told_apart() {
        assert_eq!(proof(PRINT), Proof::None);
        assert_eq!(proof(&signed("")), Proof::Electronic);
        assert_eq!(
            proof(&signed("1 0 obj<<>>endobj\n%%EOF\n")),
            Proof::ElectronicThenMore
        );
        assert_eq!(proof(b"%PDF-1.4 /ByteRange [1 2"), Proof::None);
        assert!(is_pdf(&signed("")) && !is_pdf(b"GIF89a") && !is_pdf(b"%PDF-1.7 cut"));
    }

    #[test]
    fn the_print_itself_is_not_signed_and_a_strangers_file_is_not_ours() {
        assert!(is_made_of(&signed(""), PRINT));
        let kept = b"%PDF-1.7 rewritten /ID [(q699d869eaLjQ0/auA9VIg==)(y)] %%EOF";
        assert!(is_made_of(kept, PRINT));
        let hex = b"%PDF-1.7 /ID [<7136393964383639656141>] %%EOF";
        assert!(!is_made_of(hex, PRINT));
        assert!(!is_made_of(b"%PDF-1.7 other %%EOF", PRINT));
    }
}
