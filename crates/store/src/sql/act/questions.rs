//! What an act is going to ask, whatever the answers: a server is asked all of it at once, for every act of a transaction.

use std::collections::BTreeSet;

use model::key::Keyed;
use model::{RecordId, Slug, SubjectId};

use super::changes::LAST as CHANGE_LAST;
use super::records::{PART, SLOT_LAST};
use super::{KEY, LINK_LAST, PUBLISHED, SINCE, SUBJECT};
use crate::batch::{Batch, Expect, Write};
use crate::sql::column::{subject_bytes, values};
use crate::sql::connection::Question;
use crate::sql::keys::TOKEN_KEYS;
use crate::sql::partners::IS_CUT_OFF;

/// Each in the words of whoever asks it.
pub(crate) fn questions(batch: &Batch) -> Vec<Question> {
    let mut questions: Vec<Question> = batch.expect.iter().filter_map(expected).collect();
    questions.extend(batch.key.iter().map(|key| Question::new(KEY, values![key.digest])));
    let subjects = batch.leaf.subjects.iter();
    questions.extend(subjects.map(|(subject, _)| Question::new(SUBJECT, values![subject.as_bytes()])));
    if !batch.leaf.subjects.is_empty() {
        questions.push(Question::new(LINK_LAST, values![]));
    }
    let keyed: BTreeSet<_> = batch.writes.iter().filter_map(keyed).collect();
    questions.extend(batch.writes.iter().filter_map(|write| asked(write, &keyed)));
    questions
}

fn expected(expect: &Expect) -> Option<Question> {
    match expect {
        Expect::Subject(subject, _) => Some(Question::new(SUBJECT, values![subject.as_bytes()])),
        Expect::Published(_) => Some(Question::new(PUBLISHED, values![])),
        Expect::InForce(_) => Some(Question::new(SINCE, values![])),
        Expect::CutOff(party, _) => Some(Question::new(IS_CUT_OFF, values![party.as_str()])),
        Expect::Invitation(..) | Expect::Keys(_) => None,
    }
}

/// A part by its name.
type Named<'w> = (RecordId, Option<SubjectId>, &'w Slug);

/// The part that gets its key.
fn keyed(write: &Write) -> Option<Named<'_>> {
    if let Write::PartKey(key) = write { Some((key.record, key.subject, &key.role)) } else { None }
}

/// What a fact asks, but for parts that get their keys by the same act.
fn asked(write: &Write, keyed: &BTreeSet<Named<'_>>) -> Option<Question> {
    let has_key = |(record, subject, role): Named<'_>| {
        let part = values![record.as_bytes(), subject_bytes(subject.as_ref()), role.as_str()];
        (!keyed.contains(&(record, subject, role))).then(|| Question::new(PART, part))
    };
    match write {
        Write::PartKey(_) => Some(Question::new(SLOT_LAST, values![])),
        Write::Value(value) => has_key((value.record, value.subject, &value.role)),
        Write::Attachment(new) => has_key((new.record, new.subject, &new.role)),
        Write::Token(token) if token.token.newest.version != Keyed::STEADY => {
            Some(Question::new(TOKEN_KEYS, values![]))
        }
        Write::Change(_) => Some(Question::new(CHANGE_LAST, values![])),
        _ => None,
    }
}
