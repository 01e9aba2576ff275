//! Reading the tables without a lock: who reads them now, and when nobody can any more.
//!
//! An emit reads the tables in a *section* of its thread, and whatever waits in between holds a *seat*. Whoever replaces the
//! tables keeps the old ones until every section that may have seen them has ended and no seat holds them. The reader pays
//! for that with a few plain stores: the fence between its store and its load is paid by the writer, who makes all threads
//! of the process pass one, where the system can.

mod barrier;
mod grace;
mod grave;
mod thread;

use self::barrier as sync;
pub(super) use self::grace::Seat;
pub(super) use self::grave::Grave;
pub(crate) use self::thread::meet_thread;
pub(super) use self::thread::{
    Section, Thread, clear_seats, contexts, in_sections, places, running,
};
