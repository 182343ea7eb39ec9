//! The working-day calendar of mainland China, year by year, as data.
//!
//! A working day is a Monday to Friday that is not listed as off, or a Saturday or Sunday that is listed as worked
//! (全国年节及纪念日放假办法 and the State Council office's notice of each year). Company holidays and encouraged
//! leave change nothing.
//!
//! The notice of a year appears late in the year before. Until then the year is [`Certainty::Provisional`], and so
//! is every deadline that depends on it. The data live in `calendar/cn-YYYY.toml`; their version is printed on each
//! due date, so that a date computed before a notice can be told from one computed after it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// The offset of Asia/Shanghai. It has had no summer time since 1991, before any instant this program handles.
const SHANGHAI: Offset = jiff::tz::offset(8);

static BUNDLED: LazyLock<Calendar> = LazyLock::new(|| {
    const INDEX: &str = include_str!("../calendar/cn.toml");
    const YEARS: &[&str] = &[
        include_str!("../calendar/cn-2020.toml"),
        include_str!("../calendar/cn-2021.toml"),
        include_str!("../calendar/cn-2022.toml"),
        include_str!("../calendar/cn-2023.toml"),
        include_str!("../calendar/cn-2024.toml"),
        include_str!("../calendar/cn-2025.toml"),
        include_str!("../calendar/cn-2026.toml"),
        include_str!("../calendar/cn-2027.toml"),
    ];
    // A test reads these files; were they broken all the same, every deadline would be provisional, none wrong.
    Calendar::read(INDEX, YEARS).unwrap_or_else(|_| Calendar::without_years("cn-none"))
});

/// Whether a date rests on published notices only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Every year that matters has its notice.
    Certain,
    /// A year that matters has no notice yet: compute again when it is loaded.
    Provisional,
}

/// Version of the calendar data, such as `cn-2026.2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CalendarVersion(String);

impl CalendarVersion {
    /// The version as printed on due dates.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CalendarVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which days are worked, for the years that are loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    version: CalendarVersion,
    years: BTreeMap<i16, Year>,
}

/// The notice that settles a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its document number.
    pub number: String,
    /// The day it was published: before it, the year was provisional.
    pub published: Date,
}

/// One year's departures from Monday to Friday.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Year {
    notice: Option<Notice>,
    off: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

/// Calendar data that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not the expected TOML.
    #[error("calendar file is not readable: {0}")]
    Syntax(String),
    /// A day that is not `MM-DD`, or does not exist in its year.
    #[error("calendar {year}: `{day}` is no day of that year; write it as MM-DD")]
    NoSuchDay {
        /// The year of the file.
        year: i16,
        /// The text found.
        day: String,
    },
    /// A weekend day listed as off, or a weekday listed as worked: it says nothing new, so it is a slip.
    #[error("calendar {year}: {day} changes nothing; list only weekdays off and weekend days worked")]
    Idle {
        /// The year of the file.
        year: i16,
        /// The day found.
        day: Date,
    },
    /// A notice without its day of publication, or the reverse.
    #[error("calendar {0}: give both `notice` and `published`, or neither while the year has no notice")]
    HalfNotice(i16),
    /// Two files for one year.
    #[error("calendar {0} is given twice; keep one file a year")]
    Twice(i16),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexFile {
    version: CalendarVersion,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearFile {
    year: i16,
    notice: Option<String>,
    published: Option<Date>,
    off: Vec<String>,
    worked: Vec<String>,
}

impl Calendar {
    /// The calendar that this program was built with.
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Reads a calendar from the text of its index (`version = "…"`) and of one file a year.
    ///
    /// # Errors
    /// [`CalendarError`] when a file does not parse, names a day that does not exist or changes nothing, or repeats
    /// a year.
    pub fn read(index: &str, years: &[&str]) -> Result<Self, CalendarError> {
        let syntax = |error: toml::de::Error| CalendarError::Syntax(error.message().to_owned());
        let index: IndexFile = toml::from_str(index).map_err(syntax)?;
        let mut calendar = Self { version: index.version, years: BTreeMap::new() };
        for text in years {
            let file: YearFile = toml::from_str(text).map_err(syntax)?;
            let number = file.year;
            if calendar.years.insert(number, Year::read(file)?).is_some() {
                return Err(CalendarError::Twice(number));
            }
        }
        Ok(calendar)
    }

    /// A calendar that knows no year: every Monday to Friday is worked, and every date is provisional.
    pub fn without_years(version: &str) -> Self {
        Self { version: CalendarVersion(version.to_owned()), years: BTreeMap::new() }
    }

    /// The version to print on every date computed with this calendar.
    pub fn version(&self) -> &CalendarVersion {
        &self.version
    }

    /// The years with a published notice, ascending.
    pub fn known_years(&self) -> impl Iterator<Item = i16> + '_ {
        self.years.iter().filter(|(_, year)| year.notice.is_some()).map(|(&number, _)| number)
    }

    /// The State Council office's notice for a year, if it is loaded.
    pub fn notice(&self, year: i16) -> Option<&Notice> {
        self.years.get(&year)?.notice.as_ref()
    }

    /// Whether the days of a year are settled.
    pub fn certainty(&self, year: i16) -> Certainty {
        if self.notice(year).is_some() { Certainty::Certain } else { Certainty::Provisional }
    }

    /// Whether people work on a day, as far as is known: notice, else the holidays that the regulation fixes, else
    /// Monday to Friday.
    pub fn is_working_day(&self, date: Date) -> bool {
        match self.years.get(&date.year()) {
            Some(year) if is_weekend(date) => year.worked.contains(&date),
            Some(year) => !year.off.contains(&date),
            None => !is_weekend(date),
        }
    }

    /// Whether a day counts towards a deadline that runs forward.
    ///
    /// In a year without a notice every Monday to Friday counts, statutory holidays too, so that no rest day yet to
    /// be announced makes the date given too late. A weekend yet to be declared worked still can, by a day or two:
    /// that is one reason why such a date is provisional.
    pub(crate) fn counts_forward(&self, date: Date) -> bool {
        match self.certainty(date.year()) {
            Certainty::Certain => self.is_working_day(date),
            Certainty::Provisional => !is_weekend(date),
        }
    }
}

impl Year {
    fn read(file: YearFile) -> Result<Self, CalendarError> {
        let number = file.year;
        let days = |texts: Vec<String>, weekend: bool| {
            texts.into_iter().map(|text| day_of_year(number, text, weekend)).collect::<Result<BTreeSet<_>, _>>()
        };
        let notice = match (file.notice, file.published) {
            (Some(number), Some(published)) => Some(Notice { number, published }),
            (None, None) => None,
            _ => return Err(CalendarError::HalfNotice(number)),
        };
        Ok(Self { notice, off: days(file.off, false)?, worked: days(file.worked, true)? })
    }
}

fn day_of_year(year: i16, text: String, weekend: bool) -> Result<Date, CalendarError> {
    let day = text
        .split_once('-')
        .filter(|(month, day)| is_two_digits(month) && is_two_digits(day))
        .and_then(|(month, day)| Date::new(year, month.parse().ok()?, day.parse().ok()?).ok());
    match day {
        None => Err(CalendarError::NoSuchDay { year, day: text }),
        Some(day) if is_weekend(day) != weekend => Err(CalendarError::Idle { year, day }),
        Some(day) => Ok(day),
    }
}

fn is_two_digits(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The day that an instant falls on in Shanghai: the day that every period counts from.
pub fn day_in_shanghai(instant: Timestamp) -> Date {
    SHANGHAI.to_datetime(instant).date()
}

/// The first instant of a day in Shanghai; the 24:00 of the day before.
///
/// # Errors
/// [`jiff::Error`] at the very ends of the range of instants (years −9999 and 9999).
pub fn midnight_in_shanghai(day: Date) -> Result<Timestamp, jiff::Error> {
    TimeZone::fixed(SHANGHAI).to_timestamp(day.at(0, 0, 0, 0))
}

#[cfg(test)]
mod tests;
