//! What the lifecycle promises when things go wrong, held against a log of what happened.

mod blocking;
mod check;
mod faults;
mod plan;
mod player;
mod promises;
mod stage;
