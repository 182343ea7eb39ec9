//! Rows of an import, from either kind of file; `docs/import.md` says what stands in them.

use std::collections::BTreeMap;
use std::str::FromStr;

use anyhow::{Context as _, bail};
use desk::collect::{HandIn, Handed, ImportRow, Legacy, Unfit};
use desk::consent::Manner;
use jiff::Timestamp;
use jiff::civil::Date;
use model::act::GivenBy;
use model::{Clear, Slug};
use serde::{Deserialize, Serialize};

/// One row, as it is written in a JSON file and as it goes to the server.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// Where it stands in the file; set by the reader.
    #[serde(default)]
    line: u64,
    class: Slug,
    #[serde(default)]
    product: Option<Slug>,
    #[serde(default)]
    in_force_from: Option<Date>,
    #[serde(default)]
    in_force_until: Option<Date>,
    people: Vec<Person>,
    /// Whose account it is, by place among the people.
    #[serde(default)]
    account: Option<usize>,
    #[serde(default)]
    consents: Vec<Given>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    roles: Vec<Slug>,
    fields: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    person: usize,
    scope: String,
    #[serde(default)]
    party: Option<Slug>,
    #[serde(default = "tick")]
    artefact: Manner,
    #[serde(default = "oneself")]
    by: GivenBy,
    at: Timestamp,
    #[serde(default)]
    until: Option<Timestamp>,
    #[serde(default)]
    policy: Option<String>,
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

fn unfit(line: u64, what: &str, code: &str) -> Unfit {
    Unfit { line, why: vec![(what.to_owned(), code.to_owned())] }
}

/// One JSON object a line.
pub(super) fn lines(text: &str) -> Vec<Result<Row, Unfit>> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let read = |(text, line): (&str, u64)| match serde_json::from_str::<Row>(text) {
        Ok(row) => Ok(Row { line, ..row }),
        // The reader's own words may repeat a value.
        Err(why) => Err(unfit(line, &format!("column {}", why.column()), "unreadable")),
    };
    lines.map(read).collect()
}

/// What a column of a table says.
enum Column {
    Class,
    Product,
    From,
    Until,
    Account,
    /// An item of the person who stands in these roles.
    Item(usize, String),
    Consent(String),
}

/// A table: the header names the columns.
pub(super) fn table(text: &str) -> anyhow::Result<Vec<Result<Row, Unfit>>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().ok().context("the header does not read")?.clone();
    let mut people: Vec<Vec<Slug>> = Vec::new();
    let mut columns = Vec::with_capacity(header.len());
    for (name, place) in header.iter().zip(1..) {
        columns.push(match name.split_once('.') {
            None => match name {
                "class" => Column::Class,
                "product" => Column::Product,
                "in_force_from" => Column::From,
                "in_force_until" => Column::Until,
                "account" => Column::Account,
                _ => bail!("column {place} of the header is none that an import knows: docs/import.md has them"),
            },
            Some(("consent", scope)) => Column::Consent(scope.to_owned()),
            Some((roles, item)) => {
                let roles: Result<Vec<Slug>, _> = roles.split('+').map(str::parse).collect();
                let roles = roles.with_context(|| format!("column {place} of the header names no role"))?;
                let known = people.iter().position(|known| *known == roles);
                let person = known.unwrap_or_else(|| {
                    people.push(roles);
                    people.len().saturating_sub(1)
                });
                Column::Item(person, item.to_owned())
            }
        });
    }
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let place = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
        let record = record.map_err(|why| unfit(place(why.position()), "row", "columns"))?;
        cells(&columns, &people, &record).map_err(|(what, code)| unfit(place(record.position()), &what, code))
    };
    Ok(reader.records().map(row).collect())
}

/// One line of a table. What is wrong is the column's name, which is the header's and nobody's value.
fn cells(columns: &[Column], people: &[Vec<Slug>], record: &csv::StringRecord) -> Result<Row, (String, &'static str)> {
    let mut fields: Vec<BTreeMap<String, String>> = vec![BTreeMap::new(); people.len()];
    let (mut class, mut product, mut from, mut until, mut account) = (None, None, None, None, None);
    let mut consents = Vec::new();
    for (column, cell) in columns.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
        match column {
            Column::Class => class = Some(parsed("class", cell)?),
            Column::Product => product = Some(parsed("product", cell)?),
            Column::From => from = Some(parsed("in_force_from", cell)?),
            Column::Until => until = Some(parsed("in_force_until", cell)?),
            Column::Account => account = Some(cell),
            Column::Item(person, item) => {
                if let Some(fields) = fields.get_mut(*person) {
                    fields.insert(item.clone(), cell.to_owned());
                }
            }
            Column::Consent(scope) => {
                consents.push(given(scope, cell).ok_or_else(|| (format!("consent.{scope}"), "unreadable"))?);
            }
        }
    }
    // Whoever has no field does not stand in the record.
    let named = people.iter().zip(fields).filter(|(_, fields)| !fields.is_empty());
    let people: Vec<Person> = named.map(|(roles, fields)| Person { roles: roles.clone(), fields }).collect();
    let stands = |role: &str| people.iter().position(|one| one.roles.iter().any(|is| is.as_str() == role));
    let account = account.map(|role| stands(role).ok_or_else(|| ("account".to_owned(), "person"))).transpose()?;
    Ok(Row {
        line: record.position().map_or(0, csv::Position::line),
        class: class.ok_or_else(|| ("class".to_owned(), "missing"))?,
        product,
        in_force_from: from,
        in_force_until: until,
        people,
        account,
        consents,
    })
}

fn parsed<T: FromStr>(column: &str, cell: &str) -> Result<T, (String, &'static str)> {
    cell.parse().map_err(|_| (column.to_owned(), "unreadable"))
}

/// A consent of the first person, in a cell: when, and then how and to which version, where that is known.
fn given(scope: &str, cell: &str) -> Option<Given> {
    let mut words = cell.split_whitespace();
    let mut given = Given {
        person: 0,
        scope: scope.to_owned(),
        party: None,
        artefact: Manner::Tick,
        by: GivenBy::Oneself,
        at: words.next()?.parse().ok()?,
        until: None,
        policy: None,
    };
    for word in words {
        match word {
            "tick" => given.artefact = Manner::Tick,
            "separate" => given.artefact = Manner::Separate,
            version if given.policy.is_none() => given.policy = Some(version.to_owned()),
            _ => return None,
        }
    }
    Some(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(row: &Result<Row, Unfit>) -> (u64, &str, &str) {
        let Err(unfit) = row else { panic!("it reads") };
        (unfit.line, &unfit.why[0].0, &unfit.why[0].1)
    }

    #[test]
    fn a_table_has_people_by_their_roles_and_consents_by_their_scopes() {
        let text = "class,account,applicant+insured.name,beneficiary.name,in_force_from,consent.collect.claim\n\
            policy,applicant,A,B,2024-01-01,2021-02-01T09:00:00+08:00 separate 2020-10-26\n\
            policy,,A,,,\n";
        let rows = table(text).unwrap();
        let first = rows[0].as_ref().ok().unwrap();
        assert_eq!((first.line, first.account, first.people.len()), (2, Some(0), 2));
        assert_eq!(first.people[0].roles.len(), 2);
        let given = &first.consents[0];
        assert_eq!((given.scope.as_str(), given.policy.as_deref()), ("collect.claim", Some("2020-10-26")));
        assert_eq!(given.artefact, Manner::Separate);
        let second = rows[1].as_ref().ok().unwrap();
        assert_eq!((second.people.len(), second.consents.len(), second.account), (1, 0, None));
    }

    #[test]
    fn what_does_not_read_is_named_by_line_and_column_and_never_repeated() {
        let text = "class,account,applicant.name,in_force_from,consent.collect.claim\n\
            policy,,A,yesterday,\npolicy,heir,A,,\n,,A,,\npolicy,,A,,sometime\npolicy,,A\n";
        let rows = table(text).unwrap();
        let expected = [
            (2, "in_force_from", "unreadable"),
            (3, "account", "person"),
            (4, "class", "missing"),
            (5, "consent.collect.claim", "unreadable"),
            (6, "row", "columns"),
        ];
        assert_eq!(rows.iter().map(why).collect::<Vec<_>>(), expected);
        assert!(table("class,wages\n").is_err());
        let rows = lines("{\"class\":\"policy\",\"people\":[]}\n\n{\"class\":\"policy\",\"wages\":\"secret-12\"}\n");
        assert_eq!(rows[0].as_ref().ok().unwrap().line, 1);
        let (line, what, code) = why(&rows[1]);
        assert!(line == 3 && what.starts_with("column ") && code == "unreadable");
    }
}
