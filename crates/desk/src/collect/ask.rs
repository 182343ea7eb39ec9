//! The question that collecting puts to the tables, and what is done with the answer: pure.

use jiff::Timestamp;
use model::act::{Born, Snapshot};
use model::{RecordId, Slug};
use policy::decide::Permit;
use policy::question::{
    Actor, Answer, Effect, Facts, FunctionAnswer, FunctionOpen, ItemAnswer, Openness, Outcome, Processing, Subject,
};
use policy::syntax::{Action, Function, Purpose, Ref, Use};

use super::fields::Checked;
use super::outline::{is_picture, is_typed};
use crate::Platform;
use crate::leaf::Who;
use crate::refusal::FieldFault;

/// In what course something is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) action: Action,
    pub(crate) function: Option<&'a Function>,
    /// The use for which it is taken in, where no function asks for it.
    pub(crate) used: Option<&'a Use>,
    /// Who hands it in; `None`: the person, or as the function has it.
    pub(crate) source: Option<&'a Slug>,
    pub(crate) channel: Option<&'a Slug>,
    pub(crate) product: Option<&'a Slug>,
    pub(crate) facts: &'a Facts,
    pub(crate) who: &'a Who,
    pub(crate) now: Timestamp,
    /// Whether a second seat approved that this one handles this person's data (rule R18).
    pub(crate) approved: bool,
    /// Whether pictures and recordings are sent in later, into the record that this makes: until then none is missing.
    pub(crate) files_later: bool,
    /// Whether somebody types this: what the machine takes, or a source hands in, comes another way and is not missing here.
    pub(crate) typed: bool,
}

impl<'a> Context<'a> {
    /// With nothing else said.
    pub(crate) const fn of(
        action: Action,
        function: Option<&'a Function>,
        facts: &'a Facts,
        who: &'a Who,
        now: Timestamp,
    ) -> Self {
        Self {
            action,
            function,
            used: None,
            source: None,
            channel: None,
            product: None,
            facts,
            who,
            now,
            approved: false,
            files_later: false,
            typed: false,
        }
    }

    /// What it is done for.
    pub(crate) fn purpose(&self) -> Option<&'a Ref<Purpose>> {
        let of_function = self.function.and_then(|function| function.purposes.first());
        of_function.or_else(|| self.used.map(|used| &used.purpose))
    }
}

/// The question about one person's items.
pub(crate) fn question(
    platform: &Platform,
    snapshot: &Snapshot,
    context: Context<'_>,
    person: &Slug,
    items: Vec<String>,
) -> Processing {
    Processing {
        function: context.function.map(|function| function.id.to_string()),
        purpose: context.purpose().map(|purpose| purpose.text.clone()),
        source: context.source.map(ToString::to_string),
        product: context.product.map(ToString::to_string),
        channel: context.channel.map(ToString::to_string),
        actor: actor(context),
        subject: Subject::Known { id: snapshot.subject() },
        facts: context.facts.clone(),
        ..Processing::new(platform.id.clone(), context.action, person.as_str(), items)
    }
}

fn actor(context: Context<'_>) -> Actor {
    match context.who {
        Who::Subject => Actor::Subject,
        Who::Staff { role, .. } => {
            Actor::Staff { role: role.to_string(), approved: context.approved, clear_view: false }
        }
        Who::Service { .. } | Who::Relative | Who::House => Actor::System,
    }
}

/// What becomes of one person's values.
pub(crate) enum Ruling {
    /// The permit covers `kept`; `withheld` says why the rest goes.
    Kept { permit: Box<Permit>, answer: Box<Answer>, kept: Vec<Checked>, withheld: Vec<ItemAnswer> },
    /// Items without which the function is closed were not given.
    Missing(Vec<FieldFault>),
    /// Nothing may be kept, or too little for the function.
    Denied(Box<Answer>),
}

/// Decides on one person's values for one record. `whole` asks that the function can go on with what is kept; the law's
/// side never demands what may be refused (rules R13, R33).
pub(crate) fn rule(
    platform: &Platform,
    (snapshot, born): (&Snapshot, Option<Born>),
    context: Context<'_>,
    (record, person): (RecordId, &Slug),
    values: Vec<Checked>,
    whole: bool,
) -> Ruling {
    let given: Vec<String> = values.iter().map(|checked| checked.item.to_string()).collect();
    let lacking = |held: &[String]| lacking(platform, (snapshot, born), context, person, held);
    if whole && let Some(faults) = lacking(&given).filter(|faults| !faults.is_empty()) {
        return Ruling::Missing(faults);
    }
    let asked = question(platform, snapshot, context, person, given);
    let (answer, permit) = platform.tables.permit(snapshot, born, &asked, record, context.now);
    let Some(permit) = permit else { return Ruling::Denied(Box::new(answer)) };
    let permitted = |item: &Slug| permit.items().iter().any(|(named, _)| named == item);
    let kept: Vec<Checked> = values.into_iter().filter(|checked| permitted(&checked.item)).collect();
    let names: Vec<String> = kept.iter().map(|checked| checked.item.to_string()).collect();
    if whole && lacking(&names).is_some() {
        return Ruling::Denied(Box::new(Answer { effect: Effect::Deny, ..answer }));
    }
    let withheld = answer.items.iter().filter(|item| item.outcome == Outcome::Withheld).cloned().collect();
    Ruling::Kept { permit: Box::new(permit), answer: Box::new(answer), kept, withheld }
}

/// What keeps a function closed to somebody of whom only `held` is there: the items that are missing, none of them where
/// it is closed whatever is given. `None` when it is open.
pub(crate) fn lacking(
    platform: &Platform,
    (snapshot, born): (&Snapshot, Option<Born>),
    context: Context<'_>,
    person: &Slug,
    held: &[String],
) -> Option<Vec<FieldFault>> {
    let open = openness(platform, snapshot, born, context, person, held);
    open.filter(|open| open.effect == Openness::Closed).map(|closed| demanded(&closed))
}

/// How far the function is open to somebody of whom only `held` is kept. `None` outside any function.
fn openness(
    platform: &Platform,
    snapshot: &Snapshot,
    born: Option<Born>,
    context: Context<'_>,
    person: &Slug,
    held: &[String],
) -> Option<FunctionAnswer> {
    let function = context.function?;
    let groups = function.collects.said().into_iter().flatten();
    let groups = groups.filter(|group| group.of.text == person.as_str());
    let declared = groups.filter(|group| !context.typed || is_typed(group)).flat_map(|group| &group.items);
    let items = &platform.tables.program().items;
    let later = |item: &str| context.files_later && items.get(item).is_some_and(is_picture);
    let lacks = |item: &String| !held.contains(item) && !later(item);
    let mut refused: Vec<String> = declared.map(|item| item.text.clone()).filter(lacks).collect();
    refused.sort_unstable();
    refused.dedup();
    let asked = FunctionOpen {
        platform: platform.id.clone(),
        at: None,
        function: function.id.to_string(),
        product: context.product.map(ToString::to_string),
        channel: context.channel.map(ToString::to_string),
        person: person.to_string(),
        refused,
        subject: Subject::Known { id: snapshot.subject() },
        facts: context.facts.clone(),
    };
    Some(platform.tables.function_open(&asked, snapshot.state(), born, context.now))
}

/// The items whose absence closes the function: what both sides demand, where the two differ.
fn demanded(closed: &FunctionAnswer) -> Vec<FieldFault> {
    let both = closed.law.missing.iter().filter(|item| closed.published.missing.contains(item));
    let mut items: Vec<&String> = both.collect();
    if items.is_empty() {
        items = closed.law.missing.iter().collect();
    }
    items.into_iter().map(|item| FieldFault::new(item, "missing")).collect()
}
