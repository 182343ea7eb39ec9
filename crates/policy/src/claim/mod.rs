//! Claims: sentences about everything that a policy permits, checked on every row of the tables, with a witness when they
//! do not hold.
//!
//! ```text
//! no recipient gets 人脸影像 without separate consent
//! under 14 nothing is collected without a guardian or an exception
//! 证件号码 is collected only by 用户注册, 保单相关业务办理
//! withdrawing collect.register stops everything for 注册
//! ```
//!
//! Every claim says that nothing is permitted in some region of the decision space: a scenario asks one question, a claim
//! all of a kind. The search is exhaustive over flows, items, channels and everything that a question can say
//! (`setting`); a witness is a question in full, and the engine was asked it. `docs/claims.md` explains the language.

mod file;
mod grammar;
pub(crate) mod region;
mod search;
pub(crate) mod setting;
pub(crate) mod space;
mod words;

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use serde_json::Value;

pub(crate) use file::passes;
pub use file::{Came, ClaimFile, StatedClaim, check, read_claims, run};
pub use search::Checked;

use crate::compile::{Flow, Tables};
use crate::question::{ItemAnswer, Outcome, Processing, Question};
use crate::syntax::declare::words;

words! {
    /// Whose verdict a claim is about.
    On {
        /// What takes effect.
        Effect = "effect",
        /// What the published policy says.
        Published = "published",
        /// What the law as encoded says.
        Law = "law",
    }
}

impl On {
    /// The outcome of an item on this side.
    pub(crate) const fn of(self, item: &ItemAnswer) -> Outcome {
        match self {
            Self::Effect => item.outcome,
            Self::Published => item.published,
            Self::Law => item.law,
        }
    }
}

/// Looks at single flows of a region, again and again.
pub(crate) struct Probe<'t>(search::Search<'t>);

impl<'t> Probe<'t> {
    pub(crate) fn new(tables: &'t Tables, region: &'t region::Region, on: On, at: Timestamp) -> Self {
        Self(search::Search::new(tables, region, on, at))
    }

    /// Whether something of the region is permitted of one item of a flow.
    pub(crate) fn permits(&mut self, flow: &'t Flow, item: u16, channel: Option<u16>) -> bool {
        self.permitted(flow, item, channel).is_some()
    }

    /// A question of the region to which one item of a flow is permitted.
    pub(crate) fn permitted(&mut self, flow: &'t Flow, item: u16, channel: Option<u16>) -> Option<Witness> {
        self.0.permitted(flow, item, channel)
    }
}

/// A question in a region to which something is permitted.
pub(crate) fn permitted(tables: &Tables, region: &region::Region, at: Timestamp) -> Option<Witness> {
    search::Search::new(tables, region, On::Effect, at).run().0
}

/// A claim that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", shown(.text, *.at, *.length, .help.as_deref()))]
pub struct ClaimError {
    /// The claim.
    pub text: String,
    /// Where it goes wrong, in bytes.
    pub at: usize,
    /// How many bytes are wrong.
    pub length: usize,
    /// What is wrong.
    pub message: String,
    /// What would mend it.
    pub help: Option<String>,
}

impl ClaimError {
    fn at(text: &str, at: usize, length: usize, message: impl Into<String>, help: Option<String>) -> Self {
        Self { text: text.to_owned(), at, length, message: message.into(), help }
    }

    /// The part of the claim that is wrong.
    pub fn wrong(&self) -> &str {
        self.text.get(self.at..self.at + self.length).filter(|wrong| !wrong.is_empty()).unwrap_or(&self.text)
    }
}

/// The claim with carets under what is wrong.
fn shown(text: &str, at: usize, length: usize, help: Option<&str>) -> String {
    let before = text.get(..at).map_or(0, crate::ask::width);
    let wide = text.get(at..at + length).map_or(1, crate::ask::width).max(1);
    let carets = format!("\n  {text}\n  {:before$}{}", "", "^".repeat(wide));
    help.map_or_else(|| carets.clone(), |help| format!("{carets} {help}"))
}

/// A claim, read for one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    text: String,
    region: region::Region,
}

/// Whether a claim holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// A question that shows that it does not.
    pub witness: Option<Witness>,
    /// How far was looked.
    pub checked: Checked,
}

/// A question to which something is permitted that a claim denies.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The question.
    pub question: Processing,
    /// The item, by id.
    pub item: String,
    /// What the published policy says of it.
    pub published: Outcome,
    /// What the law says of it.
    pub law: Outcome,
    /// What takes effect.
    pub outcome: Outcome,
}

impl Claim {
    /// Reads a claim; what it names must be declared. `day` is the one whose law says what is sensitive.
    ///
    /// # Errors
    /// [`ClaimError`], with the place and near names.
    pub fn read(tables: &Tables, text: &str, day: Date) -> Result<Self, ClaimError> {
        Ok(Self { text: text.to_owned(), region: grammar::read(tables, text, day)? })
    }

    /// The claim as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Checks it on every row, under the law of the instant `at`.
    pub fn prove(&self, tables: &Tables, on: On, at: Timestamp) -> Proof {
        let (witness, checked) = search::Search::new(tables, &self.region, on, at).run();
        Proof { witness, checked }
    }
}

impl Witness {
    /// The question in the form that travels, without what it leaves open.
    pub fn json(&self) -> Value {
        brief(&self.question)
    }
}

/// A question in the form that travels, without what it leaves open.
pub(crate) fn brief(question: &Processing) -> Value {
    let question = Question::Processing(Box::new(question.clone()));
    let mut json = serde_json::to_value(question).unwrap_or_default();
    json.as_object_mut().into_iter().for_each(said);
    json.get_mut("subject").and_then(Value::as_object_mut).into_iter().for_each(said);
    json
}

/// Takes away what says nothing.
fn said(map: &mut serde_json::Map<String, Value>) {
    let empty = |value: &Value| {
        value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
    };
    map.retain(|_, value| !value.is_null() && !empty(value));
}

/// Reads and checks a claim as the law stands at an instant.
///
/// # Errors
/// [`ClaimError`].
pub fn prove(tables: &Tables, text: &str, on: On, at: Timestamp) -> Result<Proof, ClaimError> {
    Ok(Claim::read(tables, text, day_in_shanghai(at))?.prove(tables, on, at))
}

#[cfg(test)]
mod tests;
