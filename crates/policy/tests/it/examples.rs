//! The examples of the rules cannot be passed by saying something else: the right one is about what the wrong one is about, and
//! neither is what the lawful policy says anyway.

use std::collections::BTreeSet;

use shouyue_policy::law::{self, Entry};
use shouyue_policy::rules::text;
use toml::Table;

use super::rules::Files;

/// The tables that an example puts in or takes out.
fn tables(example: &str) -> BTreeSet<String> {
    let out = example.lines().filter_map(|line| line.strip_prefix("# no [[")?.split("]]").next());
    example.parse::<Table>().unwrap().into_iter().map(|(key, _)| key).chain(out.map(str::to_owned)).collect()
}

/// Both files as they stand with an example, whatever their layout.
fn facts(example: &str) -> [Table; 2] {
    let files = Files::with(example);
    [files.policy, files.operation].map(|source| source.text.parse().unwrap())
}

fn examples(entries: &'static [Entry]) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    entries.iter().filter_map(|one| Some((one.id.as_str(), one.wrong.as_deref()?, one.right.as_deref()?)))
}

#[test]
fn the_right_example_of_a_rule_is_about_what_the_wrong_one_is_about() {
    let lawful = facts("");
    let mut seen = 0;
    for (code, wrong, right) in examples(law::catalogue()).chain(examples(text::catalogue())) {
        seen += 1;
        let same = tables(wrong).intersection(&tables(right)).count();
        assert!(same > 0, "{code}: {:?} and {:?}", tables(wrong), tables(right));
        let (wrong, right) = (facts(wrong), facts(right));
        assert_ne!(wrong, lawful, "{code}: the wrong example changes nothing");
        assert_ne!(wrong, right, "{code}: the two examples say the same");
    }
    let checked = shouyue_policy::rules::checked().count() + text::checked().count();
    assert_eq!(seen, checked, "a rule without two examples");
}
