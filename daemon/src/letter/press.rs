//! The press: typst as a library. Data go in as JSON and are never evaluated as code; a page comes out as PDF or PNG.
//!
//! The same data give the same bytes: no clock is asked, the identifier is the data's hash, fonts are our own.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use serde_json::Value;
use sha2::{Digest, Sha256};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::shelf::{Shelf, ends};
use crate::register::hex;

/// Pages printed between two clearings of typst's cache, which otherwise grows without end.
const CLEAR_EVERY: u64 = 10;
/// How old, in clearings, a cached result may grow.
const CACHE_AGE: usize = 5;
/// What a template calls whether there is one page only.
const SINGLE_PAGE: &str = "single_page";
/// Points (1/72 inch) to pixels for a page that is looked at on a screen.
const PIXELS_PER_POINT: f64 = 1.5;

/// Stands for a sign that our fonts lack.
pub(super) const UNKNOWN: char = '□';

pub(super) const FONTS: [&[u8]; 3] = [
    include_bytes!("../../fonts/LiberationSans-Regular.ttf"),
    include_bytes!("../../fonts/LiberationSans-Bold.ttf"),
    include_bytes!("../../fonts/LiberationSans-Italic.ttf"),
];

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    #[error("templat {template}: {why}")]
    Template { template: String, why: String },
    #[error("gambar halaman tidak dapat dibuat: {0}")]
    Image(String),
}

/// Fonts and the standard library: read once.
pub(super) struct Type {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    pub fonts: Vec<Font>,
}

pub(super) static TYPE: LazyLock<Type> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONTS
        .iter()
        .flat_map(|data| Font::iter(Bytes::new(*data)))
        .collect();
    Type {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
    }
});

/// Prints pages from the templates of a shelf.
#[derive(Clone)]
pub struct Press {
    shelf: Arc<Shelf>,
    /// Set once the first page is printed; the shelf does not change under a press.
    plates: Arc<OnceLock<Result<Arc<Plates>, String>>>,
    printed: Arc<Mutex<u64>>,
}

/// What a shelf's pages are printed from, whatever their data: parsed pages, and images.
struct Plates {
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

/// One run of the press: a template and its data.
struct Run {
    main: FileId,
    plates: Arc<Plates>,
    /// Under the name that pages read them by.
    data: (FileId, Bytes),
}

impl Press {
    pub fn new(shelf: Arc<Shelf>) -> Self {
        Self {
            shelf,
            plates: Arc::default(),
            printed: Arc::new(Mutex::new(0)),
        }
    }

    /// A tagged PDF (PDF/UA-1) of a template such as `surat.typ`, filled with data.
    pub fn pdf(&self, template: &str, data: &Value) -> Result<Vec<u8>, PressError> {
        let document = self.lay_out(template, data)?;
        let digest = Sha256::digest(data.to_string().as_bytes());
        let standards =
            PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|why| PressError::Template {
                template: template.to_owned(),
                why: why.message().to_string(),
            })?;
        let options = PdfOptions {
            ident: Smart::Custom(format!("{template} {}", hex(&digest))),
            creator: Smart::Custom(Some("tanggap".to_owned())),
            standards,
            ..PdfOptions::default()
        };
        let bytes = typst_pdf::pdf(&document, &options);
        bytes.map_err(|why| told(template, why.iter()))
    }

    /// The same pages as PNG images, to look at.
    pub fn png(&self, template: &str, data: &Value) -> Result<Vec<Vec<u8>>, PressError> {
        let document = self.lay_out(template, data)?;
        let options = typst_render::RenderOptions {
            pixel_per_pt: PIXELS_PER_POINT.into(),
            ..typst_render::RenderOptions::default()
        };
        let pages = document.pages().iter();
        pages
            .map(|page| {
                let pixels = typst_render::render(page, &options);
                pixels
                    .encode_png()
                    .map_err(|why| PressError::Image(why.to_string()))
            })
            .collect()
    }

    /// Counting pages makes typst lay a letter out twice. Where a template asks whether there is one page only, as nearly every
    /// letter has, it is told so at first, and the truth where that proves wrong.
    fn lay_out(&self, template: &str, data: &Value) -> Result<PagedDocument, PressError> {
        let guessed = |single_page: bool| {
            self.run(template, data, single_page)
                .map_err(|why| PressError::Template {
                    template: template.to_owned(),
                    why,
                })
        };
        let run = guessed(true)?;
        let document = self.compile(template, &run)?;
        if document.pages().len() > 1 && run.asks_for(SINGLE_PAGE) {
            return self.compile(template, &guessed(false)?);
        }
        Ok(document)
    }

    fn compile(&self, template: &str, run: &Run) -> Result<PagedDocument, PressError> {
        let document = typst::compile::<PagedDocument>(run).output;
        self.clear_now_and_then();
        document.map_err(|why| told(template, why.iter()))
    }

    fn run(&self, template: &str, data: &Value, single_page: bool) -> Result<Run, String> {
        let main = id(template).ok_or("nama templat tidak sah")?;
        let plates = self
            .plates
            .get_or_init(|| Plates::of(&self.shelf).map(Arc::new));
        let data_id = id("data.json").ok_or("data.json")?;
        let mut data = printable(data);
        if let Some(fields) = data.as_object_mut() {
            fields.insert(SINGLE_PAGE.to_owned(), single_page.into());
        }
        Ok(Run {
            main,
            plates: plates.clone()?,
            data: (data_id, Bytes::from_string(data.to_string())),
        })
    }

    fn clear_now_and_then(&self) {
        let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        *printed += 1;
        if printed.is_multiple_of(CLEAR_EVERY) {
            comemo::evict(CACHE_AGE);
        }
    }
}

impl Run {
    fn asks_for(&self, field: &str) -> bool {
        let page = self.plates.sources.get(&self.main);
        page.is_some_and(|page| page.text().contains(field))
    }
}

impl Plates {
    /// Parses every page and takes every image of a shelf; why not, where a page is no text.
    fn of(shelf: &Shelf) -> Result<Self, String> {
        let (mut sources, mut files) = (HashMap::new(), HashMap::new());
        for (name, bytes) in shelf.typst_files() {
            let Some(id) = id(&name) else { continue };
            if ends(&name, "typ") {
                let text = String::from_utf8(bytes).map_err(|_| format!("{name} bukan UTF-8"))?;
                sources.insert(id, Source::new(id, text));
            } else {
                files.insert(id, Bytes::new(bytes));
            }
        }
        Ok(Self { sources, files })
    }
}

/// The same data without what our fonts cannot show: a stranger's emoji must not keep a letter from being printed.
fn printable(data: &Value) -> Value {
    match data {
        Value::String(text) => Value::from(text.chars().filter_map(shown).collect::<String>()),
        Value::Array(items) => items.iter().map(printable).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(key, value)| (key.clone(), printable(value)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// The sign itself, a mark in its place, or nothing for what steers a terminal or turns text around.
pub(super) fn shown(sign: char) -> Option<char> {
    let steers = matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if sign == '\n' || (sign.is_whitespace() && !sign.is_control()) {
        Some(sign)
    } else if sign.is_control() || steers {
        None
    } else {
        let code = u32::from(sign);
        let mut all = TYPE.fonts.iter();
        let known = all.all(|font| font.info().coverage.contains(code));
        Some(if known { sign } else { UNKNOWN })
    }
}

/// A file of the press's own small world; nothing outside it can be named.
fn id(name: &str) -> Option<FileId> {
    let path = VirtualPath::new(name).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn told<'d>(template: &str, faults: impl Iterator<Item = &'d SourceDiagnostic>) -> PressError {
    let why: Vec<_> = faults
        .map(|fault| {
            let hints: Vec<_> = fault.hints.iter().map(|hint| hint.v.to_string()).collect();
            format!("{} {}", fault.message, hints.join("; "))
        })
        .collect();
    PressError::Template {
        template: template.to_owned(),
        why: why.join("; "),
    }
}

impl World for Run {
    fn library(&self) -> &LazyHash<Library> {
        &TYPE.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &TYPE.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let source = self.plates.sources.get(&id).cloned();
        source.ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let (name, data) = &self.data;
        if id == *name {
            return Ok(data.clone());
        }
        let file = self.plates.files.get(&id).cloned();
        file.ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        TYPE.fonts.get(index).cloned()
    }

    /// A letter's date is data: asked again tomorrow it is the same letter.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}
