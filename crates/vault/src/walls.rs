//! Design invariant 2 as a matter of types: the ways around a permit, none of which compiles.
//!
//! Each comes as a pair that differs in one line, marked by a comment. The first must not compile, the second must: so
//! the first fails for that line alone, whatever words the compiler has for it.
//!
//! # A decision is advice: only a permit opens
//!
//! ```compile_fail,E0308
//! use policy::{decide::Permit, question::Answer};
//! use shouyue_vault::{PartName, PlatformKeys, Sealed};
//!
//! fn opened(keys: &PlatformKeys, advice: Answer, permit: Permit, name: &PartName, values: &[Sealed]) {
//!     let _ = keys.open(advice, name, None, values); // here
//! }
//! ```
//!
//! ```
//! use policy::{decide::Permit, question::Answer};
//! use shouyue_vault::{PartName, PlatformKeys, Sealed};
//!
//! fn opened(keys: &PlatformKeys, advice: Answer, permit: Permit, name: &PartName, values: &[Sealed]) {
//!     let _ = keys.open(permit, name, None, values); // here
//! }
//! ```
//!
//! # One permit is one act: the vault consumes it
//!
//! ```compile_fail,E0382
//! use policy::decide::Permit;
//! use shouyue_vault::{PartName, PlatformKeys, Sealed};
//!
//! fn twice(keys: &PlatformKeys, first: Permit, second: Permit, name: &PartName, values: &[Sealed]) {
//!     let _ = keys.open(first, name, None, values);
//!     let _ = keys.open(first, name, None, values); // here
//! }
//! ```
//!
//! ```
//! use policy::decide::Permit;
//! use shouyue_vault::{PartName, PlatformKeys, Sealed};
//!
//! fn twice(keys: &PlatformKeys, first: Permit, second: Permit, name: &PartName, values: &[Sealed]) {
//!     let _ = keys.open(first, name, None, values);
//!     let _ = keys.open(second, name, None, values); // here
//! }
//! ```
//!
//! # A permit cannot be copied
//!
//! ```compile_fail,E0277
//! use policy::decide::Permit;
//!
//! fn passed_on(permit: Permit) -> Permit {
//!     Clone::clone(&permit) // here
//! }
//! ```
//!
//! ```
//! use policy::decide::Permit;
//!
//! fn passed_on(permit: Permit) -> Permit {
//!     permit // here
//! }
//! ```
//!
//! # Only the decision code makes a permit
//!
//! ```compile_fail,E0451
//! use policy::decide::Permit;
//!
//! fn forged(real: Permit) -> Permit {
//!     Permit { items: Vec::new(), ..real } // here
//! }
//! ```
//!
//! ```
//! use policy::decide::Permit;
//!
//! fn forged(real: Permit) -> Permit {
//!     real // here
//! }
//! ```
//!
//! ```compile_fail,E0277
//! fn from_nothing() -> policy::decide::Permit { // here
//!     Default::default()
//! }
//! ```
//!
//! ```
//! fn from_nothing() -> policy::question::Facts { // here
//!     Default::default()
//! }
//! ```
//!
//! # A value in custody is not printed, serialised or copied
//!
//! ```compile_fail,E0277
//! fn printed(value: model::Clear<String>) -> String {
//!     format!("{value:?}") // here
//! }
//! ```
//!
//! ```compile_fail,E0277
//! fn printed(value: model::Clear<String>) -> String {
//!     format!("{value}") // here
//! }
//! ```
//!
//! ```
//! fn printed(value: model::Clear<String>) -> String {
//!     format!("{}", value.within(|text| text.is_empty())) // here
//! }
//! ```
//!
//! ```compile_fail,E0277
//! fn written(value: &model::Clear<String>) -> serde_json::Result<String> {
//!     serde_json::to_string(value) // here
//! }
//! ```
//!
//! ```
//! fn written(value: &model::Clear<String>) -> serde_json::Result<String> {
//!     serde_json::to_string(&value.within(|text| text.is_empty())) // here
//! }
//! ```
//!
//! ```compile_fail,E0277
//! fn copied(value: model::Clear<String>) -> model::Clear<String> {
//!     Clone::clone(&value) // here
//! }
//! ```
//!
//! ```
//! fn copied(value: model::Clear<String>) -> model::Clear<String> {
//!     value // here
//! }
//! ```
//!
//! # A value leaves custody only with the store's word that its act is on the ledger
//!
//! ```compile_fail,E0061
//! use model::{Clear, act::Committed};
//!
//! fn released(value: Clear<String>, act: &Committed) -> String {
//!     value.release() // here
//! }
//! ```
//!
//! ```
//! use model::{Clear, act::Committed};
//!
//! fn released(value: Clear<String>, act: &Committed) -> String {
//!     value.release(act) // here
//! }
//! ```
//!
//! # Looking at a value lets nothing of it out
//!
//! ```compile_fail,E0277
//! fn looked_at(value: &model::Clear<String>) {
//!     let _ = value.within(|text| text.clone()); // here
//! }
//! ```
//!
//! ```
//! fn looked_at(value: &model::Clear<String>) {
//!     let _ = value.within(|text| text.is_empty()); // here
//! }
//! ```
//!
//! # The text of a checked value is for the vault alone
//!
//! ```compile_fail,E0624
//! fn text_of(value: &shouyue_vault::field::Normal) {
//!     let _ = value.expose(); // here
//! }
//! ```
//!
//! ```
//! fn text_of(value: &shouyue_vault::field::Normal) {
//!     let _ = value.kind(); // here
//! }
//! ```
