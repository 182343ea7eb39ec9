//! Rights: what each takes and what is in its way, doing at once what can be done at once, and the requests that staff
//! answer.

use axum::extract::{Path, Query};
use axum::response::Response;
use desk::leaf::Who;
use desk::read::export;
use desk::rights::{self, RequestView, Said, Talk};
use desk::{Platform, retain};
use model::calendar::day_in_shanghai;
use model::{RecordId, RequestId};
use policy::question::{Grant, RightVerdict};
use policy::syntax::{Kind, LawGround, RightKind};

use super::choices::wish;
use super::service::topic;
use super::shell::Done;
use super::standing::chooses_party;
use crate::copy::package;
use crate::pages::parts::{Day, Fact, Form as Fields, Link, Tone};
use crate::pages::portal::{MyRequest, MyRequests, RequestPage, RestrictLine, RightPage, SaidLine, Side, UploadLine};
use crate::session::{Customer, Signed};
use crate::told::reasons::{clause, distinct, uncoded};
use crate::trouble::Trouble;
use crate::words::{fill, listed, say, state};

type Reply = Result<Response, Trouble>;

pub(super) fn kind(word: &str) -> Result<RightKind, Trouble> {
    RightKind::ALL.iter().copied().find(|kind| kind.word() == word).ok_or(Trouble::Unknown)
}

/// One of the two verdicts.
pub(super) fn side(platform: &Platform, verdict: &RightVerdict, stated: bool) -> Side {
    let (outcome, tone) = match verdict.effect {
        _ if !stated => (say("right-not-stated"), Tone::Note),
        Grant::Granted => (say("right-granted"), Tone::Good),
        Grant::Blocked => (say("right-blocked"), Tone::Warn),
        Grant::Refused => (say("right-refused"), Tone::Stop),
    };
    let mut reasons = uncoded(distinct(platform, &verdict.reasons));
    let named = verdict.blocked_by.iter().map(|name| fill("right-blocked-by", &[("name", name)]));
    reasons.extend(named.map(|text| crate::pages::parts::Reason { text, ..Default::default() }));
    Side { outcome, tone, reasons }
}

/// Where to turn after a refusal: the bodies that the text names, those that watch over it today (rule R66), the courts.
pub(super) fn remedy(platform: &Platform) -> Vec<String> {
    let named = platform.tables.program().policy.handler.complaint_bodies.said().cloned().unwrap_or_default();
    let current = [say("body-internet"), say("body-finance")];
    let known = |body: &String| current.iter().any(|known| known.contains(body.as_str()));
    let others = named.into_iter().filter(|body| !known(body) && *body != "court");
    let bodies = current.clone().into_iter().chain(others);
    bodies.map(|body| fill("remedy-body", &[("body", &body)])).chain(std::iter::once(say("remedy-court"))).collect()
}

/// What can be done at once on these pages.
fn ways(platform: &Platform, base: &str, kind: RightKind) -> Vec<Link> {
    let link = |label: String, path: &str| Link { label, href: format!("{base}{path}") };
    let chosen = platform.tables.program().policy.functions.iter().any(|one| chooses_party(platform, one));
    match kind {
        RightKind::Access => vec![link(say("do-see"), "/mine"), link(say("do-shared"), "/mine/shared")],
        RightKind::Port if !platform.tables.program().operation.deliveries.is_empty() => {
            vec![link(say("do-send"), "/send")]
        }
        RightKind::Port if chosen => vec![link(say("do-send"), "/agencies")],
        RightKind::Correct | RightKind::Supplement => vec![link(say("do-correct"), "/mine")],
        RightKind::Withdraw => vec![link(say("do-withdraw"), "/consents"), link(say("do-permissions"), "/permissions")],
        RightKind::Object => vec![link(say("do-object"), "/switches")],
        RightKind::Delete | RightKind::CloseAccount => vec![link(say("do-close"), "/close")],
        RightKind::Explain => {
            let read = [link(say("do-read"), "/policy"), link(say("do-receipts"), "/receipts")];
            read.into_iter().chain([link(say("do-ask"), "/service?right=explain")]).collect()
        }
        RightKind::Complain => vec![link(say("do-complain"), "/service?right=complain")],
        RightKind::Copy | RightKind::Port | RightKind::Restrict => Vec::new(),
    }
}

/// `GET /rights/{right}`.
pub(crate) async fn right(customer: Customer, Path((_, word)): Path<(String, String)>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let kind = kind(&word)?;
    let answer = rights::ask(house, platform, customer.subject, kind).await?;
    let row = render::lists::rights(platform.tables.program()).rows.into_iter().find(|row| row.kind == word);
    let stated = row.is_some();
    let row = row.as_ref();
    let text =
        |value: Option<&String>| value.filter(|text| !text.is_empty()).cloned().unwrap_or_else(|| say("not-stated"));
    let how =
        row.map(|row| listed([row.routes.as_str(), row.path.as_str()].into_iter().filter(|part| !part.is_empty())));
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let mut facts = vec![
        fact("right-how", text(how.as_ref())),
        fact("right-clock", text(row.map(|row| &row.clock))),
        fact("right-identity", text(row.map(|row| &row.identity))),
        fact("right-fee", text(row.map(|row| &row.fee))),
    ];
    facts.extend(row.filter(|row| !row.limits.is_empty()).map(|row| fact("right-limits", row.limits.clone())));
    facts.extend(row.filter(|row| !row.effect.is_empty()).map(|row| fact("right-effect", row.effect.clone())));
    facts.extend(answer.due.as_ref().map(|due| fact("right-due", due.day.to_string())));
    let records = if kind == RightKind::Restrict {
        retain::restrictable(house, platform, customer.subject).await?
    } else {
        Vec::new()
    };
    let names = &platform.tables.program().names;
    let record = |one: retain::Restrictable| RestrictLine {
        id: one.record.to_string(),
        name: fill(
            "record-since",
            &[
                ("class", names.name_of(Kind::Record, one.class.as_str())),
                ("day", &day_in_shanghai(one.at).to_string()),
            ],
        ),
        restricted: one.restricted,
    };
    customer.show(&RightPage {
        shell: customer.shell(),
        name: policy::label::label(kind),
        facts,
        published: side(platform, &answer.published, stated),
        law: side(platform, &answer.law, true),
        effect: match answer.effect {
            Grant::Granted => say("effect-granted"),
            Grant::Blocked => say("effect-blocked"),
            Grant::Refused => say("effect-refused"),
        },
        ways: ways(platform, &customer.base(), kind),
        export: matches!(kind, RightKind::Access | RightKind::Copy | RightKind::Port).then(|| word.clone()),
        records: records.into_iter().map(record).collect(),
        form: Fields::default(),
        remedy: remedy(platform),
        clause: row.and_then(|row| row.clauses.first()).map(|number| clause(platform, number)),
        word,
    })
}

/// `POST /rights/{right}`: taken in; the answer is owed from this day on.
pub(crate) async fn requested(Path((_, word)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let since = day_in_shanghai(house.now());
    let by = rights::By::Subject;
    let opened = rights::open(house, platform, by, customer.subject, kind(&word)?, since).await?;
    Ok(customer.go(&format!("/requests/{}", opened.id)))
}

fn tone(request: &RequestView) -> Tone {
    match request.state {
        _ if request.overdue => Tone::Stop,
        rights::State::Done => Tone::Good,
        rights::State::Refused => Tone::Stop,
        rights::State::Blocked => Tone::Warn,
        rights::State::Open | rights::State::Verified | rights::State::TakenBack => Tone::Note,
    }
}

/// The ground of a refusal, in words.
fn ground(platform: &Platform, request: &RequestView) -> Option<String> {
    let word = request.reason.as_deref().filter(|_| request.state == rights::State::Refused)?;
    let listed = platform.tables.program().policy.refusals.iter().find(|one| one.id.as_str() == word);
    let law = LawGround::ALL.iter().copied().find(|one| one.word() == word);
    listed.map(|one| one.name.value.clone()).or_else(|| law.map(policy::label::label))
}

fn line(platform: &Platform, request: &RequestView) -> MyRequest {
    MyRequest {
        id: request.id.to_string(),
        right: policy::label::label(request.right),
        state: state(request.state.word()),
        tone: tone(request),
        since: Day(request.since),
        due: Day(request.due),
        provisional: request.provisional,
        open: !request.state.is_final(),
        ground: ground(platform, request),
        topic: request.topic.as_deref().map(|word| topic(platform, word)),
    }
}

/// `GET /requests`.
pub(crate) async fn requests(customer: Customer) -> Reply {
    let all = rights::list(&customer.app.house, &customer.platform, customer.subject).await?;
    let requests = all.iter().map(|one| line(&customer.platform, one)).collect();
    customer.show(&MyRequests { shell: customer.shell(), requests })
}

/// `GET /requests/{id}`.
pub(crate) async fn request(
    customer: Customer,
    Path((_, id)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Reply {
    let id: RequestId = id.parse().map_err(|_| Trouble::Unknown)?;
    let all = rights::list(&customer.app.house, &customer.platform, customer.subject).await?;
    let own = all.iter().find(|one| one.id == id).ok_or(Trouble::Unknown)?;
    let request = line(&customer.platform, own);
    let (house, platform) = (&customer.app.house, &customer.platform);
    let talk = rights::talk(house, platform, own).await?;
    let mut uploads = Vec::new();
    if let Some(record) = own.words.filter(|_| talk.words.is_some()) {
        let link = |line: UploadLine| Link {
            label: line.label,
            href: format!("{}/records/{record}/attachments/{}", customer.base(), line.id),
        };
        uploads = super::attachment::uploads(&customer, record).await?.into_iter().map(link).collect();
    }
    let about = rights::matters(house, platform, customer.subject).await?;
    let about = about.into_iter().find(|one| Some(one.record) == own.about).map(|one| Link {
        label: platform.tables.program().names.name_of(Kind::Record, one.class.as_str()).to_owned(),
        href: format!("{}/records/{}", customer.base(), one.record),
    });
    customer.show(&RequestPage {
        shell: customer.shell_after(&done),
        request,
        about,
        said: said(&customer, talk),
        uploads,
        remedy: remedy(platform),
    })
}

/// What was said, each with the post that opens it.
fn said(customer: &Customer, talk: Talk) -> Vec<SaidLine> {
    let line = |said: Said, label: &'static str, button: &'static str| SaidLine {
        label: fill(label, &[("item", &said.name)]),
        button: say(button),
        href: format!("{}/mine/{}.{}.{}/clear", customer.base(), said.record, said.person, said.item),
    };
    let words = talk.words.map(|one| line(one, "said-by-you", "open-your-words"));
    let answer = talk.answer.map(|one| line(one, "said-by-us", "open-our-answer"));
    words.into_iter().chain(answer).collect()
}

/// `POST /requests/{id}`: takes it back.
pub(crate) async fn taken_back(Path((_, id)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let id: RequestId = id.parse().map_err(|_| Trouble::Unknown)?;
    let own = (rights::By::Subject, customer.subject);
    let leaf = rights::step(house, platform, own, id, rights::State::TakenBack, None).await?;
    Ok(customer.go(&format!("/home?done={leaf}")))
}

/// `POST /restrict/{record}`.
pub(crate) async fn restrict(Path((_, id)): Path<(String, String)>, Signed(customer, form): Signed<Customer>) -> Reply {
    let record: RecordId = id.parse().map_err(|_| Trouble::Unknown)?;
    let on = !wish(&form)?;
    let done = retain::restrict(&customer.app.house, &customer.platform, customer.subject, record, on).await?;
    Ok(customer.go(&format!("/home?done={}", done.leaf)))
}

/// `POST /export/{right}`: the copy, as one archive that is made while it is sent.
pub(crate) async fn copied(Path((_, word)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let copy = export(house, platform, customer.subject, kind(&word)?, Who::Subject).await?;
    Ok(package(platform, copy)?)
}
