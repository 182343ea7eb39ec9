//! What is told of a new version, whoever carries it. Of the receiver it knows nothing.

use desk::ports::Dispatch;
use model::calendar::day_in_shanghai;

/// Subject in the first line, then the body.
const WORDS: &str = include_str!("../templates/update.txt");

/// How a day is written.
const DAY: &str = include_str!("../templates/day.txt");

/// A message before it is addressed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Text {
    /// Of one line.
    pub(crate) subject: String,
    pub(crate) body: String,
    /// The day from which the version is in force, written out.
    pub(crate) day: String,
    /// The address of the version's text.
    pub(crate) link: String,
    /// The same at every try, so that who takes it in twice can know.
    pub(crate) id: String,
}

impl Text {
    /// What is told of a version, with addresses on pages of `origin`.
    pub(crate) fn of(dispatch: &Dispatch, origin: &str) -> Self {
        let portal = format!("{origin}/p/{}", dispatch.platform);
        let link = format!("{portal}/policy/{}", dispatch.text.short());
        let day = day_in_shanghai(dispatch.from);
        let dated = [
            ("{year}", day.year().to_string()),
            ("{month}", day.month().to_string()),
            ("{day}", day.day().to_string()),
        ];
        let day = filled(DAY.trim_end(), &dated);
        let told = [
            ("{text}", link.clone()),
            ("{portal}", format!("{portal}/")),
            ("{day}", day.clone()),
            ("{fingerprint}", dispatch.text.to_string()),
            ("{service}", line(&dispatch.service)),
            ("{handler}", line(&dispatch.handler)),
            ("{title}", line(&dispatch.title)),
        ];
        let words = filled(WORDS, &told);
        let (subject, body) = words.split_once('\n').unwrap_or_default();
        let id = format!("{}.{}.{}", dispatch.platform, dispatch.number, dispatch.text.short());
        Self { subject: subject.to_owned(), body: body.to_owned(), day, link, id }
    }
}

/// A text with its blanks filled in.
fn filled(text: &str, blanks: &[(&str, String)]) -> String {
    blanks.iter().fold(text.to_owned(), |text, (name, word)| text.replace(name, word))
}

/// Words of a policy on one line, as a subject needs them.
fn line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
