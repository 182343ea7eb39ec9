//! The two schemas say the same in the words of two engines.

use testkit::Postgres;

use super::{Address, INSTALLED, PLATFORM, Server};
use crate::sql::column::values;
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
            assert!(!plain(file).is_empty(), "there is something to compare");
        }
    }
}

#[test]
fn a_frozen_server_loses_its_transaction_and_a_whole_table_comes_in_pieces() {
    let (postgres, folder) = (Postgres::start(), tempfile::tempdir().unwrap());
    let address = Address::new(&postgres.database(), None).unwrap();
    let connection = Server::at(&address, folder.path()).connect("somewhere").unwrap();
    let idle = "SELECT current_setting('idle_in_transaction_session_timeout')";
    assert_eq!(connection.one(idle, values![], |row| row.get::<String>(0)).unwrap(), "30s");

    connection.batch("CREATE TEMP TABLE many AS SELECT generate_series(1, 1234)::bigint AS n").unwrap();
    connection.begin_to_read().unwrap();
    let mut found = Vec::new();
    connection
        .scan("SELECT n FROM many ORDER BY n", |row| {
            let n: u64 = row.get(0)?;
            // Whoever takes a row may look others up meanwhile.
            found.push(connection.one("SELECT n FROM many WHERE n = ?1", values![n], |row| row.get::<u64>(0))?);
            Ok(())
        })
        .unwrap();
    connection.end().unwrap();
    assert_eq!(found, (1..=1234).collect::<Vec<u64>>());
}
