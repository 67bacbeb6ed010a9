//! The secretary: prepares the letters that a person answers for, and finishes one when a person lets it go.
//!
//! Nothing is sent here. What leaves is composed once, at its release, and stands in the outbox with the bytes that were signed.

mod prompted;

pub use prompted::Prompted;

use crate::case::{Effect, Event, LetterDeed, LetterState, SentLetter, Sheet};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::letter::{
    Attachment, Dispatch, DispatchFacts, Kind, LetterFacts, Recipient, Shelf, Wording,
    WordingError, data, dispatch, wording,
};
use crate::pgp;
use crate::register::Book;
use crate::store::{
    CaseView, EventView, LetterWork, NewLetter, OrderState, PaperFile, PaperView, Store, StoreError,
};
use crate::tongue::say;

/// The mail that goes with a signed letter.
pub const COVER: &str = "pengantar";

/// Why a letter cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SecretaryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Wording(#[from] WordingError),
}

/// Prepares letters.
#[derive(Clone, Copy)]
pub struct Secretary<'a> {
    pub store: &'a Store,
    pub clock: &'a Clock,
    pub config: &'a Config,
    pub shelf: &'a Shelf,
}

/// What a letter about a case says beside the case.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    pub to: &'a str,
    pub note: &'a str,
    pub number: &'a str,
    /// Of a covering mail: what the letter is about.
    pub subject: &'a str,
}

/// A case's events, read: when, by whom, what. What this program does not know is passed over.
pub fn happened(events: &[EventView]) -> Vec<(Timestamp, String, Event)> {
    let read = events.iter().filter_map(|event| {
        let read: Event = serde_json::from_str(&event.event).ok()?;
        Some((event.at, event.actor.clone(), read))
    });
    read.collect()
}

/// All that a case's events say, folded.
pub fn sheet_of(events: &[EventView]) -> Sheet {
    let read = happened(events);
    Sheet::of(read.iter().map(|(at, by, event)| (*at, by.as_str(), event)))
}

impl Secretary<'_> {
    /// The data that a letter of this kind about a case is filled with.
    pub async fn data(
        &self,
        kind: Kind,
        case: &CaseView,
        said: &Said<'_>,
    ) -> Result<serde_json::Value, StoreError> {
        let sheet = sheet_of(&self.store.events(case.id).await?);
        let mut agenda = self.store.first_rows(Book::AgendaIn, &[case.id]).await?;
        let agenda = agenda.remove(&case.id);
        let facts = LetterFacts {
            team: &self.config.team,
            case,
            sheet: &sheet,
            agenda: agenda.as_ref().map(|row| (row.number, &row.cells)),
            to: addressed(kind, said.to),
            note: said.note,
            number: said.number,
            date: self.clock.now(),
        };
        let mut data = data(&facts);
        if let Some(subject) = data.pointer_mut("/letter/subject") {
            *subject = said.subject.into();
        }
        Ok(data)
    }

    /// What a plain mail says now.
    pub async fn plain(&self, paper: &PaperView) -> Result<Wording, SecretaryError> {
        let kind = kind_of(paper)?;
        let said = Said {
            to: &paper.recipient,
            note: &paper.note,
            ..Said::default()
        };
        let case = self.case(&paper.register).await?;
        Ok(wording(
            self.shelf,
            kind.name(),
            &self.data(kind, &case, &said).await?,
        )?)
    }

    /// The covering mail of a formal letter.
    async fn cover(&self, paper: &PaperView) -> Result<Wording, SecretaryError> {
        let said = Said {
            to: &paper.recipient,
            note: "",
            number: &paper.number,
            subject: &paper.subject,
        };
        let case = self.case(&paper.register).await?;
        let mut data = self.data(kind_of(paper)?, &case, &said).await?;
        if let (Some(slot), Some(at)) = (data.pointer_mut("/letter/date"), paper.numbered) {
            *slot = crate::letter::dates::day(at.wib()).into();
        }
        Ok(wording(self.shelf, COVER, &data)?)
    }

    async fn case(&self, register: &str) -> Result<CaseView, StoreError> {
        let found = self.store.case(register).await?;
        found.ok_or_else(|| {
            StoreError::Refused(say!(
                "tidak ada kasus {register}",
                "there is no case {register}"
            ))
        })
    }

    /// Lets a letter go by mail, once: what was signed, byte for byte, under a mail that is finished here.
    pub async fn release(
        &self,
        paper: &PaperView,
        address: &str,
    ) -> Result<LetterWork, SecretaryError> {
        self.may_go(paper)?;
        let to = self.recipient(paper, address).await?;
        let kind = kind_of(paper)?;
        let (words, files) = if kind.is_formal() {
            (self.cover(paper).await?, self.files(paper).await?)
        } else {
            (self.plain(paper).await?, Vec::new())
        };
        let turn = paper.turn + 1;
        let effect = Effect::SendLetter {
            letter: paper.letter,
            turn,
        };
        let now = self.clock.now();
        let known = self.store.first_letter(paper.case).await?;
        let sealed = dispatch(&DispatchFacts {
            team: &self.config.team,
            to: &to,
            subject: &words.subject,
            text: &words.as_mail(),
            attachments: &files,
            date: now,
            key: self
                .store
                .effect_key(&format!("{}/{}", paper.register, effect.key())),
            answers: known
                .as_ref()
                .filter(|(_, known)| *known == to.address)
                .map(|(id, _)| id.as_str()),
        });
        let row = NewLetter {
            message_id: sealed.message_id.clone(),
            recipient: to.address.clone(),
            domain: to.domain.clone(),
        };
        let payload = Dispatch {
            sealed,
            letter: paper.letter,
            kind: paper.kind.clone(),
            entry: self.entry(paper, &words.subject, (&to.address, turn)),
        };
        let payload = serde_json::to_string(&payload).map_err(|why| StoreError::Unreadable {
            what: why.to_string(),
        })?;
        let released = LetterDeed::Released {
            address: to.address,
            turn,
        };
        Ok(LetterWork {
            mail: Some((payload, row)),
            ..work(paper, kind, vec![released])
        })
    }

    /// Records that a letter is carried by hand: it leaves on paper, and the agenda says so.
    pub fn carried(&self, paper: &PaperView) -> Result<LetterWork, SecretaryError> {
        self.may_go(paper)?;
        let kind = kind_of(paper)?;
        let turn = paper.turn + 1;
        let sent = SentLetter {
            id: "diantar".to_owned(),
            ..self.entry(paper, &paper.subject, ("", turn))
        };
        let released = LetterDeed::Released {
            address: String::new(),
            turn,
        };
        Ok(work(
            paper,
            kind,
            vec![released, LetterDeed::Sent(Box::new(sent))],
        ))
    }

    /// What the agenda will say.
    fn entry(&self, paper: &PaperView, subject: &str, (address, turn): (&str, i64)) -> SentLetter {
        let kind = Kind::named(&paper.kind);
        let formal = kind.is_some_and(Kind::is_formal);
        let date = paper.numbered.unwrap_or_else(|| self.clock.now());
        let sha256 = if paper.signed_sha256.is_empty() {
            &paper.unsigned_sha256
        } else {
            &paper.signed_sha256
        };
        SentLetter {
            id: String::new(),
            turn,
            number: paper.number.clone(),
            date: day(date),
            to: or(&paper.recipient, address),
            address: address.to_owned(),
            subject: if formal { &paper.subject } else { subject }.to_owned(),
            security: self.config.letters.security.clone(),
            sha256: sha256.clone(),
        }
    }

    /// Signed, where it is a letter to be signed; and not under way already.
    fn may_go(&self, paper: &PaperView) -> Result<(), StoreError> {
        let name = paper.name();
        let dropped = matches!(&paper.order, Some((OrderState::Dropped, _)));
        let why = match paper.state {
            LetterState::Signed | LetterState::Ready => return Ok(()),
            LetterState::Numbered if self.config.letters.send_unsigned => return Ok(()),
            LetterState::Sent if paper.bounced.is_some() => return Ok(()),
            LetterState::Released if dropped => return Ok(()),
            LetterState::Numbered => say!(
                "{name} belum ditandatangani. Tandatangani berkasnya (tanggap letter show {name} --out surat.pdf), lalu: tanggap letter signed BERKAS",
                "{name} is not signed yet. Sign its file (tanggap letter show {name} --out surat.pdf), then: tanggap letter signed FILE"
            ),
            LetterState::Draft => say!(
                "{name} belum bernomor; terbitkan dahulu: tanggap letter issue {} {} --to … --number …",
                "{name} has no number yet; issue it first: tanggap letter issue {} {} --to … --number …",
                paper.kind,
                paper.register
            ),
            LetterState::Released => {
                say!(
                    "{name} sudah dilepas ke {}; lihat tanggap queue",
                    "{name} was released to {} already; see tanggap queue",
                    paper.address
                )
            }
            LetterState::Sent => say!(
                "{name} sudah terkirim ke {}; surat yang sama tidak dikirim dua kali",
                "{name} was sent to {} already; the same letter is not sent twice",
                or(&paper.address, "(diantar)")
            ),
            LetterState::Cancelled => format!("{name} batal"),
        };
        Err(StoreError::Refused(why))
    }

    /// The address that was named, or the one that our receipt went to: no other address of a stranger is trusted by itself.
    async fn recipient(&self, paper: &PaperView, address: &str) -> Result<Recipient, StoreError> {
        let known = self.store.first_letter(paper.case).await?;
        let to_reporter = kind_of(paper).is_ok_and(Kind::goes_to_the_reporter);
        let to_bssn = kind_of(paper).is_ok_and(Kind::goes_to_bssn);
        let address = match (known, &self.config.bssn.address) {
            _ if !address.is_empty() => address.to_owned(),
            (Some((_, known)), _) if to_reporter => known,
            (_, Some(bssn)) if to_bssn => bssn.clone(),
            _ => String::new(),
        };
        if address.is_empty() {
            return Err(StoreError::Refused(say!(
                "ke alamat mana {}? Sebut: --mail ALAMAT, atau --by-hand bila diantar",
                "to which address {}? Name it: --mail ADDRESS, or --by-hand where it is delivered",
                paper.name()
            )));
        }
        Recipient::new(&address).map_err(|why| StoreError::Refused(why.to_string()))
    }

    /// The letter itself; to BSSN encrypted, where its key is configured. What was signed stays as it is inside.
    fn sealed(&self, paper: &PaperView, bytes: Vec<u8>) -> Result<Attachment, StoreError> {
        let name = format!("{}-{}.pdf", paper.register, paper.kind);
        let key = self.config.bssn.key.as_ref();
        match key.filter(|_| kind_of(paper).is_ok_and(Kind::goes_to_bssn)) {
            None => Ok(Attachment {
                name,
                kind: "application/pdf",
                bytes,
            }),
            Some(key) => Ok(Attachment {
                name: format!("{name}.gpg"),
                kind: "application/octet-stream",
                bytes: pgp::encrypt(key, self.clock, &bytes)
                    .map_err(|why| StoreError::Refused(why.to_string()))?,
            }),
        }
    }

    async fn files(&self, paper: &PaperView) -> Result<Vec<Attachment>, StoreError> {
        let which = if paper.signed_sha256.is_empty() {
            PaperFile::Unsigned
        } else {
            PaperFile::Signed
        };
        let key = (paper.case, paper.letter);
        let mut files = Vec::new();
        for (_, bytes) in self.store.paper_file(key, which).await? {
            files.push(self.sealed(paper, bytes)?);
        }
        for (name, bytes) in self.store.paper_file(key, PaperFile::Enclosure).await? {
            files.push(Attachment {
                name,
                kind: "application/octet-stream",
                bytes,
            });
        }
        Ok(files)
    }
}

/// Work on a letter that is there.
fn work(paper: &PaperView, kind: Kind, deeds: Vec<LetterDeed>) -> LetterWork {
    LetterWork {
        case: paper.case,
        letter: Some(paper.letter),
        kind,
        note: String::new(),
        deeds,
        files: Vec::new(),
        mail: None,
    }
}

/// The kind of a letter on record.
pub fn kind_of(paper: &PaperView) -> Result<Kind, StoreError> {
    Kind::named(&paper.kind).ok_or_else(|| StoreError::Unreadable {
        what: format!("a letter of the kind {:?}", paper.kind),
    })
}

/// After *Yth.*, where a plain mail names nobody.
fn addressed(kind: Kind, to: &str) -> &str {
    match kind {
        _ if !to.is_empty() || kind.is_formal() => to,
        Kind::ClosingEnglish => "reporter",
        _ => "Bapak/Ibu",
    }
}

fn day(at: Timestamp) -> String {
    at.wib().format("%d-%m-%Y").to_string()
}

fn or(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise } else { text }.to_owned()
}
