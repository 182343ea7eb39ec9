//! What a code means: a rule of the law or about the text by the words of its catalogue, with the dated articles of the law;
//! a code of the language by its line of the table.

use std::fmt::Write as _;

use crate::finding::Severity;
use crate::{codes, law, rules};

/// What a code means, for people; `None` for what is no code.
pub fn explain(code: &str) -> Option<String> {
    if let Some(known) = codes::explain(code) {
        return Some(format!("{}  {}\nto mend it: {}\n", known.code, known.means, known.mend));
    }
    rules::entry(code).map(rule)
}

fn rule(entry: &law::Entry) -> String {
    let mut text = format!("{}  {}\n", entry.id, entry.title);
    let gravest = rules::checked()
        .chain(rules::text::checked())
        .find(|(code, _)| *code == entry.id)
        .map(|(_, severity)| severity);
    let gravest = match gravest {
        Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        Some(Severity::Note) => "note",
        None => "not checked yet",
    };
    for (what, said) in [("in the text", &entry.compile), ("in the system", &entry.run)] {
        let grave = if what == "in the text" { format!(" ({gravest})") } else { String::new() };
        if let Some(said) = said {
            let _ = writeln!(text, "{what}: {said}{grave}");
        }
    }
    for source in law::bundled().0.rule(&entry.id).into_iter().flat_map(|rule| &rule.sources) {
        let until = source.until.map(|day| format!(" until {day}")).unwrap_or_default();
        let unsure = if source.certain { "" } else { ", to be confirmed by counsel" };
        let _ = writeln!(text, "by: {} (in force since {}{until}{unsure})", source.cite, source.from);
    }
    if !entry.yields.is_empty() {
        let _ = writeln!(text, "silent where the law reports the same element: {}", entry.yields.join(", "));
    }
    for (what, said) in [("why", &entry.why), ("to mend it", &entry.mend)] {
        if let Some(said) = said {
            let _ = writeln!(text, "{what}: {said}");
        }
    }
    for (what, example) in [("wrong", &entry.wrong), ("right", &entry.right)] {
        if let Some(example) = example {
            let _ = writeln!(text, "\n{what}:\n");
            for line in example.lines() {
                let _ = writeln!(text, "{}", format!("    {line}").trim_end());
            }
        }
    }
    text
}
