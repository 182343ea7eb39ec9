//! Coming in by an account that somebody else keeps, and by a ticket: every page made from the operation file's `[[login]]`
//! and the function that it names.

use std::collections::BTreeSet;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Refusal;
use desk::federate::{self, Answers, Completed, Returned};
use desk::refusal::FieldFault;
use model::field::Validator;
use model::{Clear, Slug};
use policy::syntax::{Function, Kind, Login};
use policy::terms::Scope;
use serde::Deserialize;

use super::consenting::{self, Asker, answers};
use super::enter::{code_field, login_again, newest};
use crate::pages::parts::{Choice, Field, FieldKind, Link, Status, Tone};
use crate::pages::portal::{TicketPage, Way, WayCode, WayOpen, WayOut};
use crate::session::{Form, Signed, Visit};
use crate::told::elements;
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::{choices, fault, fill, hint, say};

type Reply = Result<Response, Trouble>;

/// A link for each way that is offered.
pub(super) fn links(visit: &Visit) -> Vec<Link> {
    let label = |login: &Login| {
        let name = [("name", login.name.value.as_str())];
        // Who cannot be known again by it comes in but once.
        if federate::identified_by(login).is_some() { fill("way-log-in", &name) } else { fill("way-fill-in", &name) }
    };
    let link =
        |login: &Login| Link { label: label(login), href: format!("{}/login/with/{}", visit.base(), login.id.value) };
    federate::logins(&visit.app.house, &visit.platform).into_iter().map(link).collect()
}

fn offered<'v>(visit: &'v Visit, id: &str) -> Result<(&'v Login, &'v Function), Trouble> {
    let login = federate::login(&visit.app.house, &visit.platform, id)?;
    let function = elements::function(&visit.platform, &login.function.text).ok_or(Trouble::Unknown)?;
    Ok((login, function))
}

/// What is asked before the first time: the function's scopes for these items, and the one for taking from the source.
fn scopes<'v>(visit: &'v Visit, login: &Login, function: &Function) -> Vec<(&'v Scope, bool)> {
    let needs = federate::needs(&visit.app.house, &visit.platform, login);
    let items: BTreeSet<&Slug> = needs.needed.iter().chain(&needs.optional).collect();
    let own = consenting::scopes(&visit.platform, function, &items);
    let of_source = |scope: &&Scope| {
        let source = login.source.as_ref().map(|source| source.text.as_str());
        scope.kind == Kind::Source && Some(scope.element.as_str()) == source
    };
    // What goes beyond what the person allows at the provider is never asked for.
    let inbound =
        visit.platform.tables.scopes().iter().filter(of_source).filter(|scope| !scope.id.ends_with(".beyond"));
    let needed = |scope: &Scope| scope.class.is_none() || scope.items.iter().any(|item| needs.needed.contains(item));
    own.into_iter().chain(inbound).map(|scope| (scope, needed(scope))).collect()
}

fn page(visit: &Visit, id: &str, typed: &Form, unanswered: &[(String, String)]) -> Result<Way, Trouble> {
    let (login, function) = offered(visit, id)?;
    let (platform, names) = (&visit.platform, &visit.platform.tables.program().names);
    let needs = federate::needs(&visit.app.house, platform, login);
    let called = |item: &Slug| names.name_of(Kind::Item, item.as_str()).to_owned();
    let told = |item: &&Slug| login.claims.iter().any(|claim| claim.item.text == item.as_str());
    let (needed, asked): (Vec<&Slug>, Vec<&Slug>) = needs.needed.iter().partition(told);
    let question = |(scope, demanded): (&Scope, bool)| {
        let refused = consenting::if_refused(function, scope, demanded);
        let mut question = consenting::question(platform, scope, Some(function), refused, &Asker::ONESELF);
        question.error = unanswered.iter().find(|(of, _)| *of == scope.id).map(|(_, why)| why.clone());
        question
    };
    let optional = |item: &Slug| {
        let name = format!("item.{item}");
        let value = typed.one(&name).unwrap_or_default().to_owned();
        let choice = |value: &str, label: String| Choice { value: value.to_owned(), label, hint: None };
        Field {
            label: called(item),
            kind: FieldKind::Radio(vec![choice("yes", say("way-yes")), choice("no", say("way-no"))]),
            hint: Some(if federate::identified_by(login) == Some(item.as_str()) {
                fill("way-known-hint", &[("name", &login.name)])
            } else {
                say("way-optional-hint")
            }),
            value,
            name,
            ..Field::default()
        }
    };
    let told = function.refused.said().and_then(|refused| refused.text.as_ref());
    let source = login.source.as_ref().map(|source| names.name_of(Kind::Source, &source.text).to_owned());
    Ok(Way {
        shell: visit.shell(),
        name: login.name.value.clone(),
        from: source.unwrap_or_else(|| login.name.value.clone()),
        purpose: elements::purpose(platform, function),
        clause: function.clause.first().map(|number| clause(platform, number)),
        needed: needed.into_iter().map(called).collect(),
        typed: asked.into_iter().map(called).collect(),
        form: crate::pages::parts::Form::of(needs.optional.iter().map(optional).collect()),
        consents: scopes(visit, login, function).into_iter().map(question).collect(),
        known: federate::identified_by(login).map(|_| format!("{}/login/with/{id}/go", visit.base())),
        refused: told.map_or_else(|| say("refused-this-only"), |text| text.value.clone()),
        later: Vec::new(),
    })
}

/// `GET /login/with/{way}`.
pub(crate) async fn ask(visit: Visit, Path((_, id)): Path<(String, String)>) -> Reply {
    visit.show(&page(&visit, &id, &Form::default(), &[])?)
}

/// `POST /login/with/{way}`: what was answered is kept for the way, and nothing has been asked of anybody yet.
pub(crate) async fn answered(Path((_, id)): Path<(String, String)>, Signed(visit, form): Signed<Visit>) -> Reply {
    let (house, platform) = (&visit.app.house, &visit.platform);
    let (login, function) = offered(&visit, &id)?;
    let given = answers(platform, (&scopes(&visit, login, function), &[]), &form, &Asker::ONESELF)
        .ok_or(Trouble::Unreadable)?;
    if !given.missing.is_empty() {
        return visit.show_again(&page(&visit, &id, &form, &given.missing)?);
    }
    let needs = federate::needs(house, platform, login);
    let wanted = |item: &Slug| form.one(&format!("item.{item}")) == Some("yes");
    let items = needs.optional.into_iter().filter(wanted).collect();
    let kept = Answers { consents: given.yes, refused: given.no, items };
    federate::intend(house, platform, &visit.secret, &login.id.value, kept).await?;
    Ok(visit.go(&format!("/login/with/{id}/away")))
}

/// `GET /login/with/{way}/away`: a form may lead nowhere but to us, so that going there is a link of its own.
pub(crate) async fn away(visit: Visit, Path((_, id)): Path<(String, String)>) -> Reply {
    let (login, _) = offered(&visit, &id)?;
    let base = visit.base();
    visit.show(&WayOut {
        shell: visit.shell(),
        name: login.name.value.clone(),
        go: format!("{base}/login/with/{id}/go"),
        back: format!("{base}/login"),
    })
}

/// `GET /login/with/{way}/go`: to the provider.
pub(crate) async fn go(visit: Visit, Path((_, id)): Path<(String, String)>) -> Reply {
    let (login, _) = offered(&visit, &id)?;
    let back = format!("{}{}/login/return", visit.app.site.origin, visit.base());
    match federate::go(&visit.app.house, &visit.platform, &visit.secret, &id, back).await {
        Ok(address) => Ok(visit.with_cookie(Redirect::to(&address).into_response())),
        Err(Refusal::Outside(_)) => login_again(&visit, fill("way-outside", &[("name", &login.name)])),
        Err(refusal) => Err(refusal.into()),
    }
}

/// What a provider's answer carries (RFC 6749 §4.1.2). Somebody who refuses comes back with an error, or without a code.
#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
}

/// `GET /login/return`.
pub(crate) async fn returned(visit: Visit, Query(back): Query<Back>) -> Reply {
    let code = back.code.filter(|code| !code.is_empty() && back.error.is_none()).map(Clear::new);
    let (house, platform) = (&visit.app.house, &visit.platform);
    let name = |id: &Slug| federate::login(house, platform, id.as_str()).map(|login| login.name.value.clone());
    match federate::returned(house, platform, &visit.secret, &back.state, code).await {
        Ok(Returned::Known(subject)) => visit.log_in(subject, "/home").await,
        Ok(Returned::Registered(done)) => visit.log_in(done.subject, &format!("/home?done={}", done.leaf)).await,
        Ok(Returned::Asks(_)) => Ok(visit.go("/login/open")),
        Ok(Returned::Declined(id)) => login_again(&visit, fill("way-declined", &[("name", &name(&id)?)])),
        Ok(Returned::Stranger(id)) => {
            let mut page = page(&visit, id.as_str(), &Form::default(), &[])?;
            let text = fill("way-stranger", &[("name", &name(&id)?)]);
            page.shell.status = Some(Status { tone: Tone::Note, text, receipt: None });
            visit.show(&page)
        }
        Err(refusal) => lost(&visit, refusal),
    }
}

/// Back to the page of log-in, with what to do; what is not about the way is a trouble like any other.
fn lost(visit: &Visit, refusal: Refusal) -> Reply {
    match refusal {
        Refusal::NotFound(_) => login_again(visit, say("way-lost")),
        Refusal::Outside(_) => login_again(visit, fill("way-outside", &[("name", &say("way-provider"))])),
        Refusal::Taken(_) => login_again(visit, fill("way-taken", &[("name", &say("way-provider"))])),
        refusal => Err(refusal.into()),
    }
}

fn open_page(visit: &Visit, typed: &Form, faults: &[FieldFault]) -> Result<WayOpen, Refusal> {
    let open = federate::open(&visit.app.house, &visit.secret)?;
    let program = visit.platform.tables.program();
    let login = federate::login(&visit.app.house, &visit.platform, open.login.as_str())?;
    let wrong = |name: &str| faults.iter().find(|one| one.item == name).map(|one| one.code);
    let phone = Field {
        name: "phone".into(),
        label: say("phone"),
        kind: FieldKind::Phone,
        value: typed.one("phone").unwrap_or_default().to_owned(),
        hint: Some(say("way-phone-hint")),
        error: wrong("phone").map(|_| fault("phone")),
        required: true,
        ..Field::default()
    };
    let field = |item: &Slug| {
        let validator = program.items.get(item).and_then(|facts| facts.validator).unwrap_or(Validator::Text);
        let few = choices(item.as_str());
        let choice = |word: &String| Choice { value: word.clone(), label: word.clone(), hint: None };
        Field {
            name: item.to_string(),
            label: program.names.name_of(Kind::Item, item.as_str()).to_owned(),
            kind: few.map_or(FieldKind::Text, |words| FieldKind::Select(words.iter().map(choice).collect())),
            value: typed.one(item.as_str()).unwrap_or_default().to_owned(),
            hint: hint(validator.id()),
            error: wrong(item.as_str()).map(fault),
            required: true,
            ..Field::default()
        }
    };
    let mut fields: Vec<Field> = open.items.iter().map(field).collect();
    fields.push(phone);
    Ok(WayOpen {
        shell: visit.shell(),
        name: login.name.value.clone(),
        form: crate::pages::parts::Form::of(fields),
        known: open.known,
    })
}

/// `GET /login/open`.
pub(crate) async fn open(visit: Visit) -> Reply {
    match open_page(&visit, &Form::default(), &[]) {
        Ok(page) => visit.show(&page),
        Err(refusal) => lost(&visit, refusal),
    }
}

/// `POST /login/open`: sends the code.
pub(crate) async fn typed(Signed(visit, form): Signed<Visit>) -> Reply {
    let (house, platform) = (&visit.app.house, &visit.platform);
    let phone = form.one("phone").unwrap_or_default().trim();
    let before = newest(&visit, phone);
    let open = match federate::open(house, &visit.secret) {
        Ok(open) => open,
        Err(refusal) => return lost(&visit, refusal),
    };
    let named = open.items.iter().filter_map(|item| Some((item.to_string(), form.one(item.as_str())?.to_owned())));
    let fields = named.map(|(item, value)| (item, Clear::new(value))).collect();
    match federate::prove(house, platform, &visit.secret, Clear::new(phone.to_owned()), fields).await {
        Ok(()) => code_page(&visit, Some(phone), before, None).await,
        Err(Refusal::Fields(faults)) => visit.show_again(&open_page(&visit, &form, &faults)?),
        Err(refusal) => lost(&visit, refusal),
    }
}

async fn code_page(visit: &Visit, phone: Option<&str>, before: Option<String>, error: Option<String>) -> Reply {
    let open = federate::open(&visit.app.house, &visit.secret)?;
    let login = federate::login(&visit.app.house, &visit.platform, open.login.as_str())?;
    let wrong = error.is_some();
    let field = code_field(visit, phone, before, error).await;
    let page = WayCode {
        shell: visit.shell(),
        name: login.name.value.clone(),
        form: crate::pages::parts::Form::of(vec![field]),
    };
    if wrong { visit.show_again(&page) } else { visit.show(&page) }
}

/// `POST /login/proof`: binds, or registers.
pub(crate) async fn proof(Signed(visit, form): Signed<Visit>) -> Reply {
    let (house, platform) = (&visit.app.house, &visit.platform);
    let code = form.one("code").unwrap_or_default();
    match federate::complete(house, platform, &visit.secret, code).await {
        Ok(Completed::Bound { subject, leaf }) => visit.log_in(subject, &format!("/home?done={leaf}")).await,
        Ok(Completed::Registered(done)) => visit.log_in(done.subject, &format!("/home?done={}", done.leaf)).await,
        Ok(Completed::Nobody) => login_again(&visit, fill("way-nobody", &[("name", &say("way-provider"))])),
        Err(Refusal::NotAllowed(_)) => code_page(&visit, None, None, Some(fault("code"))).await,
        Err(refusal) => lost(&visit, refusal),
    }
}

/// The one parameter of a ticket's link.
#[derive(Deserialize)]
pub(crate) struct Carried {
    #[serde(default)]
    ticket: String,
}

/// `GET /enter`: asks. The ticket is not looked at, so that whoever fetches the link beforehand uses nothing up.
pub(crate) async fn ticket(visit: Visit, Query(carried): Query<Carried>) -> Reply {
    visit.show(&TicketPage { shell: visit.shell(), ticket: carried.ticket })
}

/// `POST /enter`.
pub(crate) async fn enter(Signed(visit, form): Signed<Visit>) -> Reply {
    let ticket = form.one("ticket").unwrap_or_default();
    match federate::ticket(&visit.app.house, &visit.platform, ticket).await {
        Ok(subject) => visit.log_in(subject, "/home").await,
        Err(Refusal::NotAllowed(_)) => login_again(&visit, say("ticket-wrong")),
        Err(refusal) => Err(refusal.into()),
    }
}
