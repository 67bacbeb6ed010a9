//! Looks into a zip archive for text that is data (a feed's CSV, a report): names are listed, small text members are read.
//!
//! Bounded in every direction (`faults.md` 4.4): one level deep, 100 entries, 10 MiB in all, ratio 100. Nothing else is unpacked.

use super::{clean, limits};
use crate::tongue::Words;
use crate::words;

const ENTRIES: usize = 100;
const UNPACKED: usize = 10 * 1024 * 1024;
const RATIO: usize = 100;
const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const TEXTS: &[&str] = &[
    ".csv", ".txt", ".json", ".xml", ".log", ".yaml", ".yml", ".tsv",
];

/// What an archive holds, as far as it may be known.
#[derive(Debug, Default)]
pub struct Zipped {
    /// Names for display, in the archive's order.
    pub names: Vec<String>,
    /// The text members, one behind the other.
    pub text: String,
    /// What was odd, in a few words.
    pub odd: Option<Words>,
}

/// Reads the central directory; `None` where the bytes are no zip archive.
pub fn look(bytes: &[u8], room: usize) -> Option<Zipped> {
    let tail = bytes.len().saturating_sub(66_000);
    let end = tail + rfind(bytes.get(tail..)?, END)?;
    let entries = number(bytes, end + 10, 2)?;
    let mut at = number(bytes, end + 16, 4)?;
    let mut zipped = Zipped::default();
    let mut left = UNPACKED;
    if entries > ENTRIES {
        zipped.odd = Some(words!(
            "lebih dari 100 berkas dalam arsip: sisanya tidak didaftar",
            "over 100 files in an archive: the rest is not listed"
        ));
    }
    for _ in 0..entries.min(ENTRIES) {
        let Some((entry, next)) = Entry::at(bytes, at) else {
            zipped.odd = Some(words!(
                "daftar isi arsip rusak",
                "the archive's list of contents is damaged"
            ));
            break;
        };
        at = next;
        zipped.take(&entry, bytes, (&mut left, room));
    }
    Some(zipped)
}

impl Zipped {
    fn take(&mut self, entry: &Entry<'_>, bytes: &[u8], (left, room): (&mut usize, usize)) {
        let name = clean::file_name(&String::from_utf8_lossy(entry.name));
        let lower = name.to_ascii_lowercase();
        let textual = TEXTS.iter().any(|end| lower.ends_with(end));
        if entry.locked {
            self.odd = Some(words!("arsip berkata sandi", "archive with a password"));
        }
        if textual && !entry.locked && self.text.len() < room {
            match entry.text(bytes, (*left).min(room - self.text.len())) {
                Ok(text) => {
                    *left = left.saturating_sub(text.len());
                    self.text.push_str(&clean::text(&text));
                    self.text.push('\n');
                }
                Err(why) => self.odd = Some(why),
            }
        }
        self.names.push(name);
    }
}

struct Entry<'z> {
    name: &'z [u8],
    method: usize,
    packed: usize,
    unpacked: usize,
    local: usize,
    locked: bool,
}

impl<'z> Entry<'z> {
    /// The entry of the central directory at a place, and where the next one stands.
    fn at(bytes: &'z [u8], at: usize) -> Option<(Self, usize)> {
        if !bytes.get(at..)?.starts_with(CENTRAL) {
            return None;
        }
        let (name, extra, comment) = (
            number(bytes, at + 28, 2)?,
            number(bytes, at + 30, 2)?,
            number(bytes, at + 32, 2)?,
        );
        let entry = Self {
            name: bytes.get(at + 46..at + 46 + name)?,
            method: number(bytes, at + 10, 2)?,
            packed: number(bytes, at + 20, 4)?,
            unpacked: number(bytes, at + 24, 4)?,
            local: number(bytes, at + 42, 4)?,
            locked: number(bytes, at + 8, 2)? & 1 == 1,
        };
        Some((entry, at + 46 + name + extra + comment))
    }

    /// At most `most` bytes of the member as text.
    fn text(&self, bytes: &[u8], most: usize) -> Result<String, Words> {
        if self.unpacked / RATIO > self.packed.max(1) {
            return Err(words!(
                "isi arsip terlalu dimampatkan: tidak dibuka",
                "the archive's content is packed too tightly: not opened"
            ));
        }
        let packed = self
            .packed_bytes(bytes)
            .ok_or_else(|| words!("isi arsip rusak", "the archive's content is damaged"))?;
        let unpacked = match self.method {
            0 => packed.get(..most).unwrap_or(packed).to_vec(),
            8 => inflated(packed, most),
            _ => {
                return Err(words!(
                    "isi arsip dimampatkan dengan cara yang tidak dibaca",
                    "the archive's content is packed in a way that is not read"
                ));
            }
        };
        Ok(String::from_utf8_lossy(&unpacked).into_owned())
    }

    fn packed_bytes<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        if !bytes.get(self.local..)?.starts_with(LOCAL) {
            return None;
        }
        let head = number(bytes, self.local + 26, 2)? + number(bytes, self.local + 28, 2)?;
        let start = self.local + 30 + head;
        bytes.get(start..start.checked_add(self.packed)?)
    }
}

/// What the first bytes inflate to; where there is more than may be read, the beginning.
fn inflated(packed: &[u8], most: usize) -> Vec<u8> {
    match miniz_oxide::inflate::decompress_to_vec_with_limit(packed, most) {
        Ok(bytes) => bytes,
        Err(cut) => cut.output,
    }
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(length)?)?;
    Some(
        field
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
    )
}

fn rfind(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .rposition(|window| window == wanted)
}

/// Whether an attachment may be an archive worth a look.
pub fn is_zip(contents: &[u8]) -> bool {
    contents.starts_with(LOCAL) && contents.len() <= limits::ARCHIVE
}
