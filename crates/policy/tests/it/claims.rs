//! The page about claims shows a file that is read.

use shouyue_policy::claim::read_claims;
use shouyue_policy::finding::Source;

const PAGE: &str = include_str!("../../../../docs/claims.md");

#[test]
fn the_page_shows_a_file_that_is_read() {
    let block = PAGE.split_once("```toml\n").and_then(|(_, rest)| rest.split_once("```")).unwrap().0;
    let (file, findings) = read_claims(&Source::new("docs/claims.md", block));
    assert_eq!(findings, []);
    assert_eq!(file.unwrap().claims.len(), 2);
}
