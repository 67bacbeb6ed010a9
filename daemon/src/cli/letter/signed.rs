//! `tanggap letter signed`: the signed file comes back, is matched to its letter, and is kept as it is.

use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest, Sha256};

use super::super::staff::operator;
use super::beside;
use super::life::named;
use crate::case::{LetterDeed, LetterState};
use crate::config::Config;
use crate::letter::signed::{self, Proof};
use crate::register::hex;
use crate::secretary::kind_of;
use crate::store::{LetterWork, PaperFile, PaperView, Store, StoreError};
use crate::tongue::{say, word};

#[derive(Debug, Args)]
pub struct Signed {
    /// Berkas PDF yang sudah ditandatangani
    #[arg(value_name = "BERKAS")]
    file: PathBuf,
    /// Suratnya, bila berkas tidak dapat dicocokkan sendiri (pindaian)
    #[arg(long, value_name = "SURAT")]
    letter: Option<String>,
    /// Pindaian surat yang ditandatangani di atas kertas
    #[arg(long, requires = "letter")]
    scan: bool,
    /// Siapa yang menerima
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

impl Signed {
    /// Keeps the file as it is; the same file again is the same deed.
    pub fn act(&self, config: &Config) -> anyhow::Result<()> {
        let bytes = read(&self.file)?;
        let digest = hex(&Sha256::digest(&bytes));
        let (name, proof) = beside(config, async |store, clock| {
            let operator = operator(self.by.as_ref())?;
            let paper = match &self.letter {
                Some(name) => named(store, name).await?,
                None => self.matched(store, &bytes, &digest).await?,
            };
            let proof = self.proof(&bytes, &paper)?;
            if paper.signed_sha256 == digest {
                return Ok((paper.name(), proof));
            }
            let deed = LetterDeed::Signed {
                number: paper.number.clone(),
                to: paper.recipient.clone(),
                subject: paper.subject.clone(),
                sha256: digest.clone(),
                proof: proof.to_owned(),
            };
            let work = LetterWork {
                case: paper.case,
                letter: Some(paper.letter),
                kind: kind_of(&paper)?,
                note: String::new(),
                deeds: vec![deed],
                files: vec![(PaperFile::Signed, String::new(), bytes.clone())],
                mail: None,
            };
            store.letter_work(&work, &operator, clock.now()).await?;
            Ok((paper.name(), proof))
        })?;
        println!(
            "{}",
            say!(
                "{name}: diterima, {proof}.\nsha256 {digest}\nKirim: tanggap letter release {name}",
                "{name}: taken, {proof}.\nsha256 {digest}\nSend it: tanggap letter release {name}"
            )
        );
        Ok(())
    }

    /// How it is signed, in words; a file that nobody signed is refused.
    fn proof(&self, bytes: &[u8], paper: &PaperView) -> Result<&'static str, StoreError> {
        let unsigned = hex(&Sha256::digest(bytes)) == paper.unsigned_sha256;
        match signed::proof(bytes) {
            Proof::Electronic => Ok("tanda tangan elektronik di dalam berkas"),
            Proof::ElectronicThenMore => Ok(
                "tanda tangan elektronik di dalam berkas, disusul bagian yang tidak dicakupnya; periksa keabsahannya sebelum dilepas",
            ),
            Proof::None if self.scan && !unsigned => Ok("pindaian surat bertanda tangan"),
            Proof::None => Err(StoreError::Refused(say!(
                "tidak ada tanda tangan elektronik di {}{}. Bila ini pindaian surat yang ditandatangani di atas kertas: --scan --letter {}",
                "there is no electronic signature in {}{}. If it is a scan of a letter signed on paper: --scan --letter {}",
                self.file.display(),
                if unsigned {
                    word(
                        "; ini cetakan yang belum ditandatangani",
                        "; it is the print that was not signed",
                    )
                } else {
                    ""
                },
                paper.name()
            ))),
        }
    }

    /// The letter that this file was made of.
    async fn matched(
        &self,
        store: &Store,
        bytes: &[u8],
        digest: &str,
    ) -> Result<PaperView, StoreError> {
        let mut papers = store.papers(None, i64::MAX).await?;
        papers.reverse();
        for paper in papers {
            if paper.signed_sha256 == digest || paper.unsigned_sha256 == digest {
                return Ok(paper);
            }
            if paper.state != LetterState::Numbered {
                continue;
            }
            let key = (paper.case, paper.letter);
            let prints = store.paper_file(key, PaperFile::Unsigned).await?;
            if prints
                .iter()
                .any(|(_, print)| signed::is_made_of(bytes, print))
            {
                return Ok(paper);
            }
        }
        Err(StoreError::Refused(say!(
            "{} tidak cocok dengan surat mana pun yang menunggu tanda tangan (tanggap letter list --waiting). Bila ini pindaian: --scan --letter SURAT",
            "{} fits no letter that waits for a signature (tanggap letter list --waiting). If it is a scan: --scan --letter LETTER",
            self.file.display()
        )))
    }
}

/// A PDF of a sensible size.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let refused = |why: &str| StoreError::Refused(format!("{}: {why}", path.display()));
    let length = std::fs::metadata(path)
        .map_err(|error| {
            refused(&say!(
                "tidak dapat dibaca ({error})",
                "cannot be read ({error})"
            ))
        })?
        .len();
    if length > signed::LARGEST as u64 {
        return Err(refused(word(
            "lebih besar daripada 10 MiB; kecilkan pindaiannya",
            "larger than 10 MiB; make the scan smaller",
        ))
        .into());
    }
    let bytes = std::fs::read(path)?;
    if !signed::is_pdf(&bytes) {
        return Err(refused(word(
            "bukan berkas PDF yang utuh",
            "is not a whole PDF file",
        ))
        .into());
    }
    Ok(bytes)
}
