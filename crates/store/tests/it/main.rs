//! The contract that every back end keeps, and what SQLite promises beyond it.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod expiry;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod hammer;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod sqlite;
#[cfg(test)]
mod tls;
