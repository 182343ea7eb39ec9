//! The ways in and out: start, registering, logging in by a code, logging out.

use std::collections::BTreeSet;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use desk::collect::{PersonFields, Registration, typed_groups};
use desk::leaf::Who;
use desk::refusal::FieldFault;
use desk::{Platform, Refusal, collect, consent, seat};
use jiff::SignedDuration;
use model::field::Validator;
use model::{Clear, Slug};
use policy::question::{Answer, Code, Facts};
use policy::syntax::{Collect, Function, FunctionKind, PersonKind};
use serde::Deserialize;

use super::consenting::{self, Asker, answers};
use super::form::{Asked, Sheet, pictures, role_of};
use super::standing::{is_done_here, is_offered};
use crate::app::App;
use crate::pages::parts::{Field, FieldKind, Moment, Reason, Status, Tone};
use crate::pages::portal::{
    FunctionBrief, Instead, LogIn, LogInCode, Platforms, Register, Registrant, SignedOut, Start, Why,
};
use crate::pages::shell::PlatformLink;
use crate::session::{Customer, Form, Signed, Visit, elder_cookie, html, portal_cookie, set_cookie};
use crate::told::reasons::{of_answer, uncoded};
use crate::trouble::Trouble;
use crate::words::{fault, fill, listed, say};

type Reply = Result<Response, Trouble>;

/// `/`: every platform of the installation.
pub(crate) async fn root(State(app): State<std::sync::Arc<App>>) -> Reply {
    platforms(&app, None)
}

/// The platforms of the installation; `missing`: the one that was asked for is not among them.
pub(crate) fn platforms(app: &App, instead: Option<Instead>) -> Reply {
    let all = app.house.platforms();
    let link = |platform: &std::sync::Arc<Platform>| {
        let policy = &platform.tables.program().policy;
        let name = fill("platform-link", &[("service", &policy.policy.service), ("handler", &policy.handler.name)]);
        PlatformLink { name, href: format!("/p/{}/", platform.id) }
    };
    let theme = app.site.theme_of(all.first().map_or("", |platform| platform.id.as_str()));
    let page = Platforms { theme, platforms: all.iter().map(link).collect(), instead, demo: app.site.inbox.is_some() };
    html(StatusCode::OK, &page)
}

/// The function by which somebody registers: a basic one that makes a record and asks items of the right kind of person.
fn registering(platform: &Platform, who: Registrant) -> Option<&Function> {
    let program = platform.tables.program();
    let registrant = program.operation.switches.registrant.as_ref().map(|role| role.text.as_str());
    let kind_of = |role: &str| {
        let role = program.policy.persons.iter().find(|known| known.id.as_str() == role);
        role.map(|role| role.kind.value)
    };
    let fits = |role: &str| match who {
        Registrant::Person => registrant.map_or(kind_of(role) == Some(PersonKind::Natural), |one| one == role),
        Registrant::Company => kind_of(role) == Some(PersonKind::Organisation),
    };
    // What somebody types in another role than the registrant's comes after the registration.
    let first = |group: &Collect| group.typed_by.iter().all(|by| registrant == Some(by.text.as_str()));
    let registers = |function: &&Function| {
        function.kind.value == FunctionKind::Basic
            && function.makes.is_some()
            && typed_groups(function).any(|group| fits(&group.of.text) && first(group))
    };
    program.policy.functions.iter().find(registers)
}

/// Whether a function is one of those by which somebody registers.
pub(crate) fn registers(platform: &Platform, function: &Function) -> bool {
    [Registrant::Person, Registrant::Company]
        .into_iter()
        .any(|who| registering(platform, who).is_some_and(|one| one.id.value == function.id.value))
}

/// What is asked of who registers: of oneself, and of the organisation that one registers for. Whoever else has a part in the
/// function comes in later.
fn sheet<'p>(platform: &'p Platform, function: &'p Function, now: jiff::Timestamp) -> Sheet<'p> {
    let mut sheet = Sheet { proves_later: true, ..Sheet::of(platform, function, now) };
    let organisation = |block: &super::form::Block| block.roles.first().is_some_and(|role| role_of(platform, role).1);
    let mut oneself = false;
    sheet.blocks.retain(|block| organisation(block) || !std::mem::replace(&mut oneself, true));
    sheet.key = (0..sheet.blocks.len()).find_map(|place| Some((place, phone(&sheet, place)?.item.id.clone())));
    sheet
}

/// The telephone by which whoever registers will log in.
fn phone<'p>(sheet: &Sheet<'p>, place: usize) -> Option<Asked<'p>> {
    let phones = |validator| matches!(validator, Some(Validator::Phone | Validator::Mobile));
    sheet.asked(place).into_iter().find(|one| one.item.searchable && phones(one.item.validator))
}

/// The first page.
pub(crate) async fn start(visit: Visit) -> Reply {
    let platform = &visit.platform;
    let policy = &platform.tables.program().policy;
    let now = visit.app.house.now();
    let brief = |function: &Function| FunctionBrief {
        name: function.name.value.clone(),
        needs: needs(platform, function, now),
    };
    let intro = fill("intro", &[("handler", &policy.handler.name), ("service", &policy.policy.service)]);
    let shown = policy.functions.iter().filter(|one| is_offered(platform, one) && is_done_here(platform, one));
    visit.show(&Start {
        shell: visit.shell(),
        intro: vec![intro],
        functions: shown.map(brief).collect(),
        companies: registering(platform, Registrant::Company).is_some(),
    })
}

/// What a function asks for: by role where it asks of several.
fn needs(platform: &Platform, function: &Function, now: jiff::Timestamp) -> String {
    let key = registers(platform, function).then(|| sheet(platform, function, now).key).flatten();
    let sheet = Sheet { proves_later: true, key, ..Sheet::of(platform, function, now) };
    let told = |required: bool| {
        let of_role = |(place, block): (usize, &super::form::Block)| {
            let asked = sheet.asked(place).into_iter().filter(|one| one.required == required);
            let items = listed(asked.map(|one| one.item.name.clone()));
            let role = block.roles.first().map(|role| role_of(platform, role).0).unwrap_or_default();
            let several = sheet.blocks.len() > 1 && !items.is_empty();
            // Some texts name an item after the person whose it is.
            if several && !items.starts_with(&role) {
                fill("needs-of", &[("role", &role), ("items", &items)])
            } else {
                items
            }
        };
        let parts: Vec<String> = sheet.blocks.iter().enumerate().map(of_role).filter(|part| !part.is_empty()).collect();
        parts.join(&say("parts-and"))
    };
    match (told(true), told(false)) {
        (needed, _) if !needed.is_empty() => fill("needs", &[("items", &needed)]),
        (_, optional) if !optional.is_empty() => fill("needs-optional", &[("items", &optional)]),
        _ => say("needs-nothing"),
    }
}

/// `GET /register/person`.
pub(crate) async fn person(visit: Visit) -> Reply {
    register(&visit, Registrant::Person)
}

/// `GET /register/company`.
pub(crate) async fn company(visit: Visit) -> Reply {
    register(&visit, Registrant::Company)
}

fn register(visit: &Visit, who: Registrant) -> Reply {
    visit.show(&register_page(visit, who, &Form::default(), &[], &[])?)
}

/// The consents that a registration asks: of the items on the form, no more. Each with whether it must be answered.
fn register_scopes<'p>(visit: &'p Visit, function: &Function) -> Vec<(&'p policy::terms::Scope, bool)> {
    let asked = sheet(&visit.platform, function, visit.app.house.now()).questions();
    let items: BTreeSet<&Slug> = asked.iter().map(|one| &one.item.id).collect();
    let needed: BTreeSet<&Slug> = asked.iter().filter(|one| one.required).map(|one| &one.item.id).collect();
    let scopes = consenting::scopes(&visit.platform, function, &items);
    let demanded =
        |scope: &policy::terms::Scope| scope.class.is_none() || scope.items.iter().any(|item| needed.contains(item));
    scopes.into_iter().map(|scope| (scope, demanded(scope))).collect()
}

fn register_page(
    visit: &Visit,
    who: Registrant,
    typed: &Form,
    faults: &[FieldFault],
    unanswered: &[(String, String)],
) -> Result<Register, Trouble> {
    let function = registering(&visit.platform, who).ok_or(Trouble::Unknown)?;
    let question = |(scope, demanded): &(&policy::terms::Scope, bool)| {
        let refused = consenting::if_refused(function, scope, *demanded);
        let mut question = consenting::question(&visit.platform, scope, None, refused, &Asker::ONESELF);
        let missing = unanswered.iter().find(|(of, _)| *of == scope.id);
        question.error = missing.map(|(_, why)| why.clone());
        question
    };
    let sheet = sheet(&visit.platform, function, visit.app.house.now());
    Ok(Register {
        shell: visit.shell(),
        who,
        form: sheet.form(typed, faults),
        consents: register_scopes(visit, function).iter().map(question).collect(),
        later: pictures(&visit.platform, function),
        denied: Vec::new(),
        code_follows: sheet.key.is_some(),
    })
}

/// `POST /register/person`.
pub(crate) async fn person_sent(Signed(visit, form): Signed<Visit>) -> Reply {
    registered(visit, Registrant::Person, form).await
}

/// `POST /register/company`.
pub(crate) async fn company_sent(Signed(visit, form): Signed<Visit>) -> Reply {
    registered(visit, Registrant::Company, form).await
}

async fn registered(visit: Visit, who: Registrant, form: Form) -> Reply {
    let (house, platform) = (&visit.app.house, &visit.platform);
    let function = registering(platform, who).ok_or(Trouble::Unknown)?;
    let scopes = register_scopes(&visit, function);
    let answers = answers(platform, (&scopes, &[]), &form, &Asker::ONESELF).ok_or(Trouble::Unreadable)?;
    let sheet = sheet(platform, function, house.now());
    let mut persons = sheet.persons(&form);
    // Who registers alone leaves the organisation blank.
    let named =
        |one: &PersonFields| who == Registrant::Company || !one.fields.is_empty() || !role_of(platform, &one.person).1;
    if !answers.missing.is_empty() {
        let places =
            persons.iter().enumerate().filter(|(_, one)| named(one)).map(|(place, _)| sheet.faults(place, &form));
        let faults = places.collect::<Result<Vec<_>, _>>()?.concat();
        return visit.show_again(&register_page(&visit, who, &form, &faults, &answers.missing)?);
    }
    persons.retain(named);
    let phone = match telephone(&sheet, &form).transpose() {
        Ok(phone) => phone,
        Err(fault) => return unreached(&visit, who, (&sheet, &form), fault),
    };
    let registration = Registration {
        function: function.id.value.clone(),
        channel: platform.portal_channel(),
        product: None,
        persons,
        consents: answers.yes,
        facts: Facts::default(),
    };
    let done = match collect::register(house, platform, registration, Who::Subject, None).await {
        Ok(done) => done,
        Err(Refusal::Fields(faults)) => {
            return visit.show_again(&register_page(&visit, who, &form, &faults, &[])?);
        }
        Err(Refusal::Denied(answer)) => {
            let mut page = register_page(&visit, who, &form, &[], &[])?;
            page.denied = of_stranger(platform, &answer);
            return visit.show_refused(&page);
        }
        Err(Refusal::Empty(_)) => {
            let mut page = register_page(&visit, who, &form, &[], &[])?;
            page.form.problem = Some(say("nothing-typed"));
            return visit.show_again(&page);
        }
        Err(Refusal::Taken(_)) => {
            let mut page = register_page(&visit, who, &form, &[], &[])?;
            page.form.problem = Some(say("taken"));
            return visit.show_again(&page);
        }
        Err(refusal) => return Err(refusal.into()),
    };
    for scope in &answers.no {
        consent::refuse(house, platform, done.subject, scope).await?;
    }
    let Some(phone) = phone else { return Ok(visit.go("/login")) };
    // The log-in by code proves that the telephone is the person's own; before it nothing is shown.
    let before = newest(&visit, &phone);
    seat::login_code_send(house, platform, Clear::new(phone.clone())).await?;
    let mut page = code_page(&visit, phone, before, None).await?;
    page.shell.status = Some(Status { tone: Tone::Good, text: say("registered"), receipt: None });
    visit.show(&page)
}

/// The form once more: nobody could log in by what was typed.
fn unreached(visit: &Visit, who: Registrant, (sheet, form): (&Sheet<'_>, &Form), fault: FieldFault) -> Reply {
    let place = fault.place.unwrap_or_default();
    let mut faults = sheet.faults(place, form)?;
    faults.retain(|other| other.item != fault.item);
    faults.push(fault);
    let mut page = register_page(visit, who, form, &faults, &[])?;
    let blank = sheet.persons(form).iter().all(|one| one.fields.is_empty());
    page.form.problem = page.form.problem.or_else(|| blank.then(|| say("nothing-typed")));
    visit.show_again(&page)
}

/// Why somebody is not registered: who has no account yet decides on consents on this form, and nowhere else.
fn of_stranger(platform: &Platform, answer: &Answer) -> Vec<Reason> {
    let mut reasons = of_answer(platform, answer);
    let asked =
        [Code::ConsentMissing, Code::SeparateConsentMissing, Code::WrittenConsentMissing].map(|code| code.to_string());
    for reason in &mut reasons {
        reason.next = reason.next.take().filter(|_| !reason.code.as_ref().is_some_and(|code| asked.contains(code)));
    }
    uncoded(reasons)
}

/// The same as it was typed; a fault where no code reaches it.
fn telephone(sheet: &Sheet<'_>, form: &Form) -> Option<Result<String, FieldFault>> {
    let (place, _) = sheet.key.as_ref()?;
    let field = phone(sheet, *place)?;
    let typed = form.one(&field.name).unwrap_or_default().trim().to_owned();
    let fault = |code| FieldFault { person: None, place: Some(*place), item: field.item.id.to_string(), code };
    if typed.is_empty() {
        return Some(Err(fault("missing")));
    }
    Some(seat::takes_codes(&Clear::new(typed.clone())).map(|()| typed).map_err(|_| fault("phone")))
}

/// `GET /login`.
pub(crate) async fn login(visit: Visit) -> Reply {
    if visit.subject().is_some() {
        return Ok(visit.go("/home"));
    }
    visit.show(&login_page(&visit, "", None))
}

/// The page of log-in, saying why somebody is back on it.
pub(crate) fn login_again(visit: &Visit, why: String) -> Reply {
    let mut page = login_page(visit, "", None);
    page.shell.status = Some(Status { tone: Tone::Warn, text: why, receipt: None });
    visit.show(&page)
}

fn login_page(visit: &Visit, phone: &str, error: Option<String>) -> LogIn {
    let field = Field {
        name: "phone".into(),
        label: say("phone"),
        kind: FieldKind::Phone,
        value: phone.to_owned(),
        hint: Some(say("phone-hint")),
        error,
        required: true,
        ..Field::default()
    };
    LogIn {
        shell: visit.shell(),
        form: crate::pages::parts::Form::of(vec![field]),
        ways: super::way::links(visit),
        companies: registering(&visit.platform, Registrant::Company).is_some(),
    }
}

/// `POST /login` and `POST /login/again`: sends a code. Nobody learns from it who has an account.
pub(crate) async fn login_sent(Signed(visit, form): Signed<Visit>) -> Reply {
    let phone = form.one("phone").unwrap_or_default().trim().to_owned();
    let before = newest(&visit, &phone);
    match seat::login_code_send(&visit.app.house, &visit.platform, Clear::new(phone.clone())).await {
        Ok(()) => visit.show(&code_page(&visit, phone, before, None).await?),
        Err(Refusal::Fields(_)) => visit.show_again(&login_page(&visit, &phone, Some(fault("phone")))),
        Err(refusal) => Err(refusal.into()),
    }
}

/// `GET /login/code`: the number was not kept, so it is asked for again.
pub(crate) async fn code(visit: Visit) -> Response {
    visit.go("/login")
}

/// `POST /login/code`.
pub(crate) async fn code_sent(Signed(visit, form): Signed<Visit>) -> Reply {
    let phone = form.one("phone").unwrap_or_default().to_owned();
    let code = form.one("code").unwrap_or_default();
    let checked = seat::login_code_check(&visit.app.house, &visit.platform, &Clear::new(phone.clone()), code).await;
    match checked {
        Ok(subject) => visit.log_in(subject, "/home").await,
        Err(Refusal::NotAllowed(_) | Refusal::Fields(_)) => {
            visit.show_again(&code_page(&visit, phone, None, Some(fault("code"))).await?)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// How long the demo waits for its telephone to ring before the page is made, in looks a few milliseconds apart.
const LOOKS: usize = 100;

/// What the demo's telephone shows.
pub(crate) fn newest(visit: &Visit, phone: &str) -> Option<String> {
    visit.app.site.inbox.as_ref()?.newest_code(phone)
}

/// The page that asks for the code; `before` is what the demo's telephone showed before this one was sent.
async fn code_page(
    visit: &Visit,
    phone: String,
    before: Option<String>,
    error: Option<String>,
) -> Result<LogInCode, Trouble> {
    let field = code_field(visit, Some(&phone), before, error).await;
    let expires = visit.app.house.now().checked_add(SignedDuration::from_mins(seat::CODE_MINUTES));
    Ok(LogInCode {
        shell: visit.shell(),
        phone: covered(&phone),
        typed: phone,
        form: crate::pages::parts::Form::of(vec![field]),
        expires: Moment(expires.map_err(|_| Refusal::Broken("the clock is at its end".into()))?),
    })
}

/// The field for a code; the demo shows beside it what the telephone of `phone` has received.
pub(crate) async fn code_field(
    visit: &Visit,
    phone: Option<&str>,
    before: Option<String>,
    error: Option<String>,
) -> Field {
    let shown = || phone.and_then(|phone| newest(visit, phone));
    for _ in 0..visit.app.site.inbox.as_ref().map_or(0, |_| LOOKS) {
        if shown() != before {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    // Where none came, as for whoever has no account, the one before opens nothing.
    let hint = shown()
        .filter(|code| Some(code) != before.as_ref())
        .map_or_else(|| say("code-hint"), |code| fill("demo-code", &[("code", &code)]));
    Field {
        name: "code".into(),
        label: say("code"),
        kind: FieldKind::OneTimeCode,
        hint: Some(hint),
        error,
        required: true,
        ..Field::default()
    }
}

/// A number that was just typed, with its middle covered.
pub(crate) fn covered(phone: &str) -> String {
    let signs: Vec<char> = phone.chars().collect();
    let ends = signs.len().checked_sub(4).filter(|end| *end > 3);
    let cover = |(place, sign): (usize, &char)| match ends {
        Some(end) if place < 3 || place >= end => *sign,
        _ => '*',
    };
    signs.iter().enumerate().map(cover).collect()
}

/// `POST /logout`.
pub(crate) async fn logout(Signed(visit, _): Signed<Visit>) -> Reply {
    seat::session_end(&visit.app.house, &visit.secret).await?;
    signed_out(&visit)
}

/// `POST /logout/everywhere`: every session of the subject ends, this one too.
pub(crate) async fn logout_everywhere(Signed(customer, _): Signed<Customer>) -> Reply {
    seat::sessions_end(&customer.app.house, &customer.platform, customer.subject).await?;
    signed_out(&customer)
}

fn signed_out(visit: &Visit) -> Reply {
    let mut shell = visit.shell();
    (shell.visitor, shell.csrf) = (None, crate::pages::shell::Csrf::default());
    Ok(forget(visit, visit.show(&SignedOut { shell, why: Why::LoggedOut })?))
}

/// Takes the session's cookie from the browser.
pub(crate) fn forget(visit: &Visit, mut response: Response) -> Response {
    let site = &visit.app.site;
    let gone = set_cookie(site, &portal_cookie(site, &visit.platform.id), "", Some(0));
    response.headers_mut().extend(gone.map(|gone| (header::SET_COOKIE, gone)));
    response
}

/// A year.
const ELDER_LASTS: u32 = 31_536_000;

/// `POST /elder`: changes the size of everything, then back to the page.
pub(crate) async fn elder(headers: HeaderMap, Signed(visit, form): Signed<Visit>) -> Response {
    let (site, on) = (&visit.app.site, form.one("elder") == Some("on"));
    let came = headers.get(header::REFERER).and_then(|from| from.to_str().ok());
    let path = came.and_then(|from| from.strip_prefix(site.origin.as_str()));
    let own = path.filter(|path| path.starts_with(&format!("{}/", visit.base())));
    let back = own.map_or_else(|| format!("{}/", visit.base()), str::to_owned);
    let (value, lasts) = if on { ("1", ELDER_LASTS) } else { ("", 0) };
    let mut response = Redirect::to(&back).into_response();
    let cookie = set_cookie(site, &elder_cookie(site), value, Some(lasts));
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

/// Which function a page is about.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Of {
    pub(crate) function: Option<String>,
}

/// The query of a page about a function.
pub(crate) type OfFunction = Query<Of>;

/// `/p/{platform}` without its last slash.
pub(crate) async fn bare(visit: Visit) -> Redirect {
    Redirect::permanent(&format!("{}/", visit.base()))
}
