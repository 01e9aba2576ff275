//! Futures that are started in place, held against futures in a box that do the same; and tables that are replaced while
//! events are emitted.

mod actor;
mod order;
mod reference;
mod slot;
mod swapping;
