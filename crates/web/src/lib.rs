//! The HTTP faces: /v1, portal and console.

pub mod assets;
pub mod pages;
