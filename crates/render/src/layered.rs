//! The layered notice: one screen of what matters, each line leading to its place in the whole, and then the whole.

use std::collections::BTreeSet;

use policy::compile::Tables;
use policy::syntax::{RightKind, Route};

use crate::document::prose::{prose, words};
use crate::document::{Block, Document, Section, Text};
use crate::labels::{label, phrase};
use crate::listed::origin;
use crate::lists;
use crate::notice;
use crate::wording::{Wording, length, list, tidy, told_words};

/// So many names stand in a line of the screen; the rest is a number, and stands in the whole.
const NAMED_MAX: usize = 4;

/// The document.
pub(crate) fn document(tables: &Tables) -> Document {
    let program = tables.program();
    let whole = notice::notice(tables);
    let title = prose("layered", "title", &[("title", Text::plain(whole.title()))]).words();
    let mut sections =
        vec![Section::titled("s-screen", words("layered", "screen"), vec![Block::Facts(screen(Wording::of(program)))])];
    let mut rest = whole.into_sections();
    // The prints of the whole are printed by this document itself.
    rest.pop();
    sections.extend(rest);
    Document::new(title, vec![prose("layered", "lead", &[])], sections, origin(tables))
}

/// The lines of the screen.
fn screen(say: Wording<'_>) -> Vec<(String, Text)> {
    let policy = &say.program.policy;
    let items = Items::of(say);
    let purposes = some(policy.purposes.iter().map(|one| tidy(&one.name)));
    let years = say.program.law.ages().child.to_string();
    let lines = [
        ("who", "about", who(say)),
        ("what", "functions", items.what(say)),
        ("sensitive", "functions", items.sensitive()),
        ("why", "purposes", text("why-text", &[("purposes", purposes)])),
        ("receivers", "shares", receivers(say)),
        ("abroad", "export", abroad(say)),
        ("kept", "storage", kept(say)),
        ("rights", "rights", rights(say)),
        ("withdraw", "rights", withdraw(say)),
        ("minors", "minors", text("minors-text", &[("years", years)])),
    ];
    let more = |section: &str| Text::link(words("layered", "more"), ["s-", section].concat());
    lines.map(|(key, at, said)| (words("layered", key).to_owned(), said.then(more(at)))).into()
}

fn text(key: &'static str, blanks: &[(&str, String)]) -> Text {
    let blanks: Vec<(&str, Text)> = blanks.iter().map(|(name, value)| (*name, Text::plain(value.as_str()))).collect();
    prose("layered", key, &blanks)
}

/// The first few names, and how many there are.
fn some(names: impl Iterator<Item = String>) -> String {
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
    text("and-more", &[("named", named), ("count", count.to_string())]).words()
}

fn who(say: Wording<'_>) -> Text {
    let handler = &say.program.policy.handler;
    let first = handler.contacts.iter().find(|one| one.route.value == Route::Phone).or(handler.contacts.first());
    let contact = first.map(|one| [label(one.route.value).as_str(), " ", &tidy(&one.value)].concat());
    let contact = contact.or_else(|| handler.email.said().map(|email| tidy(email)));
    let contact = contact.unwrap_or_else(|| crate::labels::phrase("silent", &[]));
    text("who-text", &[("handler", tidy(&handler.name)), ("contact", contact)])
}

/// What is collected, wherever it comes in.
struct Items {
    ids: BTreeSet<String>,
    categories: Vec<String>,
    classes: Vec<String>,
    sensitive: BTreeSet<String>,
}

impl Items {
    fn of(say: Wording<'_>) -> Self {
        let mut items =
            Self { ids: BTreeSet::new(), categories: Vec::new(), classes: Vec::new(), sensitive: BTreeSet::new() };
        for row in lists::collected(say.program).rows {
            items.categories.push(row.category);
            if !row.sensitive.is_empty() {
                items.sensitive.insert(row.item_id.clone());
                items.classes.push(row.sensitive);
            }
            items.ids.insert(row.item_id);
        }
        items
    }

    fn what(&self, say: Wording<'_>) -> Text {
        if self.ids.is_empty() {
            return text("what-none", &[]);
        }
        let functions = say.program.policy.functions.len().to_string();
        let categories = some(self.categories.iter().cloned());
        text(
            "what-text",
            &[("functions", functions), ("items", self.ids.len().to_string()), ("categories", categories)],
        )
    }

    fn sensitive(&self) -> Text {
        if self.sensitive.is_empty() {
            return text("sensitive-none", &[]);
        }
        // A class that a standard knows needs no definition; one that the text alone defines stands behind, where nothing else joins it.
        let by_text = phrase("defined-class", &[("class", "")]);
        let (defined, known): (Vec<&String>, Vec<&String>) =
            self.classes.iter().partition(|class| class.starts_with(&by_text));
        let alone = defined.into_iter().filter(|class| !known.iter().any(|known| class.ends_with(known.as_str())));
        let classes = some(known.iter().copied().chain(alone).cloned());
        text("sensitive-text", &[("items", self.sensitive.len().to_string()), ("classes", classes)])
    }
}

fn receivers(say: Wording<'_>) -> Text {
    let policy = &say.program.policy;
    let flows = policy.shares.iter().map(|share| &share.recipient).chain(policy.sdks.iter().map(|sdk| &sdk.recipient));
    let ids: BTreeSet<&str> = flows.map(|of| of.text.as_str()).collect();
    if ids.is_empty() {
        return text("receivers-none", &[]);
    }
    let of = policy.recipients.iter().filter(|one| ids.contains(one.id.as_str()));
    let classes = some(of.map(|one| label(one.class.value)));
    text("receivers-text", &[("count", ids.len().to_string()), ("classes", classes)])
}

fn abroad(say: Wording<'_>) -> Text {
    let recipients = say.program.policy.recipients.iter();
    let abroad = recipients.filter(|one| one.overseas.as_ref().is_some_and(|at| at.value));
    let names = some(abroad.map(|one| tidy(&one.name)));
    match say.program.policy.export.may.said() {
        _ if !names.is_empty() => text("abroad-yes", &[("recipients", names)]),
        Some(true) => text("abroad-open", &[]),
        _ => text("abroad-no", &[]),
    }
}

fn kept(say: Wording<'_>) -> Text {
    let periods = some(say.program.policy.retentions.iter().filter_map(|rule| rule.period.said()).map(length));
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
