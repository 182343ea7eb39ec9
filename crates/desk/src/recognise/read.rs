//! From the text on a document to values: pure. What does not pass the check of its kind is not suggested.

use std::collections::BTreeMap;

use model::field::Validator;
use model::{Clear, Slug};
use serde::Deserialize;
use vault::field::accept;

/// The vocabulary's items that are known by a label rather than by what they look like.
const SEX: &str = "sex";
const BIRTH_DATE: &str = "birth-date";

/// The words that stand on documents; data, for they are Chinese.
#[derive(Deserialize)]
struct Labels {
    name: Vec<String>,
    sex: Vec<String>,
    birth: Vec<String>,
    address: Vec<String>,
    /// Every label, where a value ends at the latest.
    ends: Vec<String>,
    sexes: Vec<String>,
    /// What stands after year, month and day.
    day: Vec<char>,
    /// What machines take for digits and capitals, and what was meant.
    confused: BTreeMap<char, char>,
}

/// Whether a machine can read an item off a document.
pub(super) fn knows(item: &Slug, kind: Validator) -> bool {
    let shaped = [
        Validator::Name,
        Validator::Address,
        Validator::ResidentId,
        Validator::Document,
        Validator::BankCard,
        Validator::Vin,
    ];
    shaped.contains(&kind) || [SEX, BIRTH_DATE].contains(&item.as_str())
}

/// What the text tells of these items.
pub(super) fn values(text: &str, wanted: &[(Slug, Validator)]) -> BTreeMap<Slug, String> {
    let Ok(labels) = serde_json::from_str::<Labels>(include_str!("labels.json")) else { return BTreeMap::new() };
    let lines: Vec<String> = text.lines().map(compact).filter(|line| !line.is_empty()).collect();
    let found = wanted.iter().filter_map(|(item, kind)| {
        let value = labels.value(&lines, item.as_str(), *kind)?;
        is_one(*kind, &value).then(|| (item.clone(), value))
    });
    found.collect()
}

/// A line without blanks: machines put them between any two characters.
fn compact(line: &str) -> String {
    line.chars().filter(|one| !one.is_whitespace()).collect()
}

fn is_one(kind: Validator, value: &str) -> bool {
    accept(kind, &Clear::new(value.to_owned())).is_ok()
}

impl Labels {
    fn value(&self, lines: &[String], item: &str, kind: Validator) -> Option<String> {
        match (item, kind) {
            (SEX, _) => self.sex(lines),
            (BIRTH_DATE, _) => self.birth(lines),
            (_, Validator::Name) => self.after(lines, &self.name).map(|(value, _)| value),
            (_, Validator::Address) => self.address(lines),
            (_, Validator::ResidentId | Validator::Document) => self.number(lines, Validator::ResidentId),
            (_, Validator::BankCard | Validator::Vin) => self.number(lines, kind),
            _ => None,
        }
    }

    /// What stands after one of these labels, to the next label or the end of the line; and on which line.
    fn after(&self, lines: &[String], labels: &[String]) -> Option<(String, usize)> {
        lines.iter().enumerate().find_map(|(place, line)| {
            let rest = labels.iter().find_map(|label| line.split_once(label.as_str())).map(|(_, rest)| rest)?;
            let value = self.to_the_next(rest).trim_matches(|one: char| !one.is_alphanumeric());
            (!value.is_empty()).then(|| (value.to_owned(), place))
        })
    }

    fn to_the_next<'t>(&self, text: &'t str) -> &'t str {
        let end = self.ends.iter().filter_map(|label| text.find(label.as_str())).min();
        end.and_then(|end| text.get(..end)).unwrap_or(text)
    }

    fn sex(&self, lines: &[String]) -> Option<String> {
        let (value, _) = self.after(lines, &self.sex)?;
        self.sexes.iter().find(|sex| value.starts_with(sex.as_str())).cloned()
    }

    /// Year, month and day, as ISO 8601 writes them.
    fn birth(&self, lines: &[String]) -> Option<String> {
        let (value, _) = self.after(lines, &self.birth)?;
        let parts: Vec<&str> = value.split(|one| self.day.contains(&one)).collect();
        let [year, month, day, ..] = parts.as_slice() else { return None };
        let number = |text: &str| text.parse::<u16>().ok();
        let value = format!("{:04}-{:02}-{:02}", number(year)?, number(month)?, number(day)?);
        is_one(Validator::Date, &value).then_some(value)
    }

    /// An address runs over lines, until the next label or a number with a check digit.
    fn address(&self, lines: &[String]) -> Option<String> {
        let (mut value, place) = self.after(lines, &self.address)?;
        for line in lines.iter().skip(place + 1) {
            let labelled = self.ends.iter().any(|label| line.contains(label.as_str()));
            if labelled || self.number(std::slice::from_ref(line), Validator::ResidentId).is_some() {
                break;
            }
            value.push_str(line);
        }
        Some(value)
    }

    /// The first number of this kind. Only a whole run of letters and digits counts: some part of a longer one has the
    /// right check digit by chance.
    fn number(&self, lines: &[String], kind: Validator) -> Option<String> {
        let mended =
            lines.iter().map(|line| line.chars().map(|one| *self.confused.get(&one).unwrap_or(&one)).collect());
        mended.into_iter().find_map(|line: String| {
            let runs = line.split(|one: char| !one.is_ascii_alphanumeric());
            let mut fitting = runs.filter(|run| is_one(kind, run));
            let run = fitting.find(|run| kind == Validator::ResidentId || !is_one(Validator::ResidentId, run))?;
            Some(run.to_owned())
        })
    }
}
