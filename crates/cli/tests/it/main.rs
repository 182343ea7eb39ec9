//! The program as its users have it: the built binary, started as a process, called over HTTP and by its commands.
//!
//! Every module is marked `cfg(test)` so that clippy grants its helpers what it grants tests.

#[cfg(test)]
mod bucket;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod carriers;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod check;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod copy;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod drafts;
#[cfg(test)]
mod editions;
#[cfg(test)]
mod erase;
#[cfg(test)]
mod heads;
#[cfg(test)]
mod import;
#[cfg(test)]
mod installation;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod law;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod module;
#[cfg(test)]
mod paying;
#[cfg(test)]
mod people;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod report;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod running;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod tamper;
#[cfg(test)]
mod upload;
#[cfg(test)]
mod weather;
#[cfg(test)]
mod witness;
#[cfg(test)]
mod wrong;
