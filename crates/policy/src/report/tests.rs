//! What reports look like.
