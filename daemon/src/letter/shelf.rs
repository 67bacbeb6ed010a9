//! The templates: the shipped ones, and the site's own where a file of the same name lies in its folder.

use std::collections::BTreeMap;
use std::path::Path;

/// What is shipped. Wording ends in `.txt`, pages in `.typ`.
const SHIPPED: [(&str, &str); 21] = [
    ("jawaban.txt", include_str!("../../letters/jawaban.txt")),
    (
        "kelengkapan.txt",
        include_str!("../../letters/kelengkapan.txt"),
    ),
    ("susulan.txt", include_str!("../../letters/susulan.txt")),
    ("tingkat.txt", include_str!("../../letters/tingkat.txt")),
    ("penutupan.txt", include_str!("../../letters/penutupan.txt")),
    ("closing.txt", include_str!("../../letters/closing.txt")),
    (
        "lapor-bssn.txt",
        include_str!("../../letters/lapor-bssn.txt"),
    ),
    (
        "bantuan-bssn.txt",
        include_str!("../../letters/bantuan-bssn.txt"),
    ),
    ("opd.txt", include_str!("../../letters/opd.txt")),
    (
        "pelimpahan.txt",
        include_str!("../../letters/pelimpahan.txt"),
    ),
    ("imbauan.txt", include_str!("../../letters/imbauan.txt")),
    ("pengantar.txt", include_str!("../../letters/pengantar.txt")),
    ("dasar.typ", include_str!("../../letters/dasar.typ")),
    ("surat.typ", include_str!("../../letters/surat.typ")),
    ("buku.typ", include_str!("../../letters/buku.typ")),
    ("disposisi.typ", include_str!("../../letters/disposisi.typ")),
    (
        "laporan-kadis.txt",
        include_str!("../../letters/laporan-kadis.txt"),
    ),
    (
        "laporan-pimpinan.txt",
        include_str!("../../letters/laporan-pimpinan.txt"),
    ),
    ("analisis.txt", include_str!("../../letters/analisis.txt")),
    ("publikasi.txt", include_str!("../../letters/publikasi.txt")),
    ("laporan.typ", include_str!("../../letters/laporan.typ")),
];

/// A larger file is not a template.
const LARGEST: u64 = 8 << 20;

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("folder templat {path} tidak dapat dibaca")]
pub struct ShelfError {
    path: String,
    source: std::io::Error,
}

/// Templates and images by file name.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    files: BTreeMap<String, Vec<u8>>,
}

impl Shelf {
    /// What is shipped, and over it what lies in the folder; the emblem is `lambang.png` or `.svg` or what is named.
    pub fn open(folder: Option<&Path>, emblem: Option<&Path>) -> Result<Self, ShelfError> {
        let shipped = SHIPPED.iter();
        let mut files: BTreeMap<String, Vec<u8>> = shipped
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect();
        if let Some(folder) = folder {
            files.extend(own(folder)?);
        }
        if let Some(path) = emblem {
            let ending = path
                .extension()
                .map(|end| end.to_string_lossy().to_lowercase());
            let name = format!("lambang.{}", ending.unwrap_or_default());
            files.insert(name, std::fs::read(path).map_err(unreadable(path))?);
        }
        Ok(Self { files })
    }

    /// A template's text.
    pub fn text(&self, name: &str) -> Option<&str> {
        let bytes = self.files.get(name)?;
        std::str::from_utf8(bytes).ok()
    }

    /// The emblem's file name, where there is one.
    pub fn emblem(&self) -> Option<&str> {
        let mut names = self.files.keys();
        names
            .find(|name| name.starts_with("lambang."))
            .map(String::as_str)
    }

    /// What pages may refer to.
    pub(super) fn typst_files(&self) -> impl Iterator<Item = (String, Vec<u8>)> {
        let pages = self.files.iter().filter(|(name, _)| !ends(name, "txt"));
        pages.map(|(name, bytes)| (name.clone(), bytes.clone()))
    }
}

fn own(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, ShelfError> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let entry = entry.map_err(unreadable(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = ["txt", "typ", "png", "svg", "jpg"];
        let fits = entry
            .metadata()
            .is_ok_and(|data| data.is_file() && data.len() <= LARGEST);
        if fits && ours.iter().any(|end| ends(&name, end)) {
            let path = entry.path();
            files.insert(name, std::fs::read(&path).map_err(unreadable(&path))?);
        }
    }
    Ok(files)
}

/// Whether a file's name ends in this, after the last full stop.
pub(super) fn ends(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == ending)
}

fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> ShelfError {
    let path = path.display().to_string();
    move |source| ShelfError { path, source }
}
