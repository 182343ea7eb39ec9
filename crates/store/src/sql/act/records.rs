//! Facts about records: headers, life events, part keys, sealed values.

use jiff::civil::Date;
use model::act::Life;
use model::{RecordId, Slug, SubjectId};

use super::{Act, next};
use crate::batch::{Joined, NewRecord, PartKey, RecordEvent, SealedValue};
use crate::error::{CommitError, StoreError};
use crate::sql::column::{subject_bytes, values};
use crate::sql::connection::{Connection, Must, unmet};
use crate::sql::uploads;

const RECORD_PUT: &str = "INSERT INTO record \
    (record, class, function, product, holder, in_force_from, in_force_until, life, ended, ending, open_claims, at, \
    leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, ?9, 0, ?10, ?11)";
const ROLE_PUT: &str = "INSERT INTO record_role (subject, record, role) VALUES (?1, ?2, ?3)";
const JOIN_PUT: &str =
    "INSERT INTO record_role (subject, record, role, invitation, telephone) VALUES (?1, ?2, ?3, ?4, ?5)";
const SUBJECTS_IN: &str = "SELECT DISTINCT subject FROM record_role WHERE record = ?1";
const EVENT_PUT: &str = "INSERT INTO record_event (record, number, event, day, at, reason) VALUES \
    (?1, (SELECT coalesce(max(number), 0) + 1 FROM record_event WHERE record = ?1), ?2, ?3, ?4, ?5)";
const COURSE: &str = "SELECT in_force_from, in_force_until, ended, open_claims FROM record WHERE record = ?1";
const COURSE_SET: &str = "UPDATE record SET in_force_from = ?2, in_force_until = ?3, ended = ?4, ending = ?5, \
    open_claims = ?6 WHERE record = ?1";
const LIFE: &str = "UPDATE record SET life = ?2 WHERE record = ?1";
pub(super) const PART: &str = "SELECT slot FROM part WHERE record = ?1 AND subject = ?2 AND role = ?3";
pub(super) const SLOT_LAST: &str = "SELECT coalesce(max(slot), 0) FROM key_slot";
const SLOT_PUT: &str = "INSERT INTO key_slot (slot, wrapped) VALUES (?1, ?2)";
const PART_PUT: &str = "INSERT INTO part (record, subject, role, slot) VALUES (?1, ?2, ?3, ?4)";
const VALUE_PUT: &str = "INSERT INTO value \
    (record, subject, role, item, version, sealed, came_by, source, at, function, leaf) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

/// Where a record stands, by its events so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Course {
    pub(crate) from: Option<Date>,
    pub(crate) until: Option<Date>,
    pub(crate) ended: Option<Date>,
    pub(crate) open_claims: u32,
}

impl Course {
    /// Takes an event in the order of recording: of several that set the same day, the last one corrects the others.
    /// Words that move nothing here are kept all the same, for whoever computes a period from them.
    pub(crate) fn take(&mut self, event: &str, day: Date) {
        match event {
            "in-force-from" => self.from = Some(day),
            "in-force-until" => self.until = Some(day),
            "ended" | "relation-ended" | "transaction-completed" | "cancelled" => self.ended = Some(day),
            "claim-opened" => self.open_claims += 1,
            "claim-closed" => self.open_claims = self.open_claims.saturating_sub(1),
            _ => {}
        }
    }

    /// The first day on which the record's life may have to change: its end, or the day after cover.
    pub(crate) fn ending(&self) -> Option<Date> {
        self.ended.or_else(|| self.until.map(|last| last.tomorrow().unwrap_or(last)))
    }
}

/// The slot of a new key, and the last one from now on.
pub(crate) fn slot_new(connection: &Connection, wrapped: &[u8], last: &mut Option<u64>) -> Result<u64, StoreError> {
    let slot = next(last, connection, SLOT_LAST)?;
    connection.later(SLOT_PUT, values![slot, wrapped], Must::Run).map_err(unmet)?;
    Ok(slot)
}

impl Act<'_> {
    pub(crate) fn record(&mut self, new: &NewRecord) -> Result<(), CommitError> {
        let course = Course { from: new.in_force_from, until: new.in_force_until, ..Course::default() };
        let values = values![
            new.id.as_bytes(),
            new.class.as_str(),
            new.function.as_ref().map(Slug::as_str),
            new.product.as_ref().map(Slug::as_str),
            new.holder.as_ref().map(SubjectId::as_bytes),
            course.from,
            course.until,
            Life::Live,
            course.ending(),
            new.at,
            self.leaf,
        ];
        self.add(RECORD_PUT, "record", values)
    }

    pub(crate) fn stand(&mut self, record: RecordId, subject: SubjectId, role: &Slug) -> Result<(), CommitError> {
        self.touch(subject)?;
        self.add(ROLE_PUT, "record", values![subject.as_bytes(), record.as_bytes(), role.as_str()])
    }

    pub(crate) fn join(&mut self, record: RecordId, joined: &Joined) -> Result<(), CommitError> {
        let Joined { subject, role, invitation, telephone } = joined;
        self.touch(*subject)?;
        let values =
            values![subject.as_bytes(), record.as_bytes(), role.as_str(), invitation.as_bytes(), telephone.as_ref()];
        self.add(JOIN_PUT, "record", values)
    }

    pub(crate) fn event(&mut self, event: &RecordEvent) -> Result<(), CommitError> {
        let record = event.record.as_bytes();
        let course = self.connection.row(COURSE, values![record], |row| {
            Ok(Course { from: row.get(0)?, until: row.get(1)?, ended: row.get(2)?, open_claims: row.get(3)? })
        });
        let mut course = course?.ok_or(CommitError::Missing { what: "record" })?;
        course.take(&event.event, event.on);
        self.add(EVENT_PUT, "record", values![record, event.event, event.on, event.at, event.reason])?;
        let Course { from, until, ended, open_claims } = course;
        let days = (from, until, ended, course.ending());
        self.put(COURSE_SET, "record", values![record, days.0, days.1, days.2, days.3, open_claims])?;
        self.touch_all_in(event.record)
    }

    pub(crate) fn life(&mut self, record: RecordId, life: Life) -> Result<(), CommitError> {
        self.put(LIFE, "record", values![record.as_bytes(), life])?;
        if life == Life::Erased {
            self.tracks_go(record)?;
        }
        // Nothing more comes into it: what is on its way goes at once.
        if life != Life::Live {
            self.erased |= uploads::end_of_record(self.connection, record)? > 0;
        }
        self.touch_all_in(record)
    }

    /// Touches everybody who stands in the record.
    fn touch_all_in(&mut self, record: RecordId) -> Result<(), CommitError> {
        let connection = self.connection;
        let subjects = connection.rows(SUBJECTS_IN, values![record.as_bytes()], |row| row.get(0))?;
        for subject in subjects {
            self.touch_unless_forgotten(subject)?;
        }
        Ok(())
    }

    pub(crate) fn part_key(&mut self, key: &PartKey) -> Result<(), CommitError> {
        if let Some(subject) = key.subject {
            self.touch(subject)?;
        }
        let slot = slot_new(self.connection, &key.wrapped, &mut self.known.last_slot)?;
        self.keyed.insert((key.record, key.subject, key.role.clone()), slot);
        Ok(())
    }

    /// The part whose key stands in its slot.
    pub(crate) fn part(&mut self, key: &PartKey) -> Result<(), CommitError> {
        let slot = self.keyed.get(&(key.record, key.subject, key.role.clone()));
        let slot = slot.ok_or(CommitError::Missing { what: "record part" })?;
        let part = values![key.record.as_bytes(), subject_bytes(key.subject.as_ref()), key.role.as_str(), *slot];
        self.add(PART_PUT, "record", part)?;
        let (record, subject) = (key.record.as_bytes(), subject_bytes(key.subject.as_ref()));
        self.connection.overtaken(PART, values![record, subject, key.role.as_str()]);
        Ok(())
    }

    pub(crate) fn value(&mut self, value: &SealedValue) -> Result<(), CommitError> {
        if let Some(subject) = value.subject {
            self.touch(subject)?;
        }
        let values = values![
            value.record.as_bytes(),
            subject_bytes(value.subject.as_ref()),
            value.role.as_str(),
            value.item.as_str(),
            value.version,
            value.sealed,
            value.trigger,
            value.source.as_ref().map(Slug::as_str),
            value.at,
            value.function.as_ref().map(Slug::as_str),
            self.leaf,
        ];
        self.is_keyed(value.record, value.subject, &value.role)?;
        self.add(VALUE_PUT, "record part", values)
    }

    /// Looks once whether a part has its key; nothing is added to one whose key is destroyed.
    pub(crate) fn is_keyed(
        &mut self,
        record: RecordId,
        subject: Option<SubjectId>,
        role: &Slug,
    ) -> Result<(), CommitError> {
        let name = (record, subject, role.clone());
        if self.keyed.contains_key(&name) {
            return Ok(());
        }
        let part = values![record.as_bytes(), subject_bytes(subject.as_ref()), role.as_str()];
        match self.connection.row(PART, part, |row| row.get::<Option<u64>>(0))? {
            Some(Some(slot)) => {
                self.keyed.insert(name, slot);
                Ok(())
            }
            Some(None) => Err(subject.map_or(CommitError::Missing { what: "record part" }, CommitError::Erased)),
            None => Err(CommitError::Missing { what: "record part" }),
        }
    }
}
