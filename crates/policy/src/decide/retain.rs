//! `retain`: from when a record is storage-only, from when it may be erased, by when it must be.

use jiff::civil::Date;
use model::act::{Life, RecordState, SubjectState};
use model::deadline::{Span, floor_end_after};

use crate::compile::Tables;
use crate::question::Retain;
use crate::syntax::{Event, Floor, Length, Unit};
use crate::terms::asked::Asked;

impl Tables {
    /// The three dates over all records meant: storage-only when the last one's purpose ends, erasure when the last
    /// floor has run.
    pub(super) fn retain(&self, asked: &Asked, subject: &SubjectState, day: Date) -> Retain {
        let functions = &self.program().policy.functions;
        let function = asked.function.and_then(|place| functions.get(usize::from(place)));
        let made = function.and_then(|function| function.makes.as_ref()).map(|class| class.text.as_str());
        let meant = |record: &&RecordState| {
            record.life != Life::Erased && (function.is_none() || made == Some(record.class.as_str()))
        };
        let records: Vec<Retain> =
            subject.records.iter().filter(meant).map(|record| self.retain_record(record, day)).collect();
        let latest = |date: fn(&Retain) -> Option<Date>| {
            let dates: Option<Vec<Date>> = records.iter().map(date).collect();
            dates.and_then(|dates| dates.into_iter().max())
        };
        Retain {
            storage_only_from: latest(|one| one.storage_only_from),
            erase_not_before: latest(|one| one.erase_not_before),
            erase_due: latest(|one| one.erase_due),
        }
    }

    /// The dates of one record under the law of a day (R3, R45–R48). An open claim keeps everything open; a floor whose
    /// start event is not known cannot be computed, so nothing may be erased.
    ///
    /// Erasure is due as soon as the floors allow (PIPL art. 19, 47), unless the text promises a longer period: then at
    /// its end. A shorter promise yields to the floor.
    pub fn retain_record(&self, record: &RecordState, day: Date) -> Retain {
        let none = Retain { storage_only_from: None, erase_not_before: None, erase_due: None };
        let Some(end) = purpose_end(record) else { return none };
        if record.open_claim {
            return none;
        }
        let storage_only_from = end.tomorrow().ok();
        let floors = self.floors_of(record.class.as_str());
        let long = self.longer_than_a_year(record);
        let mut not_before = storage_only_from;
        for floor in floors {
            let Some(legal) = self.program().law.floor(floor, day) else { continue };
            let length = if long { legal.long } else { legal.short };
            let last = start(record, &legal.starts).and_then(|start| floor_end_after(start, length).ok());
            let Some(first_free) = last.and_then(|last| last.tomorrow().ok()) else {
                return Retain { storage_only_from, ..none };
            };
            not_before = not_before.max(Some(first_free));
        }
        let promised = self.promised_end(record.class.as_str(), end);
        Retain { storage_only_from, erase_not_before: not_before, erase_due: not_before.max(promised) }
    }

    /// The floors of a class: those of the policy and those that the operation file adds.
    fn floors_of(&self, class: &str) -> Vec<Floor> {
        let program = self.program();
        let records = program.policy.records.iter().filter(|record| record.id.as_str() == class);
        let chosen = program.operation.floors.iter().filter(|choice| choice.class.text == class);
        let mut floors: Vec<Floor> = records
            .flat_map(|record| &record.floors)
            .chain(chosen.flat_map(|choice| &choice.floors))
            .map(|floor| floor.value)
            .collect();
        floors.sort_unstable();
        floors.dedup();
        floors
    }

    /// Whether cover lasts longer than a year: by its own dates, else by the operation file, else yes, which keeps longer.
    fn longer_than_a_year(&self, record: &RecordState) -> bool {
        if let (Some(first), Some(last)) = (record.in_force_from, record.in_force_until) {
            // Both days belong to the cover: a year from 1 January ends on 31 December (民法典 1259: 一年以下 includes it).
            let a_year = first.checked_add(jiff::Span::new().years(1));
            return a_year.is_ok_and(|a_year| last >= a_year);
        }
        let mut chosen =
            self.program().operation.floors.iter().filter(|choice| choice.class.text == record.class.as_str());
        chosen.find_map(|choice| choice.longer_than_a_year.as_ref()).is_none_or(|long| long.value)
    }

    /// The end of the longest period that the text promises for the class.
    fn promised_end(&self, class: &str, end: Date) -> Option<Date> {
        self.promised(class).filter_map(|length| floor_end_after(end, length).ok()).max()
    }

    /// The periods that the text promises for the class, as far as days can be counted by them.
    fn promised(&self, class: &str) -> impl Iterator<Item = Span> {
        let rules = self.program().policy.retentions.iter();
        let meant =
            rules.filter(move |rule| rule.classes.is_empty() || rule.classes.iter().any(|one| one.text == class));
        let periods = meant.filter_map(|rule| rule.period.said());
        let counted = periods.filter(|period| !matches!(period.unit.value, Unit::WorkingDays | Unit::Hours));
        counted.map(Length::span)
    }

    /// All that the dates of a record of this class hang on, beside the record and the law.
    pub(crate) fn keeping(&self, class: &str) -> impl PartialEq + use<> {
        (self.unfree(class), self.promised(class).collect::<Vec<_>>())
    }

    /// All that the day hangs on before which a record of this class may not be erased, beside the record and the law.
    pub(crate) fn unfree(&self, class: &str) -> impl PartialEq + use<> {
        let mut chosen = self.program().operation.floors.iter().filter(|choice| choice.class.text == class);
        let long = chosen.find_map(|choice| choice.longer_than_a_year.as_ref()).is_none_or(|long| long.value);
        (self.floors_of(class), long)
    }
}

/// The last day on which the record serves its purpose, once that is known.
fn purpose_end(record: &RecordState) -> Option<Date> {
    record.ended.or(record.in_force_until)
}

/// The day from which a floor is counted. The state knows the day on which the matter ended, which stands for
/// completion, cancellation and the end of the relation, and the last day of cover.
fn start(record: &RecordState, starts: &[Event]) -> Option<Date> {
    let day = |event: &Event| match event {
        Event::Ended | Event::Cancelled | Event::TransactionCompleted | Event::RelationEnded | Event::ClaimClosed => {
            record.ended
        }
        Event::InForceUntil => record.in_force_until,
        Event::InForceFrom => record.in_force_from,
        Event::Opened | Event::ClaimOpened => None,
    };
    // A contract that ended early ended then, not with its term.
    starts.iter().find_map(day).or_else(|| purpose_end(record))
}
