//! The plain shapes: texts, numbers, dates, lists, and what wraps them.

use jiff::civil::Date;
use model::Slug;
use serde_json::{Map, Value, json};
use toml::de::DeValue;

use super::facts;
use super::kind::{Kind, Name};
use super::reader::{Node, Reader};
use super::shape::{At, Ref, Shape, Stated};
use crate::finding::Span;

impl Shape for String {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        let text = node.get_ref().as_str();
        match text {
            None => to.expected(node, "a text"),
            Some(text) if text.trim().is_empty() => {
                to.report("L0111", node.span().into(), "an empty text".to_owned(), "says nothing", None);
            }
            Some(_) => {}
        }
        text.map(str::to_owned)
    }

    fn stand_in() -> Option<Self> {
        Some(Self::new())
    }

    fn facts(&self) -> Value {
        json!(self)
    }

    fn schema(_: &mut Map<String, Value>) -> Value {
        json!({"type": "string", "pattern": "\\S"})
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

    fn stand_in() -> Option<Self> {
        Some(false)
    }

    fn facts(&self) -> Value {
        json!(self)
    }

    fn schema(_: &mut Map<String, Value>) -> Value {
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

    fn stand_in() -> Option<Self> {
        Some(0)
    }

    fn facts(&self) -> Value {
        json!(self)
    }

    fn schema(_: &mut Map<String, Value>) -> Value {
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

    fn stand_in() -> Option<Self> {
        Some(Self::MIN)
    }

    fn facts(&self) -> Value {
        json!(self.to_string())
    }

    fn schema(_: &mut Map<String, Value>) -> Value {
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

    fn stand_in() -> Option<Self> {
        "unreadable".parse().ok()
    }

    fn facts(&self) -> Value {
        json!(self.as_str())
    }

    fn schema(_: &mut Map<String, Value>) -> Value {
        json!({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64})
    }
}

impl<T: Shape> Shape for At<T> {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        T::read(node, to).map(|value| Self { value, span: node.span().into() })
    }

    fn stand_in() -> Option<Self> {
        T::stand_in().map(Self::made)
    }

    fn facts(&self) -> Value {
        self.value.facts()
    }

    fn schema(defs: &mut Map<String, Value>) -> Value {
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

    fn absent(silent: bool) -> Option<Self> {
        Some(if silent { T::absent(true) } else { None })
    }

    const SLOT: bool = T::SLOT;

    const CONFIRMED: bool = false;

    fn stand_in() -> Option<Self> {
        Some(None)
    }

    fn facts(&self) -> Value {
        self.as_ref().map_or(Value::Null, Shape::facts)
    }

    fn schema(defs: &mut Map<String, Value>) -> Value {
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

    fn stand_in() -> Option<Self> {
        Some(Self::new())
    }

    fn facts(&self) -> Value {
        facts::set(self.iter().map(Shape::facts))
    }

    fn beside(&self, other: &Self) -> [Value; 2] {
        // An empty list says nothing, and a list that has all its members in common with another says something.
        let those = |these: &Self, there: &[&T]| {
            let apart = these.iter().filter(|one| !there.contains(one)).map(Shape::facts);
            if these.is_empty() { Value::Null } else { facts::set(apart) }
        };
        let [these, there] = [self, other].map(|list| list.iter().collect::<Vec<&T>>());
        [those(self, &there), those(other, &these)]
    }

    fn schema(defs: &mut Map<String, Value>) -> Value {
        let one = T::schema(defs);
        json!({"anyOf": [{"type": "array", "items": one}, one]})
    }

    fn each_ref(&mut self, visit: &mut dyn FnMut(Kind, &mut String, Span)) {
        for one in self {
            one.each_ref(visit);
        }
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

    fn stand_in() -> Option<Self> {
        Some(Self::NotStated { confirmed: true })
    }

    fn facts(&self) -> Value {
        match self {
            Self::Said(at) => json!({"said": at.facts()}),
            Self::Nothing(_) => json!("nothing"),
            Self::NotStated { .. } => Value::Null,
        }
    }

    fn schema(defs: &mut Map<String, Value>) -> Value {
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

    fn stand_in() -> Option<Self> {
        Some(Self::new("", Span::default()))
    }

    fn facts(&self) -> Value {
        json!(self.text)
    }

    fn schema(_: &mut Map<String, Value>) -> Value {
        let kind = N::KIND.word();
        // Where a key has words of its own for `description`, the comment still tells which elements may be named.
        json!({"type": "string", "$comment": format!("[[{kind}]]"), "description": format!("Id, published name or clause of a [[{kind}]].")})
    }

    fn each_ref(&mut self, visit: &mut dyn FnMut(Kind, &mut String, Span)) {
        visit(N::KIND, &mut self.text, self.span);
    }
}
