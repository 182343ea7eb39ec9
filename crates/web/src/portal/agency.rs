//! Letting a party of the register look at one's records, and taking that back.

use axum::extract::{Path, Query};
use axum::response::Response;
use desk::Platform;
use desk::archive::{self, Given};
use desk::consent::{self, ConsentView};
use desk::read::my_information;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use model::{ConsentId, Slug};
use policy::syntax::{Function, Kind, Party, Share};
use policy::terms::Scope;
use serde::Deserialize;

use super::consenting::{self, Asker, answers};
use super::receivers::ground;
use super::standing::is_delivered;
use crate::pages::parts::{Choice, Fact, Field, FieldKind, Form as Fields, Moment, Reason};
use crate::pages::portal::{
    Agencies, Agency, AgencyGroup, Grant, GrantDone, GrantForm, GrantRevoked, GrantState, RevokeGrant,
};
use crate::session::{Customer, Form, Signed};
use crate::told::acts::receipt;
use crate::told::elements;
use crate::told::elements::{clause_of, covered};
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::{fill, say};

type Reply = Result<Response, Trouble>;

/// How long a grant may be given for, in days; besides, until it is taken back.
const PERIODS: [(&str, i64); 3] = [("30", 30), ("90", 90), ("365", 365)];

/// A party that a customer may let look, and at what: one grant for each party of each share.
#[derive(Clone, Copy)]
struct Offer<'p> {
    party: &'p Party,
    share: &'p Share,
    general: &'p Scope,
}

/// Everybody who may be chosen. None is offered for what rests on another ground than consent.
fn offers(platform: &Platform) -> impl Iterator<Item = Offer<'_>> {
    let parties = &platform.tables.program().operation.parties;
    let generals = platform.tables.scopes().iter().filter(|scope| scope.per_party && scope.class.is_none());
    generals.flat_map(move |general| {
        let share = share(platform, general).filter(|one| ground(platform, one).is_none());
        let share = share.filter(|one| !is_delivered(platform, one));
        let of = |party: &&Party| general.recipient.as_ref().is_some_and(|one| one.as_str() == party.recipient.text);
        let offer = move |party| Some(Offer { party, share: share?, general });
        parties.iter().filter(of).filter_map(offer).collect::<Vec<_>>()
    })
}

/// What an address asks for beside the party: the share, where a party is offered for several.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct OfShare {
    share: Option<String>,
}

fn offer<'p>(platform: &'p Platform, party: &str, of: &OfShare) -> Option<Offer<'p>> {
    let wanted = |one: &Offer<'_>| of.share.as_ref().is_none_or(|share| one.share.id.as_str() == share);
    offers(platform).filter(|one| one.party.id.as_str() == party).find(wanted)
}

/// The scopes for sensitive items, beside the general one.
pub(super) fn sensitive<'p>(platform: &'p Platform, general: &Scope) -> Vec<&'p Scope> {
    let same = |scope: &&Scope| {
        scope.per_party
            && scope.class.is_some()
            && scope.element == general.element
            && scope.recipient == general.recipient
    };
    platform.tables.scopes().iter().filter(same).collect()
}

fn share<'p>(platform: &'p Platform, scope: &Scope) -> Option<&'p Share> {
    platform.tables.program().policy.shares.iter().find(|share| share.id.value == scope.element)
}

pub(super) fn names(platform: &Platform, items: &[Slug]) -> Vec<String> {
    let names = &platform.tables.program().names;
    items.iter().map(|item| names.name_of(Kind::Item, item.as_str()).to_owned()).collect()
}

/// What a party sees without a separate consent for sensitive items.
fn sees(platform: &Platform, general: &Scope) -> Vec<String> {
    let apart: Vec<&Slug> = sensitive(platform, general).into_iter().flat_map(|scope| &scope.items).collect();
    let items: Vec<Slug> = general.items.iter().filter(|item| !apart.contains(item)).cloned().collect();
    names(platform, &items)
}

fn agency(platform: &Platform, Offer { party, share, general }: Offer<'_>, granted: bool) -> Agency {
    let names = &platform.tables.program().names;
    let several = offers(platform).filter(|one| one.party.id.value == party.id.value).nth(1).is_some();
    let path = party.id.to_string();
    Agency {
        path: if several { format!("{path}?share={}", share.id.value) } else { path },
        name: party.name.value.clone(),
        facts: vec![
            Fact { label: say("party-kind"), value: names.name_of(Kind::Recipient, &party.recipient.text).to_owned() },
            Fact { label: say("party-contact"), value: party.contact.value.clone() },
        ],
        sees: sees(platform, general),
        granted,
    }
}

/// Grants as the consents tell: of general scopes to a party.
fn grants(versions: &Given, given: &[ConsentView], looks: &[(Slug, Timestamp)], now: Timestamp) -> Vec<Grant> {
    let general = |view: &&ConsentView| {
        let scope = elements::scope(versions.current(), &view.scope);
        scope.is_some_and(|scope| scope.per_party && scope.class.is_none())
    };
    let mut grants: Vec<Grant> =
        given.iter().rev().filter(general).map(|view| grant(versions, given, view, looks, now)).collect();
    grants.sort_by_key(|grant| grant.state != GrantState::InForce);
    grants
}

fn grant(
    versions: &Given,
    given: &[ConsentView],
    view: &ConsentView,
    looks: &[(Slug, Timestamp)],
    now: Timestamp,
) -> Grant {
    let (platform, known) = (versions.current(), versions.version(view));
    let declared = covered(known.as_deref(), view);
    let mut items = declared.map(|(version, scope)| sees(version, scope)).unwrap_or_default();
    // Which of them stand, the version in force says.
    let general = elements::scope(platform, &view.scope);
    for scope in general.map(|scope| sensitive(platform, scope)).unwrap_or_default() {
        let too = |other: &&ConsentView| other.scope == scope.id && other.party == view.party && other.stands;
        let Some(other) = given.iter().rfind(too) else { continue };
        let version = versions.version(other);
        items.extend(covered(version.as_deref(), other).into_iter().flat_map(|(of, scope)| names(of, &scope.items)));
    }
    let of_names = &known.as_deref().unwrap_or(platform).tables.program().names;
    let name = view.party.as_ref().map(|party| of_names.name_of(Kind::Party, party.as_str()));
    let own: Vec<&Timestamp> =
        looks.iter().filter(|(who, at)| Some(who) == view.party.as_ref() && *at >= view.at).map(|(_, at)| at).collect();
    let used = match own.first() {
        None => say("never-looked"),
        Some(last) => {
            let last = model::calendar::day_in_shanghai(**last).to_string();
            fill("looked", &[("times", &own.len().to_string()), ("last", &last)])
        }
    };
    Grant {
        id: view.id.to_string(),
        agency: name.unwrap_or_default().to_owned(),
        share: declared.and_then(|(version, scope)| share(version, scope)).map(|share| share.name.value.clone()),
        sees: items,
        since: Moment(view.at),
        until: view.until.map(Moment),
        used,
        state: match (view.withdrawn, view.until.filter(|until| *until <= now)) {
            (Some(at), _) => GrantState::Revoked(Moment(at)),
            (None, Some(at)) => GrantState::Expired(Moment(at)),
            (None, None) => GrantState::InForce,
        },
    }
}

/// When which party looked, newest first.
async fn looks(customer: &Customer) -> Result<Vec<(Slug, Timestamp)>, Trouble> {
    let mine = my_information(&customer.app.house, &customer.platform, customer.subject).await?;
    Ok(mine.shared.into_iter().filter_map(|line| Some((line.party?.0, line.at))).collect())
}

/// Whether nothing goes to a party any more, as the operation file says (rule R63).
fn is_suspended(platform: &Platform, party: &Party, today: Date) -> bool {
    platform.tables.program().operation.suspended.iter().any(|one| {
        let party_named = one.party.as_ref().is_some_and(|named| named.text == party.id.as_str());
        let recipient_named = one.recipient.as_ref().is_some_and(|named| named.text == party.recipient.text);
        (party_named || recipient_named) && one.since.value <= today
    })
}

/// Which other party was picked, where the customer picks one of a class: another one takes its place only once that is
/// taken back.
fn other_picked<'g>(platform: &Platform, given: &'g [ConsentView], offer: Offer<'_>) -> Option<&'g Slug> {
    let Offer { party, general, .. } = offer;
    let picked = &platform.tables.program().operation.switches.picked;
    picked.iter().find(|one| one.text == party.recipient.text)?;
    let stands = given.iter().find(|one| one.scope == general.id && one.stands)?;
    stands.party.as_ref().filter(|other| **other != party.id.value)
}

/// `GET /agencies`.
pub(crate) async fn list(customer: Customer) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let given = consent::list(house, platform, customer.subject).await?;
    let (looks, versions) = (looks(&customer).await?, archive::given(house, platform, &given).await?);
    let program = platform.tables.program();
    let stands = |one: &Offer<'_>| {
        let same =
            |view: &ConsentView| view.scope == one.general.id && view.party.as_ref() == Some(&one.party.id.value);
        given.iter().any(|view| same(view) && view.stands)
    };
    let today = model::calendar::day_in_shanghai(house.now());
    let open =
        |one: &Offer<'_>| !is_suspended(platform, one.party, today) && other_picked(platform, &given, *one).is_none();
    let open: Vec<Offer<'_>> = offers(platform).filter(open).collect();
    let functions = program.policy.functions.iter().filter(|one| super::standing::chooses_party(platform, one));
    let group = |function: &Function| {
        let of = |one: &&Offer<'_>| one.share.functions.iter().any(|of| of.text == function.id.as_str());
        AgencyGroup {
            id: function.id.to_string(),
            title: function.name.value.clone(),
            clause: function.clause.first().map(|number| clause(platform, number)),
            agencies: open.iter().filter(of).map(|one| agency(platform, *one, stands(one))).collect(),
        }
    };
    let groups: Vec<AgencyGroup> = functions.map(group).collect();
    if groups.is_empty() {
        return Err(Trouble::Unknown);
    }
    customer.show(&Agencies {
        shell: customer.shell(),
        title: if let [only] = groups.as_slice() { only.title.clone() } else { say("agencies") },
        intro: say("agencies-intro"),
        grants: grants(&versions, &given, &looks, house.now()),
        groups,
    })
}

/// `GET /agencies/{id}`.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>, Query(of): Query<OfShare>) -> Reply {
    let offer = free(&customer, &id, &of).await?;
    customer.show(&page(&customer, offer, &Form::default(), &[]))
}

/// What is asked for, where it can be chosen now.
async fn free<'c>(customer: &'c Customer, id: &str, of: &OfShare) -> Result<Offer<'c>, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let given = consent::list(house, platform, customer.subject).await?;
    let offer = offer(platform, id, of).ok_or(Trouble::Unknown)?;
    let suspended = is_suspended(platform, offer.party, model::calendar::day_in_shanghai(house.now()));
    let free = !suspended && other_picked(platform, &given, offer).is_none();
    free.then_some(offer).ok_or(Trouble::Unknown)
}

fn page(customer: &Customer, offer: Offer<'_>, typed: &Form, missing: &[(String, String)]) -> GrantForm {
    let platform = &customer.platform;
    let Offer { party, share, general } = offer;
    let purpose = share.purpose.said();
    let names = &platform.tables.program().names;
    let question = |scope: &Scope, refused: String| {
        let mut question = consenting::question(platform, scope, None, refused, &Asker::ONESELF);
        question.error = missing.iter().find(|(of, _)| *of == scope.id).map(|(_, why)| why.clone());
        question.title = fill("title-for-party", &[("title", &question.title), ("party", &party.name.value)]);
        question
    };
    let more = sensitive(platform, general).into_iter().map(|scope| question(scope, say("refused-sensitive-share")));
    GrantForm {
        shell: customer.shell(),
        agency: agency(platform, offer, false),
        purpose: purpose.map_or_else(|| say("not-stated"), |one| names.name_of(Kind::Purpose, &one.text).to_owned()),
        method: share.method.said().map_or_else(|| say("not-stated"), |one| policy::label::label(*one)),
        form: Fields::of(vec![until(typed, missing)]),
        consent: question(general, say("refused-grant")),
        more: more.collect(),
        clause: clause_of(platform, general),
    }
}

/// The name under which a missing period is reported, beside the scopes.
const UNTIL: &str = "until";

fn until(typed: &Form, missing: &[(String, String)]) -> Field {
    let period = |(value, _): &(&str, i64)| Choice {
        value: (*value).to_owned(),
        label: fill("days", &[("days", value)]),
        hint: None,
    };
    let mut periods: Vec<Choice> = PERIODS.iter().map(period).collect();
    periods.push(Choice { value: "open".into(), label: say("until-revoked"), hint: None });
    Field {
        name: UNTIL.into(),
        label: say("until"),
        kind: FieldKind::Radio(periods),
        value: typed.one(UNTIL).unwrap_or_default().to_owned(),
        error: missing.iter().find(|(of, _)| of == UNTIL).map(|(_, why)| why.clone()),
        required: true,
        ..Field::default()
    }
}

/// `POST /agencies/{id}`.
pub(crate) async fn sent(
    Path((_, id)): Path<(String, String)>,
    Query(of): Query<OfShare>,
    Signed(customer, form): Signed<Customer>,
) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let offer = free(&customer, &id, &of).await?;
    let Offer { party, general, .. } = offer;
    let end = end(&form, house.now());
    let until = match end {
        Some(End::At(day)) => Some(day),
        Some(End::Never) | None => None,
    };
    let more = sensitive(platform, general);
    let asked: Vec<(&Scope, bool)> =
        std::iter::once((general, true)).chain(more.into_iter().map(|scope| (scope, false))).collect();
    let given =
        answers(platform, (&asked, &[]), &form, &Asker { party: Some(&party.id.value), until, ..Asker::ONESELF })
            .ok_or(Trouble::Unreadable)?;
    let refused = given.no.contains(&general.id);
    let mut missing = given.missing;
    if end.is_none() && !refused {
        missing.push((UNTIL.to_owned(), say("choose-a-period")));
    }
    if !missing.is_empty() {
        return customer.show_again(&page(&customer, offer, &form, &missing));
    }
    if refused {
        let done = consent::refuse(house, platform, customer.subject, &general.id).await?;
        return Ok(customer.go(&format!("/home?done={}", done.leaf)));
    }
    let done = consent::give(house, platform, customer.subject, given.yes).await?;
    // The general scope was asked first.
    let made = done.first().and_then(|done| done.consent).ok_or(Trouble::Unknown)?;
    Ok(customer.go(&format!("/grants/{made}")))
}

/// When a grant ends by itself.
enum End {
    Never,
    At(Timestamp),
}

/// The period that was chosen; `None` is no answer.
fn end(form: &Form, now: Timestamp) -> Option<End> {
    let chosen = form.one(UNTIL)?;
    if chosen == "open" {
        return Some(End::Never);
    }
    let (_, days) = PERIODS.into_iter().find(|(value, _)| *value == chosen)?;
    now.checked_add(SignedDuration::from_hours(days * 24)).ok().map(End::At)
}

/// The grant of that id, with every consent of the customer and the versions that they were given to.
async fn own(customer: &Customer, id: &str) -> Result<(ConsentView, Vec<ConsentView>, Given), Trouble> {
    let id: ConsentId = id.parse().map_err(|_| Trouble::Unknown)?;
    let (house, platform) = (&customer.app.house, &customer.platform);
    let given = consent::list(house, platform, customer.subject).await?;
    let view = given.iter().find(|view| view.id == id && view.party.is_some()).cloned();
    let versions = archive::given(house, platform, &given).await?;
    Ok((view.ok_or(Trouble::Unknown)?, given, versions))
}

/// `GET /grants/{id}`.
pub(crate) async fn done(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let (view, given, versions) = own(&customer, &id).await?;
    let (house, platform) = (&customer.app.house, &customer.platform);
    let (leaves, _) = desk::evidence::leaves_of(house, platform, customer.subject, 0, desk::evidence::PAGE).await?;
    let made = leaves.iter().find(|leaf| {
        leaf.entry.as_ref().is_some_and(|entry| entry.at == view.at && entry.scopes.contains(&view.scope))
    });
    customer.show(&GrantDone {
        shell: customer.shell(),
        grant: grant(&versions, &given, &view, &[], house.now()),
        receipt: made.map(|leaf| receipt(platform, leaf.index)),
    })
}

fn consequences() -> Vec<Reason> {
    let reason = |text: &'static str| Reason { text: say(text), ..Reason::default() };
    vec![reason("revoke-stops"), reason("revoke-told"), reason("revoke-stays")]
}

/// `GET /grants/{id}/revoke`.
pub(crate) async fn ask_revoke(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let (view, given, versions) = own(&customer, &id).await?;
    let now = customer.app.house.now();
    customer.show(&RevokeGrant {
        shell: customer.shell(),
        grant: grant(&versions, &given, &view, &[], now),
        consequences: consequences(),
    })
}

/// `POST /grants/{id}/revoke`: everything that this party was given for the same share ends with it.
pub(crate) async fn revoke(Path((_, id)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let (view, given, _) = own(&customer, &id).await?;
    let done = consent::withdraw(house, platform, customer.subject, view.id).await?;
    let share = |of: &str| elements::scope(platform, of).map(|scope| &scope.element);
    let same = |one: &&ConsentView| one.party == view.party && share(&one.scope) == share(&view.scope);
    let rest = given.iter().filter(same).filter(|one| one.id != view.id && one.withdrawn.is_none());
    for one in rest {
        consent::withdraw(house, platform, customer.subject, one.id).await?;
    }
    let (view, given, versions) = own(&customer, &id).await?;
    customer.show(&GrantRevoked {
        shell: customer.shell(),
        grant: grant(&versions, &given, &view, &[], house.now()),
        consequences: consequences(),
        receipt: Some(receipt(platform, done.leaf)),
    })
}
