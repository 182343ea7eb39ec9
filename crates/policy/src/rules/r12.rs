//! R12: withdrawing is as easy as giving: by a way that is told, by a click where a click gave, at no other price.

use super::said::{Listed, joined, said};
use super::view::{View, rests_on_consent, ways};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Right, RightKind, Route, StatementKind};

pub(super) const RULE: Rule = Rule { code: "R12", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    if !asks_consent(view) {
        return;
    }
    let said = view.said();
    let told: Vec<Route> = view.rights(RightKind::Withdraw).flat_map(|right| ways(&right.routes)).collect();
    let rights = view.rights(RightKind::Withdraw).chain(&said.rights);
    let at = rights.map(|right| right.kind.span).next().unwrap_or(said.policy.title.span);
    if told.is_empty() {
        let message = said!("the text asks for consents and gives no way to take one back");
        let label = said!("among the rights of this text");
        let mut finding = to.finding(Severity::Error, message).at(view.policy, at, label);
        finding.clause = view.rights_clause();
        to.push(finding.about(RightKind::Withdraw.word()));
    } else if !told.iter().any(|route| is_click(*route)) {
        let by = joined(told.into_iter().map(Listed));
        let message = said!("a click gives a consent, and only {by} takes it back", by);
        to.warning(at, message, said!("harder than giving"));
    }
    for sentence in view.sentences(StatementKind::LastingAuthorisation) {
        let message = said!("an authorisation lasts as long as the service is used, and is not taken back by itself");
        to.warning(sentence.kind.span, message, said!("for good?"));
    }
    for right in view.rights(RightKind::Withdraw) {
        price(view, right, to);
    }
}

/// What withdrawing costs or waits for beyond the step itself.
fn price(view: &View<'_>, right: &Right, to: &mut Report<'_>) {
    let wording = view.program.law.wording();
    if let Some(path) = right.path.as_ref().filter(|path| wording.is_closing(path)) {
        let message = said!("a consent is taken back by closing an account");
        to.warning(path.span, message, said!("one consent, the whole account"));
    }
    let own = ways(&right.routes).all(|route| route == Route::SelfService);
    if let Some(path) = right.path.as_ref().filter(|path| own && wording.is_device_switch(path)) {
        let message = said!("a switch of the device takes back what the device hands in, and no other consent");
        to.warning(path.span, message, said!("and all other consents?"));
    }
    let mut cases = right.grounds.iter().chain(&right.blocks);
    let Some(first) = cases.next() else { return };
    let names = joined(std::iter::once(first).chain(cases).map(|case| case.name.as_str()));
    let message = said!("taking a consent back hangs on conditions: {names}", names);
    to.warning(first.name.span, message, said!("always, by law"));
}

/// Consents are given on a page or in an application.
fn is_click(route: Route) -> bool {
    matches!(route, Route::SelfService | Route::WebForm | Route::InMessage)
}

/// Whether the text rests anything on consent.
fn asks_consent(view: &View<'_>) -> bool {
    let said = view.said();
    let functions = said.functions.iter().map(|one| (&one.basis, &one.consent));
    let uses = said.uses.iter().map(|one| (&one.basis, &one.consent));
    let shares = view.shares().map(|one| (&one.basis, &one.consent));
    let disclosures = said.disclosures.iter().map(|one| (&one.basis, &one.consent));
    let mut all = functions.chain(uses).chain(shares).chain(disclosures);
    all.any(|(basis, consent)| rests_on_consent(basis, consent))
}
