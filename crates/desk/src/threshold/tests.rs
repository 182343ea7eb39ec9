//! Levels, and what a filing must say.

use jiff::civil::date;

use super::*;

#[test]
fn r51_the_alarm_rings_at_eighty_percent_and_at_the_threshold() {
    let level = |persons| Level::of(persons, 1_000_000);
    assert_eq!(level(0), Level::Below);
    assert_eq!((level(799_999), level(800_000)), (Level::Below, Level::Near));
    assert_eq!((level(999_999), level(1_000_000)), (Level::Near, Level::Reached));
    assert_eq!(Level::of(u64::MAX, u64::MAX), Level::Reached);
}

#[test]
fn r34_a_filing_has_a_day_that_was_and_a_number() {
    let today = date(2026, 3, 2);
    let faults = |on, number: &str| match check(&Filed { on, number: number.to_owned() }, today) {
        Ok(()) => Vec::new(),
        Err(Refusal::Fields(faults)) => faults.into_iter().map(|fault| (fault.item, fault.code)).collect(),
        Err(other) => panic!("{other}"),
    };
    assert_eq!(faults(today, "沪人脸备〔2026〕17号"), []);
    assert_eq!(faults(today, "A-2026/17"), []);
    let fault = |item: &str, code| (item.to_owned(), code);
    assert_eq!(faults(date(2026, 3, 3), ""), [fault("on", "future"), fault("number", "missing")]);
    for number in ["no number", "未办理", "1\n2", &"1".repeat(61)] {
        assert_eq!(faults(today, number), [fault("number", "shape")], "{number}");
    }
}
