//! One file each for the checks, the masks, and what holds for any text at all.

mod allocations;
mod mask;
mod normalise;
mod properties;
