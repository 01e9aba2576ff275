//! A set of small numbers of which the least is taken.

const BITS: usize = u64::BITS as usize;

/// Numbers below a bound, a bit each. Above the bits are bits that say which words are not empty, and so on up to a single
/// word: so the least is found in as many steps as there are levels, whatever the set is like.
#[derive(Debug)]
pub(crate) struct Free {
    /// From the numbers up to the single word.
    levels: Vec<Vec<u64>>,
}

impl Free {
    /// An empty set of numbers below `bound`.
    pub(crate) fn new(bound: usize) -> Self {
        let mut levels = Vec::with_capacity(3);
        let mut words = bound.div_ceil(BITS).max(1);
        loop {
            levels.push(vec![0; words]);
            if words == 1 {
                return Self { levels };
            }
            words = words.div_ceil(BITS);
        }
    }

    #[inline]
    pub(crate) fn insert(&mut self, number: u32) {
        let mut at = number as usize;
        for level in &mut self.levels {
            let word = &mut level[at / BITS];
            let was_empty = *word == 0;
            *word |= 1 << (at % BITS);
            if !was_empty {
                return;
            }
            at /= BITS;
        }
    }

    /// Takes the least.
    #[inline]
    pub(crate) fn take_least(&mut self) -> Option<u32> {
        if self.levels.last()?[0] == 0 {
            return None;
        }
        let down = self.levels.iter().rev();
        let least = down.fold(0, |at, level| {
            at * BITS + level[at].trailing_zeros() as usize
        });
        let mut at = least;
        for level in &mut self.levels {
            let word = &mut level[at / BITS];
            *word &= !(1 << (at % BITS));
            if *word != 0 {
                break;
            }
            at /= BITS;
        }
        u32::try_from(least).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.levels.last().is_none_or(|top| top[0] == 0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// `None` takes.
        #[test]
        fn it_is_as_a_sorted_set(steps in prop::collection::vec(prop::option::of(0u32..9_000), 0..200)) {
            let mut free = Free::new(9_000);
            let mut set = BTreeSet::new();
            for step in steps {
                match step {
                    Some(number) => {
                        free.insert(number);
                        set.insert(number);
                    }
                    None => prop_assert_eq!(free.take_least(), set.pop_first()),
                }
                prop_assert_eq!(free.is_empty(), set.is_empty());
            }
            while let Some(least) = set.pop_first() {
                prop_assert_eq!(free.take_least(), Some(least));
            }
            prop_assert_eq!(free.take_least(), None);
        }
    }

    #[test]
    fn a_bound_of_none_is_a_set_of_none() {
        assert_eq!(Free::new(0).take_least(), None);
    }
}
