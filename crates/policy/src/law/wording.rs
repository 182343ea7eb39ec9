//! Words by which rules recognise what a published text says (`law/wording.toml`).

use jiff::civil::Date;
use serde::Deserialize;

use crate::syntax::{Basis, HandlerKind};

/// The lists of words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Wording {
    open_purposes: Vec<String>,
    vague_items: Vec<String>,
    faces: Vec<String>,
    source_kinds: Vec<String>,
    lesser_law: Vec<String>,
    employees: Vec<String>,
    by_contract: Vec<String>,
    entry: Vec<String>,
    adornment: Vec<String>,
    delegates: Vec<String>,
    future: Vec<String>,
    verifying: Vec<String>,
    kits: Vec<String>,
    device_switch: Vec<String>,
    on_request: Vec<String>,
    beyond_identity: Vec<String>,
    proof: Vec<String>,
    storage_only: Vec<String>,
    erasing: Vec<String>,
    receivers: Vec<String>,
    erased_again: Vec<String>,
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
    halves: Vec<String>,
    free: Vec<String>,
    officer: Vec<String>,
    sale: Vec<String>,
    sale_track: Vec<String>,
    protection_scheme: Vec<String>,
    protected_level: Vec<String>,
    other_levels: Vec<String>,
    /// What grounds ask of exemptions (rule `R5`).
    pub ground: Vec<Limit>,
    /// Cases of erasing (rule `R45`).
    pub erasure: Vec<Named>,
    /// Parts of what is told of an incident (rule `R54`).
    pub incident_part: Vec<Named>,
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
    /// Kinds of handlers for which it does not hold; empty: for none.
    #[serde(default)]
    pub handlers: Vec<HandlerKind>,
    /// `false` where counsel has yet to confirm it.
    #[serde(default = "super::certain")]
    pub certain: bool,
}

impl Superseded {
    /// Whether it concerns handlers of a kind.
    pub fn concerns(&self, kind: HandlerKind) -> bool {
        self.handlers.is_empty() || self.handlers.contains(&kind)
    }
}

/// What a ground asks of an exemption that invokes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The ground.
    pub basis: Basis,
    words: Vec<String>,
    /// In words.
    pub asks: String,
    /// In Chinese words.
    pub chinese: String,
    /// Whether another article than that of the ground asks it.
    #[serde(default)]
    pub light: bool,
}

impl Limit {
    /// Whether a text names it.
    pub fn is_named(&self, text: &str) -> bool {
        any(&self.words, text)
    }
}

/// Something that texts name in several ways.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// In words.
    pub name: String,
    /// In Chinese words.
    pub chinese: String,
    words: Vec<String>,
}

impl Named {
    /// Whether a text names it.
    pub fn is_named(&self, text: &str) -> bool {
        any(&self.words, text)
    }
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

    /// Whether an item is a kind of items (rule `R2`).
    pub fn is_vague_item(&self, text: &str) -> bool {
        any(&self.vague_items, text)
    }

    /// Whether it speaks of faces (rule `R33`).
    pub fn is_of_faces(&self, text: &str) -> bool {
        any(&self.faces, text)
    }

    /// Whether a source is a kind of sources (rule `R2`).
    pub fn is_source_kind(&self, text: &str) -> bool {
        any(&self.source_kinds, text)
    }

    /// What below laws and administrative regulations a text lets free from consent (rule `R5`).
    pub fn lesser_law(&self, text: &str) -> Option<&str> {
        self.lesser_law.iter().find(|word| text.contains(word.as_str())).map(String::as_str)
    }

    /// Whether it speaks of employees (rule `R5`).
    pub fn is_of_employees(&self, text: &str) -> bool {
        any(&self.employees, text)
    }

    /// Whether a contract with the person carries a function of that name (rule `R4`): it sells, or does what the contract is
    /// about.
    pub fn is_by_contract(&self, text: &str) -> bool {
        self.is_sale(text) || self.by_contract.iter().any(|word| text.ends_with(word.as_str()))
    }

    /// Whether a function of that name opens an account or lets somebody in (rule `R13`).
    pub fn is_entry(&self, text: &str) -> bool {
        any(&self.entry, text)
    }

    /// Whether an item of that name adorns an account and serves nothing (rule `R13`).
    pub fn is_adornment(&self, text: &str) -> bool {
        any(&self.adornment, text)
    }

    /// Whether a recipient takes in whom an authority sends (rule `R23`).
    pub fn is_delegate(&self, text: &str) -> bool {
        any(&self.delegates, text)
    }

    /// Whether it takes in what is not there yet (rule `R23`).
    pub fn is_future(&self, text: &str) -> bool {
        any(&self.future, text)
    }

    /// Whether something goes somewhere to be verified (rule `R57`).
    pub fn is_verifying(&self, text: &str) -> bool {
        any(&self.verifying, text)
    }

    /// Whether it speaks of software of others (rule `R24`).
    pub fn is_kit(&self, text: &str) -> bool {
        any(&self.kits, text)
    }

    /// Whether it is a switch of the device (rule `R12`).
    pub fn is_device_switch(&self, text: &str) -> bool {
        any(&self.device_switch, text)
    }

    /// Whether erasing waits to be asked for (rule `R45`).
    pub fn waits_to_be_asked(&self, text: &str) -> bool {
        any(&self.on_request, text)
    }

    /// Whether it says that something is only stored (rule `R46`).
    pub fn is_storage_only(&self, text: &str) -> bool {
        any(&self.storage_only, text)
    }

    /// Whether it says that something is erased (rule `R47`).
    pub fn is_erasing(&self, text: &str) -> bool {
        any(&self.erasing, text)
    }

    /// Whether it speaks of whoever received something (rule `R49`).
    pub fn is_receiver(&self, text: &str) -> bool {
        any(&self.receivers, text)
    }

    /// Whether it names by what somebody proves identity (rule `R44`).
    pub fn is_proof(&self, text: &str) -> bool {
        any(&self.proof, text)
    }

    /// Whether it says that what proved identity is not kept (rule `R44`).
    pub fn is_erased_again(&self, text: &str) -> bool {
        any(&self.erased_again, text)
    }

    /// Whether it looks into more than who asks (rule `R50`).
    pub fn is_beyond_identity(&self, text: &str) -> bool {
        any(&self.beyond_identity, text)
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

    /// Whether it counts by halves (rule `R45`).
    pub fn has_half(&self, text: &str) -> bool {
        any(&self.halves, text)
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
