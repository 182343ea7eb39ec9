//! Tables as spreadsheets write them, and what is wrong with others.

use encoding_rs::GB18030;
use policy::finding::Source;

use super::*;

/// Reads a roster of the invented insurer's employees.
fn roster(bytes: &[u8]) -> Result<Vec<(u64, Vec<String>)>, Unread> {
    let policy = Source::new("2026-01-01.toml", include_str!("../../../tests/fixtures/family/2026-01-01.toml"));
    let operation = Source::new("operation.toml", include_str!("../../../tests/fixtures/family/operation.toml"));
    let loaded = policy::load(&policy::Sources { policy: &policy, operation: Some(&operation) });
    let tables = loaded.tables.unwrap();
    let items = &tables.program().items;
    let one = |id: &str| AskedItem { item: items.get(id).unwrap(), required: true };
    let asked = [one("name"), one("id-number")];
    let read = read(bytes, &asked)?;
    let items = |line: &Line| line.fields.iter().map(|(item, _)| item.clone()).collect();
    Ok(read.lines.iter().map(|line| (line.number, items(line))).collect())
}

const TABLE: &str = "姓名,证件号码\r\n王示例,990201198803070014\r\n\r\n,\r\n\"张,示例\",\r\n";

#[test]
fn a_table_reads_in_whatever_encoding_a_spreadsheet_writes() {
    let both = vec!["name".to_owned(), "id-number".to_owned()];
    let lines = vec![(2, both), (5, vec!["name".to_owned()])];
    assert_eq!(roster(TABLE.as_bytes()), Ok(lines.clone()));
    assert_eq!(roster(&[b"\xef\xbb\xbf", TABLE.as_bytes()].concat()), Ok(lines.clone()));
    let (national, _, _) = GB18030.encode(TABLE);
    assert_eq!(roster(&national), Ok(lines.clone()));
    let wide: Vec<u8> = std::iter::once(0xfeff).chain(TABLE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(roster(&wide), Ok(lines));
}

#[test]
fn a_quotation_mark_that_is_closed_or_begins_no_cell_is_text() {
    for cell in
        ["\"王示例\"", "\"王 \"\"小\"\" 示例\"", "\"王,示\n例\"", "王\"示例", "\"\"\"王示例\"\"\"", "\"王示例\" "]
    {
        assert_eq!(roster(format!("姓名,证件号码\n{cell},\n").as_bytes()).map(|lines| lines.len()), Ok(1), "{cell}");
    }
}

#[test]
fn what_is_wrong_names_a_line_or_a_column() {
    for (table, wrong) in [
        ("", Unread::Empty),
        ("姓名\n", Unread::Empty),
        ("姓名,体重\n王示例,70\n", Unread::Column(2)),
        ("姓名,name\n王示例,王示例\n", Unread::Twice(2)),
        ("姓名,证件号码\n王示例\n", Unread::Line(2)),
        ("姓名,证件号码\n王示例,1\n\"李示例,2\n张示例,3\n", Unread::Table(NoTable::Quote(3))),
        ("姓名,证件号码\r\n王示例,\"1\r\n\"李示例\",2\r\n", Unread::Table(NoTable::Quote(2))),
        ("\"姓名\n王示例\n", Unread::Table(NoTable::Quote(1))),
    ] {
        assert_eq!(roster(table.as_bytes()), Err(wrong), "{table}");
    }
    assert_eq!(roster(b"name\n\xff\xff\xff\n"), Err(Unread::Table(NoTable::Encoding)));
    assert_eq!(roster(&vec![b'x'; MOST_BYTES + 1]), Err(Unread::TooLarge));
    let many = format!("姓名\n{}", "王示例\n".repeat(MOST_LINES));
    assert_eq!(roster(many.as_bytes()).map(|lines| lines.len()), Ok(MOST_LINES));
    assert_eq!(roster(format!("{many}王示例\n").as_bytes()), Err(Unread::TooMany));
}
