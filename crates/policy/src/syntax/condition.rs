//! Conditions as data: all, any and not over declared, typed facts; three-valued (Kleene).

use serde_json::{Value, json};
use toml::de::DeValue;

use super::function::Record;
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
    /// Cover under a record of this class is running. For rights only: their answers look at the records of the subject.
    InForce(Ref<Record>),
    /// A claim or dispute about a record of this class is open. For rights only.
    OpenClaim(Ref<Record>),
}

impl Condition {
    /// Kleene's strong three-valued logic over what is known of the atoms: facts, roles, records.
    pub fn truth(&self, atom: &dyn Fn(&Self) -> Option<bool>) -> Option<bool> {
        match self {
            Self::All(parts) => {
                let values: Vec<Option<bool>> = parts.iter().map(|part| part.truth(atom)).collect();
                if values.contains(&Some(false)) {
                    Some(false)
                } else if values.contains(&None) {
                    None
                } else {
                    Some(true)
                }
            }
            Self::Any(parts) => {
                let values: Vec<Option<bool>> = parts.iter().map(|part| part.truth(atom)).collect();
                if values.contains(&Some(true)) {
                    Some(true)
                } else if values.contains(&None) {
                    None
                } else {
                    Some(false)
                }
            }
            Self::Not(inner) => inner.truth(atom).map(|value| !value),
            of_its_own => atom(of_its_own),
        }
    }

    /// Everything that it asks for, in the order written.
    pub fn atoms(&self) -> Vec<&Self> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::atoms).collect(),
            Self::Not(inner) => inner.atoms(),
            atom => vec![atom],
        }
    }

    /// What an atom asks for, as answers name it; nothing for what joins others.
    pub fn asks(&self) -> Option<String> {
        match self {
            Self::All(_) | Self::Any(_) | Self::Not(_) => None,
            Self::SamePerson(roles) => {
                let roles: Vec<&str> = roles.iter().map(|role| role.text.as_str()).collect();
                Some(format!("same-person {}", roles.join(" ")))
            }
            Self::Product(_) => Some("product".to_owned()),
            Self::Channel(_) => Some("channel".to_owned()),
            Self::AgeUnder(_) => Some("age".to_owned()),
            Self::Fact(fact) => Some(fact.text.clone()),
            Self::InForce(record) | Self::OpenClaim(record) => Some(record.text.clone()),
        }
    }
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
            "in-force" => Ref::read(value, to).map(Self::InForce),
            "open-claim" => Ref::read(value, to).map(Self::OpenClaim),
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
            Self::InForce(record) => json!({"in-force": record.facts()}),
            Self::OpenClaim(record) => json!({"open-claim": record.facts()}),
        }
    }

    fn schema(defs: &mut serde_json::Map<String, Value>) -> Value {
        if !defs.contains_key("Condition") {
            defs.insert("Condition".to_owned(), Value::Null);
            let this = json!({"$ref": "#/$defs/Condition"});
            let many = json!({"type": "array", "items": this});
            let [person, product, channel] =
                [Ref::<Person>::schema(defs), Ref::<Product>::schema(defs), Ref::<Channel>::schema(defs)];
            let [fact, record] = [Ref::<Fact>::schema(defs), Ref::<Record>::schema(defs)];
            defs.insert(
                "Condition".to_owned(),
                json!({
                    "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
                    "description": "All, any and not over declared facts; unknown withholds and names the fact.",
                    "properties": {
                        "all": many, "any": many, "not": this,
                        "same-person": {"type": "array", "items": person, "minItems": 2, "maxItems": 2},
                        "product": product, "channel": channel, "fact": fact, "in-force": record, "open-claim": record,
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
            Self::InForce(record) | Self::OpenClaim(record) => record.each_ref(visit),
            Self::AgeUnder(_) => {}
        }
    }
}

const WORDS: [&str; 10] =
    ["all", "any", "not", "same-person", "product", "channel", "age-under", "fact", "in-force", "open-claim"];
