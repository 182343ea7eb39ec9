//! Adapters to the outside world that implement the ports of desk.
//!
//! Every adapter that stands in for a real party is called `simulated` and says so wherever it is seen.

pub mod simulated;
