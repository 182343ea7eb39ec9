//! Known due dates, the edges of months and years, and what holds for every start and length.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{DeadlineError, Due, Last, Span, Unit, due, erasable_from, floor_end, floor_end_after, latest_before};
use crate::calendar::{Calendar, Certainty};

fn after(start: &str, count: u32, unit: Unit) -> Due {
    due(start.parse::<Date>().unwrap(), Span::new(count, unit), Calendar::bundled()).unwrap()
}

fn before(event: &str, count: u32, unit: Unit) -> Due {
    latest_before(event.parse::<Date>().unwrap(), Span::new(count, unit), Calendar::bundled()).unwrap()
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn fifteen_working_days() {
    for (received, expected) in [
        ("2022-01-20", "2022-02-15"),
        ("2022-04-10", "2022-04-28"),
        ("2023-01-16", "2023-02-09"),
        ("2023-09-08", "2023-10-07"),
        ("2024-01-30", "2024-02-23"),
        ("2024-09-09", "2024-09-30"),
        ("2025-01-20", "2025-02-14"),
        ("2025-09-22", "2025-10-17"),
        ("2026-02-02", "2026-02-28"),
        ("2026-02-10", "2026-03-09"),
        ("2026-09-16", "2026-10-13"),
        ("2026-11-20", "2026-12-11"),
    ] {
        let answer = after(received, 15, Unit::WorkingDays);
        assert_eq!(answer.day().to_string(), expected, "from {received}");
        assert_eq!(answer.certainty, Certainty::Certain);
        assert_eq!(answer.calendar.as_str(), "cn-2026.2");
    }
}

#[test]
fn thirty_working_days() {
    assert_eq!(after("2026-02-02", 30, Unit::WorkingDays).day(), date(2026, 3, 20));
    assert_eq!(after("2026-09-16", 30, Unit::WorkingDays).day(), date(2026, 11, 3));
}

#[test]
fn thirty_days_are_always_later_than_fifteen_working_days() {
    let lengths: Vec<i32> = date(2022, 1, 1)
        .series(jiff::Span::new().days(1))
        .take_while(|&day| day <= date(2026, 11, 15))
        .map(|day| {
            let answer = due(day, Span::new(15, Unit::WorkingDays), Calendar::bundled()).unwrap();
            assert_eq!(answer.certainty, Certainty::Certain);
            (answer.day() - day).get_days()
        })
        .collect();
    assert_eq!((lengths.iter().min(), lengths.iter().max()), (Some(&18), Some(&29)));
}

#[test]
fn a_period_ending_on_a_rest_day_ends_on_the_next_working_day() {
    // 1 October 2026 opens the National Day holiday, which lasts until the 7th.
    assert_eq!(after("2026-09-01", 30, Unit::Days).day(), date(2026, 10, 8));
    // A Saturday that is worked is no rest day.
    assert_eq!(after("2026-02-13", 15, Unit::Days).day(), date(2026, 2, 28));
    // A plain Sunday.
    assert_eq!(after("2026-11-07", 15, Unit::Days).day(), date(2026, 11, 23));
    assert_eq!(after("2026-06-19", 1, Unit::Months).day(), date(2026, 7, 20));
    assert_eq!(after("2025-02-16", 1, Unit::Years).day(), date(2026, 2, 24));
}

#[test]
fn months_and_years_end_on_the_corresponding_day_or_month_end() {
    assert_eq!(after("2026-01-30", 1, Unit::Months).day(), date(2026, 2, 28));
    assert_eq!(after("2024-01-31", 1, Unit::Months).day(), date(2024, 2, 29));
    assert_eq!(after("2024-02-29", 1, Unit::Months).day(), date(2024, 3, 29));
    assert_eq!(after("2026-08-31", 1, Unit::Months).day(), date(2026, 9, 30));
    assert_eq!(after("2024-02-29", 1, Unit::Years).day(), date(2025, 2, 28));
    assert_eq!(after("2022-11-30", 3, Unit::Months).day(), date(2023, 2, 28));
}

#[test]
fn a_deadline_into_a_year_without_notice_is_provisional_and_early() {
    // Worked days of December, then every Monday to Friday of January, New Year's Day included.
    let crossing = after("2026-12-21", 15, Unit::WorkingDays);
    assert_eq!((crossing.day(), crossing.certainty), (date(2027, 1, 11), Certainty::Provisional));
    let short = after("2026-12-21", 5, Unit::WorkingDays);
    assert_eq!((short.day(), short.certainty), (date(2026, 12, 28), Certainty::Certain));
    let last_of_year = after("2026-12-30", 1, Unit::WorkingDays);
    assert_eq!((last_of_year.day(), last_of_year.certainty), (date(2026, 12, 31), Certainty::Certain));
    let days = after("2026-12-01", 31, Unit::Days);
    assert_eq!((days.day(), days.certainty), (date(2027, 1, 1), Certainty::Provisional));
    // A year without any file.
    let far = after("2027-12-31", 2, Unit::WorkingDays);
    assert_eq!((far.day(), far.certainty), (date(2028, 1, 4), Certainty::Provisional));
    // The year of the start does not matter to a period whose end is settled.
    let from_unknown = after("2019-12-20", 30, Unit::Days);
    assert_eq!((from_unknown.day(), from_unknown.certainty), (date(2020, 1, 19), Certainty::Certain));
    assert_eq!(after("2019-12-20", 15, Unit::WorkingDays).certainty, Certainty::Provisional);
}

#[test]
fn a_provisional_date_is_stale_once_another_calendar_is_loaded() {
    let newer = Calendar::without_years("cn-2027.1");
    assert!(after("2026-12-21", 15, Unit::WorkingDays).is_stale(&newer));
    assert!(!after("2026-12-21", 15, Unit::WorkingDays).is_stale(Calendar::bundled()));
    assert!(!after("2026-02-02", 15, Unit::WorkingDays).is_stale(&newer));
}

#[test]
fn hours_run_to_the_instant_through_nights_and_holidays() {
    let discovered = instant("2026-09-30T23:10:05+08:00");
    let answer = due(discovered, Span::new(4, Unit::Hours), Calendar::bundled()).unwrap();
    assert_eq!(answer.last, Last::Instant(instant("2026-10-01T03:10:05+08:00")));
    assert_eq!(answer.certainty, Certainty::Certain);
    assert_eq!(answer.day(), date(2026, 10, 1));
    assert!(!answer.is_over(instant("2026-10-01T03:10:05+08:00")));
    assert!(answer.is_over(instant("2026-10-01T03:10:06+08:00")));
}

#[test]
fn hours_from_a_bare_day_are_refused() {
    let refused = due(date(2026, 9, 30), Span::new(4, Unit::Hours), Calendar::bundled());
    assert_eq!(refused, Err(DeadlineError::InstantNeeded));
    let refused = latest_before(date(2026, 9, 30), Span::new(4, Unit::Hours), Calendar::bundled());
    assert_eq!(refused, Err(DeadlineError::InstantNeeded));
}

#[test]
fn days_count_from_the_day_in_shanghai() {
    let span = Span::new(15, Unit::WorkingDays);
    let still_the_19th = due(instant("2026-11-19T15:59:59Z"), span, Calendar::bundled()).unwrap();
    let already_the_20th = due(instant("2026-11-19T16:00:00Z"), span, Calendar::bundled()).unwrap();
    assert_eq!(still_the_19th.day(), date(2026, 12, 10));
    assert_eq!(already_the_20th.day(), date(2026, 12, 11));
}

#[test]
fn the_last_day_lasts_until_midnight_in_shanghai() {
    let answer = after("2026-02-02", 15, Unit::WorkingDays);
    assert_eq!(answer.ends(), instant("2026-03-01T00:00:00+08:00"));
    assert!(!answer.is_over(instant("2026-02-28T23:59:59.999+08:00")));
    assert!(answer.is_over(instant("2026-03-01T00:00:00+08:00")));
}

#[test]
fn at_once_means_the_day_itself() {
    // A Sunday: an immediate duty is not put off to Monday.
    for unit in [Unit::WorkingDays, Unit::Days, Unit::Months, Unit::Years] {
        assert_eq!(after("2026-11-22", 0, unit).day(), date(2026, 11, 22));
        assert_eq!(before("2026-11-22", 0, unit).day(), date(2026, 11, 22));
    }
}

#[test]
fn the_earlier_of_two_due_dates_wins() {
    let published = after("2026-02-02", 30, Unit::Days);
    let law = after("2026-02-02", 15, Unit::WorkingDays);
    assert_eq!(published.day(), date(2026, 3, 4));
    assert_eq!(published.clone().earlier(law.clone()), law);
    assert_eq!(law.clone().earlier(published), law);
    let noon = due(instant("2026-02-28T08:00:00+08:00"), Span::new(4, Unit::Hours), Calendar::bundled()).unwrap();
    assert_eq!(law.earlier(noon.clone()), noon);
}

#[test]
fn notice_before_an_event_is_not_shortened_by_rest_days() {
    // 30 days before 31 October 2026 is 1 October, a holiday: the notice may come earlier, never later.
    assert_eq!(before("2026-10-31", 30, Unit::Days).day(), date(2026, 10, 1));
    assert_eq!(before("2026-03-31", 1, Unit::Months).day(), date(2026, 2, 28));
    assert_eq!(before("2024-02-29", 1, Unit::Years).day(), date(2023, 2, 28));
    let start = instant("2026-10-01T02:00:00+08:00");
    let hours = latest_before(start, Span::new(3, Unit::Hours), Calendar::bundled()).unwrap();
    assert_eq!(hours.last, Last::Instant(instant("2026-09-30T23:00:00+08:00")));
}

#[test]
fn working_days_before_an_event_are_counted_back() {
    // Back from Thursday 8 October 2026 over the holiday: 30 September is the first working day before.
    assert_eq!(before("2026-10-08", 1, Unit::WorkingDays).day(), date(2026, 9, 30));
    let sixty = before("2026-11-20", 60, Unit::WorkingDays);
    assert_eq!((sixty.day(), sixty.certainty), (date(2026, 8, 24), Certainty::Certain));
    // Statutory holidays of a year without notice are skipped, so the answer errs on the early side.
    let early = before("2027-01-05", 2, Unit::WorkingDays);
    assert_eq!((early.day(), early.certainty), (date(2026, 12, 31), Certainty::Provisional));
}

#[test]
fn counting_back_undoes_counting_forward() {
    for event in date(2022, 3, 1).series(jiff::Span::new().days(1)).take(1_600) {
        let latest = latest_before(event, Span::new(10, Unit::WorkingDays), Calendar::bundled()).unwrap().day();
        let between = latest
            .series(jiff::Span::new().days(1))
            .take_while(|&day| day < event)
            .filter(|&day| Calendar::bundled().is_working_day(day))
            .count();
        assert_eq!(between, 10, "{event}");
    }
}

#[test]
fn a_floor_keeps_its_last_day_and_is_never_moved() {
    assert_eq!(floor_end(date(2021, 12, 31), 5), Ok(date(2026, 12, 31)));
    assert_eq!(erasable_from(date(2021, 12, 31), 5), Ok(date(2027, 1, 1)));
    // A Sunday, and a leap day.
    assert_eq!(floor_end(date(2016, 11, 22), 10), Ok(date(2026, 11, 22)));
    assert_eq!(floor_end(date(2024, 2, 29), 5), Ok(date(2029, 2, 28)));
    assert_eq!(erasable_from(date(2024, 2, 29), 5), Ok(date(2029, 3, 1)));
    assert_eq!(floor_end(date(2024, 2, 29), 4), Ok(date(2028, 2, 29)));
    assert_eq!(floor_end_after(date(2026, 8, 31), Span::new(6, Unit::Months)), Ok(date(2027, 2, 28)));
    for unit in [Unit::WorkingDays, Unit::Hours] {
        assert_eq!(floor_end_after(date(2026, 8, 31), Span::new(10, unit)), Err(DeadlineError::NotAFloor));
    }
}

#[test]
fn dates_out_of_range_are_errors() {
    let calendar = Calendar::bundled();
    for unit in [Unit::WorkingDays, Unit::Days, Unit::Months, Unit::Years] {
        assert_eq!(due(date(9999, 12, 30), Span::new(10, unit), calendar), Err(DeadlineError::OutOfRange));
        assert_eq!(due(date(2026, 1, 1), Span::new(u32::MAX, unit), calendar), Err(DeadlineError::OutOfRange));
        assert_eq!(latest_before(date(-9999, 1, 3), Span::new(10, unit), calendar), Err(DeadlineError::OutOfRange));
    }
    let hours = Span::new(u32::MAX, Unit::Hours);
    assert_eq!(due(Timestamp::MAX, hours, calendar), Err(DeadlineError::OutOfRange));
    assert_eq!(floor_end(date(9999, 1, 1), 1), Err(DeadlineError::OutOfRange));
}

#[test]
fn spans_and_due_dates_as_written() {
    let span: Span = toml::from_str("count = 15\nunit = \"working-days\"").unwrap();
    assert_eq!(span, Span::new(15, Unit::WorkingDays));
    assert_eq!(span.to_string(), "15 working-days");
    let text = serde_json::to_string(&after("2026-02-02", 15, Unit::WorkingDays)).unwrap();
    assert_eq!(text, r#"{"last":{"day":"2026-02-28"},"calendar":"cn-2026.2","certainty":"certain"}"#);
    assert_eq!(serde_json::from_str::<Due>(&text).unwrap(), after("2026-02-02", 15, Unit::WorkingDays));
}

fn unit_of_days() -> impl Strategy<Value = Unit> {
    prop::sample::select(&[Unit::WorkingDays, Unit::Days, Unit::Months, Unit::Years][..])
}

fn day() -> impl Strategy<Value = Date> {
    (0_i32..3_300).prop_map(|offset| date(2021, 1, 1).checked_add(jiff::Span::new().days(offset)).unwrap())
}

proptest! {
    #[test]
    fn a_later_start_is_never_due_earlier(start in day(), later in 0_i32..40, count in 1_u32..40, unit in unit_of_days()) {
        let span = Span::new(count, unit);
        let next = start.checked_add(jiff::Span::new().days(later)).unwrap();
        let (a, b) = (due(start, span, Calendar::bundled()).unwrap(), due(next, span, Calendar::bundled()).unwrap());
        prop_assert!(a.day() <= b.day());
        prop_assert!(a.day() > start);
    }

    #[test]
    fn a_longer_span_is_never_due_earlier(start in day(), count in 1_u32..40, unit in unit_of_days()) {
        let a = due(start, Span::new(count, unit), Calendar::bundled()).unwrap();
        let b = due(start, Span::new(count + 1, unit), Calendar::bundled()).unwrap();
        prop_assert!(a.day() <= b.day());
    }

    #[test]
    fn nothing_certain_is_due_on_a_rest_day(start in day(), count in 1_u32..40, unit in unit_of_days()) {
        let answer = due(start, Span::new(count, unit), Calendar::bundled()).unwrap();
        match answer.certainty {
            Certainty::Certain => prop_assert!(Calendar::bundled().is_working_day(answer.day())),
            Certainty::Provisional => prop_assert!(answer.day().weekday().to_monday_one_offset() <= 5 || answer.day().year() <= 2026),
        }
    }

    #[test]
    fn a_provisional_date_is_no_later_than_with_the_statutory_days(start in day(), count in 1_u32..40) {
        let answer = due(start, Span::new(count, Unit::WorkingDays), Calendar::bundled()).unwrap();
        let known = start.tomorrow().unwrap().series(jiff::Span::new().days(1))
            .filter(|&day| Calendar::bundled().is_working_day(day))
            .nth(count as usize - 1).unwrap();
        prop_assert!(answer.day() <= known);
        prop_assert!(answer.certainty == Certainty::Provisional || answer.day() == known);
    }

    #[test]
    fn a_floor_is_never_shorter_than_its_years(start in day(), years in 0_u16..30) {
        let end = floor_end(start, years).unwrap();
        prop_assert_eq!(end.year(), start.year() + years.cast_signed());
        prop_assert_eq!(erasable_from(start, years).unwrap(), end.tomorrow().unwrap());
        prop_assert!(end.day() == start.day() || (start.month() == 2 && start.day() == 29 && end.day() == 28));
    }
}
