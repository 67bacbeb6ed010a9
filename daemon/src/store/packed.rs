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
    /// zstd frames, each of at most 1 MiB of raw bytes, one after the other. In one piece they are one mapping, which goes back to
    /// the system when a large mail is through; frame by frame they would stay with the allocator while the mail is judged.
    frames: Vec<u8>,
    /// Where each frame ends.
    ends: Vec<usize>,
}

impl Packed {
    pub fn builder() -> Packer {
        Packer {
            hash: Sha256::new(),
            size: 0,
            pending: Vec::new(),
            frames: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// The frames in order; there is at least one.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let bounds: Vec<(usize, usize)> = starts.zip(self.ends.iter().copied()).collect();
        bounds
            .into_iter()
            .map(|(start, end)| self.frames.get(start..end).unwrap_or_default())
    }

    /// Packs a mail that is in memory as a whole.
    pub fn whole(raw: &[u8]) -> Result<Self, StoreError> {
        if raw.len() <= PART {
            let frame = compressed(raw)?;
            return Ok(Self {
                digest: Sha256::digest(raw).into(),
                size: raw.len() as u64,
                ends: vec![frame.len()],
                frames: frame,
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
    frames: Vec<u8>,
    ends: Vec<usize>,
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
        if !self.pending.is_empty() || self.ends.is_empty() {
            self.close_part()?;
        }
        Ok(Packed {
            digest: self.hash.finalize().into(),
            size: self.size,
            frames: self.frames,
            ends: self.ends,
        })
    }

    fn close_part(&mut self) -> Result<(), StoreError> {
        self.frames.extend_from_slice(&compressed(&self.pending)?);
        self.ends.push(self.frames.len());
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
    let raw = decompressed(frame, capacity).map_err(StoreError::Compression)?;
    into.extend_from_slice(&raw);
    Ok(())
}

fn decompressed(frame: &[u8], capacity: usize) -> io::Result<Vec<u8>> {
    thread_local! {
        /// As with the compressor: most of the work would be setting it up.
        static DECOMPRESSOR: std::cell::RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { std::cell::RefCell::new(None) };
    }
    DECOMPRESSOR.with_borrow_mut(|slot| match slot {
        Some(decompressor) => decompressor.decompress(frame, capacity),
        None => slot
            .insert(zstd::bulk::Decompressor::new()?)
            .decompress(frame, capacity),
    })
}
