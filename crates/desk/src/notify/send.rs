//! The messages that go out: what is due is taken over, addressed under a permit, and told or tried again.

use jiff::{SignedDuration, Timestamp};
use model::field::Validator;
use model::{Clear, Fingerprint, Slug, SubjectId};
use policy::question::Processing;
use policy::resolve::ItemFacts;
use policy::syntax::{Action, Basis, FinancialLevel, LoginProtocol, Route};
use store::change::Claim;
use store::notice::{NoticeFailed, NoticeRow};
use store::{Expect, PartRow, SealedValue, Write};
use vault::{PartName, Sealed, VaultError};

use super::OWN;
use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who};
use crate::ports::{Dispatch, Outside, To, Way};
use crate::{House, Platform, Refusal};

/// Seconds before each further try; after the last one a message is given up.
const AGAIN: [i64; 6] = [60, 600, 3_600, 14_400, 43_200, 86_400];

/// How long a server has what it took over to itself: longer than [`AT_ONCE`] messages that nobody takes in, each by every way.
const CLAIMED: SignedDuration = SignedDuration::from_mins(15);

/// Messages that are sent before others are taken over.
const AT_ONCE: u32 = 10;

/// Why a message does not go of which nobody here carries any of the ways.
const NO_CARRIER: &str = "no-carrier";

/// Why a message does not go to somebody of whom no address is held.
const NO_ADDRESS: &str = "no-address";

/// Why a message does not go to an address that may not be opened for it.
const DENIED: &str = "denied";

/// What WeChat calls the person's number to an account.
const OPENID: &str = "openid";

/// Sends what is due, some messages at most; how many were tried.
///
/// # Errors
/// What the store answers; a message that does not go is no error.
pub async fn send(house: &House, platform: &Platform) -> Result<usize, Refusal> {
    let now = house.now();
    let until = now.checked_add(CLAIMED).unwrap_or(now);
    let rows = house.store.notices_due(&platform.id, Claim { server: house.server, now, until }, AT_ONCE).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let versions = house.store.publication_heads(&platform.id).await?;
    for row in &rows {
        let version = versions.iter().find(|version| version.number == row.publication);
        let version = version.ok_or_else(|| Refusal::Broken("a notice tells of no version".to_owned()))?;
        one(house, platform, row, (version.from, version.text)).await?;
    }
    Ok(rows.len())
}

/// From when a version is in force, and the fingerprint of its text.
type Version = (Timestamp, Fingerprint);

async fn one(house: &House, platform: &Platform, row: &NoticeRow, version: Version) -> Result<(), Refusal> {
    let carried = house.parties.messages.carries(&platform.id);
    let mut because = NO_CARRIER;
    let routes = OWN.into_iter().filter(|route| row.routes.iter().any(|word| word == route.word()));
    let ways = routes.flat_map(|route| Way::of(route).iter().map(move |way| (route, *way)));
    for (route, way) in ways.filter(|(_, way)| carried.contains(way)) {
        match by(house, platform, row, (route, way), version).await? {
            Ok(()) => return told(house, platform, row, route).await,
            // What may pass is worth another try, whatever the other ways come to.
            Err(why) if lasts(because) => because = why,
            Err(_) => {}
        }
    }
    let due = if lasts(because) { None } else { again(house.now(), row.tries) };
    tracing::warn!(platform = %platform.id, notice = row.number, because, given_up = due.is_none(), "not told");
    Ok(house.store.notice_failed(&platform.id, NoticeFailed { number: row.number, due, because }).await?)
}

/// Whether another try would come to the same.
fn lasts(because: &str) -> bool {
    [NO_CARRIER, NO_ADDRESS, DENIED, Outside::Refused.word()].contains(&because)
}

/// When to try again after so many tries; `None` after the last.
fn again(now: Timestamp, tries: u32) -> Option<Timestamp> {
    let pause = AGAIN.get(usize::try_from(tries).unwrap_or(usize::MAX))?;
    now.checked_add(SignedDuration::from_secs(*pause)).ok()
}

/// Sends one message by one way; a word says why it did not go.
async fn by(
    house: &House,
    platform: &Platform,
    row: &NoticeRow,
    (route, way): (Route, Way),
    (from, text): Version,
) -> Result<Result<(), &'static str>, Refusal> {
    let addressed = match way {
        Way::Push => named(house, platform, row, route).await.map(Some),
        _ => opened(house, platform, row, (route, way)).await,
    };
    let to = match addressed {
        Ok(Some(to)) => to,
        Ok(None) => return Ok(Err(NO_ADDRESS)),
        Err(Refusal::Denied(_)) => return Ok(Err(DENIED)),
        Err(refusal) => return Err(refusal),
    };
    let policy = &platform.tables.program().policy;
    let dispatch = Dispatch {
        platform: platform.id.clone(),
        number: row.number,
        to,
        service: policy.policy.service.value.clone(),
        handler: policy.handler.name.value.clone(),
        title: policy.policy.title.value.clone(),
        from,
        text,
    };
    let sent = house.parties.messages.send(dispatch).await;
    Ok(sent.map_err(|why| if why == Outside::Nobody { NO_CARRIER } else { why.word() }))
}

/// What an address for a way is made of: for each piece, the items that are one.
fn pieces(platform: &Platform, way: Way) -> Vec<Vec<&Slug>> {
    let program = platform.tables.program();
    let whose = |fits: fn(&ItemFacts) -> bool| -> Vec<&Slug> {
        program.items.iter().filter(|(_, facts)| fits(facts)).map(|(id, _)| id).collect()
    };
    match way {
        Way::Push => Vec::new(),
        // The openid of the account in which the text's own log-in is: another account's is another number.
        Way::Wechat => {
            let logins = program.operation.logins.iter();
            let own = logins.filter(|login| login.protocol.value == LoginProtocol::WechatOauth2);
            let claims = own.flat_map(|login| &login.claims).filter(|claim| claim.says.value == OPENID);
            vec![
                claims
                    .filter_map(|claim| program.items.get_key_value(claim.item.text.as_str()).map(|(id, _)| id))
                    .collect(),
            ]
        }
        Way::Sms => vec![whose(|facts| matches!(facts.validator, Some(Validator::Mobile | Validator::Phone)))],
        Way::Email => vec![whose(|facts| facts.validator == Some(Validator::Email))],
        // A place of the lowest level of JR/T 0171 is a town, at which no letter arrives.
        Way::Letter => vec![
            whose(|facts| facts.validator == Some(Validator::Name)),
            whose(|facts| facts.validator == Some(Validator::Address) && facts.level != Some(FinancialLevel::C1)),
        ],
    }
}

/// The part that holds the newest address of somebody for a way, and the items of its pieces.
async fn place(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    way: Way,
) -> Result<Option<(PartRow, Vec<Slug>)>, Refusal> {
    let pieces = pieces(platform, way);
    let mut newest: Option<(Timestamp, PartRow, Vec<Slug>)> = None;
    for record in house.store.records_of(&platform.id, subject).await? {
        for (_, role) in record.roles.iter().filter(|(whose, _)| *whose == subject) {
            let Some(part) = house.store.part(&platform.id, record.id, Some(subject), role).await? else { continue };
            let found = |piece: &Vec<&Slug>| {
                let fit = part.values.iter().filter(|value| piece.contains(&&value.item));
                fit.max_by_key(|value| value.at).map(|value| (value.at, value.item.clone()))
            };
            let Some(found) = pieces.iter().map(found).collect::<Option<Vec<_>>>() else { continue };
            let Some(at) = found.iter().map(|(at, _)| *at).max() else { continue };
            if part.wrapped.is_some() && newest.as_ref().is_none_or(|(before, ..)| *before < at) {
                newest = Some((at, part, found.into_iter().map(|(_, item)| item).collect()));
            }
        }
    }
    Ok(newest.map(|(_, part, items)| (part, items)))
}

/// Opens an address for one message, once the act is on the ledger; `None` where none is held.
async fn opened(
    house: &House,
    platform: &Platform,
    row: &NoticeRow,
    (route, way): (Route, Way),
) -> Result<Option<To>, Refusal> {
    let Some((part, items)) = place(house, platform, row.subject, way).await? else { return Ok(None) };
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let now = house.now();
        let (snapshot, born) = house.known(platform, row.subject).await?;
        // It is used in the course of what it was given for, and for nothing that this does not cover.
        let given = part.values.iter().filter(|value| items.last() == Some(&value.item));
        let function = given.max_by_key(|value| value.version).and_then(|value| value.function.clone());
        let asked = Processing {
            function: function.as_ref().map(Slug::to_string),
            exception: duty(platform),
            ..Processing::new(
                platform.id.clone(),
                Action::Use,
                part.role.as_str(),
                items.iter().map(Slug::to_string).collect(),
            )
        };
        let (answer, permit) = platform.tables.permit(&snapshot, born, &asked, part.record, now);
        let mut entry = entry(platform, row, route, now);
        entry.person = Some(part.role.clone());
        entry.items.clone_from(&items);
        entry.function = function;
        entry.exception.clone_from(&answer.exception);
        entry.basis = answer.basis;
        let Some(permit) = permit else {
            return Err(house.refuse(platform, entry, Some(row.subject), answer).await);
        };
        let name = PartName { record: part.record, subject: part.subject, role: part.role.clone() };
        let sealed: Vec<Sealed> = part.values.iter().map(seal).collect();
        let values = match platform.keys.open(permit, &name, part.wrapped.as_deref(), &sealed) {
            Ok(values) => values,
            Err(VaultError::Erased) => return Ok(None),
            Err(other) => return Err(other.into()),
        };
        let whole = values.into_iter().filter(|value| value.mask.is_none());
        let Some(to) = addressed(way, &items, whole.map(|value| (value.item, value.value)).collect()) else {
            return Err(house.refuse(platform, entry, Some(row.subject), answer).await);
        };
        let draft = Draft {
            expect: vec![Expect::Subject(row.subject, snapshot.version())],
            writes: Vec::new(),
            entry,
            subjects: vec![row.subject],
            record: Some(part.record),
            key: None,
        };
        if house.commit(platform, draft).await?.is_some() {
            return Ok(Some(to));
        }
    }
    Err(Refusal::Contended)
}

fn seal(value: &SealedValue) -> Sealed {
    Sealed { item: value.item.clone(), version: value.version, bytes: value.sealed.clone() }
}

/// An address of its pieces, in the order of [`pieces`]; `None` where one was not opened.
fn addressed(way: Way, items: &[Slug], mut values: Vec<(Slug, Clear<String>)>) -> Option<To> {
    let mut pieces = items.iter().map(|item| {
        let at = values.iter().position(|(found, _)| found == item)?;
        Some(values.swap_remove(at).1)
    });
    let mut piece = || pieces.next().flatten();
    Some(match way {
        Way::Push => return None,
        Way::Wechat => To::Follower(piece()?),
        Way::Sms => To::Telephone(piece()?),
        Way::Email => To::Mailbox(piece()?),
        Way::Letter => To::Envelope { name: piece()?, address: piece()? },
    })
}

/// What a leaf says of a message that goes out.
fn entry(platform: &Platform, row: &NoticeRow, route: Route, now: Timestamp) -> crate::leaf::Entry {
    let mut entry = platform.entry(Act::Notify, Who::House, now);
    entry.because = Some(format!("{}:{}", row.publication, route.word()));
    entry
}

/// Names somebody by the id by which the company's own application knows them, once the act is on the ledger: nothing is opened.
async fn named(house: &House, platform: &Platform, row: &NoticeRow, route: Route) -> Result<To, Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let entry = entry(platform, row, route, house.now());
        let (expect, writes) = (Vec::new(), Vec::new());
        let draft = Draft { expect, writes, entry, subjects: vec![row.subject], record: None, key: None };
        if house.commit(platform, draft).await?.is_some() {
            return Ok(To::User(row.subject));
        }
    }
    Err(Refusal::Contended)
}

/// The exception under which the text lets the house do what the law makes its duty.
fn duty(platform: &Platform) -> Option<String> {
    let exceptions = platform.tables.program().policy.exceptions.iter();
    let mut fits = exceptions.filter(|one| {
        let acts = one.acts.iter().any(|act| act.value == Action::Use);
        acts && one.article.said().is_some_and(|article| *article == Basis::Statutory)
    });
    fits.next().map(|one| one.id.value.to_string())
}

/// Puts on the ledger that a message was taken in.
async fn told(house: &House, platform: &Platform, row: &NoticeRow, route: Route) -> Result<(), Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let now = house.now();
        let mut entry = platform.entry(Act::Told, Who::House, now);
        entry.because = Some(format!("{}:{}", row.publication, route.word()));
        let writes = vec![Write::Told(row.number, route.word().to_owned(), now)];
        let draft = Draft { expect: Vec::new(), writes, entry, subjects: vec![row.subject], record: None, key: None };
        match house.commit(platform, draft).await {
            Ok(Some(_)) | Err(Refusal::NotFound(_)) => return Ok(()),
            Ok(None) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}
