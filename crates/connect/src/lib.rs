//! Adapters to the outside world that implement the ports of desk.
