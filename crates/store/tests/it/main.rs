//! The contract that every back end keeps, and what SQLite promises beyond it.

mod contract;
mod fixture;
mod sqlite;
