//! What a message about a new version says. Of the receiver it knows the address alone.

use desk::ports::Dispatch;
use jiff::Timestamp;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use model::calendar::day_in_shanghai;

/// Subject in the first line, then the body.
const WORDS: &str = include_str!("../../templates/update.txt");

/// A message before it is addressed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) body: String,
    /// The same at every try, so that who takes it in twice can know.
    pub(super) id: String,
}

impl Text {
    /// What is told of a version, with addresses on pages of `origin`.
    pub(super) fn of(dispatch: &Dispatch, origin: &str) -> Self {
        let portal = format!("{origin}/p/{}", dispatch.platform);
        let day = day_in_shanghai(dispatch.from);
        let told = [
            ("{text}", format!("{portal}/policy/{}", dispatch.text.short())),
            ("{portal}", format!("{portal}/")),
            ("{year}", day.year().to_string()),
            ("{month}", day.month().to_string()),
            ("{day}", day.day().to_string()),
            ("{fingerprint}", dispatch.text.to_string()),
            ("{service}", line(&dispatch.service)),
            ("{handler}", line(&dispatch.handler)),
            ("{title}", line(&dispatch.title)),
        ];
        let words = told.iter().fold(WORDS.to_owned(), |words, (name, word)| words.replace(name, word));
        let (subject, body) = words.split_once('\n').unwrap_or_default();
        let id = format!("{}.{}.{}", dispatch.platform, dispatch.number, dispatch.text.short());
        Self { subject: subject.to_owned(), body: body.to_owned(), id }
    }

    /// As it goes to somebody; `None` where the parts make no message.
    pub(super) fn addressed(&self, from: Mailbox, to: Mailbox, domain: &str, at: Timestamp) -> Option<Message> {
        let message = Message::builder().from(from).to(to).subject(self.subject.as_str()).date(at.into());
        let message = message.message_id(Some(format!("<{}@{domain}>", self.id)));
        message.header(ContentType::TEXT_PLAIN).body(self.body.clone()).ok()
    }
}

/// Words of a policy on one line, as a subject needs them.
fn line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
