//! What a code means: a rule of the law or about the text by the words of its catalogue, with the dated articles of the law;
//! a code of the language by its line of the table. `shouyue explain` prints it, the console shows the same parts.

use std::fmt;

use crate::finding::Severity;
use crate::law::{Citation, Entry, Words};
use crate::{codes, law, rules};

/// A code in words. Of a code of the language only the title and what mends it are known; examples are whole elements of a
/// policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// `R41`.
    pub code: &'static str,
    /// What it is about; of a code of the language: what it means.
    pub title: &'static str,
    /// The gravest that it reports; `None` where nothing is checked in the text, and for the language, whose findings say it.
    pub gravest: Option<Severity>,
    /// What it asks of a policy file.
    pub compile: Option<&'static str>,
    /// What it asks of the running system.
    pub run: Option<&'static str>,
    /// Whether no part of the running system does that yet.
    pub run_planned: bool,
    /// The articles that carry it, each with the days of its force.
    pub sources: Vec<Citation>,
    /// The rules of the law to which a rule about the text leaves what both find.
    pub yields: &'static [String],
    /// Why it stands.
    pub why: Option<&'static str>,
    /// What mends it, in general.
    pub mend: Option<&'static str>,
    /// Elements that break it.
    pub wrong: Option<&'static str>,
    /// The same elements, mended.
    pub right: Option<&'static str>,
    /// What of it is said in Chinese.
    pub chinese: Option<&'static Words>,
}

/// What a code means, for people; `None` for what is no code.
pub fn explain(code: &str) -> Option<String> {
    explanation(code).map(|known| known.to_string())
}

/// The same in its parts.
pub fn explanation(code: &str) -> Option<Explanation> {
    codes::explain(code).map(of_language).or_else(|| rules::entry(code).map(of_rule))
}

/// Every code that means something: rules of the law, rules about the text, codes of the language, each in their order.
pub fn every_code() -> impl Iterator<Item = &'static str> {
    let rules = law::catalogue().iter().chain(rules::text::catalogue()).map(|entry| entry.id.as_str());
    rules.chain(codes::LANGUAGE.iter().map(|known| known.code))
}

fn of_language(known: &'static codes::Code) -> Explanation {
    Explanation {
        code: known.code,
        title: known.means,
        gravest: None,
        compile: None,
        run: None,
        run_planned: false,
        sources: Vec::new(),
        yields: &[],
        why: None,
        mend: Some(known.mend),
        wrong: None,
        right: None,
        chinese: None,
    }
}

fn of_rule(entry: &'static Entry) -> Explanation {
    let mut checked = rules::checked().chain(rules::text::checked());
    Explanation {
        code: &entry.id,
        title: &entry.title,
        gravest: checked.find(|(code, _)| *code == entry.id).map(|(_, severity)| severity),
        compile: entry.compile.as_deref(),
        run: entry.run.as_deref(),
        run_planned: entry.run_planned,
        sources: law::bundled().0.rule(&entry.id).map(|rule| rule.sources.clone()).unwrap_or_default(),
        yields: &entry.yields,
        why: entry.why.as_deref(),
        mend: entry.mend.as_deref(),
        wrong: entry.wrong.as_deref(),
        right: entry.right.as_deref(),
        chinese: entry.chinese.as_ref(),
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}  {}", self.code, self.title)?;
        let gravest = match self.gravest {
            Some(Severity::Error) => "error",
            Some(Severity::Warning) => "warning",
            Some(Severity::Note) => "note",
            None => "not checked yet",
        };
        if let Some(said) = self.compile {
            writeln!(out, "in the text: {said} ({gravest})")?;
        }
        if let Some(said) = self.run {
            let when = if self.run_planned { ", planned and not there yet" } else { "" };
            writeln!(out, "in the system{when}: {said}")?;
        }
        for source in &self.sources {
            let until = source.until.map(|day| format!(" until {day}")).unwrap_or_default();
            let unsure = if source.certain { "" } else { ", to be confirmed by counsel" };
            writeln!(out, "by: {} (in force since {}{until}{unsure})", source.cite, source.from)?;
        }
        if !self.yields.is_empty() {
            writeln!(out, "silent where the law reports the same element: {}", self.yields.join(", "))?;
        }
        for (what, said) in [("why", self.why), ("to mend it", self.mend)] {
            if let Some(said) = said {
                writeln!(out, "{what}: {said}")?;
            }
        }
        for (what, example) in [("wrong", self.wrong), ("right", self.right)] {
            if let Some(example) = example {
                writeln!(out, "\n{what}:\n")?;
                for line in example.lines() {
                    writeln!(out, "{}", format!("    {line}").trim_end())?;
                }
            }
        }
        Ok(())
    }
}
