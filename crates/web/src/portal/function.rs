//! Any function that takes something, or that only needs to be consented to: made from its element of the policy.
//!
//! What makes a record is filled in for everybody who stands in it ([`super::applying`]); anything else is the customer's
//! own: further items for a record that is there, or consents alone.

use std::collections::BTreeSet;

use axum::extract::{Path, Query};
use axum::response::Response;
use desk::collect::{self, Addition};
use desk::leaf::Who;
use desk::refusal::FieldFault;
use desk::{Platform, Refusal, consent};
use model::Slug;
use policy::question::Facts;
use policy::syntax::{Function, Trigger};
use policy::terms::Scope;

use super::consenting::{self, Asker, Settled, answers, unplaced};
use super::form::{Sheet, pictures};
use super::standing::{Standing, asked_scopes, face_scope, way};
use super::{applying, reading};
use crate::pages::parts::{ConsentChoice, Link};
use crate::pages::portal::{FormPerson, FunctionForm};
use crate::session::{Customer, Form, Signed};
use crate::told::elements;
use crate::told::reasons::{clause, of_answer, uncoded};
use crate::trouble::Trouble;
use crate::words::{fill, say};

type Reply = Result<Response, Trouble>;

/// The query of an address, in order.
pub(crate) type Asked = Query<Vec<(String, String)>>;

/// `GET /functions/{id}`.
pub(crate) async fn open(customer: Customer, Path((_, id)): Path<(String, String)>, Query(asked): Asked) -> Reply {
    let standing = Standing::of(&customer).await?;
    let function = mine(&customer, &standing, &id)?;
    if face_scope(&customer.platform, function).is_some() || desk::pay::pays(&customer.platform, function) {
        let on = way(&customer.platform, function);
        return Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&on)));
    }
    if applying::makes(function) {
        return applying::open(&customer, &standing, function, &asked).await;
    }
    customer.show(&page(&customer, &standing, function, &Form::default(), &[], &[]))
}

/// `POST /functions/{id}`.
pub(crate) async fn sent(
    Path((_, id)): Path<(String, String)>,
    Query(asked): Asked,
    Signed(customer, form): Signed<Customer>,
) -> Reply {
    let standing = Standing::of(&customer).await?;
    let function = mine(&customer, &standing, &id)?;
    if desk::pay::pays(&customer.platform, function) {
        return Err(Trouble::Unknown);
    }
    if applying::makes(function) {
        return applying::sent(&customer, &standing, function, (&asked, &form)).await;
    }
    added(&customer, &standing, function, &form).await
}

/// `POST /functions/{id}/picture`: the form comes back with what stands on the picture; nothing of it is kept.
pub(crate) async fn pictured(
    Path((_, id)): Path<(String, String)>,
    Query(asked): Asked,
    Signed(customer, mut form): Signed<Customer>,
) -> Reply {
    let standing = Standing::of(&customer).await?;
    let function = mine(&customer, &standing, &id)?;
    if desk::recognise::reads(&customer.platform, function).is_none() {
        return Err(Trouble::Unknown);
    }
    if applying::makes(function) {
        return applying::pictured(&customer, &standing, function, (&asked, form)).await;
    }
    let picture = match reading::picture(&mut form, |form| page(&customer, &standing, function, form, &[], &[])) {
        Ok(picture) => picture,
        Err(page) => return customer.show_again(&*page),
    };
    let sheet = own(&customer, &standing, function);
    let scopes = scopes(&customer, &standing, &sheet, 0);
    let settled = settled(&customer.platform, &standing, &sheet, 0);
    let given = answers(&customer.platform, (&scopes, &settled), &form, &Asker::ONESELF).ok_or(Trouble::Unreadable)?;
    if !given.missing.is_empty() {
        return customer.show_again(&page(&customer, &standing, function, &form, &[], &given.missing));
    }
    reading::agree(&customer, given.yes).await?;
    let told = reading::filled(&customer, (&sheet, 0), (&mut form, picture)).await?;
    let mut page = page(&customer, &Standing::of(&customer).await?, function, &form, &[], &[]);
    if let Some(answer) = told.denied() {
        page.denied = uncoded(of_answer(&customer.platform, &answer));
    }
    told.show(&customer, page)
}

fn mine<'p>(customer: &'p Customer, standing: &Standing, id: &str) -> Result<&'p Function, Trouble> {
    let function = elements::function(&customer.platform, id).ok_or(Trouble::Unknown)?;
    let open = standing.functions(&customer.platform);
    open.into_iter().find(|one| one.id.value == function.id.value).ok_or(Trouble::Unknown)
}

/// What the customer alone is asked: nobody else's items belong on a form that makes no record.
fn own<'p>(customer: &'p Customer, standing: &Standing, function: &'p Function) -> Sheet<'p> {
    let mut sheet = Sheet::of(&customer.platform, function, customer.app.house.now());
    let held = |role: &Slug| standing.parts.iter().any(|(_, _, held)| held == role);
    let place = sheet.blocks.iter().position(|block| block.roles.iter().any(held)).unwrap_or_default();
    sheet.blocks = sheet.blocks.into_iter().skip(place).take(1).collect();
    for block in &mut sheet.blocks {
        block.legend = String::new();
        block.refused = standing.refused(&customer.platform, function);
        block.holds.clone_from(&standing.holds);
    }
    sheet
}

/// What is still to be decided of a function by the holder, and whether it must be answered; `place`: the holder's block.
pub(super) fn scopes<'p>(
    customer: &'p Customer,
    standing: &Standing,
    sheet: &Sheet<'_>,
    place: usize,
) -> Vec<(&'p Scope, bool)> {
    let open = standing.open_scopes(&customer.platform, sheet.function).into_iter();
    // R14: what may be left out and was refused is not asked again. Who opens a function comes back by that to what it demands.
    with_items(open, sheet, place).filter(|(scope, demanded)| *demanded || standing.cools(scope).is_none()).collect()
}

/// What a page of the holder's no longer asks, and might have asked before: what stands by now, and what was refused.
pub(super) fn settled<'p>(
    platform: &'p Platform,
    standing: &Standing,
    sheet: &Sheet<'_>,
    place: usize,
) -> Vec<Settled<'p>> {
    let told = |(scope, demanded): (&'p Scope, bool)| {
        let given = standing.stands(scope);
        let refused = !demanded && standing.cools(scope).is_some();
        (given || refused).then_some(Settled { scope, given })
    };
    with_items(asked_scopes(platform, sheet.function), sheet, place).filter_map(told).collect()
}

/// The holder's consents that were kept although the form was not taken, each with the way to take it back.
pub(super) fn kept(customer: &Customer, before: &Standing, now: &Standing, function: &Function) -> Vec<(String, Link)> {
    let platform = &customer.platform;
    let new = asked_scopes(platform, function).filter(|scope| now.stands(scope) && !before.stands(scope));
    let told = |scope: &Scope| {
        let text = fill("consent-kept", &[("title", &elements::title(platform, &scope.id))]);
        (text, Link { label: say("my-consents"), href: format!("{}/consents", customer.base()) })
    };
    new.map(told).collect()
}

/// What the holder refused and is not asked again here, with the way for who has changed their mind (rule R14).
pub(super) fn not_asked(
    customer: &Customer,
    standing: &Standing,
    sheet: &Sheet<'_>,
    place: usize,
) -> Vec<(String, Link)> {
    let platform = &customer.platform;
    let open = standing.open_scopes(platform, sheet.function).into_iter();
    let told = |(scope, demanded): (&Scope, bool)| {
        let until = standing.cools(scope).filter(|_| !demanded)?.to_string();
        let title = elements::title(platform, &scope.id);
        let text = fill("not-asked", &[("title", &title), ("until", &until)]);
        let href = format!("{}/choices/{}", customer.base(), scope.id);
        Some((text, Link { label: fill("decide-on", &[("title", &title)]), href }))
    };
    with_items(open, sheet, place).filter_map(told).collect()
}

/// Scopes of the items on one block, each with whether it must be answered. A class of which the form asks nothing is
/// asked when it is needed, on a page of its own.
pub(super) fn with_items<'p>(
    scopes: impl Iterator<Item = &'p Scope>,
    sheet: &Sheet<'_>,
    place: usize,
) -> impl Iterator<Item = (&'p Scope, bool)> {
    let asked = sheet.asked(place);
    let needed: BTreeSet<Slug> = asked.iter().filter(|one| one.required).map(|one| one.item.id.clone()).collect();
    let on_form: BTreeSet<Slug> = asked.iter().map(|one| one.item.id.clone()).collect();
    let takes_here = !on_form.is_empty();
    let here = move |scope: &&Scope| {
        !takes_here || scope.class.is_none() || scope.items.iter().any(|item| on_form.contains(item))
    };
    let demanded = move |scope: &Scope| scope.class.is_none() || scope.items.iter().any(|item| needed.contains(item));
    scopes.filter(here).map(move |scope| (scope, demanded(scope)))
}

/// Scopes as questions, with what was wrong with the answers.
pub(super) fn questions(
    platform: &Platform,
    sheet: &Sheet<'_>,
    scopes: &[(&Scope, bool)],
    unanswered: &[(String, String)],
    asker: &Asker<'_>,
) -> Vec<ConsentChoice> {
    let with_notice = sheet.questions().is_empty();
    let question = |(scope, demanded): &(&Scope, bool)| {
        let refused = consenting::if_refused(sheet.function, scope, *demanded);
        let function = Some(sheet.function).filter(|_| with_notice);
        let mut question = consenting::question(platform, scope, function, refused, asker);
        let missing = unanswered.iter().find(|(of, _)| *of == scope.id);
        question.error = missing.map(|(_, why)| why.clone());
        question
    };
    scopes.iter().map(question).collect()
}

/// The page of a function, without what is asked.
pub(super) fn blank(customer: &Customer, function: &Function) -> FunctionForm {
    let platform = &customer.platform;
    let told = function.refused.said().and_then(|refused| refused.text.as_ref());
    FunctionForm {
        shell: customer.shell(),
        title: function.name.value.clone(),
        purpose: elements::purpose(platform, function),
        clause: function.clause.first().map(|number| clause(platform, number)),
        refused: told.map_or_else(|| say("refused-this-only"), |text| text.value.clone()),
        later: pictures(platform, function),
        ..FunctionForm::default()
    }
}

fn page(
    customer: &Customer,
    standing: &Standing,
    function: &Function,
    typed: &Form,
    faults: &[FieldFault],
    unanswered: &[(String, String)],
) -> FunctionForm {
    let sheet = own(customer, standing, function);
    let scopes = scopes(customer, standing, &sheet, 0);
    FunctionForm {
        problem: unplaced(unanswered, &scopes),
        reading: reading::offer(customer, function, "", !scopes.is_empty()),
        people: vec![FormPerson { form: sheet.form(typed, faults), ..FormPerson::default() }],
        consents: questions(&customer.platform, &sheet, &scopes, unanswered, &Asker::ONESELF),
        not_asked: not_asked(customer, standing, &sheet, 0),
        ..blank(customer, function)
    }
}

async fn added(customer: &Customer, standing: &Standing, function: &Function, form: &Form) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let sheet = own(customer, standing, function);
    let scopes = scopes(customer, standing, &sheet, 0);
    let settled = settled(platform, standing, &sheet, 0);
    let given = answers(platform, (&scopes, &settled), form, &Asker::ONESELF).ok_or(Trouble::Unreadable)?;
    if !given.missing.is_empty() {
        let faults = sheet.faults(0, form)?;
        return customer.show_again(&page(customer, standing, function, form, &faults, &given.missing));
    }
    let leaf = match sheet.persons(form).into_iter().next() {
        Some(person) => {
            let addition = Addition {
                function: function.id.value.clone(),
                channel: platform.portal_channel(),
                product: None,
                record: None,
                person: person.person,
                fields: person.fields,
                consents: given.yes,
                facts: Facts::default(),
                trigger: Trigger::Given,
            };
            match collect::add(house, platform, customer.subject, addition, Who::Subject, None).await {
                Ok(added) => Some(added.leaf),
                Err(Refusal::Fields(faults)) => {
                    let now = Standing::of(customer).await?;
                    let mut page = page(customer, &now, function, form, &faults, &[]);
                    page.not_asked.extend(kept(customer, standing, &now, function));
                    return customer.show_again(&page);
                }
                Err(Refusal::Empty(_)) => {
                    let mut page = page(customer, standing, function, form, &[], &[]);
                    page.problem = Some(say("nothing-typed"));
                    return customer.show_again(&page);
                }
                Err(refusal) => return Err(refusal.into()),
            }
        }
        None if given.yes.is_empty() => None,
        None => {
            let done = consent::give(house, platform, customer.subject, given.yes).await?;
            done.first().map(|done| done.leaf)
        }
    };
    let mut last = leaf;
    for scope in &given.no {
        let refused = consent::refuse(house, platform, customer.subject, scope).await?;
        last = last.or(Some(refused.leaf));
    }
    Ok(customer.go(&last.map_or_else(|| "/home".to_owned(), |leaf| format!("/home?done={leaf}"))))
}
