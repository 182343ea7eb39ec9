//! The layered notice: one screen of what matters, each line leading to its place in the whole, and then the whole.

use policy::compile::Tables;
use policy::label::label;
use policy::syntax::{RightKind, Route};

use crate::document::prose::{prose, words};
use crate::document::{Block, Document, Section, Text};
use crate::labels::phrase;
use crate::listed::origin;
use crate::notice;
use crate::processed::Processed;
use crate::wording::{Wording, length, list, tidy, told_words};

/// So many names stand in a line of the screen; the rest is a number, and stands in the whole.
const NAMED_MAX: usize = 4;

/// The document.
pub(crate) fn document(tables: &Tables) -> Document {
    let program = tables.program();
    let whole = notice::notice(tables);
    let title = prose("layered", "title", &[("title", Text::plain(whole.title()))]).words();
    let screen = vec![Block::Facts(screen(Wording::of(program))), Block::Paragraph(prose("layered", "whole", &[]))];
    let mut sections = vec![Section::titled("s-screen", words("layered", "screen"), screen)];
    let mut rest = whole.into_sections();
    // The prints of the whole are printed by this document itself.
    rest.pop();
    sections.extend(rest);
    Document::new(title, Vec::new(), sections, origin(tables)).opening_with(1)
}

/// The lines of the screen, those first that nobody should have to scroll for.
fn screen(say: Wording<'_>) -> Vec<(String, Text)> {
    let policy = &say.program.policy;
    let processed = Processed::of(say);
    let purposes = some(policy.purposes.iter().map(|one| tidy(&one.name)), "and-more");
    let years = say.program.law.ages().child.to_string();
    let lines = [
        ("who", "about", text("who-text", &[("handler", tidy(&policy.handler.name))])),
        ("why", "purposes", text("why-text", &[("purposes", purposes)])),
        ("what", "functions", what(say, &processed)),
        ("sensitive", "functions", sensitive(say, &processed)),
        ("withdraw", "rights", withdraw(say)),
        ("contact", "about", contact(say)),
        ("receivers", "shares", receivers(say, &processed)),
        ("abroad", "export", abroad(say)),
        ("kept", "storage", kept(say)),
        ("rights", "rights", rights(say)),
        ("minors", "minors", text("minors-text", &[("years", years)])),
    ];
    let more = |section: &str| Text::link(words("layered", "more"), ["s-", section].concat());
    lines.map(|(key, at, said)| (words("layered", key).to_owned(), said.then(more(at)))).into()
}

fn text(key: &'static str, blanks: &[(&str, String)]) -> Text {
    let blanks: Vec<(&str, Text)> = blanks.iter().map(|(name, value)| (*name, Text::plain(value.as_str()))).collect();
    prose("layered", key, &blanks)
}

/// The first few names, and how many there are of what is counted so.
fn some(names: impl Iterator<Item = String>, more: &'static str) -> String {
    let mut all: Vec<String> = Vec::new();
    names.for_each(|name| {
        if !all.contains(&name) {
            all.push(name);
        }
    });
    let count = all.len();
    all.truncate(NAMED_MAX);
    let named = list(all);
    if count <= NAMED_MAX {
        return named;
    }
    text(more, &[("named", named), ("count", count.to_string())]).words()
}

fn contact(say: Wording<'_>) -> Text {
    let handler = &say.program.policy.handler;
    let first = handler.contacts.iter().find(|one| one.route.value == Route::Phone).or(handler.contacts.first());
    let contact = first.map(|one| [label(one.route.value).as_str(), " ", &tidy(&one.value)].concat());
    let contact = contact.or_else(|| handler.email.said().map(|email| tidy(email)));
    text("contact-text", &[("contact", contact.unwrap_or_else(|| phrase("silent", &[])))])
}

fn what(say: Wording<'_>, processed: &Processed) -> Text {
    if processed.items.is_empty() {
        return text("what-none", &[]);
    }
    let functions = say.program.policy.functions.len().to_string();
    let facts = processed.items.iter().filter_map(|id| say.program.items.get(id.as_str()));
    let categories = some(facts.map(|facts| label(facts.category)), "and-more-kinds");
    text(
        "what-text",
        &[("functions", functions), ("items", processed.items.len().to_string()), ("categories", categories)],
    )
}

fn sensitive(say: Wording<'_>, processed: &Processed) -> Text {
    if processed.sensitive.is_empty() {
        return text("sensitive-none", &[]);
    }
    // A class that a standard knows needs no definition; one that the text alone defines stands behind, where nothing else joins it.
    let by_text = phrase("defined-class", &[("class", "")]);
    let classes = processed.items.iter().filter_map(|id| say.class(id));
    let (defined, known): (Vec<String>, Vec<String>) = classes.partition(|class| class.starts_with(&by_text));
    let alone = defined.into_iter().filter(|class| !known.iter().any(|known| class.ends_with(known.as_str())));
    let alone: Vec<String> = alone.collect();
    let classes = some(known.iter().cloned().chain(alone), "and-more-kinds");
    text("sensitive-text", &[("items", processed.sensitive.len().to_string()), ("classes", classes)])
}

fn receivers(say: Wording<'_>, processed: &Processed) -> Text {
    if processed.receivers.is_empty() {
        return text("receivers-none", &[]);
    }
    let named = |id: &str| processed.receivers.iter().any(|receiver| receiver == id);
    let of = say.program.policy.recipients.iter().filter(|one| named(one.id.as_str()));
    let classes = some(of.map(|one| label(one.class.value)), "and-more-kinds");
    text("receivers-text", &[("count", processed.receivers.len().to_string()), ("classes", classes)])
}

fn abroad(say: Wording<'_>) -> Text {
    let recipients = say.program.policy.recipients.iter();
    let abroad = recipients.filter(|one| one.overseas.as_ref().is_some_and(|at| at.value));
    let names = some(abroad.map(|one| tidy(&one.name)), "and-more");
    match say.program.policy.export.may.said() {
        _ if !names.is_empty() => text("abroad-yes", &[("recipients", names)]),
        Some(true) => text("abroad-open", &[]),
        _ => text("abroad-no", &[]),
    }
}

fn kept(say: Wording<'_>) -> Text {
    let periods =
        some(say.program.policy.retentions.iter().filter_map(|rule| rule.period.said()).map(length), "and-more");
    if periods.is_empty() { text("kept-silent", &[]) } else { text("kept-text", &[("periods", periods)]) }
}

/// Every right that the law gives, whatever the text mentions.
fn rights(_: Wording<'_>) -> Text {
    text("rights-text", &[("rights", list(RightKind::ALL.iter().map(|kind| label(*kind))))])
}

fn withdraw(say: Wording<'_>) -> Text {
    let right = say.program.policy.rights.iter().find(|right| right.kind.value == RightKind::Withdraw);
    let ways = right.map_or(crate::told::Told::Silent, |right| told_words(&right.routes)).text();
    text("withdraw-text", &[("ways", ways)])
}
