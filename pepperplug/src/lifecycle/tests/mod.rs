//! What the lifecycle promises when things go wrong, held against a log of what happened.

mod plan;
mod player;
mod stage;
