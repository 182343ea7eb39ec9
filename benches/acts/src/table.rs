//! What is printed: Markdown tables, a row as soon as it is measured.

use std::io::Write as _;

use anyhow::{Context as _, Result};

/// Prints one line at once: a run takes minutes, and its reader wants to see it move.
pub(crate) fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{line}").context("standard output is closed")
}

/// Begins a table under its title.
pub(crate) fn head(title: &str, columns: &[&str]) -> Result<()> {
    say(&format!("\n### {title}\n"))?;
    say(&format!("| {} |", columns.join(" | ")))?;
    say(&format!("|{}", "---|".repeat(columns.len())))
}

/// One row of it.
pub(crate) fn row(cells: &[String]) -> Result<()> {
    say(&format!("| {} |", cells.join(" | ")))
}

/// What a target says and whether it is met; a dash where there is none.
pub(crate) fn at_least(value: f64, target: Option<f64>, shown: impl Fn(f64) -> String) -> String {
    judged(target, |target| value >= target, |target| format!("≥ {}", shown(target)))
}

/// The same for what must not be more.
pub(crate) fn at_most(value: f64, target: Option<f64>, shown: impl Fn(f64) -> String) -> String {
    judged(target, |target| value <= target, |target| format!("≤ {}", shown(target)))
}

fn judged(target: Option<f64>, met: impl Fn(f64) -> bool, shown: impl Fn(f64) -> String) -> String {
    let word = |target: f64| if met(target) { "met" } else { "**missed**" };
    target.map_or_else(|| "–".to_owned(), |target| format!("{} {}", shown(target), word(target)))
}

/// A rate for people.
pub(crate) fn rate(a_second: f64) -> String {
    match a_second {
        ..10_000.0 => format!("{a_second:.0}"),
        ..1e6 => format!("{:.1} k", a_second / 1e3),
        _ => format!("{:.2} M", a_second / 1e6),
    }
}

/// A share of a limit.
pub(crate) fn share(ratio: f64) -> String {
    format!("{ratio:.2}")
}
