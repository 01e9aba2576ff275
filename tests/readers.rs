//! The readers' protocol under a model checker: every interleaving of a thread that reads tables and one that replaces them.
//!
//! The protocol is the library's own file. Its fences are full ones here: `membarrier` on the writer's side makes of the
//! reader's half what these are.

#![allow(
    missing_docs,
    clippy::undocumented_unsafe_blocks,
    unsafe_code,
    reason = "the model's memory, of which loom sees each use"
)]

#[allow(dead_code, reason = "the model needs a part of it")]
#[path = "../pepperplug/src/hook"]
mod hook {
    #[path = "read"]
    mod read {
        pub(super) mod sync {
            pub(in super::super) use loom::sync::atomic::{
                AtomicPtr, AtomicUsize, Ordering, fence,
            };

            pub(in super::super) const DEEPEST: usize = 1;
        }
        pub(super) mod grace;
    }

    use loom::cell::UnsafeCell;
    use loom::sync::Arc;
    use loom::thread;

    use self::read::grace::{Record, Seat};
    use self::read::sync::{AtomicUsize, Ordering, fence};

    /// A table: whether it has been freed, where every use that may be at the same time as that is an error.
    struct Table(UnsafeCell<bool>);

    impl Table {
        fn new() -> Self {
            Self(UnsafeCell::new(false))
        }

        fn read(&self) {
            self.0
                .with(|freed| assert!(!unsafe { *freed }, "it is read after it was freed"));
        }

        fn free(&self) {
            self.0.with_mut(|freed| unsafe { *freed = true });
        }
    }

    struct World {
        tables: [Table; 2],
        /// Which of them holds.
        current: AtomicUsize,
        record: Record,
        seat: Seat,
    }

    const OURS: *mut () = 8 as *mut ();
    const OTHERS: *mut () = 16 as *mut ();
    const MARK: *mut () = 24 as *mut ();

    impl World {
        fn new() -> Self {
            Self {
                tables: [Table::new(), Table::new()],
                current: AtomicUsize::new(0),
                record: Record::new(),
                seat: Seat::new(),
            }
        }

        fn current(&self) -> (usize, &Table) {
            let current = self.current.load(Ordering::Acquire);
            (current, &self.tables[current])
        }

        fn address(&self, table: usize) -> *mut () {
            std::ptr::from_ref(&self.tables[table]).cast_mut().cast()
        }

        /// Puts the second table in the place of the first, and frees that once nobody can read it.
        fn replace(&self) {
            self.current.store(1, Ordering::Release);
            fence(Ordering::SeqCst);
            let mark = self.record.reads(OURS);
            while !mark.is_null() && self.record.reads(OURS) == mark {
                thread::yield_now();
            }
            while self
                .seat
                .holds()
                .is_some_and(|(table, _)| table == self.address(0))
            {
                thread::yield_now();
            }
            self.tables[0].free();
        }
    }

    fn model(reads: impl Fn(&World) + Sync + Send + Copy + 'static) {
        loom::model(move || {
            let world = Arc::new(World::new());
            let reader = thread::spawn({
                let world = Arc::clone(&world);
                move || reads(&world)
            });
            world.replace();
            reader.join().expect("it reads nothing that was freed");
        });
    }

    #[test]
    fn a_section_keeps_what_it_reads() {
        model(|world| {
            for _ in 0..2 {
                world.record.enter(MARK, OURS);
                fence(Ordering::SeqCst);
                world.current().1.read();
                world.record.leave();
            }
        });
    }

    #[test]
    fn a_section_within_one_of_another_domain_keeps_what_it_reads() {
        model(|world| {
            world.record.enter(MARK, OTHERS);
            fence(Ordering::SeqCst);
            world.record.enter_inner(OURS).expect("one is not too many");
            fence(Ordering::SeqCst);
            world.current().1.read();
            world.record.leave_inner();
            world.record.leave();
        });
    }

    #[test]
    fn a_seat_keeps_what_is_read_across_sections() {
        model(|world| {
            world.record.enter(MARK, OURS);
            fence(Ordering::SeqCst);
            let (number, table) = world.current();
            table.read();
            assert!(world.seat.take(world.address(number), 0));
            world.record.leave();
            // Waits, and goes on with the table that it began with.
            world.record.enter(MARK, OURS);
            fence(Ordering::SeqCst);
            table.read();
            world.seat.give_back();
            world.record.leave();
        });
    }

    /// That the model can fail: a reader that does not say that it reads.
    #[test]
    #[should_panic(expected = "Causality violation")]
    fn without_a_section_nothing_is_kept() {
        model(|world| {
            world.current().1.read();
        });
    }

    /// That the fences are needed: without the reader's, its load may come before its store.
    #[test]
    #[should_panic]
    fn without_a_fence_a_section_keeps_nothing() {
        model(|world| {
            world.record.enter(MARK, OURS);
            world.current().1.read();
            world.record.leave();
        });
    }
}
