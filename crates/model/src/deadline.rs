//! By when something must be done, and until when something must be kept.
//!
//! The counting rules are those of the Civil Code (民法典):
//!
//! - the day on which a period starts is not counted (art. 201);
//! - months and years end on the corresponding day, or on the last day of a month that lacks it (art. 202);
//! - a period that ends on a rest day ends on the next working day, at 24:00 (art. 203);
//! - "within N days" includes the N-th (art. 1259).
//!
//! Hours are counted to the instant. Days are days in Shanghai, wherever the server stands.
//!
//! A deadline binds the one who must act, so art. 203 moves it later. A retention floor ([`floor_end`]) binds
//! nobody to act on its last day and is never moved.

use std::fmt;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, CalendarVersion, Certainty, day_in_shanghai, midnight_in_shanghai};
use crate::field::closed_list;

closed_list! {
    /// What a period is counted in.
    Unit as "unit" {
        /// 工作日: days on the working-day calendar.
        WorkingDays = "working-days",
        /// 日: calendar days.
        Days = "days",
        /// 月: calendar months.
        Months = "months",
        /// 年: calendar years.
        Years = "years",
        /// 小时: hours, to the instant.
        Hours = "hours",
    }
}

/// A length of time as laws and policies state it: `{ count = 15, unit = "working-days" }`.
///
/// A count of zero means *at once*: the day or instant of the event itself, never moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl Span {
    /// A span of `count` units.
    pub const fn new(count: u32, unit: Unit) -> Self {
        Self { count, unit }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.count, self.unit)
    }
}

/// The event that a period is counted from or back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Only the day is known.
    Day(Date),
    /// The instant is known; days are counted from the day it falls on in Shanghai.
    Instant(Timestamp),
}

impl Start {
    fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Instant(instant) => day_in_shanghai(instant),
        }
    }

    fn instant(self) -> Result<Timestamp, DeadlineError> {
        match self {
            Self::Day(_) => Err(DeadlineError::InstantNeeded),
            Self::Instant(instant) => Ok(instant),
        }
    }
}

impl From<Date> for Start {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<Timestamp> for Start {
    fn from(instant: Timestamp) -> Self {
        Self::Instant(instant)
    }
}

/// The last moment at which an act is in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Last {
    /// Until 24:00 of this day in Shanghai.
    Day(Date),
    /// Up to and including this instant.
    Instant(Timestamp),
}

/// A due date with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Due {
    /// The last moment that is in time.
    pub last: Last,
    /// The calendar it was computed with.
    pub calendar: CalendarVersion,
    /// Whether a notice yet to be published can change it.
    pub certainty: Certainty,
}

/// Why no date can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeadlineError {
    /// Hours were asked for from a day.
    #[error("a period in hours needs the instant of its event, not only the day")]
    InstantNeeded,
    /// A floor in working days or hours, which no law states.
    #[error("a retention floor is stated in days, months or years")]
    NotAFloor,
    /// Beyond the year 9999 or before −9999.
    #[error("the period leaves the range of representable dates; use a shorter one")]
    OutOfRange,
}

impl From<jiff::Error> for DeadlineError {
    fn from(_: jiff::Error) -> Self {
        Self::OutOfRange
    }
}

/// The last moment to do what must be done within `span` after `start`.
///
/// # Errors
/// [`DeadlineError`] for hours counted from a bare day, and for dates out of range.
///
/// ```
/// use jiff::civil::date;
/// use shouyue_model::calendar::{Calendar, Certainty};
/// use shouyue_model::deadline::{Last, Span, Unit, due};
///
/// let answer = due(date(2026, 2, 2), Span::new(15, Unit::WorkingDays), Calendar::bundled())?;
/// assert_eq!(answer.last, Last::Day(date(2026, 2, 28))); // a Saturday that is worked
/// assert_eq!(answer.certainty, Certainty::Certain);
/// # Ok::<(), shouyue_model::deadline::DeadlineError>(())
/// ```
pub fn due(start: impl Into<Start>, span: Span, calendar: &Calendar) -> Result<Due, DeadlineError> {
    let start = start.into();
    let (last, certainty) = match span.unit {
        Unit::Hours => (Last::Instant(start.instant()?.checked_add(hours(span))?), Certainty::Certain),
        _ if span.count == 0 => (Last::Day(start.day()), Certainty::Certain),
        Unit::WorkingDays => {
            let first = start.day().tomorrow()?;
            let last = nth_day(first, span.count, Date::tomorrow, |day| calendar.counts_forward(day))?;
            (Last::Day(last), certainty_over(calendar, first, last))
        }
        Unit::Days | Unit::Months | Unit::Years => {
            let nominal = start.day().checked_add(calendar_span(span)?)?;
            let last = nth_day(nominal, 1, Date::tomorrow, |day| calendar.counts_forward(day))?;
            (Last::Day(last), certainty_over(calendar, nominal, last))
        }
    };
    Ok(Due { last, calendar: calendar.version().clone(), certainty })
}

/// The last moment to do what must be done at least `span` before `event`: 60 working days before an approval
/// lapses, 30 days before a service stops.
///
/// The day of the event is not counted. Calendar days, months and years are not moved when they end on a rest day:
/// art. 203 lengthens the time of the one who must act, and here that would shorten the time of the one who is
/// told. Working days are counted back over the calendar as known, with the statutory holidays of years without a
/// notice.
///
/// # Errors
/// [`DeadlineError`] for hours counted from a bare day, and for dates out of range.
pub fn latest_before(event: impl Into<Start>, span: Span, calendar: &Calendar) -> Result<Due, DeadlineError> {
    let event = event.into();
    let (last, certainty) = match span.unit {
        Unit::Hours => (Last::Instant(event.instant()?.checked_sub(hours(span))?), Certainty::Certain),
        _ if span.count == 0 => (Last::Day(event.day()), Certainty::Certain),
        Unit::WorkingDays => {
            let first = event.day().yesterday()?;
            let last = nth_day(first, span.count, Date::yesterday, |day| calendar.is_working_day(day))?;
            (Last::Day(last), certainty_over(calendar, last, first))
        }
        Unit::Days | Unit::Months | Unit::Years => {
            (Last::Day(event.day().checked_sub(calendar_span(span)?)?), Certainty::Certain)
        }
    };
    Ok(Due { last, calendar: calendar.version().clone(), certainty })
}

impl Due {
    /// The day, in Shanghai, to print.
    pub fn day(&self) -> Date {
        match self.last {
            Last::Day(day) => day,
            Last::Instant(instant) => day_in_shanghai(instant),
        }
    }

    /// The instant at which time is up: 24:00 of a day, or the instant itself. Queues are ordered by it.
    pub fn ends(&self) -> Timestamp {
        match self.last {
            Last::Day(day) => day
                .tomorrow()
                .and_then(midnight_in_shanghai)
                // Only the last day of the year 9999 has no morrow.
                .unwrap_or(Timestamp::MAX),
            Last::Instant(instant) => instant,
        }
    }

    /// Whether an act at `now` is too late.
    pub fn is_over(&self, now: Timestamp) -> bool {
        match self.last {
            Last::Day(day) => day_in_shanghai(now) > day,
            Last::Instant(instant) => now > instant,
        }
    }

    /// The stricter of two due dates: the earlier. Of two that end together, the first.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        if other.ends() < self.ends() { other } else { self }
    }

    /// Whether the date must be computed again, and the change recorded, now that `calendar` is the one loaded.
    pub fn is_stale(&self, calendar: &Calendar) -> bool {
        self.certainty == Certainty::Provisional && self.calendar != *calendar.version()
    }
}

/// The last day on which a record must still be kept, `years` after the day its clock started (contract end,
/// relation end, transaction). Erasure is lawful from the next day on, see [`erasable_from`].
///
/// The day of the event is not counted, so the corresponding day is the last of the period and belongs to it
/// (art. 201, 202). From 29 February the period ends on 28 February of a common year. It is not moved off a rest
/// day: that protects who must act, and nobody must.
///
/// # Errors
/// [`DeadlineError::OutOfRange`].
///
/// ```
/// use jiff::civil::date;
/// use shouyue_model::deadline::{erasable_from, floor_end};
///
/// assert_eq!(floor_end(date(2021, 12, 31), 5)?, date(2026, 12, 31));
/// assert_eq!(erasable_from(date(2021, 12, 31), 5)?, date(2027, 1, 1));
/// # Ok::<(), shouyue_model::deadline::DeadlineError>(())
/// ```
pub fn floor_end(start: Date, years: u16) -> Result<Date, DeadlineError> {
    floor_end_after(start, Span::new(u32::from(years), Unit::Years))
}

/// The first day on which a record may be erased: the day after [`floor_end`].
///
/// # Errors
/// [`DeadlineError::OutOfRange`].
pub fn erasable_from(start: Date, years: u16) -> Result<Date, DeadlineError> {
    Ok(floor_end(start, years)?.tomorrow()?)
}

/// [`floor_end`] for floors in days or months, such as the six months of network logs.
///
/// # Errors
/// [`DeadlineError::NotAFloor`] for working days and hours, [`DeadlineError::OutOfRange`].
pub fn floor_end_after(start: Date, length: Span) -> Result<Date, DeadlineError> {
    match length.unit {
        Unit::WorkingDays | Unit::Hours => Err(DeadlineError::NotAFloor),
        Unit::Days | Unit::Months | Unit::Years => Ok(start.checked_add(calendar_span(length)?)?),
    }
}

/// The `count`-th day that counts, from `day` on, itself included.
fn nth_day(
    mut day: Date,
    count: u32,
    step: fn(Date) -> Result<Date, jiff::Error>,
    counts: impl Fn(Date) -> bool,
) -> Result<Date, DeadlineError> {
    let mut left = count;
    loop {
        if counts(day) {
            left = left.saturating_sub(1);
            if left == 0 {
                return Ok(day);
            }
        }
        day = step(day)?;
    }
}

fn certainty_over(calendar: &Calendar, first: Date, last: Date) -> Certainty {
    (first.year()..=last.year()).map(|year| calendar.certainty(year)).max().unwrap_or(Certainty::Provisional)
}

fn hours(span: Span) -> SignedDuration {
    SignedDuration::from_hours(i64::from(span.count))
}

fn calendar_span(span: Span) -> Result<jiff::Span, DeadlineError> {
    let count = i64::from(span.count);
    let empty = jiff::Span::new();
    Ok(match span.unit {
        Unit::Months => empty.try_months(count)?,
        Unit::Years => empty.try_years(count)?,
        Unit::Days | Unit::WorkingDays | Unit::Hours => empty.try_days(count)?,
    })
}

#[cfg(test)]
mod tests;
