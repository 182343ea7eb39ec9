//! The program as it is called: words come back out, the standards are kept, the same bytes every time.
//!
//! Its input is what `render` is seen to write: the snapshots of the data form there.

#[cfg(test)]
mod called;
