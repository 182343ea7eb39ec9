//! My information: both lists, of this customer's own data, and single values in the clear.

use axum::extract::Path;
use axum::response::Response;
use desk::cut_off::cut_now;
use desk::read::{self, Collected as Held, Viewer, clear_view, my_information};
use desk::{Platform, Refusal};
use model::{RecordId, Slug};
use policy::question::Retain;
use policy::syntax::{Kind, Trigger};

use super::identity::notice;
use super::receivers::ground;
use crate::pages::parts::{Day, Link, Moment, Shown, Tone};
use crate::pages::portal::{ClearView, Collected, CollectedItem, MayReceive, Shared, SharedLine};
use crate::session::{Customer, Signed};
use crate::told::acts::receipt;
use crate::told::elements::{function, with_cut};
use crate::told::reasons::{clause, of_answer, uncoded};
use crate::told::records::value;
use crate::trouble::Trouble;
use crate::words::{fill, listed, say};
use desk::collect::is_picture;

type Reply = Result<Response, Trouble>;

/// `GET /mine`.
pub(crate) async fn collected(customer: Customer) -> Reply {
    let platform = &customer.platform;
    let mine = my_information(&customer.app.house, platform, customer.subject).await?;
    customer.show(&Collected {
        shell: customer.shell(),
        items: mine.collected.iter().map(|held| item(platform, held)).collect(),
        as_of: Moment(mine.as_of),
        shared: mine.shared.len(),
        unverified: mine.unverified.as_deref().map(|ways| notice(platform, ways)),
        sales: super::replay::links(&customer).await?,
    })
}

fn item(platform: &Platform, held: &Held) -> CollectedItem {
    let shown = value(&held.shown);
    let (kept_until, kept) = kept(held.kept.as_ref());
    CollectedItem {
        id: format!("{}.{}.{}", held.record, held.person, held.shown.item),
        item: held.shown.name.clone(),
        person: held.person_name.clone(),
        sensitive: held.shown.sensitive,
        purpose: if held.purposes.is_empty() {
            say("not-stated")
        } else {
            listed(held.purposes.iter().map(|(_, name)| name))
        },
        function: held.function_name.clone().unwrap_or_else(|| held.class_name.clone()),
        can_correct: platform.tables.program().items.get(&held.shown.item).is_some_and(|facts| !is_picture(facts)),
        record: Link { label: held.class_name.clone(), href: format!("/p/{}/records/{}", platform.id, held.record) },
        basis: held.basis.map_or_else(|| say("not-stated"), policy::label::label),
        source: source(platform, held),
        collected: Moment(held.shown.at),
        kept_until,
        kept,
        clause: held.clause.as_deref().map(|number| clause(platform, number)),
        can_clear: matches!(shown, Shown::Masked(_) | Shown::Withheld) && held.shown.mask.is_some(),
        value: shown,
    }
}

/// How an item came in. A whole form is handed in as given; what its function never asks of anybody was not.
fn source(platform: &Platform, held: &Held) -> String {
    if let Some(source) = &held.source_name {
        return fill("source-named", &[("source", source)]);
    }
    let given = Trigger::Given.word();
    let function = held.shown.function.as_ref().and_then(|id| function(platform, id.as_str()));
    let groups = function.into_iter().filter_map(|function| function.collects.said()).flatten().filter(|group| {
        group.of.text == held.person.as_str() && group.items.iter().any(|item| item.text == held.shown.item.as_str())
    });
    let declared: Vec<&str> =
        groups.map(|group| group.trigger.said().map_or(given, |trigger| trigger.word())).collect();
    let recorded = held.shown.trigger.as_str();
    let by_text = declared.first().filter(|_| recorded == given && !declared.contains(&given));
    match by_text.copied().unwrap_or(recorded) {
        "given" => say("source-given"),
        "automatic" => say("source-automatic"),
        _ => say("source-other"),
    }
}

/// Until when something is kept: a day where one is known, and how it is determined.
fn kept(kept: Option<&Retain>) -> (Option<Day>, String) {
    let Some(dates) = kept else { return (None, say("not-stated")) };
    let day = dates.erase_due.or(dates.erase_not_before);
    let how = match (dates.storage_only_from, day) {
        (_, None) => say("kept-while-used"),
        (Some(_), Some(_)) => say("kept-storage-only"),
        (None, Some(_)) => say("kept-floor"),
    };
    (day.map(Day), how)
}

/// `GET /mine/shared`.
pub(crate) async fn shared(customer: Customer) -> Reply {
    let platform = &customer.platform;
    let mine = my_information(&customer.app.house, platform, customer.subject).await?;
    let line = |line: &read::SharedLine| SharedLine {
        recipient: match (&line.party, &line.recipient) {
            (Some((_, name)), _) | (None, Some((_, name))) => name.clone(),
            (None, None) => say("not-stated"),
        },
        regime: line.regime.map(policy::label::label).unwrap_or_default(),
        items: line.items.iter().map(|(_, name)| name.clone()).collect(),
        purpose: line.purpose.as_ref().map_or_else(|| say("not-stated"), |(_, name)| name.clone()),
        method: line.method.map_or_else(|| say("not-stated"), policy::label::label),
        at: Moment(line.at),
        receipt: Some(receipt(platform, line.leaf)),
    };
    customer.show(&Shared {
        shell: customer.shell(),
        lines: mine.shared.iter().map(line).collect(),
        may: may_receive(&customer).await?,
        as_of: Moment(mine.as_of),
        collected: mine.collected.len(),
        unverified: mine.unverified.as_deref().map(|ways| notice(platform, ways)),
    })
}

/// Everybody who may receive something by the text, with what the customer said to it.
async fn may_receive(customer: &Customer) -> Result<Vec<MayReceive>, Trouble> {
    let platform = &customer.platform;
    let program = platform.tables.program();
    let given = desk::consent::list(&customer.app.house, platform, customer.subject).await?;
    let cut = cut_now(&customer.app.house, platform).await?;
    let line = |share: &policy::syntax::Share| {
        let scopes = platform.tables.scopes().iter().filter(|scope| scope.kind == Kind::Share);
        let scope = scopes.into_iter().find(|scope| scope.element == share.id.value && scope.class.is_none())?;
        let stands = given.iter().find(|view| view.scope == scope.id && view.stands);
        let link = |label: &'static str, path: String| {
            Some(Link { label: say(label), href: format!("{}{path}", customer.base()) })
        };
        let (state, tone, link) = match (ground(platform, share), stands) {
            (Some(ground), _) => {
                (fill("receiver-ground", &[("ground", &policy::label::label(ground))]), Tone::Note, None)
            }
            (None, Some(view)) => {
                (say("may-agreed"), Tone::Warn, link("may-withdraw", format!("/consents/{}/withdraw", view.id)))
            }
            (None, None) if super::standing::is_delivered(platform, share) => {
                (say("may-not"), Tone::Good, link("may-send", "/send".to_owned()))
            }
            (None, None) if scope.per_party => (say("may-not"), Tone::Good, link("may-choose", "/agencies".to_owned())),
            (None, None) => (say("may-not"), Tone::Good, None),
        };
        let name = program.names.name_of(Kind::Recipient, &share.recipient.text);
        let (recipient, nobody) = with_cut(platform, name, &share.recipient.text, &cut);
        let (state, tone) = if nobody { (say("may-cut"), Tone::Stop) } else { (state, tone) };
        Some(MayReceive {
            recipient,
            share: share.name.value.clone(),
            state,
            tone,
            link,
            clause: share.clause.first().map(|number| clause(platform, number)),
        })
    };
    Ok(program.policy.shares.iter().filter_map(line).collect())
}

/// Where a value lies, as a path names it.
pub(super) struct Place {
    pub(super) record: RecordId,
    pub(super) person: Slug,
    pub(super) item: Slug,
}

pub(super) fn place(id: &str) -> Option<Place> {
    let mut parts = id.split('.');
    let place = Place {
        record: parts.next()?.parse().ok()?,
        person: parts.next()?.parse().ok()?,
        item: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(place)
}

/// `GET /mine/{id}/clear`: asks first, for looking is an act with a receipt.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let wanted = place(&id).ok_or(Trouble::Unknown)?;
    let standing = super::standing::Standing::of(&customer).await?;
    let own = standing.parts.iter().any(|(record, _, _)| *record == wanted.record);
    if !own {
        return Err(Trouble::Unknown);
    }
    customer.show(&ClearView {
        shell: customer.shell(),
        item: name(&customer.platform, &wanted.item)?,
        id,
        value: Shown::Masked(say("covered")),
        reasons: Vec::new(),
        receipt: None,
    })
}

/// `POST /mine/{id}/clear`: shows it, once.
pub(crate) async fn show(Path((_, id)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let wanted = place(&id).ok_or(Trouble::Unknown)?;
    let Place { record, person, item } = &wanted;
    let looked = clear_view(house, platform, Viewer::Subject, customer.subject, *record, person, item, "").await;
    let mut page = ClearView {
        shell: customer.shell(),
        item: name(platform, item)?,
        id,
        value: Shown::Withheld,
        reasons: Vec::new(),
        receipt: None,
    };
    match looked {
        Ok(view) => {
            page.value = view.shown.value.map_or(Shown::Withheld, Shown::Clear);
            page.receipt = Some(receipt(platform, view.leaf));
        }
        Err(Refusal::Denied(answer)) => page.reasons = uncoded(of_answer(platform, &answer)),
        Err(refusal) => return Err(refusal.into()),
    }
    customer.show(&page)
}

fn name(platform: &Platform, item: &Slug) -> Result<String, Trouble> {
    let facts = platform.tables.program().items.get(item).ok_or(Trouble::Unknown)?;
    Ok(facts.name.clone())
}
