//! Customer service (客服): a complaint or a question with a topic, in the customer's own words where the policy takes them.

use axum::extract::Query;
use axum::response::Response;
use desk::rights::{self, Asking, Counter, OF_SERVICE, OTHER, PERSONAL_INFORMATION, counter, matters, topics};
use desk::{Platform, Refusal, consent};
use model::calendar::day_in_shanghai;
use model::{Clear, RecordId, Slug};
use policy::question::Answer;
use policy::syntax::{Kind, RightKind};
use policy::terms::Scope;

use super::consenting::{Asker, Settled, answers, question, unplaced};
use super::exercise::remedy;
use super::form::{is_sensitive, notice_for};
use super::function::Asked;
use super::standing::{Standing, asked_scopes};
use crate::pages::parts::{Choice, ConsentChoice, Field, FieldGroup, FieldKind, Form as Fields};
use crate::pages::portal::ServicePage;
use crate::session::{Customer, Form, Signed};
use crate::told::reasons::{clause, of_answer, uncoded};
use crate::trouble::Trouble;
use crate::words::{fault, fill, say};

type Reply = Result<Response, Trouble>;

/// What was wrong with what came.
#[derive(Default)]
struct Wrong {
    /// Fields by name, and why.
    fields: Vec<(String, String)>,
    /// Scopes without an answer, and why.
    unanswered: Vec<(String, String)>,
    /// Why the words may not be kept.
    denied: Option<Box<Answer>>,
    /// What was wrong as a whole.
    whole: Option<String>,
}

/// The name of a topic.
pub(crate) fn topic(platform: &Platform, word: &str) -> String {
    match word {
        PERSONAL_INFORMATION => say("topic-personal-information"),
        OTHER => say("topic-other"),
        function => platform.tables.program().names.name_of(Kind::Function, function).to_owned(),
    }
}

/// `GET /service`: with `right` in the query, that is chosen.
pub(crate) async fn open(customer: Customer, Query(asked): Asked) -> Reply {
    let fields = asked.into_iter().filter(|(key, value)| key == "right" && of_service(value).is_some());
    let chosen = Form { fields: fields.collect(), ..Form::default() };
    let page = page(&customer, &Standing::of(&customer).await?, &chosen, &Wrong::default()).await?;
    customer.show(&page)
}

fn of_service(word: &str) -> Option<RightKind> {
    OF_SERVICE.into_iter().find(|kind| kind.word() == word)
}

/// What is still to be decided before the words are kept, and the answer with them: the latter may be refused.
fn scopes<'p>(platform: &'p Platform, standing: &Standing, counter: &Counter<'_>) -> Vec<(&'p Scope, bool)> {
    let covers = |scope: &Scope, item: &str| scope.items.iter().any(|one| one.as_str() == item);
    let open = standing.open_scopes(platform, counter.function).into_iter();
    let demanded = open.map(|scope| (scope, scope.class.is_none() || covers(scope, counter.words)));
    let kept = |scope: &Scope| counter.answer.is_some_and(|item| covers(scope, item));
    demanded.filter(|(scope, demanded)| *demanded || kept(scope)).collect()
}

/// What was agreed to since the page was shown.
fn settled<'p>(platform: &'p Platform, standing: &Standing, counter: &Counter<'_>) -> Vec<Settled<'p>> {
    let given = asked_scopes(platform, counter.function).filter(|scope| standing.stands(scope));
    given.map(|scope| Settled { scope, given: true }).collect()
}

async fn page(customer: &Customer, standing: &Standing, typed: &Form, wrong: &Wrong) -> Result<ServicePage, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let counter = counter(platform);
    let mut due = Vec::new();
    for kind in OF_SERVICE {
        let answer = rights::ask(house, platform, customer.subject, kind).await?;
        let day = answer.due.map(|due| due.day.to_string());
        due.extend(day.map(|day| fill("service-due", &[("right", &name(kind)), ("day", &day)])));
    }
    let mut groups = vec![FieldGroup { fields: what(platform, typed, wrong), ..FieldGroup::default() }];
    groups.extend(counter.as_ref().map(|counter| words(customer, counter, typed, wrong)));
    let own = about(customer, typed, wrong).await?;
    groups.extend(own.map(|field| FieldGroup { fields: vec![field], ..FieldGroup::default() }));
    let consents = counter.as_ref().map(|counter| questions(platform, standing, counter, wrong)).unwrap_or_default();
    let denied = wrong.denied.as_deref().map(|answer| uncoded(of_answer(platform, answer))).unwrap_or_default();
    Ok(ServicePage {
        shell: customer.shell(),
        clause: counter.and_then(|counter| counter.function.clause.first()).map(|number| clause(platform, number)),
        takes_words: counter.is_some(),
        keeps_answers: counter.is_some_and(|counter| counter.answer.is_some()),
        form: Fields { groups, problem: wrong.whole.clone() },
        denied,
        consents,
        later: Vec::new(),
        due,
        remedy: remedy(platform),
    })
}

fn name(kind: RightKind) -> String {
    match kind {
        RightKind::Complain => say("service-complain"),
        _ => say("service-ask"),
    }
}

fn field(name: &str, kind: FieldKind, (typed, wrong): (&Form, &Wrong)) -> Field {
    Field {
        name: name.to_owned(),
        kind,
        value: typed.one(name).unwrap_or_default().to_owned(),
        error: wrong.fields.iter().find(|(of, _)| of == name).map(|(_, why)| why.clone()),
        ..Field::default()
    }
}

/// What it is, and what about.
fn what(platform: &Platform, typed: &Form, wrong: &Wrong) -> Vec<Field> {
    let right = |kind: RightKind| Choice { value: kind.word().to_owned(), label: name(kind), hint: None };
    let rights = OF_SERVICE.into_iter().map(right).collect();
    let about = |(word, _): (String, _)| Choice { label: topic(platform, &word), value: word, hint: None };
    let topics = topics(platform).into_iter().map(about).collect();
    let asked = |name, label, kind| Field { label: say(label), required: true, ..field(name, kind, (typed, wrong)) };
    vec![
        asked("right", "service-right", FieldKind::Radio(rights)),
        asked("topic", "service-topic", FieldKind::Select(topics)),
    ]
}

/// Where one writes what happened.
fn words(customer: &Customer, counter: &Counter<'_>, typed: &Form, wrong: &Wrong) -> FieldGroup {
    let (platform, now) = (&customer.platform, customer.app.house.now());
    let item = platform.tables.program().items.get(counter.words);
    let named = item.map(|item| fill("service-kept-as", &[("item", &item.name)]));
    let own = Field {
        label: say("service-text"),
        hint: named,
        sensitive: item.is_some_and(|item| is_sensitive(platform, item, now)),
        ..field("text", FieldKind::LongText, (typed, wrong))
    };
    let noticed: Vec<Slug> = item.map(|item| item.id.clone()).into_iter().collect();
    FieldGroup { notice: notice_for(platform, counter.function, &noticed), fields: vec![own], ..FieldGroup::default() }
}

/// Which of one's own records it is about; none where there is none.
async fn about(customer: &Customer, typed: &Form, wrong: &Wrong) -> Result<Option<Field>, Trouble> {
    let platform = &customer.platform;
    let records = matters(&customer.app.house, platform, customer.subject).await?;
    let names = &platform.tables.program().names;
    let choice = |one: &rights::Concern| Choice {
        value: one.record.to_string(),
        label: fill(
            "record-since",
            &[
                ("class", names.name_of(Kind::Record, one.class.as_str())),
                ("day", &day_in_shanghai(one.at).to_string()),
            ],
        ),
        hint: None,
    };
    let choices: Vec<Choice> = records.iter().map(choice).collect();
    let own = (!choices.is_empty()).then(|| field("about", FieldKind::Select(choices), (typed, wrong)));
    Ok(own.map(|field| Field { label: say("service-about"), ..field }))
}

fn questions(platform: &Platform, standing: &Standing, counter: &Counter<'_>, wrong: &Wrong) -> Vec<ConsentChoice> {
    let asked = scopes(platform, standing, counter);
    let one = |(scope, demanded): &(&Scope, bool)| {
        let refused = say(if *demanded { "service-refused" } else { "service-answer-refused" });
        let mut question = question(platform, scope, Some(counter.function), refused, &Asker::ONESELF);
        let missing = wrong.unanswered.iter().find(|(of, _)| *of == scope.id);
        question.error = missing.map(|(_, why)| why.clone());
        question
    };
    asked.iter().map(one).collect()
}

/// `POST /service`: taken in as one act, or not at all and the form once more.
pub(crate) async fn sent(Signed(customer, form): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let standing = Standing::of(&customer).await?;
    let again = async |wrong: Wrong| customer.show_again(&page(&customer, &standing, &form, &wrong).await?);
    let counter = counter(platform);
    let text = form.one("text").filter(|text| counter.is_some() && !text.trim().is_empty());
    let mut asked = counter.as_ref().map(|counter| scopes(platform, &standing, counter)).unwrap_or_default();
    // Nothing is kept of who writes nothing: then nothing need be decided.
    for (_, demanded) in &mut asked {
        *demanded &= text.is_some();
    }
    let settled = counter.as_ref().map(|counter| settled(platform, &standing, counter)).unwrap_or_default();
    let given = answers(platform, (&asked, &settled), &form, &Asker::ONESELF).ok_or(Trouble::Unreadable)?;
    let whole = unplaced(&given.missing, &asked);
    let mut wrong = Wrong { whole, unanswered: given.missing, ..Wrong::default() };
    let right = form.one("right").and_then(of_service);
    if right.is_none() {
        wrong.fields.push(("right".to_owned(), fault("missing")));
    }
    let chosen = form.one("about").filter(|record| !record.is_empty());
    let about: Option<RecordId> = chosen.and_then(|record| record.parse().ok());
    if chosen.is_some() && about.is_none() {
        wrong.fields.push(("about".to_owned(), fault("other")));
    }
    let topic = form.one("topic").unwrap_or_default().to_owned();
    if topic.is_empty() {
        wrong.fields.push(("topic".to_owned(), fault("missing")));
    }
    let Some(right) = right.filter(|_| wrong.fields.is_empty() && wrong.unanswered.is_empty()) else {
        return again(wrong).await;
    };
    let text = text.map(|text| Clear::new(text.to_owned()));
    let asking = Asking { right, topic, text, about, consents: given.yes };
    let opened = match rights::raise(house, platform, rights::By::Subject, customer.subject, asking).await {
        Ok(opened) => opened,
        Err(Refusal::Fields(faults)) => {
            let known = ["right", "topic", "about"];
            let place = |item: &str| if known.contains(&item) { item.to_owned() } else { "text".to_owned() };
            let fields = faults.iter().map(|one| (place(&one.item), fault(one.code))).collect();
            return again(Wrong { fields, ..Wrong::default() }).await;
        }
        Err(Refusal::Denied(answer)) => {
            let wrong = Wrong { denied: Some(answer), ..Wrong::default() };
            return customer.show_refused(&page(&customer, &standing, &form, &wrong).await?);
        }
        Err(refusal) => return Err(refusal.into()),
    };
    for scope in &given.no {
        consent::refuse(house, platform, customer.subject, scope).await?;
    }
    Ok(customer.go(&format!("/requests/{}?done={}", opened.id, opened.leaf)))
}
