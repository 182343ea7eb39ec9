//! What can be consented to and is not yet, and the switches of what is done beside the functions: no more steps to one
//! than to the other (rules R12, R14, R31).

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use desk::Platform;
use desk::consent::{self, ConsentView, Cooling, Use};
use desk::leaf::Who;
use model::calendar::day_in_shanghai;
use policy::syntax::{Form as ConsentKind, Kind, Level, Purpose, Route, Stated, UseKind};
use policy::terms::Scope;

use super::consenting::{self, Asker, answers};
use super::consents::items;
use super::receivers::ground;
use super::standing::{Standing, asked_scopes};
use crate::pages::parts::Fact;
use crate::pages::portal::{
    ChoiceGroup, ChoiceLine, ChoicePage, Choices, SwitchGroup, SwitchLine, SwitchPage, Switches,
};
use crate::session::{Customer, Form, Signed};
use crate::told::elements;
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::{fill, listed, say};

type Reply = Result<Response, Trouble>;

/// The kinds of elements that somebody may have a say in, in the order of the page.
const KINDS: [(Kind, &str); 6] = [
    (Kind::Function, "choice-function"),
    (Kind::Use, "choice-use"),
    (Kind::Tracker, "choice-tracker"),
    (Kind::Share, "choice-share"),
    (Kind::Disclosure, "choice-disclosure"),
    (Kind::Source, "choice-source"),
];

/// Every scope that is given on these pages, what wants a signature on a page of its own: where the element asks for a consent at all, and
/// no party has to be chosen first.
fn offered<'p>(platform: &'p Platform, uses: &[Use]) -> Vec<&'p Scope> {
    let policy = &platform.tables.program().policy;
    let asks = |scope: &&Scope| match scope.kind {
        Kind::Function => {
            let mut functions = policy.functions.iter().filter(|one| one.id.value == scope.element);
            functions.any(|function| asked_scopes(platform, function).any(|asked| asked.id == scope.id))
        }
        Kind::Use => uses.iter().any(|used| used.id == scope.element && used.asks_consent) && !scope.items.is_empty(),
        Kind::Share => policy.shares.iter().filter(|share| share.id.value == scope.element).any(|share| {
            let anonymised = share.level.as_ref().is_some_and(|level| level.value == Level::Anonymised);
            !anonymised && ground(platform, share).is_none()
        }),
        Kind::Disclosure => {
            let mut own = policy.disclosures.iter().filter(|one| one.id.value == scope.element);
            own.any(|one| !matches!(one.consent, Stated::Nothing(_)))
        }
        _ => true,
    };
    let here = |scope: &&Scope| !scope.per_party;
    platform.tables.scopes().iter().filter(here).filter(asks).collect()
}

fn stands(given: &[ConsentView], scope: &Scope) -> bool {
    given.iter().any(|view| view.scope == scope.id && view.stands)
}

fn told(cooling: &[Cooling], scope: &str) -> Option<String> {
    let one = cooling.iter().find(|one| one.scope == scope)?;
    let (times, until) = (one.times.to_string(), day_in_shanghai(one.until).to_string());
    Some(fill("cooling", &[("day", &day_in_shanghai(one.at).to_string()), ("times", &times), ("until", &until)]))
}

/// `GET /choices`.
pub(crate) async fn list(customer: Customer) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let uses = consent::uses(house, platform, customer.subject).await?;
    let given = consent::list(house, platform, customer.subject).await?;
    let cooling = consent::cooling(house, platform, customer.subject).await?;
    let standing = Standing::of(&customer).await?;
    let concerns = |scope: &&Scope| !stands(&given, scope) && standing.concerns(platform, scope);
    let open: Vec<&Scope> = offered(platform, &uses).into_iter().filter(concerns).collect();
    let group = |(kind, label): (Kind, &'static str)| {
        let own = open.iter().filter(|scope| scope.kind == kind);
        let line = |scope: &&Scope| ChoiceLine {
            path: if scope.form == ConsentKind::Written {
                format!("/written/{}", scope.id)
            } else {
                format!("/choices/{}", scope.id)
            },
            title: elements::title(platform, &scope.id),
            cooling: told(&cooling, &scope.id),
        };
        ChoiceGroup { title: say(label), lines: own.map(line).collect() }
    };
    let groups = KINDS.into_iter().map(group).filter(|group| !group.lines.is_empty());
    customer.show(&Choices { shell: customer.shell(), groups: groups.collect() })
}

/// The scope of that id, where it can be decided on here and is this person's to decide.
async fn wanted<'c>(customer: &'c Customer, id: &str) -> Result<&'c Scope, Trouble> {
    let uses = consent::uses(&customer.app.house, &customer.platform, customer.subject).await?;
    let standing = Standing::of(customer).await?;
    let own = |scope: &&Scope| scope.id == id && standing.concerns(&customer.platform, scope);
    offered(&customer.platform, &uses).into_iter().find(own).ok_or(Trouble::Unknown)
}

async fn page(customer: &Customer, scope: &Scope, error: Option<String>) -> Result<ChoicePage, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let function = elements::function(platform, scope.element.as_str()).filter(|_| scope.kind == Kind::Function);
    let refused = match function {
        Some(function) => consenting::if_refused(function, scope, scope.class.is_none()),
        None => say("refused-nothing-else"),
    };
    let mut question = consenting::question(platform, scope, function, refused, &Asker::ONESELF);
    question.error = error;
    let cooling = consent::cooling(house, platform, customer.subject).await?;
    Ok(ChoicePage {
        shell: customer.shell(),
        title: elements::title(platform, &scope.id),
        consents: vec![question],
        later: Vec::new(),
        cooling: told(&cooling, &scope.id),
    })
}

/// `GET /choices/{scope}`: whoever comes here comes by oneself; the cool-down holds nobody off.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let scope = wanted(&customer, &id).await?;
    let given = consent::list(&customer.app.house, &customer.platform, customer.subject).await?;
    if stands(&given, scope) {
        return Ok(customer.go("/consents"));
    }
    if scope.form == ConsentKind::Written {
        return Ok(customer.go(&format!("/written/{}", scope.id)));
    }
    let page = page(&customer, scope, None).await?;
    customer.show(&page)
}

/// `POST /choices/{scope}`.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, form): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let scope = wanted(&customer, &id).await?;
    let given = answers(platform, (&[(scope, true)], &[]), &form, &Asker::ONESELF).ok_or(Trouble::Unreadable)?;
    if let Some((_, why)) = given.missing.into_iter().next() {
        let page = page(&customer, scope, Some(why)).await?;
        return customer.show_again(&page);
    }
    let leaf = if given.yes.is_empty() {
        consent::refuse(house, platform, customer.subject, &scope.id).await?.leaf
    } else {
        let done = consent::give(house, platform, customer.subject, given.yes).await?;
        done.first().map(|done| done.leaf).ok_or(Trouble::Unreadable)?
    };
    Ok(customer.go(&format!("/home?done={leaf}")))
}

fn declared<'p>(platform: &'p Platform, used: &Use) -> Option<&'p policy::syntax::Use> {
    platform.tables.program().policy.uses.iter().find(|one| one.id.value == used.id)
}

fn line(platform: &Platform, used: &Use) -> Option<SwitchLine> {
    let one = declared(platform, used)?;
    let names = &platform.tables.program().names;
    let scope = elements::scope(platform, &used.scope)?;
    let purposes: [&policy::syntax::Ref<Purpose>; 1] = [&one.purpose];
    let purposes = purposes.map(|purpose| names.name_of(Kind::Purpose, &purpose.text));
    let state = match (used.objected, used.given, used.is_on()) {
        (Some(at), ..) => fill("switch-objected", &[("day", &day_in_shanghai(at).to_string())]),
        (None, Some((_, at)), _) => fill("switch-consented", &[("day", &day_in_shanghai(at).to_string())]),
        (None, None, true) => say("switch-without-consent"),
        (None, None, false) if used.asks_consent => say("switch-not-consented"),
        (None, None, false) => say("switch-not-done"),
    };
    let way = match &one.opt_out {
        Stated::Said(routes) => listed(routes.iter().map(|route: &Route| policy::label::label(*route))),
        Stated::Nothing(_) | Stated::NotStated { .. } => say("not-stated"),
    };
    let items = items(platform, Some(scope));
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    Some(SwitchLine {
        scope: used.scope.clone(),
        name: one.name.value.clone(),
        on: used.is_on(),
        can_switch: used.is_on() || !scope.items.is_empty(),
        state,
        facts: vec![
            fact("fact-purpose", listed(purposes)),
            fact("fact-items", if items.is_empty() { say("not-stated") } else { listed(items) }),
            fact("switch-way", way),
        ],
        clause: one.clause.first().map(|number| clause(platform, number)),
    })
}

/// `GET /switches`.
pub(crate) async fn switches(customer: Customer) -> Reply {
    let platform = &customer.platform;
    let uses = consent::uses(&customer.app.house, platform, customer.subject).await?;
    let mut kinds: BTreeMap<usize, (UseKind, Vec<SwitchLine>)> = BTreeMap::new();
    for used in &uses {
        let (Some(one), Some(line)) = (declared(platform, used), line(platform, used)) else { continue };
        let kind = one.kind.value;
        let place = ORDER.iter().position(|known| *known == kind).unwrap_or(ORDER.len());
        kinds.entry(place).or_insert((kind, Vec::new())).1.push(line);
    }
    let groups = kinds.into_values().map(|(kind, lines)| SwitchGroup { title: policy::label::label(kind), lines });
    customer.show(&Switches {
        shell: customer.shell(),
        groups: groups.collect(),
        tracking: super::devices::promise(platform),
    })
}

/// What people look for first.
const ORDER: [UseKind; 9] = [
    UseKind::Market,
    UseKind::Personalise,
    UseKind::Profile,
    UseKind::Automate,
    UseKind::Statistics,
    UseKind::DeIdentified,
    UseKind::Service,
    UseKind::Check,
    UseKind::Inbound,
];

async fn switch(customer: &Customer, scope: &str) -> Result<Use, Trouble> {
    let uses = consent::uses(&customer.app.house, &customer.platform, customer.subject).await?;
    uses.into_iter().find(|used| used.scope == scope).ok_or(Trouble::Unknown)
}

/// `GET /switches/{scope}`: off is confirmed here; on too, where it takes no consent.
pub(crate) async fn ask_switch(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let used = switch(&customer, &id).await?;
    let line = line(&customer.platform, &used).filter(|line| line.can_switch).ok_or(Trouble::Unknown)?;
    if !used.is_on() && used.asks_consent {
        return Ok(customer.go(&format!("/choices/{id}")));
    }
    customer.show(&SwitchPage { shell: customer.shell(), line })
}

/// `POST /switches/{scope}`: a switch that stands as wished is left alone.
pub(crate) async fn switched(Path((_, id)): Path<(String, String)>, Signed(customer, form): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let used = switch(&customer, &id).await?;
    let off = wish(&form)?;
    let done = match (off, used.objected) {
        (true, None) => consent::object(house, platform, customer.subject, &id, Who::Subject, None).await?,
        (false, Some(_)) => consent::allow(house, platform, customer.subject, &id, Who::Subject).await?,
        _ => return Ok(customer.go("/switches")),
    };
    Ok(customer.go(&format!("/home?done={}", done.leaf)))
}

/// Whether a form turns something off.
pub(super) fn wish(form: &Form) -> Result<bool, Trouble> {
    match form.one("state") {
        Some("off") => Ok(true),
        Some("on") => Ok(false),
        _ => Err(Trouble::Unreadable),
    }
}
