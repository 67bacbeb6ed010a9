//! A first look at whether a hash may be among many: one bit, nearly always in the nearest cache.

/// A set of hashes that may hold a few more than were put in, and never fewer.
#[derive(Debug, Clone)]
pub struct Sieve {
    bits: Box<[u64]>,
    /// Of the places, a power of two, less one.
    mask: u64,
}

/// Places for each hash: one in so many of those that are not in passes.
const PLACES: usize = 16;

impl Sieve {
    pub fn of(hashes: impl ExactSizeIterator<Item = u64>) -> Self {
        let places = (hashes.len() * PLACES).next_power_of_two().max(64);
        let mut sieve = Self {
            bits: vec![0; places / 64].into_boxed_slice(),
            mask: u64::try_from(places - 1).unwrap_or(u64::MAX),
        };
        for hash in hashes {
            let (at, bit) = sieve.place(hash);
            if let Some(bits) = sieve.bits.get_mut(at) {
                *bits |= bit;
            }
        }
        sieve
    }

    pub fn may_hold(&self, hash: u64) -> bool {
        let (at, bit) = self.place(hash);
        self.bits.get(at).is_some_and(|bits| bits & bit != 0)
    }

    fn place(&self, hash: u64) -> (usize, u64) {
        // The lower bits place a hash in tables: these are others.
        let place = (hash >> 17) & self.mask;
        (usize::try_from(place >> 6).unwrap_or(0), 1 << (place & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::Sieve;

    #[test]
    fn what_was_put_in_passes_and_little_else() {
        let hashes: Vec<u64> = (1..500_u64)
            .map(|one| one.wrapping_mul(0x9E37_79B9_7F4A_7C15))
            .collect();
        let sieve = Sieve::of(hashes.iter().copied());
        assert!(hashes.iter().all(|hash| sieve.may_hold(*hash)));
        let others = (1_000_000..1_010_000_u64).map(|one| one.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        assert!(others.filter(|hash| sieve.may_hold(*hash)).count() < 2000);
        assert!(!Sieve::of([].into_iter()).may_hold(7));
    }
}
