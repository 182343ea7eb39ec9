//! Shapes: one declaration gives a table's Rust type, its parser with recovery, and its JSON Schema.

use std::marker::PhantomData;

use jiff::civil::Date;
use model::Slug;
use serde_json::{Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::{Finding, Severity, Source, Span};

/// A value and where it stands. Equality is that of the value: two files that say the same are the same.
#[derive(Debug, Clone)]
pub struct At<T> {
    /// What is said.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> At<T> {
    /// A value that stands in no file.
    pub const fn made(value: T) -> Self {
        Self { value, span: Span { start: 0, end: 0 } }
    }
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> std::ops::Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A slot in which silence has a meaning (design invariant 6).
#[derive(Debug, Clone, PartialEq)]
pub enum Stated<T> {
    /// The text says it.
    Said(At<T>),
    /// The text says that there is none: `"nothing"` or `[]`.
    Nothing(Span),
    /// The text is silent; `confirmed` when a reader listed the slot under `silent`.
    NotStated {
        /// Whether `silent` lists the slot.
        confirmed: bool,
    },
}

impl<T> Stated<T> {
    /// What is said, if anything is.
    pub const fn said(&self) -> Option<&T> {
        match self {
            Self::Said(at) => Some(&at.value),
            Self::Nothing(_) | Self::NotStated { .. } => None,
        }
    }

    /// Whether the text is silent.
    pub const fn is_silent(&self) -> bool {
        matches!(self, Self::NotStated { .. })
    }
}

/// What kind of element a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is the table of that name")]
pub enum Kind {
    Alternative,
    Channel,
    Clock,
    Disclosure,
    Exception,
    Fact,
    Function,
    Item,
    Party,
    Permission,
    Person,
    Product,
    Promise,
    Purpose,
    Recipient,
    Record,
    Refusal,
    Retention,
    Right,
    Role,
    Sdk,
    Share,
    Statement,
    Tracker,
    Use,
}

impl Kind {
    /// The key of the table in a file, for messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Alternative => "alternative",
            Self::Channel => "channel",
            Self::Clock => "clock",
            Self::Disclosure => "disclose",
            Self::Exception => "exception",
            Self::Fact => "fact",
            Self::Function => "function",
            Self::Item => "item",
            Self::Party => "party",
            Self::Permission => "permission",
            Self::Person => "person",
            Self::Product => "product",
            Self::Promise => "promise",
            Self::Purpose => "purpose",
            Self::Recipient => "recipient",
            Self::Record => "record",
            Self::Refusal => "refusal",
            Self::Retention => "retention",
            Self::Right => "right",
            Self::Role => "role",
            Self::Sdk => "sdk",
            Self::Share => "share",
            Self::Statement => "statement",
            Self::Tracker => "tracker",
            Self::Use => "use",
        }
    }
}

/// Names one kind of element in the type of a [`Ref`].
pub trait Name: std::fmt::Debug + Clone + PartialEq {
    /// The kind.
    const KIND: Kind;
}

/// A reference to an element: by id, by published Chinese name or by clause. Resolving replaces `text` by the id.
#[derive(Debug, Clone)]
pub struct Ref<N: Name> {
    /// As written; after resolving, the id.
    pub text: String,
    /// Where.
    pub span: Span,
    name: PhantomData<N>,
}

impl<N: Name> Ref<N> {
    /// A reference to `text`.
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span, name: PhantomData }
    }
}

impl<N: Name> PartialEq for Ref<N> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// Collects findings while one source is read.
pub struct Reader<'s> {
    source: &'s Source,
    findings: Vec<Finding>,
}

/// A value as it stands in the file.
pub type Node<'n> = &'n Spanned<DeValue<'n>>;

impl<'s> Reader<'s> {
    /// Reports at `span`.
    pub fn report(&mut self, code: &'static str, span: Span, message: String, label: &str, mend: Option<String>) {
        let severity = if code.starts_with("L02") { Severity::Warning } else { Severity::Error };
        let mut finding = Finding::new(code, severity, message).at(self.source, span, label);
        finding.mend = mend;
        self.findings.push(finding);
    }

    fn expected(&mut self, node: Node<'_>, what: &str) {
        let found = node.get_ref().type_str();
        self.report("L0103", node.span().into(), format!("expected {what}, found {found}"), what, None);
    }
}

/// Something that can be read from a TOML value and described by a JSON Schema.
pub trait Shape: Sized {
    /// Reads the value; `None` after a finding.
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self>;

    /// The value when its key is absent; `None` makes the key required.
    fn absent(_silent: bool) -> Option<Self> {
        None
    }

    /// Whether `silent` may list the key.
    const SLOT: bool = false;

    /// JSON Schema of the value; named tables put themselves into `defs`.
    fn schema(defs: &mut serde_json::Map<String, Value>) -> Value;

    /// What is said, without layout: lists in one order, nothing for what is absent. Ground of the fingerprint.
    fn facts(&self) -> Value;

    /// Shows every reference inside to `visit`, which may replace its text.
    fn each_ref(&mut self, _visit: &mut dyn FnMut(Kind, &mut String, Span)) {}
}

impl Shape for String {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        let text = node.get_ref().as_str();
        if text.is_none() {
            to.expected(node, "a text");
        }
        text.map(str::to_owned)
    }

    fn facts(&self) -> Value {
        json!(self)
    }

    fn schema(_: &mut serde_json::Map<String, Value>) -> Value {
        json!({"type": "string"})
    }
}

impl Shape for bool {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        let value = node.get_ref().as_bool();
        if value.is_none() {
            to.expected(node, "true or false");
        }
        value
    }

    fn facts(&self) -> Value {
        json!(self)
    }

    fn schema(_: &mut serde_json::Map<String, Value>) -> Value {
        json!({"type": "boolean"})
    }
}

impl Shape for u32 {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        let value = node.get_ref().as_integer().and_then(|n| Self::from_str_radix(n.as_str(), n.radix()).ok());
        if value.is_none() {
            to.expected(node, "a whole number, not negative");
        }
        value
    }

    fn facts(&self) -> Value {
        json!(self)
    }

    fn schema(_: &mut serde_json::Map<String, Value>) -> Value {
        json!({"type": "integer", "minimum": 0})
    }
}

impl Shape for Date {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        let value = node.get_ref().as_datetime().and_then(|date| date.to_string().parse().ok());
        if value.is_none() {
            to.expected(node, "a date such as 2026-01-31");
        }
        value
    }

    fn facts(&self) -> Value {
        json!(self.to_string())
    }

    fn schema(_: &mut serde_json::Map<String, Value>) -> Value {
        json!({"type": "string", "format": "date"})
    }
}

impl Shape for Slug {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        let text = String::read(node, to)?;
        match text.parse() {
            Ok(slug) => Some(slug),
            Err(why) => {
                to.report("L0104", node.span().into(), format!("`{text}` is no id: {why}"), "not an id", None);
                None
            }
        }
    }

    fn facts(&self) -> Value {
        json!(self.as_str())
    }

    fn schema(_: &mut serde_json::Map<String, Value>) -> Value {
        json!({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64})
    }
}

impl<T: Shape> Shape for At<T> {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        T::read(node, to).map(|value| Self { value, span: node.span().into() })
    }

    fn facts(&self) -> Value {
        self.value.facts()
    }

    fn schema(defs: &mut serde_json::Map<String, Value>) -> Value {
        T::schema(defs)
    }

    fn each_ref(&mut self, visit: &mut dyn FnMut(Kind, &mut String, Span)) {
        self.value.each_ref(visit);
    }
}

impl<T: Shape> Shape for Option<T> {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        T::read(node, to).map(Some)
    }

    fn absent(_: bool) -> Option<Self> {
        Some(None)
    }

    fn facts(&self) -> Value {
        self.as_ref().map_or(Value::Null, Shape::facts)
    }

    fn schema(defs: &mut serde_json::Map<String, Value>) -> Value {
        T::schema(defs)
    }

    fn each_ref(&mut self, visit: &mut dyn FnMut(Kind, &mut String, Span)) {
        if let Some(inner) = self {
            inner.each_ref(visit);
        }
    }
}

/// A list; one value may stand for a list of one, an absent key for an empty list.
impl<T: Shape> Shape for Vec<T> {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        match node.get_ref() {
            DeValue::Array(values) => Some(values.iter().filter_map(|value| T::read(value, to)).collect()),
            _ => T::read(node, to).map(|one| vec![one]),
        }
    }

    fn absent(_: bool) -> Option<Self> {
        Some(Self::new())
    }

    fn facts(&self) -> Value {
        super::facts::set(self.iter().map(Shape::facts))
    }

    fn schema(defs: &mut serde_json::Map<String, Value>) -> Value {
        let one = T::schema(defs);
        json!({"anyOf": [{"type": "array", "items": one}, one]})
    }

    fn each_ref(&mut self, visit: &mut dyn FnMut(Kind, &mut String, Span)) {
        self.iter_mut().for_each(|one| one.each_ref(visit));
    }
}

impl<T: Shape> Shape for Stated<T> {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        let none = match node.get_ref() {
            DeValue::String(text) => text == "nothing",
            DeValue::Array(values) => values.is_empty(),
            _ => false,
        };
        if none { Some(Self::Nothing(node.span().into())) } else { At::read(node, to).map(Self::Said) }
    }

    fn absent(silent: bool) -> Option<Self> {
        Some(Self::NotStated { confirmed: silent })
    }

    const SLOT: bool = true;

    fn facts(&self) -> Value {
        match self {
            Self::Said(at) => json!({"said": at.facts()}),
            Self::Nothing(_) => json!("nothing"),
            Self::NotStated { .. } => Value::Null,
        }
    }

    fn schema(defs: &mut serde_json::Map<String, Value>) -> Value {
        let said = T::schema(defs);
        json!({"anyOf": [said, {"const": "nothing"}]})
    }

    fn each_ref(&mut self, visit: &mut dyn FnMut(Kind, &mut String, Span)) {
        if let Self::Said(at) = self {
            at.each_ref(visit);
        }
    }
}

impl<N: Name> Shape for Ref<N> {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        String::read(node, to).map(|text| Self::new(text, node.span().into()))
    }

    fn facts(&self) -> Value {
        json!(self.text)
    }

    fn schema(_: &mut serde_json::Map<String, Value>) -> Value {
        json!({"type": "string", "description": format!("id, published name or clause of one {:?}", N::KIND).to_lowercase()})
    }

    fn each_ref(&mut self, visit: &mut dyn FnMut(Kind, &mut String, Span)) {
        visit(N::KIND, &mut self.text, self.span);
    }
}

/// Reads one whole source as the table `T`. Everything that could not be read is a finding; `None` only when
/// something required is missing.
pub fn read<T: Shape>(source: &Source) -> (Option<T>, Vec<Finding>) {
    let mut to = Reader { source, findings: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors {
        let span = error.span().unwrap_or_default();
        to.report("L0101", span.into(), format!("not TOML: {}", error.message()), "", None);
    }
    let span = table.span();
    let root = Spanned::new(span, DeValue::Table(table.into_inner()));
    let value = T::read(&root, &mut to);
    (value, to.findings)
}

/// Walks the keys of one table: what is known, what is missing, what nobody asked for.
pub(super) struct Keys<'n, 'r, 's> {
    table: &'n DeTable<'n>,
    whole: Span,
    taken: Vec<&'static str>,
    slots: Vec<&'static str>,
    silent: Vec<At<String>>,
    pub(super) to: &'r mut Reader<'s>,
}

impl<'n, 'r, 's> Keys<'n, 'r, 's> {
    pub(super) fn open(node: Node<'n>, what: &str, to: &'r mut Reader<'s>) -> Option<Self> {
        let DeValue::Table(table) = node.get_ref() else {
            to.expected(node, &format!("a table ({what})"));
            return None;
        };
        let silent = table.get("silent").and_then(|list| Vec::read(list, to)).unwrap_or_default();
        Some(Self { table, whole: node.span().into(), taken: vec!["silent"], slots: Vec::new(), silent, to })
    }

    pub(super) fn span(&self) -> Span {
        self.whole
    }

    pub(super) fn take<T: Shape>(&mut self, key: &'static str) -> Option<T> {
        self.taken.push(key);
        if T::SLOT {
            self.slots.push(key);
        }
        let listed = self.silent.iter().find(|slot| slot.value == key).map(|slot| slot.span);
        match (self.table.get(key), listed) {
            (Some(node), None) => T::read(node, self.to),
            (Some(node), Some(span)) => {
                let message = format!("`{key}` is listed as silent and stated all the same");
                self.to.report("L0107", span, message, "listed here", Some(format!("take `{key}` out of `silent`")));
                T::read(node, self.to)
            }
            (None, listed) => {
                if T::SLOT && listed.is_none() {
                    let message = format!("`{key}` is not stated, and nobody confirmed the text's silence");
                    let mend = format!("state `{key}`, or list it: silent = [\"{key}\"]");
                    self.to.report("L0201", self.whole, message, "silent on it", Some(mend));
                }
                let value = T::absent(listed.is_some());
                if value.is_none() {
                    let message = format!("`{key}` is missing");
                    self.to.report("L0105", self.whole, message, "in this table", Some(format!("add {key} = …")));
                }
                value
            }
        }
    }

    pub(super) fn close(mut self) {
        for (key, value) in self.table {
            let name = key.get_ref();
            if !self.taken.iter().any(|known| known == name) {
                let near =
                    self.taken.iter().copied().filter(|known| close(known, name)).min_by_key(|known| known.len());
                let mend = near.map(|known| format!("did you mean `{known}`?"));
                self.to.report(
                    "L0102",
                    key.span().into(),
                    format!("unknown key `{name}`"),
                    "not part of the language",
                    mend,
                );
                let _ = value;
            }
        }
        for slot in std::mem::take(&mut self.silent) {
            if !self.slots.contains(&slot.value.as_str()) {
                let message = format!("`{}` is not a slot that can be silent here", slot.value);
                let mend = format!("slots here: {}", self.slots.join(", "));
                self.to.report("L0106", slot.span, message, "no such slot", Some(mend));
            }
        }
    }
}

/// Whether two keys differ by at most two letters: near enough to ask "did you mean".
pub(super) fn close(a: &str, b: &str) -> bool {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let cost = |k: usize, row: &[usize]| row.get(k).copied().unwrap_or(usize::MAX / 2);
            let change = cost(j, &row) + usize::from(x != *y);
            let insert = cost(j, &next) + 1;
            let delete = cost(j + 1, &row) + 1;
            next.push(change.min(insert).min(delete));
        }
        row = next;
    }
    row.last().is_some_and(|distance| *distance <= 2)
}

/// Declares a table of the language: struct, parser and schema in one.
macro_rules! tables {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident $what:literal {
            $( $(#[doc = $field_doc:literal])* $field:ident $(= $key:literal)? : $type:ty, )*
        }
    )*) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $type, )*
            /// Where the table stands.
            pub span: $crate::syntax::shape::Here,
        }

        impl $crate::syntax::shape::Shape for $name {
            fn read(node: $crate::syntax::shape::Node<'_>, to: &mut $crate::syntax::shape::Reader<'_>) -> Option<Self> {
                let mut keys = $crate::syntax::shape::Keys::open(node, $what, to)?;
                $( let $field: Option<$type> = keys.take($crate::syntax::shape::key!($field $($key)?)); )*
                let span = $crate::syntax::shape::Here(keys.span());
                keys.close();
                Some(Self { $( $field: $field?, )* span })
            }

            fn schema(defs: &mut serde_json::Map<String, serde_json::Value>) -> serde_json::Value {
                let name = stringify!($name);
                if !defs.contains_key(name) {
                    defs.insert(name.to_owned(), serde_json::Value::Null);
                    let mut properties = serde_json::Map::new();
                    let mut required: Vec<&str> = Vec::new();
                    $({
                        let key = $crate::syntax::shape::key!($field $($key)?);
                        let mut about = <$type as $crate::syntax::shape::Shape>::schema(defs);
                        let text = concat!($($field_doc),*).trim_start();
                        if let (Some(map), false) = (about.as_object_mut(), text.is_empty()) {
                            map.insert("description".to_owned(), text.into());
                        }
                        properties.insert(key.to_owned(), about);
                        if <$type as $crate::syntax::shape::Shape>::absent(false).is_none() {
                            required.push(key);
                        }
                    })*
                    properties.insert("silent".to_owned(), serde_json::json!({
                        "type": "array", "items": {"type": "string"},
                        "description": "Slots on which the published text is silent, as a reader confirmed.",
                    }));
                    defs.insert(name.to_owned(), serde_json::json!({
                        "type": "object", "description": concat!($($doc),*).trim_start(),
                        "properties": properties, "required": required, "additionalProperties": false,
                    }));
                }
                serde_json::json!({"$ref": format!("#/$defs/{name}")})
            }

            fn facts(&self) -> serde_json::Value {
                $crate::syntax::facts::table([$((
                    $crate::syntax::shape::key!($field $($key)?),
                    $crate::syntax::shape::Shape::facts(&self.$field),
                ),)*])
            }

            fn each_ref(&mut self, visit: &mut dyn FnMut($crate::syntax::shape::Kind, &mut String, $crate::finding::Span)) {
                $( $crate::syntax::shape::Shape::each_ref(&mut self.$field, visit); )*
            }
        }
    )* };
}

/// Declares a closed list of words.
macro_rules! words {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident { $( $(#[doc = $word_doc:literal])* $variant:ident = $word:literal, )* }
    )*) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( $(#[doc = $word_doc])* #[serde(rename = $word)] $variant, )*
        }

        impl $name {
            /// Every word, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as it is written.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.word())
            }
        }

        impl $crate::syntax::shape::Shape for $name {
            fn read(node: $crate::syntax::shape::Node<'_>, to: &mut $crate::syntax::shape::Reader<'_>) -> Option<Self> {
                let text = String::read(node, to)?;
                let found = Self::ALL.iter().copied().find(|word| word.word() == text);
                if found.is_none() {
                    to.unknown_word(node, &text, &[$($word),*]);
                }
                found
            }

            fn facts(&self) -> serde_json::Value {
                self.word().into()
            }

            fn schema(_: &mut serde_json::Map<String, serde_json::Value>) -> serde_json::Value {
                serde_json::json!({"enum": [$($word),*], "description": concat!($($doc),*).trim_start()})
            }
        }
    )* };
}

/// The key of a field: its name, or the literal given for names that Rust cannot spell.
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

pub(super) use {key, tables, words};

/// Where a table stands; never a difference between two tables.
#[derive(Debug, Clone, Copy, Default)]
pub struct Here(pub Span);

impl PartialEq for Here {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Reader<'_> {
    pub(super) fn unknown_word(&mut self, node: Node<'_>, text: &str, words: &[&str]) {
        let near = words.iter().find(|word| close(word, text));
        let mend =
            near.map_or_else(|| format!("one of: {}", words.join(", ")), |word| format!("did you mean `{word}`?"));
        self.report("L0108", node.span().into(), format!("unknown word `{text}`"), "not in the list", Some(mend));
    }
}
