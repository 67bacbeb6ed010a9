//! A large mail on its way into the journal: compressed part by part, so that memory stays small however large it is.

use std::io;

use sha2::{Digest, Sha256};

use super::StoreError;

/// Raw bytes in one part of a packed mail.
pub(super) const PART: usize = 1 << 20;

/// Fast, and halves mail; the journal is written far more often than it is read.
const LEVEL: i32 = 1;

/// A whole mail, compressed.
#[derive(Debug, Clone)]
pub struct Packed {
    /// SHA-256 of the raw bytes.
    pub digest: [u8; 32],
    /// Raw bytes.
    pub size: u64,
    /// zstd frames, each of at most 1 MiB of raw bytes.
    pub parts: Vec<Vec<u8>>,
}

impl Packed {
    pub fn builder() -> Packer {
        Packer {
            hash: Sha256::new(),
            size: 0,
            pending: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Packs a mail that is in memory as a whole.
    pub fn whole(raw: &[u8]) -> Result<Self, StoreError> {
        if raw.len() <= PART {
            let frame = compressed(raw)?;
            return Ok(Self {
                digest: Sha256::digest(raw).into(),
                size: raw.len() as u64,
                parts: vec![frame],
            });
        }
        let mut packer = Self::builder();
        packer.push(raw)?;
        packer.finish()
    }
}

/// Takes a mail piece by piece.
pub struct Packer {
    hash: Sha256,
    size: u64,
    pending: Vec<u8>,
    parts: Vec<Vec<u8>>,
}

impl Packer {
    /// Takes the next bytes of the mail.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PART - self.pending.len()));
            self.pending.extend_from_slice(now);
            bytes = later;
            if self.pending.len() == PART {
                self.close_part()?;
            }
        }
        Ok(())
    }

    /// The whole mail; also an empty one has one part.
    pub fn finish(mut self) -> Result<Packed, StoreError> {
        if !self.pending.is_empty() || self.parts.is_empty() {
            self.close_part()?;
        }
        Ok(Packed {
            digest: self.hash.finalize().into(),
            size: self.size,
            parts: self.parts,
        })
    }

    fn close_part(&mut self) -> Result<(), StoreError> {
        self.parts.push(compressed(&self.pending)?);
        self.pending.clear();
        Ok(())
    }
}

fn compressed(raw: &[u8]) -> Result<Vec<u8>, StoreError> {
    thread_local! {
        /// Setting up a compressor costs more than compressing a usual mail.
        static COMPRESSOR: std::cell::RefCell<Option<zstd::bulk::Compressor<'static>>> = const { std::cell::RefCell::new(None) };
    }
    let result: io::Result<Vec<u8>> = COMPRESSOR.with_borrow_mut(|slot| match slot {
        Some(compressor) => compressor.compress(raw),
        None => slot
            .insert(zstd::bulk::Compressor::new(LEVEL)?)
            .compress(raw),
    });
    result.map_err(StoreError::Compression)
}

/// Adds the raw bytes of one part to `into`. The frame says its own size; ours never says more than a part.
pub(super) fn unpack(frame: &[u8], into: &mut Vec<u8>) -> Result<(), StoreError> {
    let stated = zstd::zstd_safe::get_frame_content_size(frame)
        .ok()
        .flatten();
    let capacity = stated
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or(PART)
        .min(PART);
    let raw = zstd::bulk::decompress(frame, capacity).map_err(StoreError::Compression)?;
    into.extend_from_slice(&raw);
    Ok(())
}
