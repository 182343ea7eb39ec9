//! What kind of change an edit is, and whether more is done with personal information after it, or less.

use serde_json::Value;

use super::edit::Leaf;
use crate::syntax::Change;
use crate::syntax::declare::words;

words! {
    /// What changes about a text, the gravest first (PIPL art. 14, 17, 22, 23).
    Kind {
        /// What items are processed for.
        Purpose = "purpose",
        /// Which items, and whose.
        Items = "items",
        /// How they are processed.
        Manner = "manner",
        /// Who receives them.
        Recipients = "recipients",
        /// Rights of the subject become fewer.
        RightsCut = "rights-cut",
        /// Rights of the subject, and how they are exercised.
        Rights = "rights",
        /// Who the handler is.
        Ownership = "ownership",
        /// How the handler is reached.
        Contact = "contact",
        /// How long items are kept.
        Period = "period",
        /// How items are protected, and where they lie.
        Protection = "protection",
        /// Words, numbers of clauses and dates alone.
        Wording = "wording",
    }

    /// Which way a change goes, as the person sees it.
    Way {
        /// More may be done than before, or less may be asked.
        Wider = "wider",
        /// Less may be done, or more may be asked.
        Narrower = "narrower",
        /// Neither.
        Even = "even",
    }
}

impl Kind {
    /// Whether the scopes of consents show it, by how far they reach: what items are processed, for what, how and by whom. Rights,
    /// the handler, its contact and periods stand in no scope.
    pub const fn is_in_scopes(self) -> bool {
        matches!(self, Self::Purpose | Self::Items | Self::Manner | Self::Recipients)
    }

    /// What the updates section of a text calls it. The first is what it is; the model of a service is its purposes, items
    /// and manner of use.
    pub const fn changes(self) -> &'static [Change] {
        match self {
            Self::Purpose => &[Change::Purpose, Change::ServiceModel],
            Self::Items => &[Change::Items, Change::ServiceModel],
            Self::Manner => &[Change::Manner, Change::ServiceModel],
            Self::Recipients => &[Change::Recipients],
            Self::RightsCut => &[Change::RightsCut, Change::Rights],
            Self::Rights => &[Change::Rights],
            Self::Ownership => &[Change::Ownership],
            Self::Contact => &[Change::Contact],
            Self::Period | Self::Protection | Self::Wording => &[Change::Other],
        }
    }
}

/// Keys that name or number, and oblige nobody.
const WORDING: [&str; 5] = ["clause", "name", "number", "aliases", "announced"];
/// Lists in which none named means every one: the first member narrows, the last one taken out widens. So do conditions.
const ALL_IF_NONE: [&str; 7] = ["channels", "products", "functions", "when", "article-when", "classes", "ground"];
/// Keys of a right, or of a promise, by which it is less.
const CUTS: [&str; 9] =
    ["block", "ground", "excludes", "excludes-functions", "fee", "identity", "laws", "hedge", "every-months"];
/// Keys of which more is better for the person.
const PROTECTS: [&str; 20] = [
    "limits",
    "opt-out",
    "routes",
    "delegate",
    "document",
    "masked",
    "limited",
    "consent",
    "sensitive-consent",
    "sensitive",
    "beyond",
    "exit",
    "contract",
    "guardian",
    "dedicated",
    "off-withdraws",
    "switch",
    "shortest",
    "refusal",
    "article",
];
/// Words of a slot from the freest for the handler to the strictest.
const STRICTER: [&[&str]; 4] = [
    &["general", "separate", "written"],
    &["clear", "masked", "pseudonymous", "de-identified", "anonymised", "aggregate"],
    &["required", "conditional", "optional"],
    &["open", "closed"],
];

/// Units of a time of keeping, the shorter first.
const UNITS: [&str; 5] = ["hours", "days", "working-days", "months", "years"];

/// The kind and the way of one difference in a policy file; `table` is the key of the table that it is in.
pub(super) fn of(leaf: &Leaf<'_>) -> (Kind, Way) {
    let path: Vec<&str> = leaf.path.iter().map(String::as_str).collect();
    let (Some(table), Some(key)) = (path.first().copied(), path.last().copied()) else {
        return (Kind::Wording, Way::Even);
    };
    let kind = kind(table, &path);
    let way = if matches!(kind, Kind::Wording | Kind::Contact) { Way::Even } else { way(leaf, table, key) };
    match (kind, way) {
        (Kind::Rights, Way::Wider) => (Kind::RightsCut, way),
        both => both,
    }
}

fn kind(table: &str, path: &[&str]) -> Kind {
    let has = |key: &str| path.iter().skip(1).any(|step| *step == key);
    let last = path.last().copied().unwrap_or_default();
    let names = WORDING.contains(&last) && path.len() > 1;
    match table {
        "handler" => match last {
            "aliases" | "clause" => Kind::Wording,
            "name" | "kind" if path.len() == 2 => Kind::Ownership,
            "affiliates" => Kind::Recipients,
            _ => Kind::Contact,
        },
        // Of an item, a fact, a recipient and a source the name is all that the text says.
        "item" if last != "clause" => Kind::Items,
        "fact" => Kind::Manner,
        "recipient" if last == "contact" => Kind::Contact,
        "recipient" | "sdk" if last == "name" => Kind::Recipients,
        "source" if last == "name" => Kind::Manner,
        _ if names => Kind::Wording,
        // What a reader notes of the printed text: its numbers, what it refers to, how often it says something.
        "policy" | "language" | "statement" | "document" => Kind::Wording,
        "person" => Kind::Items,
        "purpose" => Kind::Purpose,
        "record" => {
            if has("hold") {
                Kind::Items
            } else {
                Kind::Period
            }
        }
        "function" => function(path),
        "use" | "share" | "disclose" | "tracker" => outward(table, path),
        "permission" => {
            if has("items") {
                Kind::Items
            } else {
                Kind::Manner
            }
        }
        "recipient" | "sdk" | "export" => Kind::Recipients,
        "promise" => Kind::Protection,
        "storage" => {
            if has("end-of-service") || has("backups") || has("end-notice") {
                Kind::Period
            } else {
                Kind::Protection
            }
        }
        "retention" => Kind::Period,
        "clock" | "right" | "refusal" | "refusal-list" | "update" | "do-not-track" => Kind::Rights,
        _ => Kind::Manner,
    }
}

fn function(path: &[&str]) -> Kind {
    let has = |key: &str| path.iter().skip(1).any(|step| *step == key);
    if has("purposes") {
        Kind::Purpose
    } else if has("opt-out") {
        Kind::Rights
    } else if has("items") || has("open") || matches!(path, [_, _, "collect" | "reads", ..]) && path.len() <= 4 {
        Kind::Items
    } else if path.len() <= 2 {
        Kind::Purpose
    } else {
        Kind::Manner
    }
}

fn outward(table: &str, path: &[&str]) -> Kind {
    let has = |key: &str| path.iter().skip(1).any(|step| *step == key);
    if has("items") || has("of") || has("records") {
        Kind::Items
    } else if has("purpose") {
        Kind::Purpose
    } else if has("opt-out") || has("refusal") {
        Kind::Rights
    } else if has("recipient") || table != "use" && table != "tracker" && path.len() <= 2 {
        Kind::Recipients
    } else if path.len() <= 2 {
        Kind::Purpose
    } else {
        Kind::Manner
    }
}

fn way(leaf: &Leaf<'_>, table: &str, key: &str) -> Way {
    let more = |more: bool| if more { Way::Wider } else { Way::Narrower };
    let has = |keys: &[&str]| leaf.path.iter().skip(1).any(|step| keys.contains(&step.as_str()));
    // Whether more of it is better for the person.
    let protects = match table {
        "right" | "promise" => !has(&CUTS),
        "do-not-track" | "minors" | "update" => true,
        "storage" | "retention" if !has(&["shortest", "end-notice"]) => return kept(leaf, key),
        "clock" if leaf.path.len() <= 2 => return Way::Even,
        _ => PROTECTS.contains(&key) && leaf.path.len() > 2,
    };
    let listed = match table {
        "use" => key == "items",
        "function" => key == "items" && has(&["reads"]),
        _ => false,
    };
    let all_if_none = !leaf.member && (ALL_IF_NONE.contains(&key) || listed);
    let turned = protects != all_if_none;
    let is_no = |value: &Value| *said(value) == Value::Bool(false) || is_nothing(value);
    match (leaf.was, leaf.now) {
        (None, Some(now)) => more(is_no(now) == turned),
        (Some(was), None) => more(is_no(was) != turned),
        (Some(was), Some(now)) => changed(was, now, turned),
        (None, None) => Way::Even,
    }
}

/// Which way a place or a time of keeping goes: longer, and elsewhere, is more.
fn kept(leaf: &Leaf<'_>, key: &str) -> Way {
    let Some((was, now)) = leaf.was.zip(leaf.now) else { return Way::Even };
    let place = |value: &Value| UNITS.iter().position(|unit| Some(*unit) == said(value).as_str());
    let numbers = said(was).as_u64().zip(said(now).as_u64());
    match numbers.map(|(was, now)| was.cmp(&now)).or_else(|| Some(place(was)?.cmp(&place(now)?))) {
        Some(order) if order.is_lt() => Way::Wider,
        Some(order) if order.is_gt() => Way::Narrower,
        _ if key == "place" => Way::Wider,
        _ => Way::Even,
    }
}

/// Which way something said goes; what cannot be compared is taken for more.
fn changed(was: &Value, now: &Value, turned: bool) -> Way {
    let more = |more: bool| if more { Way::Wider } else { Way::Narrower };
    if is_nothing(was) != is_nothing(now) {
        return more(is_nothing(was) != turned);
    }
    let (was, now) = (said(was), said(now));
    if let (Some(_), Some(now)) = (was.as_bool(), now.as_bool()) {
        return more(now != turned);
    }
    if let (Some(was), Some(now)) = (was.as_u64(), now.as_u64()) {
        return more((now > was) != turned);
    }
    let rank = |words: &[&str], word: &Value| words.iter().position(|one| Some(*one) == word.as_str());
    let ranks = STRICTER.iter().find_map(|words| Some((rank(words, was)?, rank(words, now)?)));
    ranks.map_or(Way::Wider, |(was, now)| more(now < was))
}

/// What a slot says, without that it says it.
fn said(value: &Value) -> &Value {
    value.get("said").unwrap_or(value)
}

/// Whether a slot says that there is none.
fn is_nothing(value: &Value) -> bool {
    value.as_str() == Some("nothing")
}
