//! The books by name, and the columns of each (`domain.md` 5.6 to 5.8).

use std::collections::BTreeMap;

use super::ledger::Column;

/// A book of the SOP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Book {
    /// Register of incidents.
    Register,
    /// *Buku agenda*, letters in.
    AgendaIn,
    /// *Buku agenda*, letters out (*buku verbal*).
    AgendaOut,
    /// *Lembar disposisi*.
    Disposition,
    /// Register of letters: every number, used or cancelled.
    Letters,
    /// Raw mail that was removed after its time.
    Retention,
}

/// What a row says, by column.
pub type Cells = BTreeMap<String, String>;

/// Which row a new one corrects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    #[default]
    None,
    /// The first row of the same case in the same book.
    FirstOfCase,
    /// The row with this sequence number in the chain.
    Seq(i64),
}

/// A row about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    pub book: Book,
    pub cells: Cells,
    pub corrects: Which,
    /// A row with this mark is written once only; empty for any other.
    pub once: String,
}

impl NewRow {
    /// A row of a book; empty cells are left out.
    pub fn new<const N: usize>(book: Book, cells: [(&str, String); N]) -> Self {
        let said = cells.into_iter().filter(|(_, value)| !value.is_empty());
        Self {
            book,
            cells: said.map(|(key, value)| (key.to_owned(), value)).collect(),
            corrects: Which::None,
            once: String::new(),
        }
    }

    /// The same, as a counter-entry.
    pub fn correcting(self, corrects: Which) -> Self {
        Self { corrects, ..self }
    }
}

impl Book {
    pub const ALL: [Self; 6] = [
        Self::Register,
        Self::AgendaIn,
        Self::AgendaOut,
        Self::Disposition,
        Self::Letters,
        Self::Retention,
    ];

    /// As stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::AgendaIn => "agenda_in",
            Self::AgendaOut => "agenda_out",
            Self::Disposition => "disposition",
            Self::Letters => "letters",
            Self::Retention => "retention",
        }
    }

    /// The book stored under this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|book| book.name() == name)
    }

    /// As its cover says.
    pub fn title(self) -> &'static str {
        match self {
            Self::Register => "REGISTER INSIDEN",
            Self::AgendaIn => "BUKU AGENDA SURAT MASUK",
            Self::AgendaOut => "BUKU AGENDA SURAT KELUAR",
            Self::Disposition => "LEMBAR DISPOSISI",
            Self::Letters => "REGISTER SURAT",
            Self::Retention => "BUKU PEMUSNAHAN SUREL ASLI",
        }
    }

    /// The columns between number, date and remarks, which every book has.
    pub fn columns(self) -> &'static [(&'static str, &'static str, u16)] {
        match self {
            Self::Register => &[
                ("register", "No. register", 9),
                ("agenda", "No. agenda", 5),
                ("channel", "Kanal", 5),
                ("reporter", "Pelapor", 12),
                ("office", "OPD", 10),
                ("subject", "Perihal", 16),
                ("incident", "Jenis (RSIT)", 12),
                ("severity", "Tingkat", 6),
                ("mutation", "Mutasi", 14),
            ],
            Self::AgendaIn => &[
                ("sender", "Pengirim", 13),
                ("letter_date", "Tgl. surat", 7),
                ("letter_number", "No. surat", 9),
                ("subject", "Isi ringkas", 17),
                ("attachments", "Lamp.", 4),
                ("forwarded", "Diteruskan ke", 9),
                ("channel", "Kanal", 5),
                ("security", "Kode", 4),
                ("register", "No. register", 9),
                ("message", "Sidik surel", 8),
            ],
            Self::AgendaOut => &[
                ("letter_number", "No. surat", 10),
                ("letter_date", "Tgl. surat", 7),
                ("recipient", "Dikirim kepada", 14),
                ("address", "Alamat", 13),
                ("subject", "Isi ringkas", 16),
                ("security", "Kode", 4),
                ("register", "No. register", 9),
                ("sha256", "Sidik berkas", 9),
            ],
            Self::Disposition => &[
                ("register", "No. register", 9),
                ("agenda", "No. agenda", 5),
                ("from", "Dari", 12),
                ("to", "Kepada", 14),
                ("instruction", "Instruksi", 24),
                ("initials", "Paraf", 6),
            ],
            Self::Letters => &[
                ("letter", "Surat ke-", 5),
                ("kind", "Jenis surat", 11),
                ("letter_number", "Nomor", 11),
                ("state", "Keadaan", 9),
                ("recipient", "Kepada", 14),
                ("subject", "Hal", 16),
                ("register", "No. register", 9),
                ("sha256", "Sidik berkas", 9),
            ],
            Self::Retention => &[
                ("register", "No. register", 9),
                ("mails", "Surel", 4),
                ("bytes", "Bita", 6),
                ("basis", "Dasar", 16),
                ("sha256", "Sidik", 20),
            ],
        }
    }

    /// All columns, as printed (`domain.md` 5.6 and 5.7).
    pub fn printed(self) -> Vec<Column> {
        let first = match self {
            Self::AgendaIn => vec![
                Column::new("No", 4),
                Column::new("Tgl./jam terima", 9),
                Column::new("No. agenda", 5),
            ],
            Self::AgendaOut => vec![Column::new("No", 4), Column::new("Tgl./jam kirim", 9)],
            _ => vec![Column::new("No", 4), Column::new("Tanggal/jam", 9)],
        };
        let own = self
            .columns()
            .iter()
            .map(|(_, heading, width)| Column::new(heading, *width));
        let last = [Column::new("Ket.", 12)];
        first.into_iter().chain(own).chain(last).collect()
    }
}
