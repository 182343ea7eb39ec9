//! What a code means: a rule of the law or about the text by the words of its catalogue, with the dated articles of the law;
//! a code of the language by its line of the table. `shouyue explain` prints it, the console shows the same parts.

use super::words::Words;
use crate::finding::{Language, Severity};
use crate::label::fill;
use crate::law::{Citation, Entry};
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
    pub chinese: Option<&'static law::Words>,
}

/// What a code means, for people; `None` for what is no code.
pub fn explain(code: &str, language: Language) -> Option<String> {
    explanation(code).map(|known| known.in_language(language))
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

impl Explanation {
    /// Its words in a language; where they are not said in it, in English.
    pub fn in_language(&self, language: Language) -> String {
        let words = Words::of(language);
        let chinese = self.chinese.filter(|_| language == Language::Chinese);
        let said =
            |chinese: Option<&'static String>, english: Option<&'static str>| chinese.map(String::as_str).or(english);
        let title = said(chinese.map(|said| &said.title), Some(self.title)).unwrap_or_default();
        let compile = said(chinese.and_then(|said| said.compile.as_ref()), self.compile);
        let run = said(chinese.and_then(|said| said.run.as_ref()), self.run);
        let why = said(chinese.and_then(|said| said.why.as_ref()), self.why);
        let mend = said(chinese.and_then(|said| said.mend.as_ref()), self.mend);

        let mut lines = vec![format!("{}  {title}", self.code)];
        let gravest = self.gravest.map_or(words.unchecked.as_str(), |severity| words.level(severity, true));
        let in_system = if self.run_planned { &words.in_system_planned } else { &words.in_system };
        lines.extend(compile.map(|said| fill(&words.in_text, &[("said", said), ("gravest", gravest)])));
        lines.extend(run.map(|said| fill(in_system, &[("said", said)])));
        lines.extend(self.sources.iter().map(|source| words.source(source)));
        if !self.yields.is_empty() {
            lines.push(fill(&words.yields, &[("codes", &self.yields.join(", "))]));
        }
        lines.extend(why.map(|said| fill(&words.reason, &[("said", said)])));
        lines.extend(mend.map(|said| fill(&words.to_mend, &[("said", said)])));
        for (what, example) in [(&words.wrong, self.wrong), (&words.right, self.right)] {
            let Some(example) = example else { continue };
            lines.extend([String::new(), what.clone(), String::new()]);
            lines.extend(example.lines().map(|line| format!("    {line}").trim_end().to_owned()));
        }
        lines.iter().flat_map(|line| [line, "\n"]).collect()
    }
}
