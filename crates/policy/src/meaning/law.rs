//! What the law says: the rules of the catalogue with an effect at run time, in the order of their numbers.

use super::Rule;
use super::published::items_not_stated;
use super::world::{Objections, What, World};
use crate::question::Code;
use crate::syntax::{
    Action, Basis, Event, Exception, FinancialLevel, Kind, RecipientClass, Sensitive, SourceClass, UseKind,
};
use crate::terms::key::{Cause, Named, Part};
use crate::terms::literal::{Literal, Who};

/// The rules that apply to a key, each adding its objections. For organisations, for what is anonymised (R6: the one thing
/// that leaves the scope of the law) and for what is silent, few do.
pub(super) fn rules(world: &World<'_>) -> Vec<Rule> {
    let declared: [Rule; 6] =
        [erased, offer, condition, r18_staff_and_minors, r58_staff_within_its_role, r63_suspended];
    match world.what {
        What::Access | What::Record => vec![erased, r57_authenticators_stay],
        _ if items_not_stated(world) => vec![erased, r57_authenticators_stay, r23_stated_items],
        _ if !world.is_natural() || world.is_anonymised() => {
            declared.into_iter().chain([r57_authenticators_stay as Rule]).collect()
        }
        _ => declared.into_iter().chain(PERSONAL).collect(),
    }
}

/// The rules on personal information.
const PERSONAL: [Rule; 15] = [
    r2_declared_purpose,
    r4_legal_basis,
    r10_separate_consent,
    r11_written_for_credit,
    r15_sensitive_notice,
    r17_guardian,
    r20_no_genetic_underwriting,
    r23_named_recipient,
    r23_within_the_original_word,
    r31_opt_out,
    r35_route_abroad,
    r36_numbers_of_the_route,
    r46_storage_only,
    r56_masked_by_default,
    r57_authenticators_stay,
];

fn erased(world: &World<'_>, to: &mut Objections) {
    if world.key.action != Action::Collect && world.is(Literal::Erased) {
        to.withhold(Cause::of(Code::Erased));
    }
}

fn offer(world: &World<'_>, to: &mut Objections) {
    if let Some(function) = world.function() {
        world.offer(function, to);
    }
}

fn condition(world: &World<'_>, to: &mut Objections) {
    if let Some(when) = world.when() {
        world.condition(when, to);
    }
}

/// R23: what is shared or made public must be told; where it is not, the narrowest reading is nothing.
fn r23_stated_items(_: &World<'_>, to: &mut Objections) {
    to.withhold(Cause::of(Code::ItemsNotStated).rule(23));
}

/// R2: every activity has a declared purpose. A disclosure has no slot for one.
fn r2_declared_purpose(world: &World<'_>, to: &mut Objections) {
    let declared = match world.what {
        What::Function(function, _) => !function.purposes.is_empty(),
        What::Share(share, ..) => share.purpose.said().is_some(),
        _ => true,
    };
    if world.rule(2) && !declared {
        to.withhold(Cause::of(Code::NotStated).rule(2));
    }
}

/// Why the ground that the text gives is not enough by itself, if it is not.
///
/// R4: not stated is no ground. R19: a contract carries only its parties. R23, R28, R37: providing, publishing and
/// exporting need a separate consent, under the switch even beside the lesser grounds.
fn ground_fails(world: &World<'_>, own: &str) -> Option<Cause> {
    let scope = world.alphabet.scope(own);
    let leaves = leaves(world);
    let outward = outward_rule(world);
    match basis(world) {
        None => Some(Cause { scope, ..Cause::of(Code::NoBasis).rule(4) }),
        Some(Basis::Consent) => {
            let rule = if leaves { outward } else { 4 };
            missing(world, own).map(|cause| cause.rule(rule))
        }
        Some(Basis::Contract) if !is_party(world) && world.rule(19) => {
            Some(Cause { scope, ..Cause::of(Code::NotParty).rule(19) })
        }
        Some(Basis::Contract | Basis::HumanResources | Basis::Published) if leaves && beyond_consent(world) => {
            missing(world, own).map(|cause| cause.rule(outward))
        }
        Some(_) => None,
    }
}

/// The ground as the law sees it. Who takes over takes the data along (PIPL art. 22): no consent, where the text gives no
/// ground of its own.
fn basis(world: &World<'_>) -> Option<Basis> {
    if let What::Share(share, recipient, _) = world.what
        && world.key.action == Action::Transfer
        && recipient.class.value == RecipientClass::Acquirer
        && share.basis.said().is_none()
    {
        return Some(Basis::OtherLaw);
    }
    world.basis()
}

/// Whether it goes to somebody who decides for itself, to everybody, or out of the country, be it entrusted (R37).
fn leaves(world: &World<'_>) -> bool {
    matches!(world.key.action, Action::Share | Action::Disclose | Action::Export) || needs_word_to_go_abroad(world)
}

/// R37: for leaving the country there is a consent of its own (PIPL art. 39), beside whatever else was consented to.
fn needs_word_to_go_abroad(world: &World<'_>) -> bool {
    world.goes_abroad() && world.rule(37)
}

/// Whether a consent stands that carries it: abroad only the element's own.
fn consented(world: &World<'_>) -> bool {
    match world.scope_ids().first() {
        Some(own) if needs_word_to_go_abroad(world) => world.granted(own),
        _ => world.consented(),
    }
}

/// The rule that asks for consent to what leaves. Before these, one law asked for consent to everything (网络安全法 41, 42).
fn outward_rule(world: &World<'_>) -> u8 {
    let outward = match world.key.action {
        Action::Disclose => 28,
        Action::Export => 37,
        _ if needs_word_to_go_abroad(world) => 37,
        _ => 23,
    };
    if world.rule(outward) { outward } else { 4 }
}

/// The missing consent; before separate consents were known to the law (R10), a consent without form.
fn missing(world: &World<'_>, id: &str) -> Option<Cause> {
    let cause = world.missing(id)?;
    Some(if world.rule(10) { cause } else { Cause { code: Code::ConsentMissing, ..cause } })
}

fn beyond_consent(world: &World<'_>) -> bool {
    world.program.operation.switches.separate_beyond_consent.value
}

fn is_party(world: &World<'_>) -> bool {
    let declared = world.person.party.as_ref().is_some_and(|party| party.value);
    let switched = world.program.operation.switches.insured_is_party.value;
    declared || switched && (world.person.id.as_str() == "insured" || world.person.id.as_str() == "beneficiary")
}

/// The article that carries an exception. R5: the residual clause and the unmapped ones have none.
fn article(exception: &Exception) -> Option<Basis> {
    match &exception.residual {
        Some(residual) if residual.value => None,
        _ => exception.article.said().copied(),
    }
}

/// Why an exception of the text does not free by law, whatever its conditions; `Ok` with its ground when it may.
fn worth(world: &World<'_>, place: u16, exception: &Exception) -> Result<Basis, Option<Cause>> {
    let leaves = leaves(world) && world.rule(10);
    let named = |code: Code| Cause::of(code).named(Named::Exception(place));
    match article(exception) {
        None if world.rule(5) => Err(Some(named(Code::ExceptionNotInLaw).rule(5))),
        // Before the law had a list (R5), there was that of the national standard, from which texts took theirs.
        None => Ok(Basis::OtherLaw),
        // R19: a contract carries its parties only, as an exception, too.
        Some(Basis::Contract) if !is_party(world) && world.rule(19) => Err(Some(named(Code::NotParty).rule(19))),
        // Beside the lesser grounds a separate consent stays asked for what leaves: its absence is the reason.
        Some(Basis::Contract | Basis::HumanResources | Basis::Published) if leaves && beyond_consent(world) => {
            let own = world.scope_ids().first();
            Err(own.and_then(|own| missing(world, own)).map(|cause| cause.rule(outward_rule(world))))
        }
        Some(article) => Ok(article),
    }
}

/// The ground of the first exception that frees by law: relied on, in law, its condition and the article's own true.
fn freed(world: &World<'_>, counts: impl Fn(Basis) -> bool) -> Option<Basis> {
    let mut found = None;
    for &(place, exception) in world.exceptions() {
        let Ok(article) = worth(world, place, exception) else { continue };
        let further = exception.article_when.as_ref().is_none_or(|when| world.kleene(when) == Some(true));
        if world.excepted(place, exception) && further && counts(article) && found.is_none() {
            found = Some(article);
        }
    }
    found
}

/// R4 with R5, R19, R23, R28 and R37: a ground of PIPL art. 13, the standing consent, or an exception in law.
fn r4_legal_basis(world: &World<'_>, to: &mut Objections) {
    let ids = world.scope_ids();
    let Some(own) = ids.first() else { return };
    let Some(fails) = ground_fails(world, own) else {
        to.ground = basis(world);
        return;
    };
    let consented = consented(world);
    let excepted = freed(world, |_| true);
    to.ground = if consented { Some(Basis::Consent) } else { excepted };
    if !world.rule(4) || consented {
        return;
    }
    if excepted.is_none() {
        to.withhold(fails);
    }
    for &(place, exception) in world.exceptions() {
        let named = |code: Code| Cause::of(code).named(Named::Exception(place)).rule(5);
        match worth(world, place, exception) {
            Ok(_) => {
                let own = exception.when.as_ref().map(|when| &when.value);
                world.claim(place, own, named(Code::ConditionFalse), to);
                let further = exception.article_when.as_ref().map(|when| &when.value);
                world.claim(place, further, named(Code::ExceptionNotInLaw), to);
            }
            Err(Some(cause)) if world.is(Literal::Claimed(place)) => to.withhold(cause),
            Err(_) => {}
        }
    }
}

/// R23: whoever gets data from another processes it within what the person allowed the other, or asks anew; and says from
/// whom it is.
fn r23_within_the_original_word(world: &World<'_>, to: &mut Objections) {
    let Some(source) = world.source().filter(|_| world.rule(23)) else { return };
    if world.has_other_sources() && !world.is(Literal::SourceNamed) {
        to.withhold(Cause::of(Code::FactUnknown).named(Named::Source).rule(23));
    }
    let commanded = matches!(basis(world), Some(Basis::Statutory | Basis::Emergency | Basis::News | Basis::OtherLaw));
    let fact = source.within.as_ref().filter(|_| !commanded).and_then(|fact| world.fact(&fact.text));
    match fact {
        None | Some((_, Some(true))) => {}
        Some((named, None)) => to.withhold(Cause::of(Code::FactUnknown).named(named).rule(23)),
        Some((_, Some(false))) => {
            let id = format!("inbound.{}.beyond", source.id.value);
            let lacks = !world.granted(&id) && freed(world, |_| true).is_none();
            if let Some(cause) = missing(world, &id).filter(|_| lacks) {
                to.withhold(cause.rule(23));
            }
        }
    }
}

/// R11: an enquiry at a credit agency needs the written consent of the person, whatever the text asks for.
fn r11_written_for_credit(world: &World<'_>, to: &mut Objections) {
    let Some(source) = world.source().filter(|_| world.rule(11)) else { return };
    let id = format!("inbound.{}", source.id.value);
    let enquiry = source.class.value == SourceClass::CreditAgency;
    let lacks = enquiry && !world.granted(&id) && freed(world, |_| true).is_none();
    if let Some(cause) = world.missing(&id).filter(|_| lacks) {
        to.withhold(cause.rule(11));
    }
}

/// R63: to whom the company has stopped giving anything, nothing goes.
fn r63_suspended(world: &World<'_>, to: &mut Objections) {
    if world.is_suspended() {
        to.withhold(Cause::of(Code::RecipientSuspended).rule(63));
    }
}

/// Sensitive on the day (R16: standards are dated), or a face while R33 is in force.
fn is_sensitive(world: &World<'_>) -> bool {
    let listed = world.is_listed();
    listed && world.rule(10) || is_gated_face(world)
}

fn is_gated_face(world: &World<'_>) -> bool {
    world.item.face && world.rule(33)
}

/// R10, R33: sensitive items need their own separate consent; a face whatever the ground.
fn r10_separate_consent(world: &World<'_>, to: &mut Objections) {
    if !is_sensitive(world) || matches!(world.key.part, Part::Read(_)) {
        return;
    }
    let asked_for = match basis(world) {
        None | Some(Basis::Consent) => true,
        Some(Basis::Contract | Basis::HumanResources | Basis::Published) => beyond_consent(world),
        Some(Basis::Statutory | Basis::Emergency | Basis::News | Basis::OtherLaw) => false,
    };
    let face = is_gated_face(world);
    if !asked_for && !face {
        return;
    }
    let class = world.item.class.unwrap_or(Sensitive::Other);
    let ids: Vec<String> = world.scope_ids().iter().map(|id| format!("{id}.{class}")).collect();
    let Some(missing) = ids.iter().find_map(|id| world.missing(id)) else { return };
    let granted = ids.iter().any(|id| world.granted(id));
    let by_law = |article| matches!(article, Basis::Statutory | Basis::Emergency | Basis::News | Basis::OtherLaw);
    let commanded = freed(world, by_law).is_some();
    let to_oneself = world.key.action == Action::Show && world.is(Literal::By(Who::Subject));
    if !granted && !commanded && !to_oneself {
        to.withhold(missing.rule(if face { 33 } else { 10 }));
    }
}

/// R15: nobody works with a sensitive item before necessity and impact are told.
fn r15_sensitive_notice(world: &World<'_>, to: &mut Objections) {
    if !is_sensitive(world) || !world.rule(15) || world.key.action == Action::Show {
        return;
    }
    let told = world.program.operation.notices.iter().any(|notice| {
        let here = world.function().is_none_or(|function| function.id.as_str() == notice.function.text);
        here && world.is_one_of(&notice.items)
    });
    if !told {
        to.withhold(Cause::of(Code::NotStated).rule(15));
    }
}

/// R17: for a child under fourteen a guardian consents. Where consent is the ground, only a guardian's counts among the
/// literals; beside other grounds the guardian's is asked for here, unless the law itself commands.
fn r17_guardian(world: &World<'_>, to: &mut Objections) {
    let ids = world.scope_ids();
    let Some(own) = ids.first() else { return };
    let commanded = matches!(basis(world), Some(Basis::Statutory | Basis::Emergency | Basis::News | Basis::OtherLaw));
    let consent_is_ground = world.rule(4) && ground_fails(world, own).is_some();
    if !world.rule(17) || commanded || consent_is_ground {
        return;
    }
    if world.under(world.program.law.ages().child) == Some(true) && !world.consented() {
        let scope = world.alphabet.scope(own);
        to.withhold(Cause { scope, ..Cause::of(Code::GuardianConsentMissing).rule(17) });
    }
}

/// R18: minors' data by staff: a role for it, and approval. An unknown age is a minor's.
fn r18_staff_and_minors(world: &World<'_>, to: &mut Objections) {
    if !world.is_natural() || !world.rule(18) || !world.is(Literal::By(Who::Staff)) {
        return;
    }
    let under = world.under(world.program.law.ages().minor);
    if under == Some(false) {
        return;
    }
    if !world.is(Literal::RoleMinors) {
        to.withhold(Cause::of(Code::RoleNotAllowed).rule(18));
    }
    if !world.is(Literal::Approved) {
        to.withhold(Cause::of(Code::ApprovalMissing).rule(18));
        if under.is_none() {
            to.withhold(Cause::of(Code::AgeUnknown).rule(18));
        }
    }
}

/// R20: genetic information never for underwriting: not where a name says so, nor where a cover begins.
fn r20_no_genetic_underwriting(world: &World<'_>, to: &mut Objections) {
    if !world.item.genetic || !world.rule(20) {
        return;
    }
    let names = &world.program.names;
    let mut purposes: Vec<&str> = Vec::new();
    match world.what {
        What::Function(function, _) => purposes.extend(function.purposes.iter().map(|one| one.text.as_str())),
        What::Use(used) => purposes.push(&used.purpose.text),
        What::Tracker(tracker) => purposes.push(&tracker.purpose.text),
        What::Share(share, ..) => purposes.extend(share.purpose.said().map(|one| one.text.as_str())),
        What::Disclosure(_) | What::Record | What::Access => {}
    }
    let function = world.function();
    let own = function.map(|function| (Kind::Function, function.id.as_str()));
    let called = purposes.into_iter().map(|id| (Kind::Purpose, id)).chain(own);
    let mut texts = called.flat_map(|(kind, id)| [id, names.name_of(kind, id)]);
    let made = function.and_then(|function| function.makes.as_ref()).map(|class| class.text.as_str());
    let begun = world.program.policy.records.iter().filter(|record| made == Some(record.id.as_str()));
    let mut events = begun.flat_map(|record| &record.events).map(|event| event.value);
    let covers = events.any(|event| event == Event::InForceFrom || event == Event::InForceUntil);
    if covers || texts.any(|text| world.program.law.is_underwriting(text)) {
        to.withhold(Cause::of(Code::Genetic).rule(20));
    }
}

/// R23: whoever is provided with data has a name, a company of the group like any other (R25): a class without one, or a
/// choice left to the customer, needs the party. An authority shows its document: without it no statutory duty is made
/// out (R4).
fn r23_named_recipient(world: &World<'_>, to: &mut Objections) {
    let What::Share(_, recipient, _) = world.what else { return };
    let nameless = recipient.class.value == RecipientClass::Unnamed
        || recipient.chosen.as_ref().is_some_and(|chosen| chosen.value);
    let provides = world.key.action != Action::Entrust;
    if world.rule(23) && nameless && provides && !world.is(Literal::PartyNamed) {
        to.withhold(Cause::of(Code::RecipientUnnamed).rule(23));
    }
    if recipient.class.value == RecipientClass::Authority && !world.is(Literal::DocumentShown) {
        to.withhold(Cause::of(Code::DocumentMissing).rule(4));
    }
}

/// R31: who refused advertising, personalisation or profiling is left alone, whether or not the text offers it.
fn r31_opt_out(world: &World<'_>, to: &mut Objections) {
    let What::Use(used) = world.what else { return };
    let personal = matches!(used.kind.value, UseKind::Market | UseKind::Personalise | UseKind::Profile);
    if let Some(place) = world.alphabet.opt_out(world.key.element)
        && personal
        && world.rule(31)
        && world.is(Literal::OptedOut(place))
    {
        to.withhold(Cause::of(Code::OptedOut).rule(31));
    }
}

/// R35: nothing leaves the country but by a route of the law that is declared for the flow and has not ended.
fn r35_route_abroad(world: &World<'_>, to: &mut Objections) {
    if world.goes_abroad() && world.rule(35) && !world.is_routed() {
        to.withhold(Cause { scope: own_scope(world), ..Cause::of(Code::RouteMissing).rule(35) });
    }
}

/// R36: a route is for fewer people than the law says, and a sensitive item leaves on one that counts those of whom it does.
/// How many have left is counted elsewhere: here the declared numbers speak.
fn r36_numbers_of_the_route(world: &World<'_>, to: &mut Objections) {
    if world.goes_abroad() && world.rule(36) && world.is_routed() && !world.is_borne(world.is_listed()) {
        to.withhold(Cause { scope: own_scope(world), ..Cause::of(Code::RouteExceeded).rule(36) });
    }
}

fn own_scope(world: &World<'_>) -> Option<u16> {
    world.scope_ids().first().and_then(|own| world.alphabet.scope(own))
}

/// R45, R46: a restricted record, or a closed account, is for storage and statutory duty only.
fn r46_storage_only(world: &World<'_>, to: &mut Objections) {
    if !world.rule(46) || basis(world) == Some(Basis::Statutory) {
        return;
    }
    if world.is(Literal::StorageOnly) {
        to.withhold(Cause::of(Code::StorageOnly).rule(46));
    }
    if world.is(Literal::AccountClosed) {
        to.withhold(Cause::of(Code::AccountClosed).rule(46));
    }
}

/// R56: masked on display to anybody but the subject; a clear view is a separate act that the role must allow.
fn r56_masked_by_default(world: &World<'_>, to: &mut Objections) {
    let open = || world.is(Literal::By(Who::Subject)) || world.is(Literal::ClearView);
    if world.key.action == Action::Show && world.rule(56) && !open() {
        to.mask(Cause::of(Code::MaskedByDefault).rule(56));
    }
}

/// R57: what authenticates is not shown and does not leave. A biometric may be entrusted to be verified.
fn r57_authenticators_stay(world: &World<'_>, to: &mut Objections) {
    let leaves = match world.key.action {
        Action::Show | Action::Share | Action::Transfer | Action::Disclose | Action::Export => true,
        Action::Entrust => world.item.class != Some(Sensitive::Biometric),
        Action::Collect | Action::Use | Action::Profile | Action::Market | Action::Automate | Action::Retain => false,
    };
    if leaves && world.item.level == Some(FinancialLevel::C3) && world.rule(57) {
        to.withhold(Cause::of(Code::Authenticator).rule(57));
    }
}

/// R58: staff acts in the course of functions that its role lists.
fn r58_staff_within_its_role(world: &World<'_>, to: &mut Objections) {
    if world.rule(58) && world.is(Literal::By(Who::Staff)) && !world.is(Literal::RoleAllowed) {
        to.withhold(Cause::of(Code::RoleNotAllowed).rule(58));
    }
}
