//! One person, as staff may see them: found by an exact value, shown masked, opened item by item with a reason.

use axum::extract::Path;
use axum::response::Response;
use desk::approval;
use desk::archive::{self, Given};
use desk::attach::open_staff;
use desk::notify::{self, Notice};
use desk::partner;
use desk::read::{self, Because, RecordView, Sign, Viewer, clear_view, search, subject_page};
use desk::{Platform, Refusal, track};
use model::act::Account;
use model::calendar::day_in_shanghai;
use model::{AttachmentId, Clear, RecordId, Slug, SubjectId};
use policy::question::{Code, Outcome as Decided, Side};
use policy::syntax::Route;

use super::clerk::{BASE, Clerk};
use super::ledger::{leaf_line, short};
use super::{parties, verify};
use crate::pages::console::{
    ClearRequest, ClearShown, ConsentRow, Found, HeldItem, Outcome, RecordRow, Search, Subject, Verdict,
};
use crate::pages::parts::{Choice, Fact, Field, FieldKind, Form as Fields, Moment, ReceiptLink};
use crate::pages::portal::RecordLine;
use crate::pieces::content;
use crate::session::{Form, Signed};
use crate::told::acts::number;
use crate::told::elements::{consented, version};
use crate::told::reasons::distinct;
use crate::told::records::{line, value};
use crate::trouble::Trouble;
use crate::words::{because, fault, fill, listed, say};

type Reply = Result<Response, Trouble>;

/// `GET /console/subjects`.
pub(crate) async fn ask(clerk: Clerk) -> Reply {
    clerk.duty()?;
    clerk.show(&Search { shell: clerk.shell(), form: fields(&Form::default(), None), found: None })
}

fn fields(typed: &Form, wrong: Option<&(&str, String)>) -> Fields {
    let field = |name: &str, label: &'static str, kind: FieldKind| Field {
        name: name.to_owned(),
        label: say(label),
        kind,
        value: typed.one(name).unwrap_or_default().to_owned(),
        error: wrong.filter(|(of, _)| *of == name).map(|(_, why)| why.clone()),
        ..Field::default()
    };
    Fields::of(vec![
        field("phone", "c-phone", FieldKind::Phone),
        field("document", "c-document", FieldKind::DocumentNumber),
    ])
}

/// `POST /console/subjects`: exact, by post, so that no number stands in an address.
pub(crate) async fn find(Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let given = [("phone", Sign::Phone), ("document", Sign::Document)]
        .into_iter()
        .find_map(|(name, sign)| Some((name, sign, form.one(name).filter(|value| !value.trim().is_empty())?)));
    let Some((name, sign, typed)) = given else {
        let wrong = fields(&form, Some(&("phone", say("c-one-value"))));
        return clerk.show_again(&Search { shell: clerk.shell(), form: wrong, found: None });
    };
    let found = match search(house, platform, &duty, sign, &Clear::new(typed.to_owned())).await {
        Ok(found) => found,
        Err(Refusal::Fields(faults)) => {
            let why = fault(faults.first().map_or("shape", |wrong| wrong.code));
            let wrong = fields(&form, Some(&(name, why)));
            return clerk.show_again(&Search { shell: clerk.shell(), form: wrong, found: None });
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let line =
        |subject: SubjectId| Found { id: subject.to_string(), name: short(&subject.to_string()), roles: Vec::new() };
    clerk.show(&Search {
        shell: clerk.shell(),
        form: fields(&Form::default(), None),
        found: Some(found.map(line).into_iter().collect()),
    })
}

/// `GET /console/subjects/{id}`.
pub(crate) async fn page(clerk: Clerk, Path(id): Path<String>) -> Reply {
    let subject: SubjectId = id.parse().map_err(|_| Trouble::Unknown)?;
    clerk.show(&shown(&clerk, subject, Wrong::default()).await?)
}

/// The same once more: the customer was to be handed to a party, and none was chosen.
pub(super) async fn unchosen(clerk: &Clerk, subject: SubjectId) -> Reply {
    clerk.show_again(&shown(clerk, subject, Wrong { party: Some(say("c-choose")), way: None }).await?)
}

/// The same once more: a check was to be noted, and no way was chosen.
pub(super) async fn no_way(clerk: &Clerk, subject: SubjectId) -> Reply {
    clerk.show_again(&shown(clerk, subject, Wrong { way: Some(say("c-choose")), party: None }).await?)
}

/// What was wrong with a choice.
#[derive(Default)]
struct Wrong {
    /// Of a party.
    party: Option<String>,
    /// Of a way to check who somebody is.
    way: Option<String>,
}

/// What somebody was told of a version, by which way and when.
fn told(notice: &Notice) -> Fact {
    let way =
        |word: &str| Route::ALL.iter().find(|route| route.word() == word).map(|route| policy::label::label(*route));
    let value = if let Some((at, route, _)) = &notice.told {
        let (way, day) = (way(route).unwrap_or_default(), day_in_shanghai(*at).to_string());
        fill("c-notice-told", &[("way", &way), ("day", &day)])
    } else {
        let ways = listed(notice.routes.iter().filter_map(|word| way(word)));
        fill("c-notice-open", &[("ways", &ways)])
    };
    Fact { label: fill("c-notice", &[("version", &notice.version.to_string())]), value }
}

/// The page, with what was wrong with a choice on it.
async fn shown(clerk: &Clerk, subject: SubjectId, wrong: Wrong) -> Result<Subject, Trouble> {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let id = subject.to_string();
    let page = subject_page(house, platform, &duty, subject, None).await?;
    let account = match page.account {
        Account::Active => say("c-account-active"),
        Account::Closed => say("c-account-closed"),
        Account::None => say("c-account-none"),
    };
    let may_clear = may_clear(platform, duty.role());
    let handed = partner::handed(house, platform, &duty, subject).await?;
    let sales = track::sales(house, platform, subject).await?;
    let replay = |record: &RecordView| {
        let sold = sales.iter().any(|sale| sale.record == record.record);
        sold.then(|| format!("{BASE}/subjects/{id}/records/{}/replay", record.record))
    };
    let versions = archive::given(house, platform, &page.consents).await?;
    let pleaded = approval::is_waiting(house, platform, &duty, subject).await?;
    let mut facts =
        vec![Fact { label: say("c-account"), value: account }, Fact { label: say("c-subject"), value: id.clone() }];
    facts.extend(notify::list(house, platform, subject).await?.iter().map(told));
    Ok(Subject {
        shell: clerk.shell(),
        name: name(&page.records).unwrap_or_else(|| short(&id)),
        facts,
        purpose: page.function_name.clone(),
        items: page.records.iter().flat_map(|record| items(platform, record, may_clear)).collect(),
        records: page.records.iter().map(|record| row(platform, record, replay(record))).collect(),
        consents: page.consents.iter().map(|view| consent(&versions, view)).collect(),
        plea: needs_approval(&page.records).then(|| course(&page.functions, None)),
        pleaded,
        handed: handed.iter().map(|one| parties::handed(platform, one)).collect(),
        hand: parties::choice_of_party(platform, &duty, wrong.party),
        ways: verify::choice_of_way(clerk, subject, wrong.way).await?,
        leaves: page.leaves.iter().map(|leaf| leaf_line(platform, leaf)).collect(),
        receipt: page.leaf.map(|leaf| look(platform, leaf)),
        id,
    })
}

/// The leaf of a look, where staff find it.
pub(super) fn look(platform: &Platform, leaf: u64) -> ReceiptLink {
    ReceiptLink { number: number(platform, leaf), href: format!("{BASE}/ledger?below={}", leaf.saturating_add(1)) }
}

pub(super) fn may_clear(platform: &Platform, role: &Slug) -> bool {
    let roles = &platform.tables.program().operation.roles;
    roles.iter().any(|one| one.id.value == *role && one.clear_view.value)
}

/// The masked name, where the page holds one.
fn name(records: &[RecordView]) -> Option<String> {
    let mut shown = records.iter().flat_map(|record| &record.parts).flat_map(|part| &part.items);
    shown.find(|shown| shown.item.as_str() == "name").and_then(|shown| shown.value.clone())
}

pub(super) fn items(platform: &Platform, record: &RecordView, may_clear: bool) -> Vec<HeldItem> {
    let mut held = Vec::new();
    for part in &record.parts {
        for shown in &part.items {
            held.push(HeldItem {
                id: format!("{}.{}.{}", record.record, part.person, shown.item),
                item: shown.name.clone(),
                person: part.person_name.clone(),
                value: value(shown),
                published: verdict(platform, shown, Side::Published),
                law: verdict(platform, shown, Side::Law),
                can_clear: may_clear && shown.value.is_some() && shown.answer.outcome == Decided::Masked,
                files: shown
                    .files
                    .iter()
                    .filter(|_| may_clear)
                    .map(|file| format!("{}.{}.{}", record.record, part.person, file.id))
                    .collect(),
            });
        }
    }
    held
}

fn verdict(platform: &Platform, shown: &read::Shown, side: Side) -> Verdict {
    let decided = match side {
        Side::Published => shown.answer.published,
        Side::Law => shown.answer.law,
    };
    Verdict {
        outcome: match decided {
            Decided::Clear => Outcome::Clear,
            Decided::Masked => Outcome::Masked,
            Decided::Withheld => Outcome::Withheld,
        },
        reasons: distinct(platform, shown.answer.reasons.iter().filter(|reason| reason.side == side)),
    }
}

fn row(platform: &Platform, record: &RecordView, replay: Option<String>) -> RecordRow {
    let RecordLine { title, about, opened, number, state, tone, .. } = line(platform, record);
    RecordRow { title, about, opened, number, state, tone, retention: say("c-keeps"), floor: None, replay }
}

fn consent(versions: &Given, view: &desk::consent::ConsentView) -> ConsentRow {
    let (title, form) = consented(versions, view);
    ConsentRow {
        scope: view.scope.clone(),
        title,
        form,
        given: Moment(view.at),
        withdrawn: view.withdrawn.map(Moment),
        version: version(&view.of_version),
    }
}

fn place(id: &str) -> Option<(RecordId, Slug, Slug)> {
    let mut parts = id.split('.');
    let place = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(place)
}

/// `GET /console/subjects/{id}/clear/{item}`.
pub(crate) async fn ask_clear(clerk: Clerk, Path((id, item)): Path<(String, String)>) -> Reply {
    clear_page(&clerk, &id, &item, None).await
}

/// `GET /console/subjects/{id}/attachments/{file}`.
pub(crate) async fn ask_open(clerk: Clerk, Path((id, file)): Path<(String, String)>) -> Reply {
    clear_page(&clerk, &id, &file, None).await
}

/// `POST /console/subjects/{id}/attachments/{file}`: opens it, with a leaf that the person can see.
pub(crate) async fn open(Path((id, file)): Path<(String, String)>, Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let subject: SubjectId = id.parse().map_err(|_| Trouble::Unknown)?;
    let (place, file_id) = file.rsplit_once('.').ok_or(Trouble::Unknown)?;
    let (record, person) = place.split_once('.').ok_or(Trouble::Unknown)?;
    let record: RecordId = record.parse().map_err(|_| Trouble::Unknown)?;
    let person: Slug = person.parse().map_err(|_| Trouble::Unknown)?;
    let attachment: AttachmentId = file_id.parse().map_err(|_| Trouble::Unknown)?;
    let function = form.one("purpose").filter(|one| !one.is_empty());
    let reason = form.one("reason").filter(|one| Because::of(one).is_some());
    let (Some(function), Some(reason)) = (function, reason) else {
        return clear_page(&clerk, &id, &file, Some(say("c-choose"))).await;
    };
    let by = (&duty, function, reason);
    Ok(content(open_staff(house, platform, by, subject, (record, &person, attachment)).await?))
}

async fn clear_page(clerk: &Clerk, id: &str, item: &str, wrong: Option<String>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let subject: SubjectId = id.parse().map_err(|_| Trouble::Unknown)?;
    let page = subject_page(house, platform, &duty, subject, None).await?;
    let held = page
        .records
        .iter()
        .flat_map(|record| items(platform, record, true))
        .find(|held| held.id == item || held.files.iter().any(|file| file == item));
    let form = course(&page.functions, wrong.as_ref());
    let shown = ClearRequest {
        shell: clerk.shell(),
        subject: id.to_owned(),
        name: name(&page.records).unwrap_or_else(|| short(id)),
        item: held.ok_or(Trouble::Unknown)?,
        form,
    };
    if wrong.is_some() { clerk.show_again(&shown) } else { clerk.show(&shown) }
}

/// Whether something is kept from the reader because nobody else approved of the look (rule R18).
fn needs_approval(records: &[RecordView]) -> bool {
    let parts = || records.iter().flat_map(|record| &record.parts);
    let items = parts().flat_map(|part| &part.items).flat_map(|shown| &shown.answer.reasons);
    parts().flat_map(|part| &part.reasons).chain(items).any(|reason| reason.code == Code::ApprovalMissing)
}

/// In the course of which function, and why.
fn course(functions: &[(Slug, String)], wrong: Option<&String>) -> Fields {
    let functions =
        functions.iter().map(|(id, name)| Choice { value: id.to_string(), label: name.clone(), hint: None });
    let reasons = Because::ALL.into_iter().map(|one| Choice {
        value: one.word().to_owned(),
        label: because(one.word()),
        hint: None,
    });
    let field = |name: &str, label: &'static str, kind: FieldKind| Field {
        name: name.to_owned(),
        label: say(label),
        kind,
        required: true,
        error: wrong.cloned(),
        ..Field::default()
    };
    Fields::of(vec![
        field("purpose", "c-function", FieldKind::Select(functions.collect())),
        field("reason", "c-reason", FieldKind::Select(reasons.collect())),
    ])
}

/// `POST /console/subjects/{id}/clear/{item}`: shows it, once, with a leaf that the person can see.
pub(crate) async fn clear(Path((id, item)): Path<(String, String)>, Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let subject: SubjectId = id.parse().map_err(|_| Trouble::Unknown)?;
    let (record, person, wanted) = place(&item).ok_or(Trouble::Unknown)?;
    let (Some(function), Some(reason)) =
        (form.one("purpose"), form.one("reason").filter(|one| Because::of(one).is_some()))
    else {
        return clear_page(&clerk, &id, &item, Some(say("c-choose"))).await;
    };
    if function.is_empty() {
        return clear_page(&clerk, &id, &item, Some(say("c-choose"))).await;
    }
    let viewer = Viewer::Staff { duty: &duty, function };
    let view = clear_view(house, platform, viewer, subject, record, &person, &wanted, reason).await?;
    clerk.show(&ClearShown {
        shell: clerk.shell(),
        subject: id.clone(),
        name: short(&id),
        item: view.shown.name.clone(),
        value: view.shown.value.unwrap_or_default(),
        facts: vec![Fact { label: say("c-reason"), value: because(reason) }],
        receipt: Some(look(platform, view.leaf)),
    })
}
