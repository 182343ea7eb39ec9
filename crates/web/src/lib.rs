//! The HTTP faces: /v1, portal and console.

pub mod api;
pub mod app;
mod archive;
pub mod assets;
mod compression;
mod console;
mod copy;
mod faces;
mod health;
pub mod hooks;
mod meter;
mod multipart;
pub mod pages;
mod pieces;
mod portal;
pub mod problem;
mod router;
mod security;
mod session;
mod static_files;
mod told;
mod trouble;
mod tus;
mod words;

pub use router::router;
