//! Conditions as data: all, any and not over declared, typed facts; three-valued (Kleene).

use serde_json::{Value, json};
use toml::de::DeValue;

use super::kind::Kind;
use super::near::nearest;
use super::policy::{Channel, Fact, Person, Product};
use super::reader::{Node, Reader, quoted};
use super::shape::{Ref, Shape};
use crate::finding::Span;

/// A condition. Unknown at the root withholds and names the fact (design §3).
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Every part holds.
    All(Vec<Self>),
    /// At least one part holds.
    Any(Vec<Self>),
    /// The part does not hold.
    Not(Box<Self>),
    /// Two roles are one and the same person.
    SamePerson(Vec<Ref<Person>>),
    /// The question names this product.
    Product(Ref<Product>),
    /// The question names this channel.
    Channel(Ref<Channel>),
    /// The person is younger than so many years.
    AgeUnder(u32),
    /// A declared fact is true.
    Fact(Ref<Fact>),
}

impl Shape for Condition {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        let one = match node.get_ref() {
            DeValue::Table(table) if table.len() == 1 => table.iter().next(),
            _ => None,
        };
        let Some((key, value)) = one else {
            let message = "a condition is a table with one key".to_owned();
            to.report("L0109", node.span().into(), message, "here", Some(format!("one of: {}", WORDS.join(", "))));
            return None;
        };
        match key.get_ref().as_ref() {
            "all" => Vec::read(value, to).map(Self::All),
            "any" => Vec::read(value, to).map(Self::Any),
            "not" => Self::read(value, to).map(|inner| Self::Not(Box::new(inner))),
            "same-person" => {
                let roles: Vec<Ref<Person>> = Vec::read(value, to)?;
                if roles.len() == 2 {
                    return Some(Self::SamePerson(roles));
                }
                to.report("L0110", value.span().into(), "same-person takes two roles".to_owned(), "two roles", None);
                None
            }
            "product" => Ref::read(value, to).map(Self::Product),
            "channel" => Ref::read(value, to).map(Self::Channel),
            "age-under" => u32::read(value, to).map(Self::AgeUnder),
            "fact" => Ref::read(value, to).map(Self::Fact),
            word => {
                let (word, span) = (word.to_owned(), key.span().into());
                let mend = match nearest(WORDS.into_iter(), &word) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("one of: {}", WORDS.join(", ")),
                };
                let message = format!("unknown condition `{}`", quoted(&word));
                to.report("L0109", span, message, "not a condition", Some(mend));
                None
            }
        }
    }

    fn stand_in() -> Option<Self> {
        None
    }

    fn facts(&self) -> Value {
        match self {
            Self::All(parts) => json!({"all": parts.facts()}),
            Self::Any(parts) => json!({"any": parts.facts()}),
            Self::Not(inner) => json!({"not": inner.facts()}),
            Self::SamePerson(roles) => json!({"same-person": roles.facts()}),
            Self::Product(product) => json!({"product": product.facts()}),
            Self::Channel(channel) => json!({"channel": channel.facts()}),
            Self::AgeUnder(years) => json!({"age-under": years}),
            Self::Fact(fact) => json!({"fact": fact.facts()}),
        }
    }

    fn schema(defs: &mut serde_json::Map<String, Value>) -> Value {
        if !defs.contains_key("Condition") {
            defs.insert("Condition".to_owned(), Value::Null);
            let this = json!({"$ref": "#/$defs/Condition"});
            let many = json!({"type": "array", "items": this});
            let text = json!({"type": "string"});
            defs.insert(
                "Condition".to_owned(),
                json!({
                    "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
                    "description": "All, any and not over declared facts; unknown withholds and names the fact.",
                    "properties": {
                        "all": many, "any": many, "not": this,
                        "same-person": {"type": "array", "items": text, "minItems": 2, "maxItems": 2},
                        "product": text, "channel": text, "fact": text,
                        "age-under": {"type": "integer", "minimum": 1},
                    },
                }),
            );
        }
        json!({"$ref": "#/$defs/Condition"})
    }

    fn each_ref(&mut self, visit: &mut dyn FnMut(Kind, &mut String, Span)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.each_ref(visit),
            Self::Not(inner) => inner.each_ref(visit),
            Self::SamePerson(roles) => roles.each_ref(visit),
            Self::Product(product) => product.each_ref(visit),
            Self::Channel(channel) => channel.each_ref(visit),
            Self::Fact(fact) => fact.each_ref(visit),
            Self::AgeUnder(_) => {}
        }
    }
}

const WORDS: [&str; 8] = ["all", "any", "not", "same-person", "product", "channel", "age-under", "fact"];
