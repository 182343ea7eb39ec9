//! The two schemas say the same in the words of two engines.

use super::{INSTALLED, PLATFORM};
use crate::sqlite;

/// A schema without comments, in the words of neither engine.
fn plain(sql: &str) -> Vec<String> {
    let lines = sql.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("--"));
    let common = |line: &str| {
        let line = line.replace(") STRICT, WITHOUT ROWID;", ");").replace(") STRICT;", ");");
        let words = [("BLOB", "bytea"), ("INTEGER", "bigint"), (" COLLATE \"C\"", ""), ("TEXT", "text")];
        words.into_iter().fold(line, |line, (one, other)| line.replace(one, other))
    };
    lines.map(common).collect()
}

#[test]
fn tables_columns_and_constraints_are_those_of_the_files() {
    let pairs = [(PLATFORM, sqlite::files::PLATFORM.steps), (INSTALLED, sqlite::files::INSTALLATION.steps)];
    for (server, file) in pairs {
        assert_eq!(server.len(), file.len(), "a step of one engine is a step of the other");
        for (server, file) in server.iter().zip(file) {
            assert_eq!(plain(server), plain(file));
            assert!(plain(file).len() > 10, "there is something to compare");
        }
    }
}
