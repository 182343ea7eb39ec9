//! Having a copy of one's data sent to a party that one names (转移, PIPL art. 45): what goes, the consents to that, what became of it.

use axum::extract::Path;
use axum::response::Response;
use desk::deliver::{self, Addressee, By, Delivery, Outcome};
use desk::{Platform, Refusal, consent};
use jiff::SignedDuration;
use model::Slug;
use policy::syntax::Kind;
use policy::terms::Scope;

use super::agency::{names, sensitive};
use super::consenting::{self, Asker, answers};
use crate::pages::parts::{Fact, Moment, Reason};
use crate::pages::portal::{SendForm, SendList, SendParty, Sent, SentLine};
use crate::session::{Customer, Signed};
use crate::told::acts::{number, receipt};
use crate::told::elements::clause_of;
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::{fill, listed, say};

type Reply = Result<Response, Trouble>;

/// How long a consent to one transmission lasts: long enough to try again when the party does not answer.
const LASTS: SignedDuration = SignedDuration::from_hours(24);

fn party(platform: &Platform, to: &Addressee<'_>) -> SendParty {
    let names = &platform.tables.program().names;
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let closed = match to.suspended {
        Some(why) => Some(fill("send-suspended", &[("reason", &why.reason.value)])),
        None if !to.reachable => Some(say("send-no-address")),
        None => None,
    };
    SendParty {
        id: to.party.id.to_string(),
        name: to.party.name.value.clone(),
        facts: vec![
            fact("party-kind", names.name_of(Kind::Recipient, &to.party.recipient.text).to_owned()),
            fact("party-contact", to.party.contact.value.clone()),
        ],
        closed,
    }
}

fn party_name(platform: &Platform, id: &Slug) -> String {
    platform.tables.program().names.name_of(Kind::Party, id.as_str()).to_owned()
}

/// `GET /send`.
pub(crate) async fn list(customer: Customer) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let addressees = deliver::addressees(house, platform);
    let share = addressees.first().ok_or(Trouble::Unknown)?.share;
    let line = |one: Delivery| SentLine {
        number: one.number.to_string(),
        party: party_name(platform, &one.party),
        at: Moment(one.at),
        arrived: matches!(one.outcome, Outcome::Arrived { .. }),
    };
    let sent = deliver::deliveries(house, platform, customer.subject).await?;
    customer.show(&SendList {
        shell: customer.shell(),
        title: share.name.value.clone(),
        clause: share.clause.first().map(|number| clause(platform, number)),
        parties: addressees.iter().map(|one| party(platform, one)).collect(),
        sent: sent.into_iter().map(line).collect(),
    })
}

/// The consents that a copy to this party needs: to the copy, then to each class of sensitive items that it would hold.
fn scopes<'p>(platform: &'p Platform, to: &Addressee<'_>, items: &[Slug]) -> Vec<&'p Scope> {
    let of_share = |scope: &&Scope| scope.per_party && scope.element == to.share.id.value;
    let general = platform.tables.scopes().iter().filter(of_share).find(|scope| scope.class.is_none());
    let held = |scope: &&Scope| scope.items.iter().any(|item| items.contains(item));
    let more = general.into_iter().flat_map(|general| sensitive(platform, general)).filter(held);
    general.into_iter().chain(more).collect()
}

async fn form(customer: &Customer, id: &str, missing: &[(String, String)]) -> Result<SendForm, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let to = deliver::addressee(house, platform, id).ok_or(Trouble::Unknown)?;
    let items = deliver::contents(house, platform, customer.subject, &to).await?;
    let scopes = scopes(platform, &to, &items);
    let question = |(at, scope): (usize, &&Scope)| {
        let refused = if at == 0 { say("send-refused") } else { say("send-refused-sensitive") };
        let mut question = consenting::question(platform, scope, None, refused, &Asker::ONESELF);
        question.error = missing.iter().find(|(of, _)| *of == scope.id).map(|(_, why)| why.clone());
        question.title = fill("title-for-party", &[("title", &question.title), ("party", &to.party.name.value)]);
        question
    };
    let purpose = to.share.purpose.said().map(|one| platform.tables.program().names.name_of(Kind::Purpose, &one.text));
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    Ok(SendForm {
        shell: customer.shell(),
        party: party(platform, &to),
        items: names(platform, &items),
        facts: vec![
            fact("fact-purpose", purpose.map_or_else(|| say("not-stated"), str::to_owned)),
            fact("send-way", say("send-how")),
        ],
        clause: scopes.first().and_then(|scope| clause_of(platform, scope)),
        consents: scopes.iter().enumerate().map(question).collect(),
    })
}

/// `GET /send/{party}`.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    customer.show(&form(&customer, &id, &[]).await?)
}

/// `POST /send/{party}`.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, typed): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let to = deliver::addressee(house, platform, &id).ok_or(Trouble::Unknown)?;
    let items = deliver::contents(house, platform, customer.subject, &to).await?;
    let scopes = scopes(platform, &to, &items);
    let general = *scopes.first().ok_or(Trouble::Unknown)?;
    let until = house.now().checked_add(LASTS).ok();
    let asked: Vec<(&Scope, bool)> = scopes.into_iter().enumerate().map(|(at, scope)| (scope, at == 0)).collect();
    let asker = Asker { party: Some(&to.party.id.value), until, ..Asker::ONESELF };
    let given = answers(platform, (&asked, &[]), &typed, &asker).ok_or(Trouble::Unreadable)?;
    if !given.missing.is_empty() {
        return customer.show_again(&form(&customer, &id, &given.missing).await?);
    }
    if given.no.contains(&general.id) {
        let done = consent::refuse(house, platform, customer.subject, &general.id).await?;
        return Ok(customer.go(&format!("/home?done={}", done.leaf)));
    }
    consent::give(house, platform, customer.subject, given.yes).await?;
    let done = deliver::send(house, platform, customer.subject, By::Subject, &id, None, None).await?;
    Ok(customer.go(&format!("/sent/{}", done.number)))
}

async fn own(customer: &Customer, id: &str) -> Result<Delivery, Trouble> {
    let number: u64 = id.parse().map_err(|_| Trouble::Unknown)?;
    Ok(deliver::delivery(&customer.app.house, &customer.platform, customer.subject, number).await?)
}

/// `GET /sent/{number}`.
pub(crate) async fn outcome(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let platform = &customer.platform;
    let done = own(&customer, &id).await?;
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let mut facts = vec![
        fact("send-items", listed(names(platform, &done.items))),
        fact("send-number", number(platform, done.number)),
        fact("send-tries", done.tries.to_string()),
    ];
    let (arrived, reasons) = match &done.outcome {
        Outcome::Arrived { receipt, at } => {
            facts.push(fact("send-receipt", receipt.clone()));
            (Some(Moment(*at)), Vec::new())
        }
        Outcome::Open(why) => (None, vec![why_not(why.as_deref())]),
    };
    customer.show(&Sent {
        shell: customer.shell(),
        party: party_name(platform, &done.party),
        at: Moment(done.at),
        arrived,
        reasons,
        facts,
        receipt: Some(receipt(platform, done.number)),
    })
}

fn why_not(word: Option<&str>) -> Reason {
    let text = match word {
        Some("refused") => say("send-not-wanted"),
        Some("unaccepted" | "untrusted") => say("send-not-known"),
        Some("busy") => say("send-busy"),
        Some(_) | None => say("send-silent"),
    };
    Reason { text, ..Reason::default() }
}

/// `POST /sent/{number}`: sends it again, under the same number.
pub(crate) async fn again(Path((_, id)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let before = own(&customer, &id).await?;
    let party = before.party.to_string();
    match deliver::send(house, platform, customer.subject, By::Subject, &party, Some(before.number), None).await {
        Ok(done) => Ok(customer.go(&format!("/sent/{}", done.number))),
        // The consents were for one day: they are asked for anew, and it becomes a new copy.
        Err(Refusal::Denied(_)) => Ok(customer.go(&format!("/send/{party}"))),
        Err(refusal) => Err(refusal.into()),
    }
}
