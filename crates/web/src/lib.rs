//! The HTTP faces: /v1, portal and console.

pub mod api;
pub mod app;
pub mod assets;
mod health;
mod meter;
pub mod pages;
pub mod problem;
mod router;

pub use router::router;
