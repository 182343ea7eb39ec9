//! Adapters to the outside world that implement the ports of desk, and the only HTTP client of the house.
//!
//! Every adapter that stands in for a real party is called `simulated` and says so wherever it is seen.

pub mod api;
pub mod simulated;
