//! Random policies: an author who throws dice over the language itself, as its schema declares it.
//!
//! Each table, key and word that the language has is drawn because the schema has it: what joins the language joins the random
//! policies, and the test below fails when it does not. Written here is only what a schema cannot say: which elements there are
//! to be named, and what the compiler demands of an element as a whole ([`Author::mend`]).

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use model::field::{Mask, Validator};
use serde_json::Value as Json;
use shouyue_policy::compile::Tables;
use shouyue_policy::decide::{DO_NOT_TRACK, MASK_ON_DISPLAY};
use shouyue_policy::{File, schema};
use toml::{Table, Value};

use super::engine::read;

/// Throws that depend on the seed alone.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    pub(super) fn odds(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    pub(super) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())].clone()
    }

    /// One or more of a list, in its order.
    fn some<T: Clone>(&mut self, from: &[T], percent: usize) -> Vec<T> {
        let chosen: Vec<T> = from.iter().filter(|_| self.odds(percent)).cloned().collect();
        if chosen.is_empty() { vec![self.pick(from)] } else { chosen }
    }
}

static POLICY: LazyLock<Json> = LazyLock::new(|| schema(File::Policy));
static OPERATION: LazyLock<Json> = LazyLock::new(|| schema(File::Operation));

/// Items of the vocabulary that some rule knows: telephone, document, card, face, authenticator, gene, and plain ones.
const VOCABULARY: [&str; 9] =
    ["name", "phone", "id-number", "bank-card", "face-image", "password", "genetic-information", "email", "diagnosis"];

/// How many elements of a kind a policy has, at least and at most. A kind that is not named here has none or a few.
const COUNTS: [(&str, usize, usize); 23] = [
    ("channel", 0, 2),
    ("product", 0, 3),
    ("person", 2, 4),
    ("fact", 1, 4),
    ("purpose", 1, 3),
    ("source", 1, 2),
    ("record", 1, 2),
    ("permission", 0, 2),
    ("function", 2, 4),
    ("recipient", 2, 4),
    ("share", 1, 4),
    ("exception", 0, 4),
    ("right", 0, 4),
    ("clock", 1, 2),
    ("use", 0, 3),
    ("party", 2, 2),
    ("check", 0, 0),
    ("delivery", 0, 0),
    ("login", 0, 0),
    ("payment", 0, 0),
    ("service", 0, 0),
    ("cancel", 0, 0),
    ("questionnaire", 0, 0),
];

/// What no question asks of, with the keys that hold it: how a fact is checked, how one comes in, how one pays, what is asked
/// for or called off, what is sent where, whose people sit in a role, what fills in a form, and how an item is asked.
const UNASKED: [&str; 18] = [
    "Check.",
    "Login.",
    "Claim.",
    "Delivery.",
    "Payment.",
    "Service.",
    "Cancel.",
    "Questionnaire.",
    "Question.",
    "Operation.check",
    "Operation.login",
    "Operation.delivery",
    "Operation.payment",
    "Operation.service",
    "Operation.cancel",
    "Operation.questionnaire",
    "Role.party",
    "Mode.reads-text",
];

/// One random policy with its operation file.
struct Author {
    dice: Dice,
    root: &'static Json,
    /// Every kind with the ids of its elements.
    ids: Vec<(String, Vec<String>)>,
    /// How deep a condition may still go.
    depth: usize,
    first_right: usize,
    /// Whether what is written answers a request: only there may conditions look at the subject's records.
    request: bool,
}

impl Author {
    fn of(seed: u64) -> Self {
        let mut author =
            Self { dice: Dice(seed), root: &POLICY, ids: Vec::new(), depth: 2, first_right: 0, request: false };
        author.first_right = author.dice.roll(12);
        let kinds = [&*POLICY, &*OPERATION].map(|root| {
            properties(root, top(root)).filter(move |(_, about)| element(root, about).is_some()).map(|(kind, _)| kind)
        });
        for kind in kinds.into_iter().flatten() {
            let count = COUNTS.iter().find(|(known, ..)| known == kind);
            let (least, most) = count.map_or((0, 2), |(_, least, most)| (*least, *most));
            let count = least + author.dice.roll(most - least + 1);
            author.ids.push((kind.clone(), (0..count).map(|n| format!("{kind}-{n}")).collect()));
        }
        for known in author.dice.some(&VOCABULARY, 70) {
            author.list("item").push(known.to_owned());
        }
        author.list("fact")[0] = DO_NOT_TRACK.to_owned();
        author
    }

    fn list(&mut self, kind: &str) -> &mut Vec<String> {
        &mut self.ids.iter_mut().find(|(known, _)| known == kind).unwrap_or_else(|| panic!("no kind {kind}")).1
    }

    fn named(&self, kind: &str) -> &[String] {
        &self.ids.iter().find(|(known, _)| known == kind).unwrap_or_else(|| panic!("no kind {kind}")).1
    }

    /// A whole file.
    fn file(&mut self, root: &'static Json) -> String {
        self.root = root;
        let mut file = Table::new();
        for (key, about) in properties(root, top(root)) {
            if let Some(name) = element(root, about) {
                // What the vocabulary knows can be named without being declared.
                let own = |id: &&String| !VOCABULARY.contains(&id.as_str());
                let ids: Vec<String> = self.named(key).iter().filter(own).cloned().collect();
                let elements = ids.iter().zip(0..).map(|(id, place)| self.table(name, key, Some(id), place));
                // One that must name another, of which there is none, is not there either.
                let whole = |table: &Table| required(root, name).all(|key| table.contains_key(key));
                let elements: Vec<Value> = elements.filter(whole).map(Value::Table).collect();
                if !elements.is_empty() {
                    file.insert(key.clone(), Value::Array(elements));
                }
            } else {
                self.key(&mut file, top(root), key, about);
            }
        }
        self.mend(top(root), &mut file, 0);
        toml::to_string(&file).unwrap()
    }

    /// A table of the language, with each of its keys or without it.
    fn table(&mut self, name: &str, kind: &str, id: Option<&String>, place: usize) -> Table {
        self.request = matches!(name, "RightCase" | "Refusal");
        let mut table = Table::new();
        for (key, about) in properties(self.root, name) {
            match (key.as_str(), id) {
                ("id", Some(id)) => drop(table.insert("id".to_owned(), id.clone().into())),
                ("name", Some(id)) => drop(table.insert("name".to_owned(), id.clone().into())),
                _ => self.key(&mut table, name, key, about),
            }
        }
        if id.is_some() && kind == "item" {
            self.item(&mut table);
        }
        self.mend(name, &mut table, place);
        table
    }

    /// One key: required, or there more often than not; a slot is stated, stated as empty, or confirmed as silent.
    fn key(&mut self, table: &mut Table, name: &str, key: &str, about: &Json) {
        if matches!(key, "silent" | "language" | "platform") {
            return;
        }
        let required =
            definition(self.root, name)["required"].as_array().is_some_and(|keys| keys.iter().any(|one| one == key));
        let throw = self.dice.roll(100);
        let value = match slot(about) {
            Some(said) if throw < 65 => self.value(said),
            Some(_) if throw < 72 => Some("nothing".into()),
            Some(_) if throw < 95 => {
                let silent = table.entry("silent").or_insert_with(|| Value::Array(Vec::new()));
                silent.as_array_mut().unwrap().push(key.into());
                None
            }
            None if required || throw < 60 => self.value(about),
            _ => None,
        };
        if let Some(value) = value {
            table.insert(key.to_owned(), value);
        }
    }

    /// A value of a shape; none where it would name an element of which there is none.
    fn value(&mut self, about: &Json) -> Option<Value> {
        if let Some(list) = about["anyOf"].as_array() {
            // A list, or one value in its place.
            let one = &list[usize::from(self.dice.odds(20))];
            return self.value(one);
        }
        if let Some(name) = about["$ref"].as_str() {
            let name = name.trim_start_matches("#/$defs/");
            return Some(Value::Table(if name == "Condition" {
                self.condition()?
            } else {
                self.table(name, "", None, 0)
            }));
        }
        if let Some(kind) = about["$comment"].as_str() {
            let ids = self.named(kind.trim_matches(['[', ']'])).to_vec();
            return (!ids.is_empty()).then(|| self.dice.pick(&ids).into());
        }
        if let Some(words) = about["enum"].as_array() {
            return Some(self.dice.pick(words).as_str().unwrap().into());
        }
        Some(match about["type"].as_str().unwrap() {
            "boolean" => self.dice.odds(50).into(),
            "integer" => self.dice.pick(&[1_i64, 2, 12, 14, 18, 60]).into(),
            "array" => return self.many(&about["items"]),
            _ if about["format"] == "date" => {
                Value::Datetime(self.dice.pick(&["2020-01-01", "2024-01-01"]).parse().unwrap())
            }
            _ => self.dice.pick(&["x", "y"]).into(),
        })
    }

    fn many(&mut self, about: &Json) -> Option<Value> {
        let all: Option<Vec<Value>> = match (about["$comment"].as_str(), about["enum"].as_array()) {
            (Some(kind), _) => {
                Some(self.named(kind.trim_matches(['[', ']'])).iter().map(|id| id.clone().into()).collect())
            }
            (_, Some(words)) => Some(words.iter().map(|word| word.as_str().unwrap().into()).collect()),
            _ => None,
        };
        match all {
            Some(all) if all.is_empty() => None,
            Some(all) => Some(Value::Array(self.dice.some(&all, if all.len() > 4 { 40 } else { 60 }))),
            None => {
                let count = 1 + self.dice.roll(2);
                Some(Value::Array((0..count).filter_map(|_| self.value(about)).collect()))
            }
        }
    }

    /// A condition is a table of exactly one key.
    fn condition(&mut self) -> Option<Table> {
        let keys: Vec<(&String, &Json)> = properties(self.root, "Condition").collect();
        loop {
            let (key, about) = self.dice.pick(&keys);
            let joins = matches!(key.as_str(), "all" | "any" | "not");
            let records = matches!(key.as_str(), "in-force" | "open-claim");
            if joins && self.depth == 0 || records && !self.request {
                continue;
            }
            let value = if key == "same-person" {
                let persons = self.named("person").to_vec();
                let first = self.dice.roll(persons.len());
                let second = (first + 1 + self.dice.roll(persons.len() - 1)) % persons.len();
                Some(Value::Array([first, second].map(|place| persons[place].clone().into()).to_vec()))
            } else {
                self.depth -= usize::from(joins);
                let value = self.value(about);
                self.depth += usize::from(joins);
                value
            };
            if let Some(value) = value {
                return Some(Table::from_iter([(key.clone(), value)]));
            }
        }
    }

    /// An item of one's own, or a published name of the vocabulary's.
    fn item(&mut self, table: &mut Table) {
        if self.dice.odds(25) {
            let names = ["as", "aliases", "clause", "id", "name"];
            table.retain(|key, _| names.contains(&key));
            table.insert("as".to_owned(), self.dice.pick(&["home-address", "birth-date"]).into());
        } else {
            table.remove("as");
            table.entry("category").or_insert("other".into());
        }
        table.remove("aliases").filter(|_| self.dice.odds(50)).map(|_| {
            let alias = format!("{} too", table["id"].as_str().unwrap());
            table.insert("aliases".to_owned(), Value::Array(vec![alias.into()]))
        });
    }
}

/// What the compiler demands of an element beyond the shape of its keys.
impl Author {
    fn mend(&mut self, name: &str, table: &mut Table, place: usize) {
        match name {
            "Policy" => {
                table.insert("language".to_owned(), 1.into());
                // Where the text says that there is no ground of refusal, it lists none.
                if table.get("refusal-list").and_then(Value::as_str) == Some("nothing") {
                    table.remove("refusal");
                }
            }
            // An outside party's people do nothing that a question asks about.
            "Role" => drop(table.remove("party")),
            "Header" => drop(table.insert("platform".to_owned(), "fuhe".into())),
            "Collect" => self.collect(table),
            "Person" => {
                // Organisations come last, and a person stands for one of them or for nobody.
                let organisation = place > 1;
                table.insert("kind".to_owned(), if organisation { "organisation" } else { "natural" }.into());
                table.remove("of");
                let persons = self.named("person").to_vec();
                if !organisation && persons.len() > 2 && self.dice.odds(30) {
                    table.insert("of".to_owned(), persons[2].clone().into());
                }
            }
            "Purpose" if place == 0 && self.dice.odds(40) => {
                let underwriting = self.dice.pick(&UNDERWRITING);
                table.insert("name".to_owned(), underwriting.into());
            }
            "Source" if table.get("beyond").is_some_and(|beyond| beyond.as_str() != Some("nothing")) => {
                drop(table.insert("within".to_owned(), self.pick("fact")));
            }
            "Exception" => {
                let acts = self.dice.some(&["collect", "use", "share", "disclose", "market"], 40);
                table.entry("acts").or_insert_with(|| acts.into());
                table.insert("number".to_owned(), i64::try_from(place + 1).unwrap().into());
            }
            "Share" => {
                let act = self.dice.pick(&WAYS_OUT);
                table.insert("act".to_owned(), act.into());
            }
            "Promise" if self.dice.odds(40) => {
                table.insert("control".to_owned(), MASK_ON_DISPLAY.into());
                if let Some(silent) = table.get_mut("silent").and_then(Value::as_array_mut) {
                    silent.retain(|slot| slot.as_str() != Some("control"));
                }
            }
            "Right" => drop(table.insert("kind".to_owned(), self.right(place))),
            "Mode" => {
                table.insert("id".to_owned(), format!("mode-{}", self.dice.roll(1_000_000)).into());
                // No question asks about what fills in a form.
                table.remove("reads-text");
            }
            "Item" => {
                self.closed(table, "validator", &ids(Validator::ALL, Validator::id));
                self.closed(table, "mask", &ids(Mask::ALL, Mask::id));
            }
            _ => self.mend_choice(name, table, place),
        }
    }

    /// The same for the operation file.
    fn mend_choice(&mut self, name: &str, table: &mut Table, place: usize) {
        match name {
            "Operation" => {
                table.insert("language".to_owned(), 1.into());
                table.insert("platform".to_owned(), "fuhe".into());
            }
            "MaskChoice" => self.closed(table, "mask", &ids(Mask::ALL, Mask::id)),
            "Party" => drop(table.insert("recipient".to_owned(), self.named("recipient")[place].clone().into())),
            "Suspension" => {
                let other = if table.contains_key("party") { "recipient" } else { "party" };
                table.remove(other);
                if !table.contains_key("party") {
                    let whom = self.pick("recipient");
                    table.insert("recipient".to_owned(), whom);
                }
            }
            "Enforcement" => {
                let others = ["tracker", "use", "share", "disclose"].map(|kind| self.named(kind).to_vec()).concat();
                let element = if place == 0 { self.pick("function") } else { self.dice.pick(&others).into() };
                table.insert("element".to_owned(), element);
                table.insert("by".to_owned(), "policy".into());
            }
            "Assessment" => {
                let activity = self.pick("function");
                table.insert("activities".to_owned(), activity);
            }
            "Acknowledge" => drop(table.insert("code".to_owned(), self.dice.pick(&["R4", "L0201", "T07"]).into())),
            "ExportRoute" => {
                // On both sides of what the law gives a route.
                for (key, numbers) in [("persons", [1, 200_000, 2_000_000]), ("sensitive", [0, 1, 20_000])] {
                    table.insert(key.to_owned(), self.dice.pick::<i64>(&numbers).into());
                }
            }
            "Switches" => {
                let standard = self.dice.pick(&["strictest", "pipl-28", "gbt-35273"]);
                table.insert("sensitivity".to_owned(), standard.into());
            }
            _ => {}
        }
    }

    fn collect(&mut self, table: &mut Table) {
        let items = self.named("item").to_vec();
        let items: Vec<Value> = self.dice.some(&items, 40).into_iter().map(Value::from).collect();
        table.entry("items").or_insert(Value::Array(items));
        if table.get("need").and_then(Value::as_str) == Some("conditional")
            && let Some(when) = self.condition()
        {
            table.entry("when").or_insert(Value::Table(when));
        }
        if table.get("trigger").and_then(Value::as_str) == Some("source") {
            let source = self.pick("source");
            table.entry("source").or_insert(source);
        }
    }

    /// Each right stands once, and which ones stand is another matter in each policy.
    fn right(&self, place: usize) -> Value {
        let kinds = definition(&POLICY, "Right")["properties"]["kind"]["enum"].as_array().unwrap();
        kinds[(self.first_right + place) % kinds.len()].as_str().unwrap().into()
    }

    fn pick(&mut self, kind: &str) -> Value {
        let ids = self.named(kind).to_vec();
        self.dice.pick(&ids).into()
    }

    /// A word of a list that the schema does not know.
    fn closed(&mut self, table: &mut Table, key: &str, words: &[&str]) {
        if table.contains_key(key) {
            table.insert(key.to_owned(), self.dice.pick(words).into());
        }
    }
}

/// Names of purposes by which the law knows underwriting.
const UNDERWRITING: [&str; 2] = ["核保", "核保评估"];

/// The actions that are ways out to a recipient.
const WAYS_OUT: [&str; 4] = ["share", "entrust", "transfer", "export"];

fn ids<T: Copy>(all: &[T], id: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| id(*one)).collect()
}

/// The name of a file's own table.
fn top(root: &Json) -> &str {
    root["$ref"].as_str().unwrap().trim_start_matches("#/$defs/")
}

fn definition<'j>(root: &'j Json, name: &str) -> &'j Json {
    &root["$defs"][name]
}

fn properties<'j>(root: &'j Json, name: &str) -> impl Iterator<Item = (&'j String, &'j Json)> {
    definition(root, name)["properties"].as_object().unwrap().iter()
}

/// The table of the elements that stand under a key of a file, if they do.
fn element<'j>(root: &'j Json, about: &'j Json) -> Option<&'j str> {
    let name = about["anyOf"][1]["$ref"].as_str()?.trim_start_matches("#/$defs/");
    required(root, name).next().map(|_| name)
}

/// The keys that a table must have.
fn required<'j>(root: &'j Json, name: &str) -> impl Iterator<Item = &'j str> {
    definition(root, name)["required"].as_array().into_iter().flatten().filter_map(Json::as_str)
}

/// What a slot says where it says something: a slot can be stated as empty.
fn slot(about: &Json) -> Option<&Json> {
    let list = about["anyOf"].as_array()?;
    (list.last()?["const"] == "nothing").then(|| &list[0])
}

/// A random policy and its operation file.
fn random_texts(seed: u64) -> (String, String) {
    let mut author = Author::of(seed);
    (author.file(&POLICY), author.file(&OPERATION))
}

/// The tables of a random policy. One in thousands demands more of a function than a row holds, which is refused by that
/// name: then another is written in its place.
pub(super) fn random_tables(seed: u64) -> Arc<Tables> {
    let (policy, operation) = random_texts(seed);
    match read(&policy, &operation) {
        Err(errors) if errors.iter().all(|error| error.starts_with("L0513 ")) => {
            random_tables(seed.wrapping_add(1 << 40))
        }
        tables => tables.unwrap(),
    }
}

/// Every `Table.key` that a file can hold, with each way to fill it: its words, true and false, and what a slot may be.
fn demanded(root: &Json) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for name in root["$defs"].as_object().unwrap().keys() {
        for (key, about) in properties(root, name).filter(|(key, _)| *key != "silent") {
            let at = format!("{name}.{key}");
            if slot(about).is_some() {
                all.extend(["nothing", "silent"].map(|way| format!("{at} = {way}")));
            }
            ways(slot(about).unwrap_or(about), &at, &mut all);
        }
    }
    all
}

fn ways(about: &Json, at: &str, to: &mut BTreeSet<String>) {
    if let Some(list) = about["anyOf"].as_array() {
        return ways(&list[1], at, to);
    }
    match (about["enum"].as_array(), about["type"].as_str()) {
        (Some(words), _) => to.extend(words.iter().map(|word| format!("{at} = {}", word.as_str().unwrap()))),
        (_, Some("boolean")) => to.extend([true, false].map(|value| format!("{at} = {value}"))),
        _ => drop(to.insert(at.to_owned())),
    }
}

/// Takes out of `open` what a file holds.
fn strike(root: &Json, name: &str, table: &Table, open: &mut BTreeSet<String>) {
    for (key, value) in table {
        let about = &definition(root, name)["properties"][key];
        if key == "silent" {
            for slot in value.as_array().unwrap() {
                open.remove(&format!("{name}.{} = silent", slot.as_str().unwrap()));
            }
            continue;
        }
        open.remove(&format!("{name}.{key}"));
        let about = slot(about).unwrap_or(about);
        let one = about["anyOf"].as_array().map_or(about, |list| &list[1]);
        let inner = one["$ref"].as_str().or_else(|| one["items"]["$ref"].as_str());
        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            match (value, inner) {
                (Value::Table(table), Some(inner)) => {
                    strike(root, inner.trim_start_matches("#/$defs/"), table, open);
                }
                (Value::String(word), _) => drop(open.remove(&format!("{name}.{key} = {word}"))),
                (value, _) => drop(open.remove(&format!("{name}.{key} = {value}"))),
            }
        }
    }
}

/// What the shape of a key allows and the compiler refuses: `Table.key` with the words that are left.
const REFUSED: [(&str, &[&str]); 1] = [("Share.act", &WAYS_OUT)];

#[test]
fn the_author_knows_the_whole_language() {
    for (root, of) in [(&*POLICY, 0), (&*OPERATION, 1)] {
        let mut open = demanded(root);
        for (at, left) in REFUSED {
            open.retain(|way| !way.starts_with(at) || left.iter().any(|word| way.ends_with(&format!(" = {word}"))));
        }
        open.retain(|way| !UNASKED.iter().any(|table| way.starts_with(table)));
        for seed in 0..400 {
            let (policy, operation) = random_texts(seed);
            strike(root, top(root), &[policy, operation][of].parse().unwrap(), &mut open);
        }
        assert!(open.is_empty(), "never drawn: {open:#?}");
    }
}
