//! The HTTP faces: /v1, portal and console.

pub mod app;
pub mod assets;
pub mod pages;
