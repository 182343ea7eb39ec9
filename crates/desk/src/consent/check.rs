//! Whether a yes can count: the pure part. What fails here is refused at the door, with a reason for each fault.

use jiff::Timestamp;
use model::act::{Artefact, Born, GivenBy};
use model::age::is_under;
use model::calendar::day_in_shanghai;
use policy::question::{Code, Reason, Side};
use policy::syntax::Form;
use policy::terms::Scope;

use super::Choice;
use crate::Platform;

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
    if !party_fits(platform, scope, choice) {
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
fn party_fits(platform: &Platform, scope: &Scope, choice: &Choice) -> bool {
    let Some(party) = &choice.party else { return !scope.per_party };
    let parties = &platform.tables.program().operation.parties;
    let known = parties.iter().find(|known| known.id.value == *party);
    let of_recipient = known.is_some_and(|known| {
        scope.recipient.as_ref().is_some_and(|recipient| known.recipient.text == recipient.as_str())
    });
    scope.per_party && of_recipient
}

/// A reason of the published policy.
pub(crate) fn by_policy(code: Code, scope: Option<&Scope>) -> Reason {
    Reason {
        code,
        side: Side::Published,
        scope: scope.map(|scope| scope.id.clone()),
        fact: None,
        clause: scope.and_then(|scope| scope.clause.first().cloned()),
        article: None,
    }
}

/// A reason of the law, with the article in force that carries the rule.
pub(crate) fn by_law(platform: &Platform, code: Code, scope: Option<&Scope>, rule: &str, now: Timestamp) -> Reason {
    let law = &platform.tables.program().law;
    let article = law.citation(rule, day_in_shanghai(now)).map(|source| format!("{} ({rule})", source.cite));
    Reason {
        code,
        side: Side::Law,
        scope: scope.map(|scope| scope.id.clone()),
        fact: None,
        clause: scope.and_then(|scope| scope.clause.first().cloned()),
        article,
    }
}
