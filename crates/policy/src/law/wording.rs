//! Words by which rules recognise what a published text says (`law/wording.toml`).

use jiff::civil::Date;
use serde::Deserialize;

use crate::syntax::HandlerKind;

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
    domestic: Vec<String>,
    as_a_rule: Vec<String>,
    backups: Vec<String>,
    numerals: String,
    units: Vec<String>,
    any_law: Vec<String>,
    free: Vec<String>,
    officer: Vec<String>,
    sale: Vec<String>,
    sale_track: Vec<String>,
    protection_scheme: Vec<String>,
    protected_level: Vec<String>,
    other_levels: Vec<String>,
    /// Authorities that are no longer in charge (rule `R66`).
    pub authority: Vec<Succeeded>,
    /// Who takes complaints (rule `R66`).
    pub in_charge: Vec<InCharge>,
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

/// An authority that another has taken the place of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Succeeded {
    /// How texts print it.
    pub words: Vec<String>,
    /// Who is in charge now.
    pub now: String,
    /// Since when.
    pub since: Date,
    /// `false` where counsel has yet to confirm it.
    #[serde(default = "super::certain")]
    pub certain: bool,
}

/// An authority that takes complaints about handlers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InCharge {
    handlers: Vec<HandlerKind>,
    words: Vec<String>,
    /// What to call it.
    pub name: String,
}

impl InCharge {
    /// Whether it looks after handlers of a kind.
    pub fn looks_after(&self, kind: HandlerKind) -> bool {
        self.handlers.is_empty() || self.handlers.contains(&kind)
    }

    /// Whether a text names it.
    pub fn is_named(&self, text: &str) -> bool {
        any(&self.words, text)
    }
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

    /// Whether a place lies within the country (rule `R35`).
    pub fn is_domestic(&self, text: &str) -> bool {
        any(&self.domestic, text)
    }

    /// The word by which a text says something as a rule only (rule `R35`).
    pub fn as_a_rule(&self, text: &str) -> Option<&str> {
        self.as_a_rule.iter().find(|word| text.contains(word.as_str())).map(String::as_str)
    }

    /// Whether it speaks of backups (rule `R45`).
    pub fn is_of_backups(&self, text: &str) -> bool {
        any(&self.backups, text)
    }

    /// Whether it names a length of time: a numeral before a unit (rule `R45`).
    pub fn names_a_length(&self, text: &str) -> bool {
        self.units.iter().any(|unit| {
            let counted = |(at, _): (usize, &str)| {
                let before = text.get(..at).and_then(|before| before.trim_end().chars().next_back());
                before.is_some_and(|last| self.numerals.contains(last))
            };
            text.match_indices(unit.as_str()).any(counted)
        })
    }

    /// Whether it lets any law go first (rule `R47`).
    pub fn is_any_law(&self, text: &str) -> bool {
        any(&self.any_law, text)
    }

    /// Whether it says that something costs nothing, if only as a rule (rule `R50`).
    pub fn is_free(&self, text: &str) -> bool {
        any(&self.free, text)
    }

    /// Whether it is the office of the person in charge of protection (rule `R51`).
    pub fn is_officer(&self, text: &str) -> bool {
        any(&self.officer, text)
    }

    /// Whether a function of that name sells (rule `R61`): it ends so. Checking an application is no sale, nor is booking one.
    pub fn is_sale(&self, text: &str) -> bool {
        self.sale.iter().any(|word| text.ends_with(word.as_str()))
    }

    /// Whether something of that name keeps the track of sales (rule `R61`).
    pub fn is_sale_track(&self, text: &str) -> bool {
        any(&self.sale_track, text)
    }

    /// Whether it speaks of the protection scheme (rule `R68`).
    pub fn is_protection_scheme(&self, text: &str) -> bool {
        any(&self.protection_scheme, text)
    }

    /// Whether it claims a level of the protection scheme that asks for declared cryptography (rule `R68`).
    pub fn is_protected_level(&self, text: &str) -> bool {
        any(&self.protected_level, text) && !any(&self.other_levels, text)
    }
}
