//! What the console of a mini-program asks for (小程序用户隐私保护指引): each kind of information with its purpose, embedded code
//! of third parties, and how the developer is reached; as text, and in the form that its interface takes.

use std::sync::LazyLock;

use policy::compile::Tables;
use policy::label::label;
use policy::syntax::{Channel, Condition, Function, Item, Permission, Ref, RightKind, Route, Sdk};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::document::prose::{prose, words};
use crate::document::{Block, Document, Print, Section, Table, Text};
use crate::listed::{origin, section};
use crate::told::{Marks, Told};
use crate::wording::{Wording, list, tidy, told_text, told_words};

static CONSOLE: LazyLock<Console> = LazyLock::new(|| parse().unwrap_or_default());

/// What the console knows, as `locales/mini-program.toml` has it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Console {
    channels: Vec<String>,
    #[serde(rename = "kind")]
    kinds: Vec<Known>,
}

/// A kind of information that the console has a key for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    key: String,
    name: String,
    #[serde(default)]
    items: Vec<String>,
    /// Words by which a permission's published name is recognised.
    #[serde(default)]
    permissions: Vec<String>,
}

fn parse() -> Result<Console, toml::de::Error> {
    toml::from_str(include_str!("../locales/mini-program.toml"))
}

/// The declaration; the data form is absent where the text names no mini-program.
pub(crate) fn document(tables: &Tables) -> Document {
    let say = Wording::of(tables.program());
    let channels = tables.program().policy.channels.iter();
    let channels: Vec<&Channel> = channels.filter(|channel| is_mini_program(channel)).collect();
    let title = words("mini-program", "title").to_owned();
    let lead = prose("mini-program", "lead", &[]);
    if channels.is_empty() {
        return Document::new(title, vec![lead, prose("mini-program", "none", &[])], Vec::new(), origin(tables));
    }
    let settings = settings(say, &channels);
    let sdks: Vec<&Sdk> =
        tables.program().policy.sdks.iter().filter(|sdk| is_one(&channels, &sdk.channel.text)).collect();
    let sections = vec![
        settings_section(&settings),
        sdks_section(say, &sdks),
        Section::titled("s-owner", words("mini-program", "owner"), owner_blocks(say)),
    ];
    Document::new(title, vec![lead], sections, origin(tables)).with_data(|print| data(say, &settings, &sdks, print))
}

fn is_mini_program(channel: &Channel) -> bool {
    CONSOLE.channels.iter().any(|word| channel.name.contains(word.as_str()))
}

fn is_one(channels: &[&Channel], id: &str) -> bool {
    channels.iter().any(|channel| channel.id.as_str() == id)
}

/// One line of the declaration.
#[derive(Debug)]
struct Setting {
    /// The console's key; a kind that it has none for goes by its published name.
    key: Option<&'static str>,
    name: String,
    purposes: Vec<String>,
    /// What is meant by it here.
    covers: Vec<String>,
}

/// The lines, those with a key first and in the console's order, each kind once.
fn settings(say: Wording<'_>, channels: &[&Channel]) -> Vec<Setting> {
    let policy = &say.program.policy;
    let mut all = Vec::new();
    for function in policy.functions.iter().filter(|function| is_offered(function, channels)) {
        let groups = function.collects.said().into_iter().flatten();
        let groups = groups.filter(|group| group.when.as_ref().is_none_or(|when| holds(when, channels) != Some(false)));
        let purposes: Vec<String> = function.purposes.iter().map(|purpose| say.name(purpose)).collect();
        for item in groups.flat_map(|group| &group.items) {
            add(&mut all, of_item(item), &say.name(item), &purposes);
        }
    }
    for permission in &policy.permissions {
        let purposes: Vec<String> = permission.modes.iter().map(|mode| tidy(&mode.text)).collect();
        add(&mut all, of_permission(permission), &tidy(&permission.name), &purposes);
    }
    for tracker in &policy.trackers {
        for item in &tracker.items {
            add(&mut all, of_item(item), &say.name(item), &[say.name(&tracker.purpose)]);
        }
    }
    let place = |setting: &Setting| CONSOLE.kinds.iter().position(|known| Some(known.key.as_str()) == setting.key);
    all.sort_by_key(|setting| place(setting).unwrap_or(usize::MAX));
    all
}

/// Whether a function can be used in a mini-program.
fn is_offered(function: &Function, channels: &[&Channel]) -> bool {
    function.channels.is_empty() || function.channels.iter().any(|channel| is_one(channels, &channel.text))
}

/// Whether a condition holds of whoever comes by a mini-program; `None` where it hangs on something else.
fn holds(condition: &Condition, channels: &[&Channel]) -> Option<bool> {
    match condition {
        Condition::Channel(channel) => Some(is_one(channels, &channel.text)),
        Condition::Not(inner) => holds(inner, channels).map(|holds| !holds),
        Condition::All(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| holds(part, channels)).collect();
            if parts.contains(&Some(false)) {
                Some(false)
            } else {
                parts.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
            }
        }
        Condition::Any(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| holds(part, channels)).collect();
            if parts.contains(&Some(true)) {
                Some(true)
            } else {
                parts.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
            }
        }
        _ => None,
    }
}

fn of_item(item: &Ref<Item>) -> Option<&'static Known> {
    CONSOLE.kinds.iter().find(|known| known.items.contains(&item.text))
}

fn of_permission(permission: &Permission) -> Option<&'static Known> {
    let named = |known: &&Known| known.permissions.iter().any(|word| permission.name.contains(word.as_str()));
    CONSOLE.kinds.iter().find(named)
}

fn add(all: &mut Vec<Setting>, known: Option<&'static Known>, name: &str, purposes: &[String]) {
    let key = known.map(|known| known.key.as_str());
    let title = known.map_or(name, |known| &known.name);
    let at = all.iter().position(|setting| setting.key == key && setting.name == title).unwrap_or(all.len());
    if at == all.len() {
        all.push(Setting { key, name: title.to_owned(), purposes: Vec::new(), covers: Vec::new() });
    }
    let Some(setting) = all.get_mut(at) else { return };
    for purpose in purposes.iter().filter(|purpose| !purpose.is_empty()) {
        if !setting.purposes.contains(purpose) {
            setting.purposes.push(purpose.clone());
        }
    }
    if !setting.covers.iter().any(|known| known == name) {
        setting.covers.push(name.to_owned());
    }
}

fn settings_section(settings: &[Setting]) -> Section {
    let line = |setting: &Setting| {
        let key = setting.key.unwrap_or_default().to_owned();
        let covers = if setting.key.is_some() { list(setting.covers.clone()) } else { String::new() };
        (vec![key, setting.name.clone(), list(setting.purposes.clone()), covers], Marks::default())
    };
    let columns = ["privacy_key", "privacy_name", "privacy_text", "covers"];
    let table = Table::new(&columns, settings.iter().map(line).collect()).without_clauses();
    let blocks = vec![Block::Paragraph(prose("mini-program", "settings-lead", &[])), Block::Table(table)];
    Section::titled("s-settings", words("mini-program", "settings"), blocks)
}

fn sdks_section(say: Wording<'_>, sdks: &[&Sdk]) -> Section {
    let title = words("mini-program", "sdks");
    if sdks.is_empty() {
        return Section::titled("s-sdks", title, vec![Block::Paragraph(prose("mini-program", "no-sdks", &[]))]);
    }
    let line = |sdk: &&Sdk| {
        let cells = vec![tidy(&sdk.name), say.name(&sdk.recipient), tidy(&sdk.text), say.items_told(&sdk.items).text()];
        (cells, Marks::default())
    };
    let columns = ["sdk", "recipient", "text", "items"];
    section("s-sdks", title, Table::new(&columns, sdks.iter().map(line).collect()).without_clauses())
}

/// Electronic mail and telephone, as the text has them.
fn reached(say: Wording<'_>) -> (Option<String>, Option<String>) {
    let handler = &say.program.policy.handler;
    let by = |route: Route| handler.contacts.iter().find(|one| one.route.value == route).map(|one| tidy(&one.value));
    (told_text(&handler.email).said().or_else(|| by(Route::Email)), by(Route::Phone))
}

/// How people hear of changes: of all, else of major ones.
fn told_of_changes(say: Wording<'_>) -> Told {
    let update = &say.program.policy.update;
    let all = told_words(&update.notice);
    if all.is_silent() { told_words(&update.major_notice) } else { all }
}

fn owner_blocks(say: Wording<'_>) -> Vec<Block> {
    let (email, phone) = reached(say);
    let rights = list(RightKind::ALL.iter().map(|kind| label(*kind)));
    let silent = || crate::labels::phrase("silent", &[]);
    let facts = [
        ("email", Text::plain(email.unwrap_or_else(silent))),
        ("phone", Text::plain(phone.unwrap_or_else(silent))),
        ("notice", Text::from(&told_of_changes(say))),
        ("store", prose("mini-program", "store-text", &[])),
        ("rights", prose("mini-program", "rights-text", &[("rights", Text::plain(rights))])),
    ];
    vec![Block::Facts(facts.map(|(key, text)| (words("mini-program", key).to_owned(), text)).into())]
}

/// The body of `setprivacysetting`, for the version under development, beside the print of what it was made from.
fn data(say: Wording<'_>, settings: &[Setting], sdks: &[&Sdk], print: &Print) -> Value {
    let setting = |setting: &Setting| {
        let key = setting.key.unwrap_or(&setting.name);
        json!({ "privacy_key": key, "privacy_text": list(setting.purposes.clone()) })
    };
    let (email, phone) = reached(say);
    let mut owner =
        json!({ "notice_method": told_words(&say.program.policy.update.notice).said().unwrap_or_default() });
    for (key, value) in [("contact_email", email), ("contact_phone", phone)] {
        if let (Some(value), Some(owner)) = (value, owner.as_object_mut()) {
            owner.insert(key.to_owned(), Value::String(value));
        }
    }
    let sdk = |sdk: &&Sdk| {
        let items = sdk.items.said().into_iter().flatten().map(|item| {
            let key = of_item(item).map_or_else(|| say.name(item), |known| known.key.clone());
            json!({ "privacy_key": key, "privacy_text": tidy(&sdk.text) })
        });
        let items: Vec<Value> = items.collect();
        json!({ "sdk_name": tidy(&sdk.name), "sdk_biz_name": say.name(&sdk.recipient), "sdk_list": items })
    };
    let body = json!({
        "privacy_ver": 2,
        "owner_setting": owner,
        "setting_list": settings.iter().map(setting).collect::<Vec<_>>(),
        "sdk_privacy_info_list": sdks.iter().map(sdk).collect::<Vec<_>>(),
    });
    json!({ "print": print, "body": body })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::parse;

    #[test]
    fn the_console_has_each_key_once_and_knows_each_item_by_one() {
        let console = parse().expect("the file parses");
        let keys: BTreeSet<_> = console.kinds.iter().map(|known| &known.key).collect();
        assert_eq!(keys.len(), console.kinds.len());
        let items: Vec<_> = console.kinds.iter().flat_map(|known| &known.items).collect();
        assert_eq!(items.iter().collect::<BTreeSet<_>>().len(), items.len());
        assert!(console.kinds.iter().all(|known| !known.items.is_empty() || !known.permissions.is_empty()));
    }
}
