//! The change feed: what the company's systems must hear of, so that nothing that they keep outlives a withdrawal.
//!
//! Changes follow from the facts of an act and are written with them, whichever desk the act was of: nothing can commit and not
//! be told. They name people by the ids that callers know, and hold no value.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use model::{Entropy, RecordId, Slug, SubjectId};
use policy::decide::project::OPT_OUT;
use serde::Serialize;
use store::Write;
use store::change::{ChangeKind, ChangeRow, NewChange};

use crate::leaf::{Act, Entry};
use crate::{House, Platform, Refusal};

/// Most changes that one page holds.
pub const PAGE: u32 = 200;

/// One change, as callers are told of it: the same members wherever it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The same wherever and however often it is told: `chg-` and 32 hexadecimal digits.
    pub id: String,
    /// Its place in the feed of the platform, from 1, without gaps.
    pub number: u64,
    /// What changed.
    pub kind: &'static str,
    /// Platform.
    pub platform: Slug,
    /// Whose; absent where it is nobody's, and once the subject is forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectId>,
    /// In which record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// Which scopes of consent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// When.
    pub at: Timestamp,
    /// Leaf of the act on the ledger.
    pub leaf: u64,
}

impl Change {
    pub(crate) fn of(platform: &Slug, row: ChangeRow) -> Self {
        let ChangeRow { number, change, leaf } = row;
        let NewChange { id, kind, subject, record, scopes, at } = change;
        let (id, kind) = (format!("chg-{}", hex::encode(id)), kind.word());
        Self { id, number, kind, platform: platform.clone(), subject, record, scopes, at, leaf }
    }

    /// Where a caller who has seen this one goes on.
    pub fn cursor(&self) -> Cursor {
        Cursor { number: self.number, id: self.id.clone() }
    }
}

/// Up to where a caller has read. It names the change too, so that a feed which was restored from a backup and has other
/// changes under the same numbers is noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    number: u64,
    id: String,
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no cursor of the change feed")]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (number, id) = text.split_once('.').ok_or(NoCursor)?;
        Ok(Self { number: number.parse().map_err(|_| NoCursor)?, id: id.to_owned() })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.number, self.id)
    }
}

/// Changes after a cursor, in the order of the acts; from the first one where none is given.
///
/// # Errors
/// [`Refusal::Wrong`] for a cursor that is not of this feed: then whatever was kept by it is to be read anew.
pub async fn changes(
    house: &House,
    platform: &Platform,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Vec<Change>, Refusal> {
    let number = after.map_or(0, |cursor| cursor.number);
    // With the one that the cursor names, to see that it is still there.
    let known = u32::from(after.is_some());
    let limit = limit.min(PAGE).saturating_add(known);
    let rows = house.store.changes(&platform.id, number.saturating_sub(known.into()), limit).await?;
    let mut changes = rows.into_iter().map(|row| Change::of(&platform.id, row));
    if let Some(cursor) = after
        && changes.next().is_none_or(|one| one.cursor() != *cursor)
    {
        return Err(Refusal::Wrong(
            "the cursor is not of this feed, which was restored: drop what you keep and begin without `after`"
                .to_owned(),
        ));
    }
    Ok(changes.collect())
}

/// The changes that the facts of an act are. `record` is the one that the act is on, the first of `subjects` its subject.
pub(crate) fn told(
    entropy: &dyn Entropy,
    (entry, writes): (&Entry, &[Write]),
    subjects: &[SubjectId],
    record: Option<RecordId>,
) -> Vec<Write> {
    let mut found = Found::of(writes);
    if entry.act == Act::Correct {
        found.corrected.extend(subjects.first().map(|subject| (Some(*subject), record)));
    }
    let changes = found.into_changes().into_iter();
    let of = |(kind, (subject, record), scopes)| {
        Write::Change(NewChange { id: entropy.draw(), kind, subject, record, scopes, at: entry.at })
    };
    changes.map(of).collect()
}

/// Of whom or what a change is.
type Whose = (Option<SubjectId>, Option<RecordId>);

type Scopes = BTreeMap<SubjectId, BTreeSet<String>>;

/// What is found in the facts of an act.
#[derive(Default)]
struct Found {
    given: Scopes,
    withdrawn: Scopes,
    corrected: Vec<Whose>,
    /// In the order of the facts.
    erased: Vec<Whose>,
    published: bool,
}

impl Found {
    fn of(writes: &[Write]) -> Self {
        let mut found = Self::default();
        for write in writes {
            found.take(write);
        }
        found
    }

    fn take(&mut self, write: &Write) {
        match write {
            Write::Consent(given) => self.scope(given.subject, &given.consent.scope, true),
            Write::Withdraw(ended) => self.scope(ended.subject, &ended.scope, false),
            Write::Destroy { record, subject, .. } => self.erase((*subject, Some(*record))),
            Write::Forget(subject) => self.erase((Some(*subject), None)),
            Write::Publish(_) => self.published = true,
            _ => {}
        }
    }

    /// An objection (`opt-out.<scope>`) takes away what a consent gives, and the other way round.
    fn scope(&mut self, subject: SubjectId, scope: &str, begins: bool) {
        let (scope, gives) = scope.strip_prefix(OPT_OUT).map_or((scope, begins), |of| (of, !begins));
        let to = if gives { &mut self.given } else { &mut self.withdrawn };
        to.entry(subject).or_default().insert(scope.to_owned());
    }

    fn erase(&mut self, whose: Whose) {
        if !self.erased.contains(&whose) {
            self.erased.push(whose);
        }
    }

    fn into_changes(self) -> Vec<(ChangeKind, Whose, Vec<String>)> {
        let scoped = |kind, of: Scopes| {
            of.into_iter().map(move |(subject, scopes)| (kind, (Some(subject), None), scopes.into_iter().collect()))
        };
        let plain = |kind, of: Vec<Whose>| of.into_iter().map(move |whose| (kind, whose, Vec::new()));
        let published = self.published.then_some((None, None)).into_iter().collect();
        scoped(ChangeKind::Withdrawal, self.withdrawn)
            .chain(scoped(ChangeKind::Consent, self.given))
            .chain(plain(ChangeKind::Correction, self.corrected))
            .chain(plain(ChangeKind::Erasure, self.erased))
            .chain(plain(ChangeKind::Publication, published))
            .collect()
    }
}

#[cfg(test)]
mod tests;
