//! The catalogue in words (`law/catalogue.toml`): what each rule asks, why, what breaks it, what keeps it and what mends it.
//! Findings, `shouyue explain` and `docs/law.md` all print from it.

use std::sync::LazyLock;

use serde::Deserialize;

static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| read_catalogue(include_str!("../../law/catalogue.toml")));

/// Reads a catalogue; nothing where it cannot be read, which tests would see.
pub(crate) fn read_catalogue(text: &str) -> Vec<Entry> {
    toml::from_str::<File>(text).map_or_else(|_| Vec::new(), |file| file.rule)
}

#[derive(Deserialize)]
struct File {
    rule: Vec<Entry>,
}

/// One rule in words. What the compiler does not check has no examples.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// Number in the catalogue: `R41`.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// What it asks of a policy file.
    pub compile: Option<String>,
    /// What it asks of the running system.
    pub run: Option<String>,
    /// Whether no part of the running system does that yet. `docs/law.md` is not written where this is not so.
    #[serde(default, rename = "run-planned")]
    pub run_planned: bool,
    /// Why the law asks it.
    pub why: Option<String>,
    /// What mends it, in general.
    pub mend: Option<String>,
    /// Of a rule about the text: the rules of the law to which it gives way where they report the same element.
    #[serde(default)]
    pub yields: Vec<String>,
    /// Elements that break it.
    pub wrong: Option<String>,
    /// The same elements, mended.
    pub right: Option<String>,
}

/// Every rule, by number.
pub fn catalogue() -> &'static [Entry] {
    &CATALOGUE
}

/// A rule by its code.
pub fn entry(code: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.id == code)
}
