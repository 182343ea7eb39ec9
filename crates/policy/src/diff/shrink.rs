//! Witnesses without what they do not need: consents, facts, records and whatever else a question says of the case are taken out
//! one at a time, for as long as both versions answer as before. What is left is what the difference hangs on.

use model::act::Account;

use super::say::Version;
use super::search::answer;
use crate::question::{Actor, InlineSubject, ItemAnswer, Processing, Reason, Subject};

/// What the two versions answer about the first item of a question.
type Answers = [ItemAnswer; 2];

/// Something that a question says of the case, and could leave out. What names the flow itself always stays.
enum Part {
    /// The consent or the objection at this place.
    Consent(usize),
    /// The record at this place.
    Record(usize),
    /// That the account is closed.
    Closed,
    Fact(String),
    /// Which roles are one person.
    Same,
    Exception,
    Document,
    Party,
    Product,
    /// That staff act with approval.
    Approved,
    /// That staff look at it in the clear.
    ClearView,
    Born,
}

/// What two versions answer to a question.
pub(super) fn asked([old, new]: [Version<'_>; 2], question: &Processing) -> Option<Answers> {
    Some([answer(old, question)?, answer(new, question)?])
}

/// The question without what these answers of the two versions do not need, and what they answer to that.
pub(super) fn shrunk(versions: [Version<'_>; 2], question: &Processing, mut said: Answers) -> (Processing, Answers) {
    let mut question = question.clone();
    // What was needed beside something else may be needed no longer without it, so it is gone through until nothing goes.
    loop {
        let mut has_shrunk = false;
        for part in parts(&question) {
            let mut smaller = question.clone();
            part.leave_out(&mut smaller);
            if let Some(answers) = asked(versions, &smaller).filter(|answers| is_alike(&said, answers)) {
                (question, said, has_shrunk) = (smaller, answers, true);
            }
        }
        if !has_shrunk {
            return (question, said);
        }
    }
}

/// Whether what is answered is the same, for no reason that was not there before.
fn is_alike(before: &Answers, after: &Answers) -> bool {
    let known = |reason: &Reason, of: &ItemAnswer| {
        of.reasons.iter().any(|one| (one.code, &one.scope, &one.fact) == (reason.code, &reason.scope, &reason.fact))
    };
    before.iter().zip(after).all(|(before, after)| {
        (before.outcome, before.mask) == (after.outcome, after.mask)
            && after.reasons.iter().all(|reason| known(reason, before))
    })
}

/// Everything that could be left out. Of a list the last stands first, so that places stay what they are while members go.
fn parts(question: &Processing) -> Vec<Part> {
    let nobody = InlineSubject::default();
    let subject = match &question.subject {
        Subject::Inline(subject) => subject,
        Subject::Known { .. } => &nobody,
    };
    let state = &subject.state;
    let (approved, clear_view) = match question.actor {
        Actor::Staff { approved, clear_view, .. } => (approved, clear_view),
        _ => (false, false),
    };
    let alone = [
        (state.account == Account::Closed, Part::Closed),
        (question.facts.same_person.is_some(), Part::Same),
        (question.exception.is_some(), Part::Exception),
        (question.document.is_some(), Part::Document),
        (question.party.is_some(), Part::Party),
        (question.product.is_some(), Part::Product),
        (approved, Part::Approved),
        (clear_view, Part::ClearView),
        (subject.born.is_some(), Part::Born),
    ];
    let consents = (0..state.consents.len()).rev().map(Part::Consent);
    let records = (0..state.records.len()).rev().map(Part::Record);
    let facts = question.facts.declared.keys().cloned().map(Part::Fact);
    let alone = alone.into_iter().filter(|(is_said, _)| *is_said).map(|(_, part)| part);
    consents.chain(records).chain(facts).chain(alone).collect()
}

impl Part {
    fn leave_out(&self, question: &mut Processing) {
        match (self, &mut question.subject, &mut question.actor) {
            (Self::Consent(at), Subject::Inline(subject), _) => {
                subject.state.consents.remove(*at);
            }
            (Self::Record(at), Subject::Inline(subject), _) => {
                subject.state.records.remove(*at);
            }
            (Self::Closed, Subject::Inline(subject), _) => subject.state.account = Account::Active,
            (Self::Born, Subject::Inline(subject), _) => subject.born = None,
            (Self::Approved, _, Actor::Staff { approved, .. }) => *approved = false,
            (Self::ClearView, _, Actor::Staff { clear_view, .. }) => *clear_view = false,
            (Self::Fact(fact), ..) => {
                question.facts.declared.remove(fact);
            }
            (Self::Same, ..) => question.facts.same_person = None,
            (Self::Exception, ..) => question.exception = None,
            (Self::Document, ..) => question.document = None,
            (Self::Party, ..) => question.party = None,
            (Self::Product, ..) => question.product = None,
            // Of somebody who is only known by id, and of anybody but staff, no such part is made.
            (Self::Consent(_) | Self::Record(_) | Self::Closed | Self::Born | Self::Approved | Self::ClearView, ..) => {
            }
        }
    }
}
