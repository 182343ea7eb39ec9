//! Pairs of elements that cannot both hold (`T19`): what one sentence gives and another takes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Report;
use super::super::said::{Listed, joined, said};
use super::super::view::{View, span_of};
use super::clause::{chapter, same_place};
use super::t19::against;
use super::wording::wording;
use crate::finding::{Severity, Span};
use crate::syntax::{
    Action, At, Basis, Clock, Form, Function, Level, Reach, Recipient, RecipientClass, Ref, RefusalList, Regime, Right,
    RightKind, Route, Share, Stated, Statement, StatementKind,
};

pub(super) fn check(view: &View<'_>, to: &mut Report<'_>) {
    goes_on(view, to);
    closed(view, to);
    kept_and_closed(view, to);
    loose(view, to);
    contacts(view, to);
    safe(view, to);
    grounds(view, to);
    regimes(view, to);
    longest(view, to);
    warned(view, to);
    waiting(view, to);
    restored(view, to);
}

fn statements<'a>(view: &View<'a>, kind: StatementKind) -> impl Iterator<Item = &'a Statement> + use<'a> {
    view.said().statements.iter().filter(move |one| one.kind.value == kind)
}

/// Using is consent to everything, and for something one is asked for all the same; told once of a text.
fn goes_on(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let Some(statement) = statements(view, StatementKind::ContinuedUseIsConsent).next() else { return };
    if let Some((name, at)) = expressly(view) {
        let message = said!("using the service is consent to all of the text, and `{name}` asks for one", name);
        against(view, message, (statement.id.span, said!("using is consent")), (at, said!("asked for")), to);
    }
    if let Stated::Said(election) = &said.update.election
        && election.value
    {
        let message = said!("going on is consent to the newer text, and the older one holds where it is better");
        let there = (statement.id.span, said!("the newer one"));
        against(view, message, (election.span, said!("the better one")), there, to);
    }
}

/// What is asked for by itself: a separate consent, or one to hand over, to make public or to give.
fn expressly<'a>(view: &View<'a>) -> Option<(&'a str, Span)> {
    let said = view.said();
    let functions = said.functions.iter().map(|one| (one.name.as_str(), &one.consent, one.id.span));
    let uses = said.uses.iter().map(|one| (one.name.as_str(), &one.consent, one.id.span));
    let transfers = said.shares.iter().filter(|one| one.act.value == Action::Transfer);
    let shares = transfers.chain(&said.shares).map(|one| (one.name.as_str(), &one.consent, one.id.span));
    let disclosures = said.disclosures.iter().map(|one| (one.name.as_str(), &one.consent, one.id.span));
    let all = || functions.clone().chain(uses.clone()).chain(shares.clone()).chain(disclosures.clone());
    let separate = all().find(|(_, consent, _)| consent.said() == Some(&Form::Separate));
    let given =
        separate.or_else(|| shares.clone().chain(disclosures.clone()).find(|(_, consent, _)| consent.said().is_some()));
    given.map(|(name, _, at)| (name, at))
}

/// Refusing here closes a function, and that function says that refusing closes nothing.
fn closed(view: &View<'_>, to: &mut Report<'_>) {
    let functions = &view.said().functions;
    let open = |id: &Ref<Function>| {
        let named = functions.iter().find(|one| one.id.as_str() == id.text)?;
        let reach = named.refused.said()?.reach.clone();
        (reach.value == Reach::Nowhere).then_some((named, reach.span))
    };
    let mut told = BTreeSet::new();
    for function in functions {
        let closes = function.refused.said().into_iter().flat_map(|refused| &refused.closes);
        for (named, (other, there)) in closes.filter_map(|named| Some((named, open(named)?))) {
            let clause = function.clause.first().map(|clause| clause.as_str());
            if told.insert((clause, other.id.as_str())) {
                let message = said!(
                    "refusing what `{one}` takes closes `{other}`, which says that refusing closes nothing",
                    one = function.name.value,
                    other = other.name.value
                );
                against(view, message, (named.span, said!("closed")), (there, said!("nothing is closed")), to);
            }
        }
    }
}

/// Data can be deleted while an account that holds them cannot be closed; an account is closed and its data are gone, and
/// they are kept because a law says so.
fn kept_and_closed(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for close in view.rights(RightKind::CloseAccount) {
        for delete in view.rights(RightKind::Delete).filter(|delete| delete.blocks.is_empty()) {
            if let Some(block) = close.blocks.first() {
                let (here, case) = ((delete.kind.span, said!("waits for nothing")), block.name.as_str());
                let message = said!("`delete` waits for nothing, and `close-account` waits for `{case}`", case);
                against(view, message, here, (block.name.span, said!("waits")), to);
            }
        }
        let erased = close.effect.as_ref().filter(|effect| wording().is_erasing_some_day(effect));
        let kept = said.retentions.iter().find_map(|rule| rule.laws.first());
        if let (Some(erased), true, Some(kept)) = (erased, close.laws.is_empty(), kept) {
            let message = said!("closing an account erases what it holds, and a law that keeps some of it goes first");
            against(view, message, (erased.span, said!("all of it")), (kept.span, said!("not what it keeps")), to);
        }
    }
}

/// One deadline twice, once with a way out.
fn loose(view: &View<'_>, to: &mut Report<'_>) {
    let clocks = &view.said().clocks;
    let alike = |one: &Clock, other: &Clock| one.length.span() == other.length.span();
    for (loose, way_out) in clocks.iter().filter_map(|clock| match &clock.overrun {
        Stated::Said(way_out) => Some((clock, way_out.span)),
        Stated::Nothing(_) | Stated::NotStated { .. } => None,
    }) {
        if let Some(firm) = clocks.iter().find(|firm| firm.overrun.said().is_none() && alike(loose, firm)) {
            let message = said!(
                "`{firm}` gives {length} and no way out, and `{loose}` gives the same and one",
                firm = firm.id.as_str(),
                length = firm.length.span(),
                loose = loose.id.as_str()
            );
            against(view, message, (way_out, said!("with a way out")), (firm.id.span, said!("without")), to);
        }
    }
}

/// Chapters that tell how the handler is reached, beside those of the rights, tell different ways.
fn contacts(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let of_rights: BTreeSet<String> = said
        .rights
        .iter()
        .filter(|right| right.kind.value != RightKind::Complain)
        .flat_map(|right| &right.clause)
        .map(|clause| chapter(clause))
        .collect();
    let mut ways: BTreeMap<String, Vec<(Route, &At<String>)>> = BTreeMap::new();
    for contact in &said.handler.contacts {
        for clause in &contact.clause {
            ways.entry(chapter(clause)).or_default().push((contact.route.value, clause));
        }
    }
    let routes = |ways: &[(Route, &At<String>)]| ways.iter().map(|(route, _)| *route).collect::<BTreeSet<Route>>();
    let lists: Vec<_> =
        ways.iter().filter(|(chapter, ways)| !of_rights.contains(*chapter) && routes(ways).len() > 1).collect();
    let most = lists.iter().max_by_key(|(_, ways)| routes(ways).len());
    let Some((full, most)) = most else { return };
    for (chapter, ways) in &lists {
        let (here, all) = (routes(ways), routes(most));
        let missing: Vec<Listed<Route>> = all.difference(&here).map(|route| Listed(*route)).collect();
        if let (false, Some((_, first)), Some((_, there))) = (missing.is_empty(), ways.first(), most.first()) {
            let message = said!(
                "`{chapter}` tells how the handler is reached, and not by {ways}, as `{full}` does",
                chapter,
                ways = joined(missing),
                full
            );
            let mut finding = to.finding(Severity::Note, message).at(view.policy, first.span, said!("fewer ways"));
            finding.clause = Some(first.value.clone());
            to.push(finding.at(view.policy, there.span, said!("more ways")));
        }
    }
}

/// What is held is safe, and is not.
fn safe(view: &View<'_>, to: &mut Report<'_>) {
    let Some(safe) = statements(view, StatementKind::Safe).next() else { return };
    for other in statements(view, StatementKind::Unsafe) {
        let message = said!("the text says that what it holds is safe, and that it is not");
        against(view, message, (other.id.span, said!("not safe")), (safe.id.span, said!("safe")), to);
    }
}

/// What somebody does rests on something else than consent, and asks for one.
fn grounds(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let functions = said.functions.iter().map(|one| (one.name.as_str(), &one.basis, &one.consent));
    let uses = said.uses.iter().map(|one| (one.name.as_str(), &one.basis, &one.consent));
    let shares = said.shares.iter().map(|one| (one.name.as_str(), &one.basis, &one.consent));
    let disclosures = said.disclosures.iter().map(|one| (one.name.as_str(), &one.basis, &one.consent));
    for (name, basis, consent) in functions.chain(uses).chain(shares).chain(disclosures) {
        if let (Stated::Said(basis), Stated::Said(consent)) = (basis, consent)
            && basis.value != Basis::Consent
        {
            let ground = Listed(basis.value);
            let message = said!("`{name}` rests on `{ground}`, and asks for consent", name, ground);
            against(view, message, (consent.span, said!("asked for")), (basis.span, said!("needs none")), to);
        }
    }
    two_grounds(view, to);
}

/// One sentence has one purpose served on two grounds.
fn two_grounds(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for used in &said.uses {
        let Stated::Said(consent) = &used.basis else { continue };
        let serves = |one: &&Function| one.purposes.contains(&used.purpose);
        let alike = |one: &&Function| one.clause.iter().any(|clause| used.clause.contains(clause));
        let ground = |one: &'_ Function| match &one.basis {
            Stated::Said(basis) if basis.value != Basis::Consent => Some((one.name.value.clone(), basis.clone())),
            _ => None,
        };
        let other = said.functions.iter().filter(serves).filter(alike).find_map(ground);
        if let (Some((name, basis)), Basis::Consent) = (other, consent.value) {
            let message = said!(
                "`{name}` rests on `{ground}`, and `{other}`, which serves the same, on consent",
                name,
                ground = Listed(basis.value),
                other = used.name.value
            );
            against(view, message, (consent.span, said!("on consent")), (basis.span, said!("not on consent")), to);
        }
    }
}

/// Who acts for the handler alone answers for itself; who answers for itself is entrusted; who is counted in is given data
/// as an outsider.
fn regimes(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let entrusted = |one: &&Recipient| one.regime.value == Regime::Entrusted;
    for other in statements(view, StatementKind::ThirdParty) {
        let place =
            |one: &Recipient| other.clause.iter().find(|also| one.clause.iter().any(|clause| same_place(clause, also)));
        let met = said.recipients.iter().filter(entrusted).find_map(|one| Some((one, place(one)?)));
        if let Some((recipient, clause)) = met {
            let name = recipient.name.as_str();
            let message = said!("`{name}` acts for the handler alone, and answers for itself", name);
            let mut finding = to.finding(Severity::Warning, message).at(view.policy, clause.span, said!("for itself"));
            finding.clause = Some(clause.value.clone());
            to.push(finding.at(view.policy, recipient.regime.span, said!("for the handler")));
        }
    }
    let shared = |one: &&Share| matches!(one.act.value, Action::Share | Action::Export);
    for recipient in said.recipients.iter().filter(|one| one.regime.value == Regime::Independent) {
        let mut own = said.shares.iter().filter(|share| share.recipient.text == recipient.id.as_str());
        let entrusting = own.clone().find(|share| share.act.value == Action::Entrust);
        if let Some((entrusting, sharing)) = entrusting.zip(own.find(shared)) {
            let message = said!("`{name}` is entrusted, and receives on its own account", name = recipient.name.value);
            let there = (sharing.act.span, said!("on its own"));
            against(view, message, (entrusting.act.span, said!("entrusted")), there, to);
        }
    }
    let outsider =
        |one: &&Recipient| one.class.value == RecipientClass::Affiliate && one.regime.value != Regime::Internal;
    if let (Stated::Said(counted), Some(recipient)) = (&said.handler.affiliates, said.recipients.iter().find(outsider))
    {
        let name = recipient.name.as_str();
        let message = said!("affiliates are counted in, and `{name}` receives as an outsider", name);
        let here = (recipient.regime.span, said!("an outsider"));
        against(view, message, here, (counted.span, said!("counted in")), to);
    }
}

/// The law goes first, and the longest of what counts leaves it out.
fn longest(view: &View<'_>, to: &mut Report<'_>) {
    for rule in view.said().retentions.iter().filter(|rule| rule.longest_of.len() > 1) {
        if let (Some(first), Some(law), false) =
            (rule.longest_of.first(), rule.laws.first(), rule.longest_of.iter().any(|one| wording().is_law(one)))
        {
            let rule = rule.id.as_str();
            let message =
                said!("`{rule}` lets the law go first, and keeps for the longest of what leaves it out", rule);
            against(view, message, (first.span, said!("no law")), (law.span, said!("goes first")), to);
        }
    }
}

/// The text warns against a way of writing, and has rights go by it.
fn warned(view: &View<'_>, to: &mut Report<'_>) {
    for statement in &view.said().statements {
        for way in &statement.against {
            let by = |right: &&Right| right.routes.said().is_some_and(|routes| routes.contains(&way.value));
            let rights: Vec<&Right> = view.said().rights.iter().filter(by).collect();
            let Some(first) = rights.first() else { continue };
            let rights = joined(rights.iter().map(|right| Listed(right.kind.value)));
            let message =
                said!("the text warns against {way}, and {rights} goes by it", way = Listed(way.value), rights);
            let there = span_of(&first.routes, first.kind.span);
            against(view, message, (way.span, said!("warned against")), (there, said!("asked for")), to);
        }
    }
}

/// The grounds on which requests are refused are all there are, and requests wait for other reasons.
fn waiting(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let Stated::Said(list) = &said.refusal_list else { return };
    let block = said.rights.iter().flat_map(|right| &right.blocks).next();
    if let (RefusalList::Closed, Some(block), Some(ground)) = (list.value, block, said.refusals.first()) {
        let message = said!(
            "requests are refused on no other ground than those listed, and wait for `{case}`",
            case = block.name.value
        );
        let there = (ground.id.span, said!("the list begins here"));
        against(view, message, (block.name.span, said!("not listed")), there, to);
    }
}

/// What is merely de-identified in one clause cannot be restored in another.
fn restored(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let freed = |one: &&Share, level: Level| {
        one.consent.is_nothing() && one.level.as_ref().is_some_and(|own| own.value == level)
    };
    let Some(gone) = said.shares.iter().find(|one| freed(one, Level::Anonymised)) else { return };
    let Some(purpose) = gone.purpose.said() else { return };
    let same = |one: &&Share| one.purpose.said() == Some(purpose);
    if let Some(less) = said.shares.iter().filter(same).find(|one| freed(one, Level::DeIdentified)) {
        let message = said!(
            "`{gone}` gives what cannot be restored, and `{less}` for the same end what is only de-identified",
            gone = gone.name.value,
            less = less.name.value
        );
        let there = (gone.id.span, said!("not restorable"));
        against(view, message, (less.id.span, said!("only de-identified")), there, to);
    }
}
