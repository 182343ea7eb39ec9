//! Witnesses: one question that both engines were asked, and what each said, in words.

use std::fmt::Write as _;

use jiff::Unit;
use jiff::civil::Date;
use model::act::{Account, Artefact, Born, Consent, GivenBy, Life};
use model::field::Mask;
use serde::Serialize;
use serde_json::Value;

use super::name::called;
use super::say::Version;
use super::shrink::{asked, shrunk};
use crate::claim::brief;
use crate::decide::project::OPT_OUT;
use crate::question::{Actor, InlineSubject, ItemAnswer, Outcome, Processing, Reason, Subject};
use crate::syntax::Kind;

/// A question that was decided one way and is decided another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Witness {
    /// In words.
    pub words: String,
    /// What the old version says.
    pub was: Given,
    /// What the new version says.
    pub now: Given,
    /// The question in the form that travels, as it is put to each version.
    pub question: Put,
}

/// One question as it is put to either version: at the same instant, its consents given to that very version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Put {
    /// To the old one.
    pub old: Value,
    /// To the new one.
    pub new: Value,
}

/// What becomes of the item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Given {
    /// Clear, masked or withheld.
    pub outcome: Outcome,
    /// How it is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<Mask>,
    /// Why it is not clear.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

impl From<ItemAnswer> for Given {
    fn from(answer: ItemAnswer) -> Self {
        Self { outcome: answer.outcome, mask: answer.mask, reasons: answer.reasons }
    }
}

impl Witness {
    /// Puts a question to both versions, without what their answers do not need; `None` when they agree.
    pub(super) fn of(versions: [Version<'_>; 2], question: &Processing) -> Option<Self> {
        let said = asked(versions, question)?;
        let [was, now] = &said;
        if (was.outcome, was.mask) == (now.outcome, now.mask) {
            return None;
        }
        let (question, said) = shrunk(versions, question, said);
        let ([old, new], question) = (versions, &question);
        let [was, now] = said.map(Given::from);
        let asked = Teller { old, new, question };
        let words = format!("{}: {}, {}", asked.words(), Teller::said("was", &was), Teller::said("is", &now));
        let put = |to: Version<'_>| brief(&Processing { at: Some(to.at), ..to.put(question) });
        Some(Self { words, was, now, question: Put { old: put(old), new: put(new) } })
    }
}

/// Puts a question into words.
struct Teller<'q> {
    old: Version<'q>,
    new: Version<'q>,
    question: &'q Processing,
}

impl Teller<'_> {
    fn name(&self, kind: Kind, id: &str) -> String {
        called(self.old.tables, self.new.tables, kind, id).name
    }

    fn words(&self) -> String {
        let asked = self.question;
        let mut words = String::new();
        let nobody = InlineSubject::default();
        let subject = match &asked.subject {
            Subject::Inline(subject) => subject,
            Subject::Known { .. } => &nobody,
        };
        let who = self.who(subject);
        let _ = match &asked.actor {
            Actor::Subject => write!(words, "{who}"),
            Actor::System => write!(words, "a system, about {who}"),
            Actor::Party { party } => write!(words, "{}, about {who}", self.name(Kind::Party, party)),
            Actor::Staff { role, approved, clear_view } => {
                let with = match (approved, clear_view) {
                    (true, true) => " with approval and in the clear",
                    (true, false) => " with approval",
                    (false, true) => " in the clear",
                    (false, false) => "",
                };
                write!(words, "staff in the role {}{with}, about {who}", self.name(Kind::Role, role))
            }
        };
        let items: Vec<String> = asked.items.iter().map(|item| self.name(Kind::Item, item)).collect();
        let person = self.name(Kind::Person, &asked.person);
        let _ = write!(words, " – {} {} of {person}", asked.action, items.join(", "));
        for (before, kind, id) in [
            ("in the course of", Kind::Function, &asked.function),
            ("for the purpose", Kind::Purpose, &asked.purpose),
            ("to", Kind::Recipient, &asked.recipient),
            ("namely", Kind::Party, &asked.party),
            ("from", Kind::Source, &asked.source),
            ("on the channel", Kind::Channel, &asked.channel),
            ("about the product", Kind::Product, &asked.product),
            ("relying on the exception", Kind::Exception, &asked.exception),
        ] {
            if let Some(id) = id {
                let _ = write!(words, " {before} {}", self.name(kind, id));
            }
        }
        if let Some(endpoint) = &asked.endpoint {
            let _ = write!(words, " at {endpoint}");
        }
        if asked.document.is_some() {
            words.push_str(" with a document shown");
        }
        words.push_str(&self.facts());
        words
    }

    /// The subject: how old, with which account and records, and what it consented and objected to.
    fn who(&self, subject: &InlineSubject) -> String {
        let mut words = match subject.born.as_deref().and_then(|born| born.parse().ok()) {
            Some(Born::On(day)) => age(day, self.new.day()),
            Some(Born::In(year)) => format!("somebody born in {year}"),
            None => "somebody".to_owned(),
        };
        if subject.state.account == Account::Closed {
            words.push_str(" whose account is closed");
        }
        for record in &subject.state.records {
            words.push_str(match record.life {
                Life::Live => "",
                Life::StorageOnly => " whose record is only stored",
                Life::Erased => " whose record is erased",
            });
        }
        let (objections, consents): (Vec<&Consent>, Vec<&Consent>) =
            subject.state.consents.iter().partition(|consent| consent.scope.starts_with(OPT_OUT));
        let given: Vec<String> = consents.into_iter().map(consent).collect();
        if !given.is_empty() {
            let _ = write!(words, " who consented to {}", given.join(" and to "));
        }
        for objection in objections {
            let _ = write!(words, " who objected to {}", objection.scope.trim_start_matches(OPT_OUT));
        }
        words
    }

    fn facts(&self) -> String {
        let mut said = Vec::new();
        for (fact, holds) in &self.question.facts.declared {
            let (kind, id) = match fact.strip_prefix("permission.") {
                Some(id) => (Kind::Permission, id),
                None => (Kind::Fact, fact.as_str()),
            };
            let what = match (kind, holds) {
                (Kind::Permission, true) => "on",
                (Kind::Permission, false) => "off",
                (_, true) => "so",
                (_, false) => "not so",
            };
            said.push(format!("{} is {what}", self.name(kind, id)));
        }
        if let Some(groups) = &self.question.facts.same_person {
            let one = |group: &Vec<String>| {
                group.iter().map(|id| self.name(Kind::Person, id)).collect::<Vec<_>>().join(" and ")
            };
            let pairs: Vec<String> = groups.iter().map(|group| format!("{} are one person", one(group))).collect();
            said.push(if pairs.is_empty() { "no two roles are one person".to_owned() } else { pairs.join(", ") });
        }
        if said.is_empty() { String::new() } else { format!(", where {}", said.join(" and ")) }
    }

    fn said(verb: &str, given: &Given) -> String {
        let mut words = match (given.outcome, given.mask) {
            (Outcome::Clear, _) => format!("{verb} permitted"),
            (Outcome::Masked, Some(mask)) => format!("{verb} permitted under the mask {mask}"),
            (Outcome::Masked, None) => format!("{verb} permitted masked"),
            (Outcome::Withheld, _) => format!("{verb} denied"),
        };
        let mut why: Vec<String> = given
            .reasons
            .iter()
            .map(|reason| {
                let named = [&reason.scope, &reason.fact].into_iter().flatten().map(|named| format!(" {named}"));
                format!("{}{}", reason.code, named.collect::<String>())
            })
            .collect();
        why.sort();
        why.dedup();
        if given.outcome == Outcome::Withheld {
            let _ = write!(words, " ({})", why.join(", "));
        }
        words
    }
}

/// How old somebody is on a day.
fn age(born: Date, day: Date) -> String {
    let years = born.until((Unit::Year, day)).map_or(0, |span| span.get_years());
    let an = matches!(years, 8 | 11 | 18 | 80..=89);
    format!("{} {years}-year-old", if an { "an" } else { "a" })
}

fn consent(given: &Consent) -> String {
    let by = match given.by {
        GivenBy::Oneself => "",
        GivenBy::Guardian => " by the guardian",
        GivenBy::Other => " by somebody else",
    };
    let how = match given.artefact {
        Artefact::Tick => "",
        Artefact::Separate => " separately",
        Artefact::Written => " in writing",
        Artefact::Prechecked => " by a box ticked beforehand",
    };
    let party = given.party.as_ref().map(|party| format!(" for {party}")).unwrap_or_default();
    format!("{}{how}{by}{party}", given.scope)
}
