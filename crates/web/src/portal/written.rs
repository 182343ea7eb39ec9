//! Signing a written consent (rule R11): the whole text first, then name and code under the same text.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::Refusal;
use desk::consent::written::{Authorisation, Signature, code_send, paper, sign};
use desk::refusal::FieldFault;
use jiff::ToSpan as _;
use jiff::civil::Date;
use model::calendar::{day_in_shanghai, midnight_in_shanghai};
use model::{Clear, ConsentId};
use policy::syntax::Form as ConsentKind;
use policy::terms::Scope;
use render::consent::ConsentText;

use super::enter::{code_field, newest};
use crate::pages::parts::{Choice, Field, FieldKind, Form as Fields};
use crate::pages::portal::{Chosen, SignPage};
use crate::session::{Customer, Form, Signed};
use crate::told::elements;
use crate::trouble::Trouble;
use crate::words::{fault, fill, say};

type Reply = Result<Response, Trouble>;

/// Periods that are offered, in days, and without an end.
const PERIODS: [(&str, i64); 2] = [("30", 30), ("90", 90)];
const OPEN: &str = "open";

/// The scope of that id, where it wants a signature and no party has to be chosen.
fn wanted<'c>(customer: &'c Customer, id: &str) -> Result<&'c Scope, Trouble> {
    let scope = elements::scope(&customer.platform, id);
    scope.filter(|scope| scope.form == ConsentKind::Written && !scope.per_party).ok_or(Trouble::Unknown)
}

/// How long an authorisation holds.
#[derive(Debug, Clone, Copy)]
enum End {
    /// Until it is withdrawn.
    Never,
    /// To the end of this day.
    After(Date),
}

impl End {
    const fn day(self) -> Option<Date> {
        match self {
            Self::Never => None,
            Self::After(day) => Some(day),
        }
    }
}

/// The period that was chosen; `None` is no answer.
fn end(customer: &Customer, chosen: Option<&str>) -> Option<End> {
    let chosen = chosen?;
    if chosen == OPEN {
        return Some(End::Never);
    }
    let (_, days) = PERIODS.into_iter().find(|(value, _)| *value == chosen)?;
    day_in_shanghai(customer.app.house.now()).checked_add(days.days()).ok().map(End::After)
}

/// The text of an authorisation until the end of a day.
fn text(customer: &Customer, scope: &Scope, until: Option<Date>) -> Result<ConsentText, Trouble> {
    render::consent::authorisation(&customer.platform.tables, &scope.id, until).ok_or(Trouble::Unknown)
}

fn authorisation(customer: &Customer, scope: &Scope, until: Option<Date>) -> Result<Authorisation, Trouble> {
    let ends = until.and_then(|day| midnight_in_shanghai(day.tomorrow().ok()?).ok());
    let words = text(customer, scope, until)?.plain;
    Ok(Authorisation { scope: scope.id.clone(), policy: customer.platform.tables.policy(), words, until: ends })
}

fn page(customer: &Customer, scope: &Scope, text: ConsentText, form: Fields, chosen: Option<Chosen>) -> SignPage {
    SignPage {
        shell: customer.shell(),
        scope: scope.id.clone(),
        title: text.title,
        lines: text.paragraphs.into_iter().map(|line| (line.heading, line.text)).collect(),
        form,
        chosen,
    }
}

/// Before the code: for how long, and to which telephone.
fn asking(customer: &Customer, scope: &Scope, typed: &Form, faults: &[FieldFault]) -> Result<SignPage, Trouble> {
    let error = |item: &str| faults.iter().find(|wrong| wrong.item == item).map(|wrong| fault(wrong.code));
    let value = |name: &str| typed.one(name).unwrap_or_default().to_owned();
    let period = |(value, _): &(&str, i64)| Choice {
        value: (*value).to_owned(),
        label: fill("days", &[("days", value)]),
        hint: None,
    };
    let mut periods: Vec<Choice> = PERIODS.iter().map(period).collect();
    periods.push(Choice { value: OPEN.into(), label: say("until-revoked"), hint: None });
    let until = Field {
        name: "until".into(),
        label: say("until"),
        kind: FieldKind::Radio(periods),
        value: value("until"),
        error: error("until"),
        required: true,
        ..Field::default()
    };
    let phone = Field {
        name: "phone".into(),
        label: say("phone"),
        kind: FieldKind::Phone,
        value: value("phone"),
        hint: Some(say("sign-phone-hint")),
        error: error("phone").map(|_| say("sign-phone-other")),
        required: true,
        ..Field::default()
    };
    let text = text(customer, scope, None)?;
    let mut lines = page(customer, scope, text, Fields::of(vec![until, phone]), None);
    // The period is the last line, and not chosen yet.
    lines.lines.pop();
    Ok(lines)
}

/// `GET /written/{scope}`.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let scope = wanted(&customer, &id)?;
    let given = desk::consent::list(&customer.app.house, &customer.platform, customer.subject).await?;
    if given.iter().any(|view| view.scope == scope.id && view.stands) {
        return Ok(customer.go("/consents"));
    }
    customer.show(&asking(&customer, scope, &Form::default(), &[])?)
}

fn missing(item: &str, code: &'static str) -> FieldFault {
    FieldFault { person: None, place: None, item: item.to_owned(), code }
}

/// `POST /written/{scope}`: sends the code that signs this text, and shows all of it.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, form): Signed<Customer>) -> Reply {
    let scope = wanted(&customer, &id)?;
    let Some(until) = end(&customer, form.one("until")).map(End::day) else {
        return customer.show_again(&asking(&customer, scope, &form, &[missing("until", "missing")])?);
    };
    let authorisation = authorisation(&customer, scope, until)?;
    let phone = form.one("phone").unwrap_or_default().trim().to_owned();
    let before = newest(&customer.visit, &phone);
    let (house, platform) = (&customer.app.house, &customer.platform);
    match code_send(house, platform, customer.subject, &authorisation, Clear::new(phone)).await {
        Ok(()) => customer.show(&signing(&customer, scope, (&authorisation, until), &form, (before, &[])).await?),
        Err(Refusal::Fields(faults)) => customer.show_again(&asking(&customer, scope, &form, &faults)?),
        Err(refusal) => Err(refusal.into()),
    }
}

/// After the code: the own name, and the code.
async fn signing(
    customer: &Customer,
    scope: &Scope,
    (authorisation, until): (&Authorisation, Option<Date>),
    form: &Form,
    (before, faults): (Option<String>, &[FieldFault]),
) -> Result<SignPage, Trouble> {
    let error = |item: &str| faults.iter().find(|wrong| wrong.item == item).map(|wrong| fault(wrong.code));
    let value = |name: &str| form.one(name).unwrap_or_default().trim().to_owned();
    let name = Field {
        name: "name".into(),
        label: say("sign-name"),
        kind: FieldKind::Name,
        value: value("name"),
        hint: Some(say("sign-name-hint")),
        error: error("name"),
        required: true,
        ..Field::default()
    };
    let phone = value("phone");
    let code = code_field(&customer.visit, Some(&phone), before, error("code")).await;
    let chosen =
        Chosen { until: value("until"), phone, shown: format!("{} {}", authorisation.policy, authorisation.text()) };
    Ok(page(customer, scope, text(customer, scope, until)?, Fields::of(vec![name, code]), Some(chosen)))
}

/// `POST /written/{scope}/sign`.
pub(crate) async fn signed(Path((_, id)): Path<(String, String)>, Signed(customer, form): Signed<Customer>) -> Reply {
    let scope = wanted(&customer, &id)?;
    let until = end(&customer, form.one("until")).ok_or(Trouble::Unreadable)?.day();
    let authorisation = authorisation(&customer, scope, until)?;
    let shown = format!("{} {}", authorisation.policy, authorisation.text());
    if form.one("shown") != Some(shown.as_str()) {
        // Another version came into force, or another day began: what would be signed was not read.
        let mut page = asking(&customer, scope, &form, &[])?;
        page.form.problem = Some(say("consent-moved"));
        return customer.show_again(&page);
    }
    let typed = |name: &str| Clear::new(form.one(name).unwrap_or_default().to_owned());
    let code = form.one("code").unwrap_or_default().to_owned();
    let signature = Signature { name: typed("name"), phone: typed("phone"), code };
    match sign(&customer.app.house, &customer.platform, customer.subject, &authorisation, signature).await {
        Ok(done) => Ok(customer.go(&format!("/home?done={}", done.leaf))),
        Err(Refusal::Fields(faults)) => {
            let page = signing(&customer, scope, (&authorisation, until), &form, (None, &faults)).await?;
            customer.show_again(&page)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `GET /consents/{id}/document`: the signed document, an act with its leaf.
pub(crate) async fn document(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let id: ConsentId = id.parse().map_err(|_| Trouble::Unknown)?;
    let paper = paper(&customer.app.house, &customer.platform, customer.subject, id).await?;
    let (kind, ending) = match paper.kind {
        Some(kind) => (kind.media_type(), kind.extension()),
        None => ("text/plain; charset=utf-8", "txt"),
    };
    let named = format!("attachment; filename=\"{id}.{ending}\"");
    let about = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, named)];
    Ok((about, paper.bytes).into_response())
}
