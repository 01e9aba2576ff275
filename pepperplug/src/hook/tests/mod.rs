//! Futures that are started in place, held against futures in a box that do the same.

mod actor;
mod reference;
mod slot;
