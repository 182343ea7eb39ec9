//! The row of the law: the rules of the catalogue that change an answer at run time. Numbers are those of the rules.

use super::case::{Case, Demands};
use super::formula::Formula;
use super::published::rests_on_law;
use crate::question::Code;
use crate::syntax::{
    Action, Basis, Event, Exception, FinancialLevel, Function, Level, RecipientClass, Record, Sensitive, SourceClass,
    UseKind,
};
use crate::terms::key::{Cause, Element, Named, Part};
use crate::terms::literal::{Literal, Who};

/// Compiles it.
pub(super) fn row(case: &Case<'_>) -> Demands {
    let mut to = Demands::default();
    if case.key.action != Action::Collect {
        to.refuse(case.is(Literal::Erased), Cause::of(Code::Erased));
    }
    authenticators(case, &mut to);
    match case.key.element {
        Element::Access | Element::Record(_) => {}
        _ if case.declared.items_silent => to.never(Cause::of(Code::ItemsNotStated).rule(23)),
        _ => declared(case, &mut to),
    }
    to
}

fn declared(case: &Case<'_>, to: &mut Demands) {
    if let Some(function) = case.declared.function {
        case.demand_offer(function, to);
    }
    if let Some(when) = case.declared.when {
        case.demand_condition(when, to);
    }
    if case.is_ever_suspended() {
        to.refuse(case.is(Literal::Suspended), Cause::of(Code::RecipientSuspended).rule(63));
    }
    staff(case, to);
    if !case.is_natural() || case.declared.level == Some(Level::Anonymised) {
        return;
    }
    purpose(case, to);
    ground(case, to);
    inbound(case, to);
    sensitive(case, to);
    guardian(case, to);
    recipient(case, to);
    abroad(case, to);
    state(case, to);
    if case.sight.genetic() && case.holds(20) && underwrites(case) {
        to.never(Cause::of(Code::Genetic).rule(20));
    }
    if case.key.action == Action::Show && case.holds(56) {
        to.cover_by(case, 56, case.is(Literal::By(Who::Subject)).or(case.is(Literal::ClearView)));
    }
}

/// R57: what authenticates is never shown nor handed out. A biometric may be entrusted: verifying it is what the
/// processor is for, and R33 has its own gate.
fn authenticators(case: &Case<'_>, to: &mut Demands) {
    let goes_out = match case.key.action {
        Action::Show | Action::Share | Action::Transfer | Action::Disclose | Action::Export => true,
        Action::Entrust => case.sight.class() != Some(Sensitive::Biometric),
        _ => false,
    };
    if goes_out && case.sight.level() == Some(FinancialLevel::C3) && case.holds(57) {
        to.never(Cause::of(Code::Authenticator).rule(57));
    }
}

/// R58, R18: staff acts within its role, and on minors' data with approval.
fn staff(case: &Case<'_>, to: &mut Demands) {
    let others = case.is_not(Literal::By(Who::Staff));
    if case.holds(58) {
        to.need(others.clone().or(case.is(Literal::RoleAllowed)), Cause::of(Code::RoleNotAllowed).rule(58));
    }
    let Some(minor) = case.alphabet.age(case.program.law.ages().minor) else { return };
    if case.is_natural() && case.holds(18) {
        let adult = others.or(case.is(Literal::Under(minor, false)));
        to.need(adult.clone().or(case.is(Literal::RoleMinors)), Cause::of(Code::RoleNotAllowed).rule(18));
        let approved = adult.or(case.is(Literal::Approved));
        let known = approved.clone().or(case.is(Literal::Under(minor, true)));
        to.need(approved, Cause::of(Code::ApprovalMissing).rule(18));
        to.need(known, Cause::of(Code::AgeUnknown).rule(18));
    }
}

/// R2: nothing without a declared purpose.
fn purpose(case: &Case<'_>, to: &mut Demands) {
    let has_slot = !matches!(case.key.element, Element::Disclosure(_));
    if has_slot && case.declared.purposes.is_empty() && case.holds(2) {
        to.never(Cause::of(Code::NotStated).rule(2));
    }
}

/// What leaves the house to somebody who decides for itself, or the country to whomever.
fn outward(case: &Case<'_>) -> bool {
    matches!(case.key.action, Action::Share | Action::Disclose | Action::Export) || is_told_apart(case)
}

/// R37: what leaves the country is told and consented to apart, whoever receives it there.
fn is_told_apart(case: &Case<'_>) -> bool {
    case.is_abroad() && case.holds(37)
}

/// The scopes of which any one carries it. Who consented to a function has not consented to what leaves the country in its
/// course.
fn carriers<'c>(case: &'c Case<'_>) -> &'c [String] {
    let all = case.declared.carried_by.as_slice();
    if is_told_apart(case) { all.get(..1).unwrap_or(all) } else { all }
}

/// Whether a ground other than consent frees from a separate consent (switch `separate-beyond-consent`).
fn strict(case: &Case<'_>) -> bool {
    is_lesser(basis(case)) && beyond_consent(case)
}

const fn is_lesser(basis: Option<Basis>) -> bool {
    matches!(basis, Some(Basis::Contract | Basis::HumanResources | Basis::Published))
}

/// The ground as the law sees it. What passes to whoever takes over needs no consent (PIPL art. 22): where the text gives
/// no ground of its own, the law does.
fn basis(case: &Case<'_>) -> Option<Basis> {
    let silent = match case.key.element {
        Element::Share(i) => {
            case.program.policy.shares.get(usize::from(i)).is_some_and(|share| share.basis.said().is_none())
        }
        _ => false,
    };
    let acquires = case.declared.recipient.is_some_and(|one| one.class.value == RecipientClass::Acquirer);
    let taken_over = silent && acquires && case.key.action == Action::Transfer;
    if taken_over { Some(Basis::OtherLaw) } else { case.declared.basis }
}

/// The missing consent. Before separate consents were known (R10), any was enough.
fn missing(case: &Case<'_>, scope: u16) -> Cause {
    if case.holds(10) { case.missing(scope) } else { Cause::of(Code::ConsentMissing).scope(scope) }
}

/// An exception that an article carries.
fn in_law(exception: &Exception) -> Option<Basis> {
    let residual = exception.residual.as_ref().is_some_and(|residual| residual.value);
    exception.article.said().copied().filter(|_| !residual)
}

/// What the law makes of an exception of the text.
enum Worth {
    /// It frees, on this ground.
    Carries(Basis),
    /// No article carries it.
    NotInLaw,
    /// A contract carries its parties only (R19).
    NotParty,
    /// Beside the lesser grounds a separate consent is asked for what leaves the house.
    NotAlone,
}

fn worth(case: &Case<'_>, exception: &Exception) -> Worth {
    let separate = outward(case) && beyond_consent(case) && case.holds(10);
    match in_law(exception) {
        None if case.holds(5) => Worth::NotInLaw,
        // Before the law had a list of its own (R5), that of the texts was the national standard's.
        None => Worth::Carries(Basis::OtherLaw),
        Some(Basis::Contract) if !case.sight.party() && case.holds(19) => Worth::NotParty,
        lesser if is_lesser(lesser) && separate => Worth::NotAlone,
        Some(article) => Worth::Carries(article),
    }
}

fn beyond_consent(case: &Case<'_>) -> bool {
    case.program.operation.switches.separate_beyond_consent.value
}

/// The exceptions that free, each with its ground and the gate under which it does.
fn carrying<'c>(case: &'c Case<'_>) -> &'c [(Formula, Basis)] {
    let free = |(i, exception): (u16, &Exception)| {
        let Worth::Carries(article) = worth(case, exception) else { return None };
        let further = exception.article_when.as_ref();
        let further = further.map_or_else(Formula::always, |when| case.truth(&when.value, true));
        Some((case.claim(i, exception).and(&further), article))
    };
    case.carrying.get_or_init(|| case.exceptions().filter_map(free).collect())
}

fn excepted(case: &Case<'_>) -> Formula {
    let any = || Formula::any(carrying(case).iter().map(|(gate, _)| gate.clone()));
    case.freed.get_or_init(any).clone()
}

/// The rule that asks for consent to what leaves the house; before there was one, the rule that asks for any (网络安全法 42).
fn outward_rule(case: &Case<'_>) -> u8 {
    let rule = match case.key.action {
        Action::Disclose => 28,
        Action::Export => 37,
        _ if is_told_apart(case) => 37,
        _ => 23,
    };
    if case.holds(rule) { rule } else { 4 }
}

/// The ground fails, and what the reason is; `None` where it stands by itself.
fn lacks(case: &Case<'_>, own: u16) -> Option<Cause> {
    let provided = outward_rule(case);
    match basis(case) {
        None => Some(Cause::of(Code::NoBasis).scope(own).rule(4)),
        Some(Basis::Consent) if outward(case) => Some(missing(case, own).rule(provided)),
        Some(Basis::Consent) => Some(missing(case, own).rule(4)),
        Some(Basis::Contract) if !case.sight.party() && case.holds(19) => {
            Some(Cause::of(Code::NotParty).scope(own).rule(19))
        }
        Some(_) if outward(case) && strict(case) => Some(missing(case, own).rule(provided)),
        Some(_) => None,
    }
}

/// R4, R5, R10, R19, R23, R28, R37: every act has a ground of PIPL art. 13; exceptions only where an article carries them.
fn ground(case: &Case<'_>, to: &mut Demands) {
    let Some(own) = case.own_scope() else { return };
    let lacks = lacks(case, own);
    let carriers = carriers(case);
    let consented = case.granted(carriers);
    match (lacks, basis(case)) {
        (None, Some(basis)) => to.grounds.push((Formula::always(), basis)),
        _ => to.grounds.push((consented.clone(), Basis::Consent)),
    }
    if lacks.is_some() {
        to.grounds.extend_from_slice(carrying(case));
    }
    let Some(cause) = lacks.filter(|_| case.holds(4)) else { return };
    to.need(consented.clone().or(excepted(case)), cause);
    for (i, exception) in case.exceptions() {
        let reason = |code: Code, rule: u8| Cause::of(code).named(Named::Exception(i)).rule(rule);
        let refused = match worth(case, exception) {
            Worth::NotInLaw => reason(Code::ExceptionNotInLaw, 5),
            Worth::NotParty => reason(Code::NotParty, 19),
            Worth::NotAlone => missing(case, own).rule(outward_rule(case)),
            Worth::Carries(_) => {
                if let Some(when) = &exception.when {
                    case.demand_claim((i, carriers), &when.value, reason(Code::ConditionFalse, 5), to);
                }
                if let Some(when) = &exception.article_when {
                    case.demand_claim((i, carriers), &when.value, reason(Code::ExceptionNotInLaw, 5), to);
                }
                continue;
            }
        };
        to.need(consented.clone().or(case.is_not(Literal::Claimed(i))), refused);
    }
}

/// R11, R23: an enquiry at a credit agency needs a written consent; who gets data from a source stays within what the person allowed the source, or asks anew.
fn inbound(case: &Case<'_>, to: &mut Demands) {
    let Some(source) = case.declared.source else { return };
    let enquiry = case.alphabet.scope(&format!("inbound.{}", source.id.value));
    if let Some(scope) = enquiry.filter(|_| source.class.value == SourceClass::CreditAgency && case.holds(11)) {
        to.need(case.is(Literal::Granted(scope)).or(excepted(case)), case.missing(scope).rule(11));
    }
    if !case.holds(23) {
        return;
    }
    if case.sight.has_other_sources() {
        to.need(case.is(Literal::SourceNamed), Cause::of(Code::FactUnknown).named(Named::Source).rule(23));
    }
    let Some((within, beyond)) = case.beyond(source).filter(|_| !rests_on_law(basis(case))) else { return };
    let (inside, outside) = (Literal::Fact(within, true), Literal::Fact(within, false));
    let known = case.is(inside).or(case.is(outside));
    to.need(known, Cause::of(Code::FactUnknown).named(Named::Fact(within)).rule(23));
    let carried = case.is(Literal::Granted(beyond)).or(excepted(case));
    to.need(carried.or(case.is_not(outside)), missing(case, beyond).rule(23));
}

/// R10, R33: sensitive items and faces need a separate consent; R15: and telling why.
fn sensitive(case: &Case<'_>, to: &mut Demands) {
    let listed = case.sight.lists();
    let face = case.sight.face() && case.holds(33);
    let read = matches!(case.key.part, Part::Read(_));
    if !(listed && case.holds(10) || face) {
        return;
    }
    if case.key.action != Action::Show && case.holds(15) && !case.sight.told() {
        to.never(Cause::of(Code::NotStated).rule(15));
    }
    let asks = matches!(basis(case), None | Some(Basis::Consent)) || strict(case) || face;
    let class = case.sight.class().unwrap_or(Sensitive::Other);
    let (Some(scope), carried) = case.carried_class(class) else { return };
    if !asks || read {
        return;
    }
    let freed = carrying(case).iter().filter(|(_, article)| rests_on_law(Some(*article)));
    let freed = Formula::any(freed.map(|(gate, _)| gate.clone()));
    let shown_to_oneself =
        if case.key.action == Action::Show { case.is(Literal::By(Who::Subject)) } else { Formula::never() };
    let rule = if face { 33 } else { 10 };
    to.need(carried.or(freed).or(shown_to_oneself), case.missing(scope).rule(rule));
}

/// R17: under fourteen a guardian consents, whatever the ground, unless the law itself commands. Where consent is the
/// ground, a guardian's alone counts among the literals already.
fn guardian(case: &Case<'_>, to: &mut Demands) {
    let Some(own) = case.own_scope() else { return };
    let Some(child) = case.alphabet.age(case.program.law.ages().child) else { return };
    if case.holds(17) && !rests_on_law(basis(case)) && !(case.holds(4) && lacks(case, own).is_some()) {
        let older = case.is_not(Literal::Under(child, true));
        to.need(older.or(case.carried()), Cause::of(Code::GuardianConsentMissing).scope(own).rule(17));
    }
}

/// R23: a recipient has a name; a party that the customer chose has one. Authorities show their document.
fn recipient(case: &Case<'_>, to: &mut Demands) {
    let Some(recipient) = case.declared.recipient else { return };
    let chosen = recipient.chosen.as_ref().is_some_and(|chosen| chosen.value);
    let nameless = recipient.class.value == RecipientClass::Unnamed || chosen;
    if nameless && case.key.action != Action::Entrust && case.holds(23) {
        to.need(case.is(Literal::PartyNamed), Cause::of(Code::RecipientUnnamed).rule(23));
    }
    if recipient.class.value == RecipientClass::Authority {
        to.need(case.is(Literal::DocumentShown), Cause::of(Code::DocumentMissing).rule(4));
    }
}

/// R35: what leaves the country goes by a route of the law that is declared for it and in date. R36: and that bears as many
/// people as it declares, and somebody of whom something sensitive leaves.
fn abroad(case: &Case<'_>, to: &mut Demands) {
    let Some(own) = case.own_scope().filter(|_| case.is_abroad()) else { return };
    let routed = case.sight.routed();
    if !routed && case.holds(35) {
        to.never(Cause::of(Code::RouteMissing).scope(own).rule(35));
    }
    if routed && case.holds(36) && !case.sight.route_bears() {
        to.never(Cause::of(Code::RouteExceeded).scope(own).rule(36));
    }
}

/// R31: who refused advertising or profiling is left alone; R45, R46: storage only means storage only.
fn state(case: &Case<'_>, to: &mut Demands) {
    let kind = match case.key.element {
        Element::Use(i) => case.program.policy.uses.get(usize::from(i)).map(|used| used.kind.value),
        _ => None,
    };
    let personal = matches!(kind, Some(UseKind::Market | UseKind::Personalise | UseKind::Profile));
    if let Some(place) = case.alphabet.opt_out(case.key.element).filter(|_| personal && case.holds(31)) {
        to.refuse(case.is(Literal::OptedOut(place)), Cause::of(Code::OptedOut).rule(31));
    }
    if case.holds(46) && basis(case) != Some(Basis::Statutory) {
        to.refuse(case.is(Literal::StorageOnly), Cause::of(Code::StorageOnly).rule(46));
        to.refuse(case.is(Literal::AccountClosed), Cause::of(Code::AccountClosed).rule(46));
    }
}

/// R20: whether the purpose or function is underwriting, by its name or since a cover begins with what it makes.
fn underwrites(case: &Case<'_>) -> bool {
    let names = &case.program.names;
    let says = |kind, id: &str| {
        let law = &case.program.law;
        law.is_underwriting(id) || law.is_underwriting(names.name_of(kind, id))
    };
    let by_purpose = case.declared.purposes.iter().any(|purpose| says(crate::syntax::Kind::Purpose, purpose));
    let makes_cover = |function: &Function| {
        let made = |record: &&Record| function.makes.as_ref().is_some_and(|class| class.text == record.id.as_str());
        case.program.policy.records.iter().find(made).is_some_and(|record| {
            record.events.iter().any(|event| matches!(event.value, Event::InForceFrom | Event::InForceUntil))
        })
    };
    let by_function =
        |function: &Function| says(crate::syntax::Kind::Function, function.id.as_str()) || makes_cover(function);
    by_purpose || case.declared.function.is_some_and(by_function)
}
