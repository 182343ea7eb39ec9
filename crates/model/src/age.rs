//! How old a person is, read to the advantage of children.
//!
//! The rules for children under fourteen (PIPL art. 31) end on a birthday. Whether that day still belongs to
//! childhood is disputed; this program says yes, as criminal law does: a person *turns* an age on the day after the
//! birthday. A person born on 29 February has the birthday on 28 February of a common year (民法典 art. 202).
//! Where only the year of birth is known, the birthday is taken to be the last day of it.

use std::str::FromStr;

use crate::act::Born;
use jiff::civil::Date;

/// Text that is neither a day nor a year of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day or year of birth: write 1990-05-01, or 1990 where only the year is known")]
pub struct NotABirth;

/// The latest day on which the person can have been born.
fn latest(born: Born) -> Date {
    match born {
        Born::On(day) => day,
        Born::In(year) => Date::new(year, 12, 31).unwrap_or(Date::MAX),
    }
}

impl From<Date> for Born {
    fn from(day: Date) -> Self {
        Self::On(day)
    }
}

/// A day as `1990-05-01`, a year as `1990`.
impl FromStr for Born {
    type Err = NotABirth;

    fn from_str(text: &str) -> Result<Self, NotABirth> {
        let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.len() {
            4 if all_digits => text.parse().map(Self::In).map_err(|_| NotABirth),
            10 => text.parse().map(Self::On).map_err(|_| NotABirth),
            _ => Err(NotABirth),
        }
    }
}

/// The first day on which the person counts as `years` old: the day after that birthday.
///
/// A day beyond the year 9999 is given as the last representable one.
///
/// ```
/// use jiff::civil::date;
/// use shouyue_model::age::turns;
///
/// assert_eq!(turns(date(2012, 6, 1), 14), date(2026, 6, 2));
/// ```
pub fn turns(born: impl Into<Born>, years: u16) -> Date {
    jiff::Span::new()
        .try_years(years)
        .and_then(|span| latest(born.into()).checked_add(span))
        .and_then(Date::tomorrow)
        .unwrap_or(Date::MAX)
}

/// Completed years on a day; zero before the first, and before birth.
pub fn age_on(born: impl Into<Born>, on: Date) -> u16 {
    let born = born.into();
    let birthdays = on.year().saturating_sub(latest(born).year());
    let Ok(reached) = u16::try_from(birthdays) else { return 0 };
    if turns(born, reached) <= on { reached } else { reached.saturating_sub(1) }
}

/// Whether the person counts as younger than `years` on a day (不满): the test to use for children and minors.
/// An unknown birth counts as younger.
pub fn is_under(born: Option<Born>, years: u16, on: Date) -> bool {
    born.is_none_or(|born| on < turns(born, years))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::{age_on, is_under, turns};
    use crate::act::Born;

    #[test]
    fn the_fourteenth_birthday_still_belongs_to_childhood() {
        let born = Born::On(date(2012, 6, 1));
        assert!(is_under(Some(born), 14, date(2026, 5, 31)));
        assert!(is_under(Some(born), 14, date(2026, 6, 1)));
        assert!(!is_under(Some(born), 14, date(2026, 6, 2)));
        assert_eq!(age_on(born, date(2026, 6, 1)), 13);
        assert_eq!(age_on(born, date(2026, 6, 2)), 14);
    }

    #[test]
    fn a_leap_day_child_turns_on_the_first_of_march() {
        let born = date(2012, 2, 29);
        assert_eq!(turns(born, 13), date(2025, 3, 1));
        assert_eq!(turns(born, 14), date(2026, 3, 1));
        assert_eq!(turns(born, 16), date(2028, 3, 1));
        assert_eq!(age_on(born, date(2026, 2, 28)), 13);
        assert_eq!(age_on(born, date(2028, 2, 29)), 15);
    }

    #[test]
    fn only_a_year_is_read_as_its_last_day() {
        assert_eq!(turns(Born::In(2012), 14), date(2027, 1, 1));
        assert!(is_under(Some(Born::In(2012)), 14, date(2026, 12, 31)));
        assert!(!is_under(Some(Born::In(1960)), 18, date(2026, 1, 1)));
    }

    #[test]
    fn an_unknown_birth_is_a_minor() {
        assert!(is_under(None, 14, date(2026, 1, 1)));
    }

    #[test]
    fn the_unborn_and_the_newborn_are_zero() {
        let born = date(2026, 6, 1);
        assert_eq!(age_on(born, date(2020, 1, 1)), 0);
        assert_eq!(age_on(born, born), 0);
        assert_eq!(age_on(born, date(2027, 6, 1)), 0);
    }

    #[test]
    fn an_age_beyond_the_calendar_is_never_reached() {
        assert_eq!(turns(date(2000, 1, 1), u16::MAX), jiff::civil::Date::MAX);
        assert_eq!(turns(Born::In(i16::MAX), 14), jiff::civil::Date::MAX);
    }

    #[test]
    fn births_are_written_as_days_or_years() {
        assert!("1990-05-01".parse() == Ok(Born::On(date(1990, 5, 1))));
        assert!("1990".parse() == Ok(Born::In(1990)));
        for wrong in ["", "90", "+990", "1990-05", "1990-02-30", "19900501", "1990-05-01T00:00"] {
            assert!(wrong.parse::<Born>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn turning_and_age_agree(
            year in 1900_i16..2030,
            day in 1_i16..=366,
            years in 0_u16..120,
            later in 0_i64..50_000,
        ) {
            let first = date(year, 1, 1);
            let born = first.checked_add(jiff::Span::new().days(day.min(first.days_in_year()) - 1)).unwrap();
            let on = born.checked_add(jiff::Span::new().days(later)).unwrap();
            prop_assert_eq!(years > 0 && on < turns(born, years), age_on(born, on) < years);
            prop_assert!(turns(born, years) < turns(born, years + 1));
            prop_assert!(age_on(born, on) <= age_on(born, on.tomorrow().unwrap()));
        }
    }
}
