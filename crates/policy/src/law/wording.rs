//! Words by which rules recognise what a published text says (`law/wording.toml`).

use jiff::civil::Date;
use serde::Deserialize;

/// The lists of words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Wording {
    open_purposes: Vec<String>,
    no_periods: Vec<String>,
    registered: Vec<String>,
    group: Vec<String>,
    closing: Vec<String>,
    telling: Vec<String>,
    asking: Vec<String>,
    machine: Vec<String>,
    marketing: Vec<String>,
    pricing: Vec<String>,
    /// Citations that the law has left behind (rule `R65`).
    pub superseded: Vec<Superseded>,
}

/// A citation that the law has left behind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Superseded {
    /// How texts print it.
    pub words: Vec<String>,
    /// What stands in its place.
    pub now: String,
    /// Since when.
    pub since: Date,
    /// Where it is superseded, if not everywhere.
    pub within: Option<Within>,
    /// `false` where counsel has yet to confirm it.
    #[serde(default = "super::certain")]
    pub certain: bool,
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// A statement that defines what is sensitive.
    SensitiveDefinition,
}

fn any(words: &[String], text: &str) -> bool {
    words.iter().any(|word| text.contains(word.as_str()))
}

impl Wording {
    /// Whether a purpose names none (rule `R2`).
    pub fn is_open_purpose(&self, text: &str) -> bool {
        any(&self.open_purposes, text)
    }

    /// Whether it stands in the place of a period and gives none (rule `R3`).
    pub fn is_no_period(&self, text: &str) -> bool {
        any(&self.no_periods, text)
    }

    /// Whether a name is that of a registered body (rules `R1`, `R23`).
    pub fn is_registered(&self, text: &str) -> bool {
        any(&self.registered, text)
    }

    /// Whether a name takes in the companies of a group (rule `R25`).
    pub fn is_group(&self, text: &str) -> bool {
        any(&self.group, text)
    }

    /// Whether it closes an account (rule `R12`).
    pub fn is_closing(&self, text: &str) -> bool {
        any(&self.closing, text)
    }

    /// Whether it tells somebody of something (rule `R29`).
    pub fn is_telling(&self, text: &str) -> bool {
        any(&self.telling, text)
    }

    /// Whether it asks for consent (rule `R29`).
    pub fn is_asking(&self, text: &str) -> bool {
        any(&self.asking, text)
    }

    /// Whether a sentence lets machines judge people (rule `R30`).
    pub fn is_by_machine(&self, text: &str) -> bool {
        any(&self.machine, text)
    }

    /// Whether it speaks of advertising (rules `R30`, `R31`).
    pub fn is_marketing(&self, text: &str) -> bool {
        any(&self.marketing, text)
    }

    /// Whether it speaks of what somebody pays (rule `R32`).
    pub fn is_pricing(&self, text: &str) -> bool {
        any(&self.pricing, text)
    }
}
