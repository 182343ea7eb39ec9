//! Embedded code of third parties, channel by channel (rule R24).

use policy::compile::Tables;
use policy::syntax::{Channel, Sdk};

use crate::document::prose::{prose, words};
use crate::document::{Block, Document, Section, Table, Text};
use crate::listed::{origin, section};
use crate::told::{Anchors, Marks};
use crate::wording::{Wording, list, or_nothing, tidy, told_text};

/// The list: a section for each channel that has some; then the channels without.
pub(crate) fn document(tables: &Tables) -> Document {
    let policy = &tables.program().policy;
    let (say, mut at) = (Wording::of(tables.program()), Anchors::default());
    let on = |channel: &Channel| -> Vec<&Sdk> {
        policy.sdks.iter().filter(|sdk| sdk.channel.text == channel.id.as_str()).collect()
    };
    let mut sections = Vec::new();
    for channel in policy.channels.iter().filter(|channel| !on(channel).is_empty()) {
        let lines = on(channel).into_iter().map(|sdk| line(say, sdk, &mut at)).collect();
        let table = Table::new(&["sdk", "recipient", "contact", "text", "items", "link"], lines);
        let anchor = ["channel-", channel.id.as_str()].concat();
        sections.push(section(&anchor, &tidy(&channel.name), table));
    }
    let without = list(policy.channels.iter().filter(|channel| on(channel).is_empty()).map(|one| tidy(&one.name)));
    if !without.is_empty() {
        let key = if sections.is_empty() { "none" } else { "without-text" };
        let text = prose("sdk", key, &[("channels", Text::plain(without))]);
        sections.push(Section::titled("s-without", words("sdk", "without"), vec![Block::Paragraph(text)]));
    }
    let lead = vec![prose("sdk", "lead", &[])];
    Document::new(words("sdk", "title").to_owned(), lead, sections, origin(tables))
}

fn line(say: Wording<'_>, sdk: &Sdk, at: &mut Anchors) -> (Vec<String>, Marks) {
    let mut recipients = say.program.policy.recipients.iter();
    let recipient = recipients.find(|one| one.id.as_str() == sdk.recipient.text);
    let cells = vec![
        tidy(&sdk.name),
        say.name(&sdk.recipient),
        recipient.map(|one| told_text(&one.contact).text()).unwrap_or_default(),
        tidy(&sdk.text),
        or_nothing(say.items_told(&sdk.items), "no-items").text(),
        told_text(&sdk.link).text(),
    ];
    (cells, at.marks(sdk.clause.iter().map(|clause| tidy(clause))))
}
