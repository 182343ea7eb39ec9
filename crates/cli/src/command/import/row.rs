//! Rows of an import; `docs/import.md` says what stands in them.

use std::collections::BTreeMap;

use desk::collect::{HandIn, Handed, ImportRow, Legacy, Unfit};
use desk::consent::Manner;
use jiff::Timestamp;
use jiff::civil::Date;
use model::act::GivenBy;
use model::{Clear, Slug};
use serde::{Deserialize, Serialize};

/// What a place of a file holds: a row, or why none reads there.
pub(super) type Read = Result<Row, Unfit>;

/// One row, as it is written in a JSON file and as it goes to the server.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// Where it stands in the file; set by the reader.
    #[serde(default)]
    pub(super) line: u64,
    pub(super) class: Slug,
    #[serde(default)]
    pub(super) product: Option<Slug>,
    #[serde(default)]
    pub(super) in_force_from: Option<Date>,
    #[serde(default)]
    pub(super) in_force_until: Option<Date>,
    pub(super) people: Vec<Person>,
    /// Whose account it is, by place among the people.
    #[serde(default)]
    pub(super) account: Option<usize>,
    #[serde(default)]
    pub(super) consents: Vec<Given>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) roles: Vec<Slug>,
    pub(super) fields: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    #[serde(default)]
    pub(super) person: usize,
    pub(super) scope: String,
    #[serde(default)]
    pub(super) party: Option<Slug>,
    #[serde(default = "tick")]
    pub(super) artefact: Manner,
    #[serde(default = "oneself")]
    pub(super) by: GivenBy,
    pub(super) at: Timestamp,
    #[serde(default)]
    pub(super) until: Option<Timestamp>,
    #[serde(default)]
    pub(super) policy: Option<String>,
}

/// The least that a consent can have been.
const fn tick() -> Manner {
    Manner::Tick
}

const fn oneself() -> GivenBy {
    GivenBy::Oneself
}

impl Row {
    /// Takes its values into custody.
    pub(crate) fn read(self) -> ImportRow {
        let person = |person: Person| Handed {
            roles: person.roles,
            fields: person.fields.into_iter().map(|(item, value)| (item, Clear::new(value))).collect(),
        };
        let given = |given: Given| {
            let Given { person, scope, party, artefact, by, at, until, policy } = given;
            Legacy { person, scope, party, artefact, by, at, until, policy }
        };
        let Self { line, class, product, in_force_from, in_force_until, people, account, consents } = self;
        let people = people.into_iter().map(person).collect();
        ImportRow {
            line,
            record: HandIn { class, product, in_force_from, in_force_until, people },
            account,
            consents: consents.into_iter().map(given).collect(),
        }
    }
}

pub(super) fn unfit(line: u64, what: &str, code: &str) -> Unfit {
    Unfit { line, why: vec![(what.to_owned(), code.to_owned())] }
}
