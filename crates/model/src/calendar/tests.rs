//! The bundled years against their published totals and an independent data set.

use chinese_holiday::{Ymd, chinese_holiday};
use jiff::civil::{Date, date};

use super::{Calendar, CalendarError, Certainty, day_in_shanghai, midnight_in_shanghai};

fn days_of(year: i16) -> impl Iterator<Item = Date> {
    date(year, 1, 1).series(jiff::Span::new().days(1)).take_while(move |day| day.year() == year)
}

#[test]
fn the_bundled_files_are_read() {
    let calendar = Calendar::bundled();
    assert_eq!(calendar.version().as_str(), "cn-2026.2");
    assert_eq!(calendar.known_years().collect::<Vec<_>>(), [2020, 2021, 2022, 2023, 2024, 2025, 2026]);
    assert_eq!(calendar.notice(2026).unwrap().number, "国办发明电〔2025〕7号");
    assert_eq!(calendar.notice(2026).unwrap().published, date(2025, 11, 4));
}

#[test]
fn working_days_add_up_to_the_known_totals() {
    // 2027 as far as the regulation fixes it: 261 weekdays less the thirteen holidays, all of which fall on or are
    // made up on weekdays.
    for (year, total) in
        [(2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248), (2027, 248)]
    {
        let counted = days_of(year).filter(|&day| Calendar::bundled().is_working_day(day)).count();
        assert_eq!(counted, total, "{year}");
    }
}

#[test]
fn an_independent_data_set_agrees_on_every_day() {
    // The other set ends a week before the year does; the days after are an ordinary Saturday to Thursday.
    for day in (2020..=2026).flat_map(days_of).filter(|&day| day <= date(2026, 12, 25)) {
        let (year, month, dom) =
            (u16::try_from(day.year()).unwrap(), day.month().unsigned_abs(), day.day().unsigned_abs());
        let theirs = chinese_holiday(Ymd::new(year, month, dom)).is_workday();
        assert_eq!(Calendar::bundled().is_working_day(day), theirs, "{day}");
    }
}

#[test]
fn encouraged_leave_changes_nothing() {
    // New Year's Eve of 2024: employers were encouraged to give leave, the notice did not make it a rest day.
    assert!(Calendar::bundled().is_working_day(date(2024, 2, 9)));
}

#[test]
fn a_year_without_notice_is_provisional_and_knows_its_statutory_days() {
    let calendar = Calendar::bundled();
    assert_eq!(calendar.certainty(2026), Certainty::Certain);
    assert_eq!(calendar.certainty(2027), Certainty::Provisional);
    assert_eq!(calendar.certainty(2028), Certainty::Provisional);
    assert_eq!(calendar.certainty(2019), Certainty::Provisional);
    assert!(!calendar.is_working_day(date(2027, 1, 1)));
    assert!(calendar.counts_forward(date(2027, 1, 1)));
    assert!(!calendar.counts_forward(date(2027, 1, 2)));
    // 3 January 2028 is a Monday of a year with no file at all.
    assert!(calendar.is_working_day(date(2028, 1, 3)));
    assert!(!calendar.is_working_day(date(2028, 1, 2)));
}

#[test]
fn the_day_is_the_one_in_shanghai() {
    assert_eq!(day_in_shanghai("2026-11-20T15:59:59Z".parse().unwrap()), date(2026, 11, 20));
    assert_eq!(day_in_shanghai("2026-11-20T16:00:00Z".parse().unwrap()), date(2026, 11, 21));
    assert_eq!(midnight_in_shanghai(date(2026, 11, 21)).unwrap(), "2026-11-20T16:00:00Z".parse().unwrap());
}

#[test]
fn the_fixed_offset_is_the_zone_of_shanghai() {
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    for year in 1992..=2100 {
        for month in 1..=12 {
            let day = date(year, month, 1);
            assert_eq!(midnight_in_shanghai(day).unwrap(), zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap(), "{day}");
        }
    }
}

#[test]
fn slips_in_a_file_are_named() {
    let read = |year: &str| Calendar::read("version = \"t\"", &[year]);
    let weekend_off = read("year = 2026\noff = [\"01-03\"]\nworked = []");
    assert_eq!(weekend_off, Err(CalendarError::Idle { year: 2026, day: date(2026, 1, 3) }));
    let weekday_worked = read("year = 2026\noff = []\nworked = [\"01-05\"]");
    assert_eq!(weekday_worked, Err(CalendarError::Idle { year: 2026, day: date(2026, 1, 5) }));
    for wrong in ["02-29", "1-3", "01-3", "0103", "+1-03", ""] {
        let found = read(&format!("year = 2026\noff = [\"{wrong}\"]\nworked = []"));
        assert_eq!(found, Err(CalendarError::NoSuchDay { year: 2026, day: wrong.to_owned() }));
    }
    assert_eq!(read("year = 2026\nnotice = \"n\"\noff = []\nworked = []"), Err(CalendarError::HalfNotice(2026)));
    assert!(matches!(read("year = 2026"), Err(CalendarError::Syntax(_))));
    let year = "year = 2026\noff = []\nworked = []";
    assert_eq!(Calendar::read("version = \"t\"", &[year, year]), Err(CalendarError::Twice(2026)));
}
