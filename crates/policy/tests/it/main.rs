//! The policy room from the outside.
//!
//! Every module is marked `cfg(test)` so that clippy grants its helpers what it grants tests.

#[cfg(test)]
mod allocations;
#[cfg(test)]
mod chinese;
mod claims;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod diff;
#[cfg(test)]
mod diff_other;
#[cfg(test)]
mod diff_slow;
#[cfg(test)]
mod embedding;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod engine_abroad;
#[cfg(test)]
mod engine_answers;
#[cfg(test)]
mod engine_author;
mod engine_elements;
#[cfg(test)]
mod engine_random;
#[cfg(test)]
mod engine_rules;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod fingerprint;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod language;
#[cfg(test)]
mod meaning_of_elements;
#[cfg(test)]
mod platforms;
#[cfg(test)]
mod questionnaire;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod robust;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod rules_beyond;
#[cfg(test)]
mod rules_kinds;
mod rules_registers;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod sarif;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod text;
#[cfg(test)]
mod vocabulary;
