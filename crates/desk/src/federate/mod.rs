//! Coming in by an account that somebody else keeps (`[[login]]` of the operation file), or by a ticket of the insurer's
//! own application.
//!
//! A session is on one way at a time: [`intend`] keeps what was answered on the page of consents, [`go`] gives the address
//! of the provider, [`returned`] takes up who came back. Whoever is known and has not withdrawn comes in. Whoever is not
//! registers in the course of the function that the file names, with the items that were agreed to and no others. A
//! telephone that the provider did not vouch for, and an account that is there already, is proved by a code before
//! anything is bound to it ([`prove`], [`complete`]).
//!
//! State, nonce and verifier are bound to the session that went: an answer that was fetched by somebody else's browser
//! leads nowhere. What the provider tells waits in memory alone (`waiting`), never on disk.
//!
//! To undo the bond is to withdraw the consent to the function: from then on the provider's word lets nobody in, and
//! binding it again takes a code to the telephone of the account.

mod bond;
mod needs;
mod ticket;
mod waiting;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::SignedDuration;
use model::field::Validator;
use model::key::SearchToken;
use model::{Clear, Slug, SubjectId};
use policy::syntax::{Login, LoginProtocol, Trigger};
use serde::{Deserialize, Serialize};
use store::{LoginTry, TokenKind};
use vault::field::accept;

pub use needs::{Needs, needs};
pub use ticket::ticket;
use waiting::Pending;
pub(crate) use waiting::Waiting;

use crate::collect::{Federated, PersonFields, Registered, Registration};
use crate::consent::Choice;
use crate::ports::{Errand, Outside, Provider};
use crate::seat::sha256;
use crate::{House, Platform, Refusal, collect, seat};

/// How long somebody may be on the way, and how long what the provider told waits for the rest.
pub const WAY_MINUTES: i64 = 10;

/// What somebody answered before going to the provider for the first time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// Consents.
    pub consents: Vec<Choice>,
    /// Scopes that were refused.
    pub refused: Vec<String>,
    /// Items that nobody needs and that may come all the same.
    pub items: Vec<Slug>,
}

/// What a session's way remembers; nothing of a person.
#[derive(Serialize, Deserialize)]
struct Kept {
    login: Slug,
    /// `None`: only to log in.
    answers: Option<Answers>,
    /// Once the browser was sent.
    errand: Option<Errand>,
}

/// What came of a way.
#[derive(Debug)]
pub enum Returned {
    /// Somebody known.
    Known(SubjectId),
    /// Somebody new, registered.
    Registered(Registered),
    /// Nobody known, and nothing was agreed to that would let anything be kept.
    Stranger(Slug),
    /// Something is missing that the person has to type, or a telephone is to be proved: [`prove`], then [`complete`].
    Asks(Slug),
    /// The person said no at the provider.
    Declined(Slug),
}

/// What came of a proof.
#[derive(Debug)]
pub enum Completed {
    /// Somebody new, registered.
    Registered(Registered),
    /// Somebody who has an account: it is bound to it.
    Bound {
        /// Whose.
        subject: SubjectId,
        /// Leaf.
        leaf: u64,
    },
    /// Nobody has an account by this telephone, and this function makes none: register first.
    Nobody,
}

/// The ways that a platform offers and the installation is a client of.
pub fn logins<'p>(house: &House, platform: &'p Platform) -> Vec<&'p Login> {
    let all = platform.tables.program().operation.logins.iter();
    all.filter(|login| house.parties.federation.knows(&provider(platform, login))).collect()
}

/// One of them.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn login<'p>(house: &House, platform: &'p Platform, id: &str) -> Result<&'p Login, Refusal> {
    let found = logins(house, platform).into_iter().find(|login| login.id.as_str() == id);
    found.ok_or(Refusal::NotFound("way to log in"))
}

/// The item by which somebody who came so is known again; `None` where the policy takes none, so that this way fills an
/// account in and opens none.
pub fn identified_by(login: &Login) -> Option<&str> {
    let word = match login.protocol.value {
        LoginProtocol::OpenidConnect => "sub",
        LoginProtocol::WechatOauth2 => "openid",
    };
    login.claims.iter().find(|claim| claim.says.value == word).map(|claim| claim.item.text.as_str())
}

/// Keeps what somebody answered, for the way that begins with [`go`]. `cookie` is the session's.
pub async fn intend(
    house: &House,
    platform: &Platform,
    cookie: &str,
    login: &Slug,
    answers: Answers,
) -> Result<(), Refusal> {
    keep(house, platform, cookie, &Kept { login: login.clone(), answers: Some(answers), errand: None }).await
}

async fn keep(house: &House, platform: &Platform, cookie: &str, kept: &Kept) -> Result<(), Refusal> {
    let until = house.now().checked_add(SignedDuration::from_mins(WAY_MINUTES));
    let until = until.map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
    let kept = serde_json::to_vec(kept).map_err(|error| Refusal::Broken(error.to_string()))?;
    let row = LoginTry { session: sha256(cookie.as_bytes()), platform: platform.id.clone(), kept, until };
    Ok(house.store.login_try_put(row).await?)
}

async fn take(house: &House, platform: &Platform, cookie: &str) -> Result<Option<Kept>, Refusal> {
    let found = house.store.login_try_take(&sha256(cookie.as_bytes())).await?;
    let fresh = found.filter(|row| row.platform == platform.id && house.now() < row.until);
    Ok(fresh.and_then(|row| serde_json::from_slice(&row.kept).ok()))
}

/// The address of the provider. With what [`intend`] kept for this way it asks for the items that were agreed to;
/// without, for nothing but who it is. `back`: our own address for the answer.
///
/// # Errors
/// [`Refusal::NotFound`] for a way that is not offered, [`Refusal::Outside`].
pub async fn go(house: &House, platform: &Platform, cookie: &str, id: &str, back: String) -> Result<String, Refusal> {
    let login = login(house, platform, id)?;
    let kept =
        take(house, platform, cookie).await?.filter(|kept| kept.login == login.id.value && kept.errand.is_none());
    let answers = kept.and_then(|kept| kept.answers);
    let claims = answers.as_ref().map(|answers| asked(house, platform, login, answers)).unwrap_or_default();
    let draw = || hex::encode(house.entropy.draw::<32>());
    let errand = Errand { state: draw(), nonce: draw(), verifier: draw(), back, claims };
    let address = house.parties.federation.begin(&provider(platform, login), &errand).await?;
    keep(house, platform, cookie, &Kept { login: login.id.value.clone(), answers, errand: Some(errand) }).await?;
    Ok(address)
}

/// The claims whose items are needed, or may come all the same.
fn asked(house: &House, platform: &Platform, login: &Login, answers: &Answers) -> Vec<String> {
    let needs = needs(house, platform, login);
    let wanted = |item: &str| {
        needs.needed.iter().any(|one| one.as_str() == item) || answers.items.iter().any(|one| one.as_str() == item)
    };
    login.claims.iter().filter(|claim| wanted(&claim.item.text)).map(|claim| claim.says.value.clone()).collect()
}

/// Takes up somebody who came back. `code` is `None` where the provider says that the person refused.
///
/// # Errors
/// [`Refusal::NotFound`] when this session is on no way, the answer belongs to another, or it took too long;
/// [`Refusal::Outside`]; those of [`collect::register`].
pub async fn returned(
    house: &House,
    platform: &Platform,
    cookie: &str,
    state: &str,
    code: Option<Clear<String>>,
) -> Result<Returned, Refusal> {
    let lost = || Refusal::NotFound("log-in under way");
    let Kept { login: id, answers, errand } = take(house, platform, cookie).await?.ok_or_else(lost)?;
    let errand = errand.ok_or_else(lost)?;
    if verify_slices_are_equal(errand.state.as_bytes(), state.as_bytes()).is_err() {
        return Err(lost());
    }
    let login = login(house, platform, id.as_str())?;
    let Some(code) = code else { return Ok(Returned::Declined(id)) };
    let vouched = house.parties.federation.finish(&provider(platform, login), &errand, code, house.now()).await?;
    if let Some(subject) = bond::holder(house, platform, login, &vouched).await? {
        return Ok(Returned::Known(subject));
    }
    let Some(answers) = answers else { return Ok(Returned::Stranger(id)) };
    let pending = Pending::new(house, platform, login, vouched, answers);
    if pending.is_whole() && !has_account(house, platform, &pending).await? {
        return Ok(Returned::Registered(register(house, platform, login, pending).await?));
    }
    house.waiting.put(cookie, pending, house.now());
    Ok(Returned::Asks(id))
}

/// Whether somebody has an account by the telephone that the provider vouches for.
async fn has_account(house: &House, platform: &Platform, pending: &Pending) -> Result<bool, Refusal> {
    let Some(phone) = &pending.phone else { return Ok(false) };
    let normal = accept(Validator::Mobile, phone).map_err(|_| Refusal::Wrong("a telephone that is none".to_owned()))?;
    let token = platform.token(TokenKind::Phone, &normal);
    Ok(house.store.subject_by_token(&platform.id, TokenKind::Phone, &token).await?.is_some())
}

/// What the session still has to type, of whom the provider told the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The way.
    pub login: Slug,
    /// Items that the provider did not tell.
    pub items: Vec<Slug>,
    /// Whether the provider vouches for a telephone by which somebody has an account here.
    pub known: bool,
}

/// What is open for this session.
///
/// # Errors
/// [`Refusal::NotFound`] when nothing waits for it.
pub fn open(house: &House, cookie: &str) -> Result<Open, Refusal> {
    let told = house.waiting.look(cookie, house.now(), |pending| Open {
        login: pending.login.clone(),
        items: pending.missing.clone(),
        known: pending.phone.is_some(),
    });
    told.ok_or(Refusal::NotFound("log-in under way"))
}

/// Takes what was typed and sends a code to the telephone. Also where the provider vouches for one: an account that is
/// there already is its holder's to bind, and the number is shown to nobody.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::TooMany`], [`Refusal::NotFound`] when nothing waits for this session.
pub async fn prove(
    house: &House,
    platform: &Platform,
    cookie: &str,
    phone: Clear<String>,
    fields: Vec<(String, Clear<String>)>,
) -> Result<(), Refusal> {
    let now = house.now();
    let mut pending = house.waiting.take(cookie, now).ok_or(Refusal::NotFound("log-in under way"))?;
    let taken = pending.type_in(platform, phone, fields);
    let to = pending.proof.as_ref().map(Clear::twin);
    house.waiting.put(cookie, pending, now);
    taken?;
    seat::proof_send(house, platform, to.ok_or(Refusal::Wrong("no telephone to prove".to_owned()))?).await
}

/// Checks the code, and binds the provider's account to the one by that telephone, or registers.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a code that does not fit: what was typed waits on; [`Refusal::NotFound`] when nothing waits;
/// [`Refusal::Taken`] when the provider's account is bound to somebody else here; those of [`collect::register`].
pub async fn complete(house: &House, platform: &Platform, cookie: &str, code: &str) -> Result<Completed, Refusal> {
    let now = house.now();
    let pending = house.waiting.take(cookie, now).ok_or(Refusal::NotFound("log-in under way"))?;
    let login = login(house, platform, pending.login.as_str())?;
    let proved = match &pending.proof {
        Some(phone) => seat::proof_check(house, platform, phone, code).await,
        None => Err(Refusal::Wrong("no code was sent".to_owned())),
    };
    let holder = match proved {
        Ok(holder) => holder,
        Err(refusal) => {
            house.waiting.put(cookie, pending, now);
            return Err(refusal);
        }
    };
    match holder {
        Some(subject) => {
            let leaf = bond::bind(house, platform, login, subject, pending).await?;
            Ok(Completed::Bound { subject, leaf })
        }
        None if pending.makes => Ok(Completed::Registered(register(house, platform, login, pending).await?)),
        None => Ok(Completed::Nobody),
    }
}

async fn register(house: &House, platform: &Platform, login: &Login, pending: Pending) -> Result<Registered, Refusal> {
    let needs = needs(house, platform, login);
    let came = pending.told.iter().map(|(item, _)| item.clone()).collect();
    let federated = Federated {
        token: token(platform, &pending.who)?,
        item: identified_by(login).and_then(|item| item.parse().ok()),
        came,
        trigger: trigger(login),
        source: source(login),
    };
    let fields = pending.told.into_iter().map(|(item, value)| (item.to_string(), value));
    let registration = Registration {
        function: slug(&login.function.text)?,
        channel: channel(login),
        product: None,
        persons: vec![PersonFields { person: needs.person, fields: fields.chain(pending.typed).collect() }],
        consents: pending.answers.consents,
        facts: needs::facts(platform, login),
    };
    let done = collect::register_federated(house, platform, registration, federated).await?;
    for scope in &pending.answers.refused {
        crate::consent::refuse(house, platform, done.subject, scope).await?;
    }
    Ok(done)
}

/// The provider, as its adapter knows it.
fn provider(platform: &Platform, login: &Login) -> Provider {
    Provider {
        platform: platform.id.clone(),
        login: login.id.value.clone(),
        protocol: login.protocol.value.into(),
        issuer: login.issuer.value.clone(),
    }
}

/// The search token of who somebody is to a provider.
fn token(platform: &Platform, who: &Clear<String>) -> Result<SearchToken, Refusal> {
    let normal = accept(Validator::Identifier, who).map_err(|_| Outside::Untrusted)?;
    Ok(platform.token(TokenKind::Federated, &normal))
}

/// How items come in by a provider.
fn trigger(login: &Login) -> Trigger {
    if login.source.is_some() { Trigger::Source } else { Trigger::Automatic }
}

/// The source as which the policy knows the provider.
fn source(login: &Login) -> Option<Slug> {
    login.source.as_ref().and_then(|source| source.text.parse().ok())
}

fn channel(login: &Login) -> Option<Slug> {
    login.channel.as_ref().and_then(|channel| channel.text.parse().ok())
}

/// A reference that was resolved is an id.
fn slug(id: &str) -> Result<Slug, Refusal> {
    id.parse().map_err(|_| Refusal::Broken("a reference that is no id".to_owned()))
}
