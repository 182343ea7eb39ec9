//! How many tests passed, failed and were skipped, read from the summary lines of the runners themselves.

use std::fmt;
use std::ops::AddAssign;

/// Test counts, added up over every runner of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// The counts that a line of a runner's output reports; `None` for every line that is not a summary.
    ///
    /// Knows cargo test (`test result: …`), nextest (`Summary […] …`) and node's spec and TAP reporters (`ℹ pass 3`, `# pass 3`).
    pub(crate) fn read(line: &str) -> Option<Self> {
        let plain = without_colour(line);
        let line = plain.trim_end();
        // At the margin only: nextest repeats, indented, the output of a test that failed, libtest's summary of one included.
        if let Some(counts) = line.strip_prefix("test result: ") {
            return Some(Self::of_pairs(counts.split(['.', ';'])));
        }
        if line.trim_start().starts_with("Summary [") {
            let (_, counts) = line.split_once(" run: ")?;
            return Some(Self::of_pairs(counts.split(',')));
        }
        // A test that found out by itself that it cannot do its work here; its runner counts it as passed, too.
        if line.trim_start().starts_with("=== SKIPPED: ") {
            return Some(Self { skipped: 1, ..Self::default() });
        }
        let (name, count) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))?.split_once(' ')?;
        let tally = Self::of_count(count.parse().ok()?, name);
        (tally != Self::default()).then_some(tally)
    }

    fn of_pairs<'a>(pairs: impl Iterator<Item = &'a str>) -> Self {
        let mut sum = Self::default();
        for pair in pairs {
            // nextest adds remarks in brackets: `8 passed (1 slow, 1 flaky)`.
            let pair = pair.split('(').next().unwrap_or_default().trim();
            if let Some((count, name)) = pair.split_once(' ')
                && let Ok(count) = count.parse()
            {
                sum += Self::of_count(count, name);
            }
        }
        sum
    }

    fn of_count(count: u64, name: &str) -> Self {
        let mut tally = Self::default();
        match name {
            "passed" | "pass" => tally.passed = count,
            "failed" | "fail" | "timed out" | "exec failed" | "cancelled" => tally.failed = count,
            "skipped" | "ignored" | "todo" => tally.skipped = count,
            _ => {}
        }
        tally
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn read(line: &str) -> Option<(u64, u64, u64)> {
        Tally::read(line).map(|tally| (tally.passed, tally.failed, tally.skipped))
    }

    #[test]
    fn reads_cargo_test() {
        let line = "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.10s";
        assert_eq!(read(line), Some((3, 2, 1)));
        assert_eq!(read("test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out"), Some((1, 0, 0)));
    }

    #[test]
    fn reads_nextest() {
        assert_eq!(read("     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped"), Some((3, 0, 0)));
        assert_eq!(read("     Summary [   0.005s] 1 test run: 1 passed, 7 skipped"), Some((1, 0, 7)));
        let bad = "     Summary [   9.1s] 12/14 tests run: 8 passed (1 slow, 1 flaky), 2 failed, 1 timed out, 1 exec failed, 2 skipped";
        assert_eq!(read(bad), Some((8, 4, 2)));
    }

    #[test]
    fn reads_what_a_test_says_of_itself() {
        assert_eq!(read("    === SKIPPED: no C compiler `cc` here ==="), Some((0, 0, 1)));
        assert_eq!(read("said === SKIPPED: twice ==="), None);
    }

    #[test]
    fn reads_node() {
        assert_eq!(read("ℹ pass 3"), Some((3, 0, 0)));
        assert_eq!(read("# fail 2"), Some((0, 2, 0)));
        assert_eq!(read("ℹ cancelled 1"), Some((0, 1, 0)));
        assert_eq!(read("ℹ skipped 1"), Some((0, 0, 1)));
    }

    #[test]
    fn reads_through_colours() {
        assert_eq!(
            read(
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.005s] \u{1b}[1m3\u{1b}[0m tests run: \u{1b}[1m3\u{1b}[0m \u{1b}[32mpassed\u{1b}[0m, 0 skipped"
            ),
            Some((3, 0, 0))
        );
    }

    #[test]
    fn leaves_other_lines_alone() {
        for line in [
            "",
            "ℹ duration_ms 4.2",
            "# Subtest: pass",
            "ℹ tests 9",
            "running 3 tests",
            "3 passed",
            "    test result: FAILED. 0 passed; 1 failed",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn prints_the_closing_line() {
        let tally = Tally { passed: 2, failed: 0, skipped: 1 };
        assert_eq!(tally.to_string(), "2 passed, 0 failed, 1 skipped");
    }
}
