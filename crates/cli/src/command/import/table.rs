//! Rows of a table, read one after the other; its header says what the columns are.

use std::collections::BTreeMap;
use std::io;
use std::str::FromStr;

use anyhow::{Context as _, bail};
use desk::consent::Manner;
use model::Slug;
use model::act::GivenBy;

use super::row::{Given, Person, Read, Row, unfit};

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

/// The rows of a table.
pub(super) struct Table<R> {
    records: csv::StringRecordsIntoIter<R>,
    columns: Vec<Column>,
    /// The roles of each person of a row.
    people: Vec<Vec<Slug>>,
}

fn reader<R: io::Read>(text: R) -> csv::Reader<R> {
    csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text)
}

/// How many rows a table has, read or not.
pub(super) fn count(text: impl io::Read) -> io::Result<u64> {
    let (mut reader, mut record, mut rows) = (reader(text), csv::ByteRecord::new(), 0);
    loop {
        match reader.read_byte_record(&mut record).map_err(csv::Error::into_kind) {
            Ok(false) => return Ok(rows),
            Err(csv::ErrorKind::Io(why)) => return Err(why),
            Ok(true) | Err(_) => rows += 1,
        }
    }
}

impl<R: io::Read> Table<R> {
    /// Reads the header.
    pub(super) fn open(text: R) -> anyhow::Result<Self> {
        let mut reader = reader(text);
        let header = reader.headers().ok().context("the header does not read")?.clone();
        let mut people: Vec<Vec<Slug>> = Vec::new();
        let columns = header.iter().zip(1..).map(|(name, place)| column(name, place, &mut people));
        let columns = columns.collect::<anyhow::Result<_>>()?;
        Ok(Self { records: reader.into_records(), columns, people })
    }
}

impl<R: io::Read> Iterator for Table<R> {
    type Item = io::Result<Read>;

    fn next(&mut self) -> Option<Self::Item> {
        let place = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
        let record = match self.records.next()? {
            Ok(record) => record,
            Err(why) => {
                let line = place(why.position());
                return Some(match why.into_kind() {
                    csv::ErrorKind::Io(why) => Err(why),
                    _ => Ok(Err(unfit(line, "row", "columns"))),
                });
            }
        };
        let row = cells(&self.columns, &self.people, &record);
        Some(Ok(row.map_err(|(what, code)| unfit(place(record.position()), &what, code))))
    }
}

/// What the column of this name and place holds; `people` are those of the columns before it.
fn column(name: &str, place: usize, people: &mut Vec<Vec<Slug>>) -> anyhow::Result<Column> {
    Ok(match name.split_once('.') {
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
    })
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

    fn rows(text: &str) -> Vec<Read> {
        let rows: Vec<Read> = Table::open(text.as_bytes()).unwrap().map(Result::unwrap).collect();
        assert_eq!(count(text.as_bytes()).unwrap(), rows.len() as u64);
        rows
    }

    fn why(row: &Read) -> (u64, &str, &str) {
        let Err(unfit) = row else { panic!("it reads") };
        (unfit.line, &unfit.why[0].0, &unfit.why[0].1)
    }

    #[test]
    fn a_table_has_people_by_their_roles_and_consents_by_their_scopes() {
        let text = "class,account,applicant+insured.name,beneficiary.name,in_force_from,consent.collect.claim\n\
            policy,applicant,A,B,2024-01-01,2021-02-01T09:00:00+08:00 separate 2020-10-26\n\
            policy,,A,,,\n";
        let rows = rows(text);
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
        let expected = [
            (2, "in_force_from", "unreadable"),
            (3, "account", "person"),
            (4, "class", "missing"),
            (5, "consent.collect.claim", "unreadable"),
            (6, "row", "columns"),
        ];
        assert_eq!(rows(text).iter().map(why).collect::<Vec<_>>(), expected);
        assert!(Table::open("class,wages\n".as_bytes()).is_err());
        assert_eq!(count("".as_bytes()).unwrap(), 0);
    }
}
