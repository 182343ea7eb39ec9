//! The invented company of `docs/language.md`: the page's own blocks, joined.

use shouyue_policy::finding::Source;
use shouyue_policy::{Loaded, Sources};

const PAGE: &str = include_str!("../../../../docs/language.md");

/// All blocks of the page that open with this line.
fn blocks(opening: &str) -> String {
    let mut inside = false;
    let mut text = String::new();
    for line in PAGE.lines() {
        match line {
            "```" => inside = false,
            _ if line == opening => inside = true,
            _ if inside => {
                text.push_str(line);
                text.push('\n');
            }
            _ => {}
        }
    }
    text
}

/// The policy file of the page.
pub(super) fn policy() -> String {
    blocks("```toml")
}

/// Its operation file.
pub(super) fn operation() -> String {
    blocks("```toml operation")
}

/// Loads texts under short names.
pub(super) fn load(policy: &str, operation: Option<&str>) -> Loaded {
    with(policy, operation, shouyue_policy::load)
}

/// Reads and resolves texts, without compiling them.
pub(super) fn read(policy: &str, operation: Option<&str>) -> Loaded {
    with(policy, operation, shouyue_policy::read)
}

fn with(policy: &str, operation: Option<&str>, how: fn(&Sources<'_>) -> Loaded) -> Loaded {
    let policy = Source::new("policy.toml", policy);
    let operation = operation.map(|text| Source::new("operation.toml", text));
    how(&Sources { policy: &policy, operation: operation.as_ref() })
}
