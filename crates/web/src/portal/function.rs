//! Any function that takes something, or that only needs to be consented to: made from its element of the policy.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use desk::collect::{self, Addition};
use desk::leaf::Who;
use desk::refusal::FieldFault;
use desk::{Refusal, consent};
use model::Slug;
use policy::question::Facts;
use policy::syntax::{Function, Trigger};
use policy::terms::Scope;

use super::consenting::{self, answers};
use super::form::{asked, form, pictures, typed};
use super::standing::{Standing, face_scope, way};
use crate::pages::portal::FunctionForm;
use crate::session::{Customer, Form, Signed};
use crate::told::elements;
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::say;

type Reply = Result<Response, Trouble>;

/// `GET /functions/{id}`.
pub(crate) async fn open(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let standing = Standing::of(&customer).await?;
    let function = mine(&customer, &standing, &id)?;
    if face_scope(&customer.platform, function).is_some() {
        let on = way(&customer.platform, function);
        return Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&on)));
    }
    customer.show(&page(&customer, &standing, function, &Form::default(), &[], &[]))
}

fn mine<'p>(customer: &'p Customer, standing: &Standing, id: &str) -> Result<&'p Function, Trouble> {
    let function = elements::function(&customer.platform, id).ok_or(Trouble::Unknown)?;
    let open = standing.functions(&customer.platform);
    open.into_iter().find(|one| one.id.value == function.id.value).ok_or(Trouble::Unknown)
}

/// What is still to be decided of a function, and whether it must be answered.
fn scopes<'p>(customer: &'p Customer, standing: &Standing, function: &Function) -> Vec<(&'p Scope, bool)> {
    let now = customer.app.house.now();
    let asked = asked(&customer.platform, function, now);
    let needed: BTreeSet<&Slug> = asked.iter().filter(|one| one.required).map(|one| &one.item.id).collect();
    let demanded = |scope: &Scope| scope.class.is_none() || scope.items.iter().any(|item| needed.contains(item));
    let on_form: BTreeSet<&Slug> = asked.iter().map(|one| &one.item.id).collect();
    let takes_here = !asked.is_empty();
    // A class of which the form asks nothing is asked when it is needed, on a page of its own.
    let here =
        |scope: &&Scope| !takes_here || scope.class.is_none() || scope.items.iter().any(|item| on_form.contains(item));
    let open = standing.open_scopes(&customer.platform, function).into_iter().filter(here);
    open.map(|scope| (scope, demanded(scope))).collect()
}

fn page(
    customer: &Customer,
    standing: &Standing,
    function: &Function,
    typed: &Form,
    faults: &[FieldFault],
    unanswered: &[(String, String)],
) -> FunctionForm {
    let platform = &customer.platform;
    let question = |(scope, demanded): (&Scope, bool)| {
        let refused = consenting::if_refused(function, scope, demanded);
        let with_notice = asked(platform, function, customer.app.house.now()).is_empty();
        let mut question = consenting::question(platform, scope, Some(function).filter(|_| with_notice), refused);
        let missing = unanswered.iter().find(|(of, _)| *of == scope.id);
        question.error = missing.map(|(_, why)| why.clone());
        question
    };
    let told = function.refused.said().and_then(|refused| refused.text.as_ref());
    FunctionForm {
        shell: customer.shell(),
        title: function.name.value.clone(),
        purpose: crate::told::elements::purpose(platform, function),
        clause: function.clause.first().map(|number| clause(platform, number)),
        form: form(platform, function, customer.app.house.now(), typed, faults),
        consents: scopes(customer, standing, function).into_iter().map(question).collect(),
        refused: told.map_or_else(|| say("refused-this-only"), |text| text.value.clone()),
        later: pictures(platform, function),
    }
}

/// `POST /functions/{id}`.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, form): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let standing = Standing::of(&customer).await?;
    let function = mine(&customer, &standing, &id)?;
    let scopes = scopes(&customer, &standing, function);
    let given = answers(platform, &scopes, &form, None, None).ok_or(Trouble::Unreadable)?;
    if !given.missing.is_empty() {
        return customer.show_again(&page(&customer, &standing, function, &form, &[], &given.missing));
    }
    let leaf = match typed(platform, function, house.now(), &form).into_iter().next() {
        Some(person) => {
            let addition = Addition {
                function: function.id.value.clone(),
                channel: None,
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
                    return customer.show_again(&page(&customer, &standing, function, &form, &faults, &[]));
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
