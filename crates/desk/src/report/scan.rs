//! The scan (rule R57, design invariant 10): whether anything lies in the clear that must not.
//!
//! It looks at every cell of every table that holds text or bytes. It shows: whatever stands where something sealed belongs has
//! the shape of it; no text has the form of a resident number, a telephone or a bank card; every leaf is an entry and
//! nothing else; and no leaf says that what authenticates went out. It cannot show that a name or an address
//! stands nowhere, because nobody can tell these from other words without knowing them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use model::Slug;
use model::field::Validator;
use policy::syntax::{FinancialLevel, Kind, Sensitive};
use serde::Serialize;
use vault::Suite;
use vault::field::normalise;

use super::table::{Cell, Table};
use super::{Fault, faults};
use crate::leaf::{Act, Entry};
use crate::{House, Platform, Refusal};

/// Where the text of the company itself stands, with its own telephones, and the numbers that stand for others.
const PUBLISHED: [(&str, &str); 5] = [
    ("publication", "source"),
    ("publication", "operation"),
    ("publication", "notice"),
    ("sale_page", "markup"),
    ("assignment", "number"),
];

/// What the leaf of an act that was reported by another system says of it, and what it says where that showed something.
const ELSEWHERE: &str = "elsewhere:";
const SHOWN: &str = "elsewhere:show";

/// The report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Scan {
    /// Cells that were looked at.
    pub cells: u64,
    /// Values, documents and wrapped keys that have the shape of something sealed.
    pub sealed: u64,
    /// Entries of leaves that read as entries.
    pub entries: u64,
    /// Items that authenticate, and how many sealed values and files there are of each.
    pub authenticators: BTreeMap<Slug, u64>,
    /// What was found, by place.
    pub found: Vec<Seen>,
}

/// Something that must not be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Table and column.
    pub place: String,
    /// What, as a code; never the text itself.
    pub what: &'static str,
    /// How often.
    pub count: u64,
}

impl Scan {
    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
        for seen in &self.found {
            *counts.entry(seen.what).or_default() += seen.count;
        }
        faults(counts)
    }

    pub(super) fn tables(&self) -> Vec<Table> {
        let facts =
            vec![("cells", self.cells.into()), ("sealed", self.sealed.into()), ("entries", self.entries.into())];
        let item = |(item, count): (&Slug, &u64)| vec![Table::named(Kind::Item, [item]), Cell::Count(*count)];
        let seen = |one: &Seen| vec![one.place.as_str().into(), Cell::Word(one.what), one.count.into()];
        vec![
            Table::facts("looked", facts),
            Table::new("authenticators", vec!["item", "sealed"], self.authenticators.iter().map(item).collect()),
            Table::new("found", vec!["place", "found-what", "count"], self.found.iter().map(seen).collect()),
        ]
    }
}

/// The forms of personal numbers that a text has, as codes, each as often as it stands there.
pub fn patterns(text: &str) -> Vec<&'static str> {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric());
    words.filter_map(pattern).collect()
}

/// A word has the form of a number as a whole: digits inside a longer word are part of an id.
fn pattern(word: &str) -> Option<&'static str> {
    let is = |kind| normalise(kind, word).is_ok();
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    match word.len() {
        18 if word.bytes().take(17).all(|byte| byte.is_ascii_digit()) && is(Validator::ResidentId) => {
            Some("resident-number")
        }
        11 if is_number && is(Validator::Mobile) => Some("telephone"),
        // By the issuer's prefix of the cards of this country: a check digit alone fits every tenth number.
        16..=19 if is_number && word.starts_with("62") && is(Validator::BankCard) => Some("bank-card"),
        _ => None,
    }
}

/// Looks at cells, one by one.
struct Look {
    /// Items that authenticate, and of these the biometrics, which may be entrusted to be verified.
    authenticators: BTreeMap<Slug, bool>,
    scan: Scan,
    found: BTreeMap<(&'static str, String, &'static str), u64>,
}

impl Look {
    fn new(platform: &Platform) -> Self {
        let items = platform.tables.program().items.iter();
        let items = items.filter(|(_, facts)| facts.level == Some(FinancialLevel::C3));
        let authenticators: BTreeMap<Slug, bool> =
            items.map(|(id, facts)| (id.clone(), facts.class == Some(Sensitive::Biometric))).collect();
        let counts = authenticators.keys().map(|item| (item.clone(), 0)).collect();
        Self { authenticators, scan: Scan { authenticators: counts, ..Scan::default() }, found: BTreeMap::new() }
    }

    fn see(&mut self, table: &'static str, column: &str, bytes: &[u8]) {
        self.scan.cells += 1;
        match (table, column) {
            ("value" | "paper", "sealed") => self.shape(table, column, Suite::of_sealed(bytes).is_some()),
            // Zeroes are what is left of a key that was destroyed.
            ("key_slot", "wrapped") if bytes.iter().all(|byte| *byte == 0) => {}
            ("key_slot", "wrapped") => self.shape(table, column, Suite::of_wrapped(bytes).is_some()),
            ("leaf", "entry") => self.entry(bytes),
            ("value" | "attachment", "item") => self.item(bytes),
            _ => {}
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        let is_published = PUBLISHED.contains(&(table, column));
        for what in patterns(text) {
            if !(is_published && what == "telephone") {
                self.find(table, column, what);
            }
        }
    }

    fn shape(&mut self, table: &'static str, column: &str, is_sealed: bool) {
        if is_sealed {
            self.scan.sealed += 1;
        } else {
            self.find(table, column, "not-sealed");
        }
    }

    fn item(&mut self, bytes: &[u8]) {
        let item = std::str::from_utf8(bytes).ok().and_then(|text| text.parse::<Slug>().ok());
        if let Some(count) = item.and_then(|item| self.scan.authenticators.get_mut(&item)) {
            *count += 1;
        }
    }

    /// A leaf is an entry whose every field is known, or empty since its floor is over.
    fn entry(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let Ok(entry) = serde_json::from_slice::<Entry>(bytes) else { return self.find("leaf", "entry", "no-entry") };
        self.scan.entries += 1;
        let goes_out = match entry.act {
            Act::Share | Act::Disclose | Act::Deliver => true,
            // What other systems report of their own use is no look at anything.
            Act::Read => {
                entry.because.as_deref().is_none_or(|because| because == SHOWN || !because.starts_with(ELSEWHERE))
            }
            _ => false,
        };
        // Beside the recipient's own check, a leaf that shares does not say under which regime: a biometric may be entrusted.
        let stays = |item: &&Slug| {
            self.authenticators.get(*item).is_some_and(|biometric| !(*biometric && entry.act == Act::Share))
        };
        let left: BTreeSet<&Slug> = entry.items.iter().filter(stays).collect();
        if goes_out && !left.is_empty() {
            self.find("leaf", "entry", "authenticator-went-out");
        }
    }

    fn find(&mut self, table: &'static str, column: &str, what: &'static str) {
        *self.found.entry((table, column.to_owned(), what)).or_default() += 1;
    }

    fn told(&self) -> Scan {
        let seen = |((table, column, what), count): (&(&'static str, String, &'static str), &u64)| Seen {
            place: format!("{table}.{column}"),
            what,
            count: *count,
        };
        Scan { found: self.found.iter().map(seen).collect(), ..self.scan.clone() }
    }
}

pub(super) async fn read(house: &House, platform: &Platform) -> Result<Scan, Refusal> {
    let look = Arc::new(Mutex::new(Look::new(platform)));
    let own = Arc::clone(&look);
    let see = move |table: &'static str, column: &str, bytes: &[u8]| {
        own.lock().unwrap_or_else(PoisonError::into_inner).see(table, column, bytes);
    };
    house.store.report_cells(&platform.id, Box::new(see)).await?;
    Ok(look.lock().unwrap_or_else(PoisonError::into_inner).told())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r57_numbers_are_known_by_their_form_and_ids_are_none() {
        assert_eq!(patterns("phone=13800138001, again 13800138001"), ["telephone", "telephone"]);
        assert_eq!(patterns("{\"id\":\"99010519900501002X\"}"), ["resident-number"]);
        assert_eq!(patterns("to 6222021234567890128."), ["bank-card"]);
        for text in [
            "sub-13800138001a",
            "990105199005010021",
            "6222021234567890127",
            "2026-06-01T02:00:00.123456Z",
            "12345678901",
        ] {
            assert_eq!(patterns(text), Vec::<&str>::new(), "{text}");
        }
    }
}
