//! What belongs to each of many hashes, laid out flat: a look-up costs one or two cache lines, and most are answered by one bit.

use super::sieve::Sieve;

/// A hash, and where its items stand. A free slot has none.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u64,
    first: u32,
    count: u32,
}

/// Items by hash; made once, and never changed.
#[derive(Debug)]
pub struct Table<T> {
    /// Most words of a mail are not in here: one bit in a near cache says so.
    sieve: Sieve,
    /// Open addressing; a power of two, and at least half of it free.
    slots: Vec<Slot>,
    items: Vec<T>,
}

impl<T: Clone> Table<T> {
    pub fn of<'t>(entries: impl ExactSizeIterator<Item = (u64, &'t [T])> + Clone) -> Self
    where
        T: 't,
    {
        let mut table = Self {
            sieve: Sieve::of(entries.clone().map(|(hash, _)| hash)),
            slots: vec![Slot::default(); (entries.len() * 2).next_power_of_two()],
            items: Vec::new(),
        };
        for (hash, items) in entries {
            table.insert(hash, items);
        }
        table
    }

    fn insert(&mut self, hash: u64, items: &[T]) {
        let slot = Slot {
            hash,
            first: narrow(self.items.len()),
            count: narrow(items.len()),
        };
        self.items.extend_from_slice(items);
        let mask = self.slots.len() - 1;
        let mut at = place(hash) & mask;
        while let Some(other) = self.slots.get_mut(at) {
            if other.count == 0 {
                *other = slot;
                return;
            }
            at = (at + 1) & mask;
        }
    }

    /// The items of this hash; none where it has none.
    pub fn get(&self, hash: u64) -> &[T] {
        if !self.sieve.may_hold(hash) {
            return &[];
        }
        let mask = self.slots.len() - 1;
        let mut at = place(hash) & mask;
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.count > 0) {
            if slot.hash == hash {
                let first = slot.first as usize;
                let range = first..first + slot.count as usize;
                return self.items.get(range).unwrap_or_default();
            }
            at = (at + 1) & mask;
        }
        &[]
    }
}

/// The upper bits of a product depend on all bits of the hash.
fn place(hash: u64) -> usize {
    let mixed = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    usize::try_from(mixed).unwrap_or(0)
}

/// A place among items, of which no book has four thousand million.
pub fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn every_hash_has_its_items_and_others_have_none() {
        let entries: Vec<(u64, Vec<u64>)> = (1..300_u64)
            .map(|one| (one << 40, (0..one % 4).collect()))
            .collect();
        let given = entries
            .iter()
            .map(|(hash, items)| (*hash, items.as_slice()));
        let table = Table::of(given);
        for (hash, items) in &entries {
            assert_eq!(table.get(*hash), items.as_slice());
        }
        assert_eq!(table.get(7), [0_u64; 0]);
        let nothing: [(u64, &[u64]); 0] = [];
        assert_eq!(Table::of(nothing.into_iter()).get(7), [0_u64; 0]);
    }
}
