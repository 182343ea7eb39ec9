//! Whether a yes can count: the pure part. What fails here is refused at the door, with a reason for each fault.

use jiff::Timestamp;
use model::Slug;
use model::act::{Artefact, Born, GivenBy};
use model::age::is_under;
use model::calendar::day_in_shanghai;
use policy::question::{Code, Reason};
use policy::syntax::Form;
use policy::terms::Scope;

use super::Choice;
use crate::Platform;
use crate::refusal::{by_law, by_policy};

/// The declared scope of that id.
pub(crate) fn scope<'p>(platform: &'p Platform, id: &str) -> Option<&'p Scope> {
    platform.tables.scopes().iter().find(|scope| scope.id == id)
}

/// Everything that keeps a choice from counting at `now`; empty when it counts.
pub(crate) fn faults(platform: &Platform, choice: &Choice, born: Option<Born>, now: Timestamp) -> Vec<Reason> {
    faults_as(platform, choice, choice.artefact.into(), born, now)
}

/// The same of what was not given on a page.
pub(super) fn faults_as(
    platform: &Platform,
    choice: &Choice,
    artefact: Artefact,
    born: Option<Born>,
    now: Timestamp,
) -> Vec<Reason> {
    let Some(scope) = scope(platform, &choice.scope) else {
        return vec![by_policy(Code::NotDeclared, None)];
    };
    let law = |code, rule| by_law(platform, code, Some(scope), rule, now);
    let mut wrong = Vec::new();
    if !party_fits(platform, scope, choice.party.as_ref()) {
        wrong.push(by_policy(Code::UnknownParty, Some(scope)));
    }
    match (scope.form, artefact) {
        (_, Artefact::Prechecked) => wrong.push(law(Code::ConsentPrechecked, "R7")),
        (Form::Separate, Artefact::Tick) => wrong.push(law(Code::SeparateConsentMissing, "R10")),
        (Form::Written, Artefact::Tick | Artefact::Separate) => wrong.push(law(Code::WrittenConsentMissing, "R11")),
        (Form::General | Form::Separate | Form::Written, _) => {}
    }
    if choice.policy != platform.tables.policy() {
        wrong.push(law(Code::ConsentOfOtherVersion, "R8"));
    }
    if choice.until.is_some_and(|end| end <= now) {
        wrong.push(by_policy(Code::ConsentExpired, Some(scope)));
    }
    // An unknown age is no fault of the consent: the tables weigh it at every act.
    let child = born.map(|born| is_under(Some(born), scope.guardian_under, day_in_shanghai(now)));
    match (choice.by, child) {
        (GivenBy::Other, _) => wrong.push(law(Code::ConsentByOther, "R19")),
        (GivenBy::Guardian, Some(false)) => wrong.push(law(Code::ConsentByOther, "R17")),
        (GivenBy::Oneself, Some(true)) => wrong.push(law(Code::GuardianConsentMissing, "R17")),
        (GivenBy::Oneself | GivenBy::Guardian, _) => {}
    }
    wrong
}

/// A scope that is one grant for each party wants a party of its recipient's; every other scope wants none.
pub(crate) fn party_fits(platform: &Platform, scope: &Scope, party: Option<&Slug>) -> bool {
    let Some(party) = party else { return !scope.per_party };
    let parties = &platform.tables.program().operation.parties;
    let known = parties.iter().find(|known| known.id.value == *party);
    let of_recipient = known.is_some_and(|known| {
        scope.recipient.as_ref().is_some_and(|recipient| known.recipient.text == recipient.as_str())
    });
    scope.per_party && of_recipient
}
