//! The sentences of documents, from `locales/documents.toml`: counsel reads and amends them there.
//!
//! `**…**` is emphasised, `*…*` is said of the text and not by it, `{…}` is filled in. What is filled in is never read for
//! signs, whatever a policy calls its functions.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::text::{Run, Text};

type Sentences = BTreeMap<String, BTreeMap<String, String>>;

static ZH: LazyLock<Sentences> = LazyLock::new(|| parse().unwrap_or_default());

fn parse() -> Result<Sentences, toml::de::Error> {
    toml::from_str(include_str!("../../locales/documents.toml"))
}

/// A sentence of a document; its key where the file lacks it, so that no page is blank.
pub(crate) fn prose(document: &str, key: &str, blanks: &[(&str, Text)]) -> Text {
    read(sentence(document, key).unwrap_or(key), blanks)
}

/// The same without blanks or signs.
pub(crate) fn words(document: &str, key: &'static str) -> &'static str {
    sentence(document, key).unwrap_or(key)
}

fn sentence(document: &str, key: &str) -> Option<&'static str> {
    Some(ZH.get(document)?.get(key)?.as_str())
}

/// How a stretch is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    Plain,
    Strong,
    Soft,
}

fn read(sentence: &str, blanks: &[(&str, Text)]) -> Text {
    let (mut runs, mut meant, mut rest) = (Vec::new(), Meant::Plain, sentence);
    while let Some(at) = rest.find(['*', '{']) {
        let (before, after) = rest.split_at(at);
        put(&mut runs, meant, before);
        let toggled = |sign| if meant == sign { Meant::Plain } else { sign };
        if let Some(after) = after.strip_prefix("**") {
            (meant, rest) = (toggled(Meant::Strong), after);
        } else if let Some(after) = after.strip_prefix('*') {
            (meant, rest) = (toggled(Meant::Soft), after);
        } else if let Some((name, after)) = after.strip_prefix('{').and_then(|after| after.split_once('}')) {
            match blanks.iter().find(|(blank, _)| *blank == name) {
                Some((_, text)) if meant == Meant::Plain => runs.extend(text.0.iter().cloned()),
                Some((_, text)) => put(&mut runs, meant, &text.words()),
                None => put(&mut runs, meant, &format!("{{{name}}}")),
            }
            rest = after;
        } else {
            put(&mut runs, meant, after);
            rest = "";
        }
    }
    put(&mut runs, meant, rest);
    Text(runs)
}

fn put(runs: &mut Vec<Run>, meant: Meant, text: &str) {
    if text.is_empty() {
        return;
    }
    let text = text.to_owned();
    runs.push(match meant {
        Meant::Plain => Run::Plain(text),
        Meant::Strong => Run::Strong(text),
        Meant::Soft => Run::Soft(text),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_blanks_are_read_once() {
        let read =
            read("**{who}**处理*未说明*的{what}。", &[("who", Text::plain("甲*乙")), ("what", Text::code("{x}"))]);
        let runs = ["甲*乙", "处理", "未说明", "的", "{x}", "。"];
        assert_eq!(read.0.iter().map(Run::text).collect::<Vec<_>>(), runs);
        assert!(matches!(read.0.as_slice(), [Run::Strong(_), Run::Plain(_), Run::Soft(_), _, Run::Code(_), _]));
    }

    #[test]
    fn every_sentence_is_one_and_closes_what_it_opens() {
        let sentences = parse().expect("the file of sentences parses");
        assert!(sentences.len() > 8);
        for (document, sentences) in &sentences {
            for (key, sentence) in sentences {
                assert!(!sentence.trim().is_empty(), "{document}.{key}");
                assert_eq!(sentence.matches("**").count() % 2, 0, "{document}.{key}");
                assert_eq!(sentence.matches('*').count() % 2, 0, "{document}.{key}");
                assert_eq!(sentence.matches('{').count(), sentence.matches('}').count(), "{document}.{key}");
            }
        }
    }
}
