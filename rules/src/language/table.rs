//! Many short lists, each under a hash, laid out flat: a look-up costs two or three cache lines, and a list a dozen bytes.

use super::sieve::Sieve;

/// What stands under each of many hashes.
#[derive(Debug)]
pub struct Table<V> {
    /// Most hashes asked for stand nowhere: one bit in a near cache says so.
    sieve: Sieve,
    /// Bits by which a key is shifted to its bucket.
    shift: u32,
    /// Where the keys of each bucket begin, and where those of the last end.
    buckets: Box<[u32]>,
    /// In order; the last stands for nothing and closes the one before it.
    keys: Box<[Key]>,
    values: Box<[V]>,
}

/// A key in halves, so that no room is left between two of them.
#[derive(Debug, Clone, Copy)]
struct Key {
    upper: u32,
    lower: u32,
    /// Where its values begin; they end where the next key's do.
    first: u32,
}

/// Keys in a bucket, about.
const IN_A_BUCKET: usize = 2;

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl<V> Table<V> {
    /// The values of each hash stay in the order given.
    pub fn of(mut pairs: Vec<(u64, V)>) -> Self {
        for (hash, _) in &mut pairs {
            *hash = spread(*hash);
        }
        pairs.sort_by_key(|(key, _)| *key);
        let mut keys: Vec<Key> = Vec::new();
        for (at, (key, _)) in pairs.iter().enumerate() {
            if keys.last().is_none_or(|last| last.whole() != *key) {
                keys.push(Key::new(*key, at));
            }
        }
        let sieve = Sieve::of(keys.iter().map(|key| key.whole()));
        let room = (keys.len() / IN_A_BUCKET).next_power_of_two().max(2);
        let shift = u64::BITS - room.trailing_zeros();
        let buckets = (0..=room).map(|bucket| {
            let before = |key: &Key| place(key.whole(), shift) < bucket;
            narrow(keys.partition_point(before))
        });
        let buckets = buckets.collect();
        keys.push(Key::new(u64::MAX, pairs.len()));
        Self {
            sieve,
            shift,
            buckets,
            keys: keys.into_boxed_slice(),
            values: pairs.into_iter().map(|(_, value)| value).collect(),
        }
    }

    /// What stands under a hash; nothing where it was never put in.
    pub fn get(&self, hash: u64) -> &[V] {
        let key = spread(hash);
        if !self.sieve.may_hold(key) {
            return &[];
        }
        self.values_of(key).unwrap_or_default()
    }

    fn values_of(&self, key: u64) -> Option<&[V]> {
        let bucket = place(key, self.shift);
        let [from, end] = *self.buckets.get(bucket..bucket + 2)?.as_array()?;
        let (from, end) = (from as usize, end as usize);
        let mut keys = self.keys.get(from..end)?.iter();
        let at = from + keys.position(|one| one.whole() == key)?;
        let [this, next] = self.keys.get(at..at + 2)?.as_array()?;
        self.values.get(this.first as usize..next.first as usize)
    }
}

impl Key {
    fn new(whole: u64, first: usize) -> Self {
        Self {
            upper: narrow_bits(whole >> 32),
            lower: narrow_bits(whole),
            first: narrow(first),
        }
    }

    fn whole(self) -> u64 {
        u64::from(self.upper) << 32 | u64::from(self.lower)
    }
}

/// Another number for each, whose upper bits depend on all of its bits.
fn spread(hash: u64) -> u64 {
    hash.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn place(key: u64, shift: u32) -> usize {
    usize::try_from(key >> shift).unwrap_or(usize::MAX)
}

/// The lower half.
fn narrow_bits(bits: u64) -> u32 {
    u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// A place among items, of which no book has four thousand million.
pub fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn every_list_is_found_in_its_order_and_nothing_else() {
        for count in [0_u64, 1, 2, 3, 64, 5_000] {
            // Close keys, keys at both ends, and keys anywhere.
            let hash = |one: u64| match one % 3 {
                0 => one,
                1 => u64::MAX - one,
                _ => one.wrapping_mul(0xD1B5_4A32_D192_ED03),
            };
            let values = |one: u64| (0..=one % 3).map(move |value| one * 10 + value);
            let pairs = |one: u64| values(one).map(move |value| (hash(one), value));
            let mut all: Vec<_> = (0..count).flat_map(pairs).collect();
            // The lists come in pieces, as words of a book do.
            all.sort_by_key(|(_, value)| value % 10);
            let table = Table::of(all);
            for one in 0..count {
                let wanted: Vec<_> = values(one).collect();
                assert_eq!(table.get(hash(one)), wanted, "{one} of {count}");
            }
            for other in count..count + 5_000 {
                assert!(table.get(hash(other)).is_empty(), "{other} of {count}");
            }
        }
        assert!(Table::<u32>::default().get(0).is_empty());
    }
}
