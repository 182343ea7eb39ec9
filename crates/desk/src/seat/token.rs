//! Service tokens: how the company's own systems and chosen parties call.

use model::{ActorId, Slug};
use policy::syntax::{Action, Kind};
use store::ServiceToken;

use super::secret::{Secret, sha256};
use super::staff::{Seat, operator};
use crate::leaf::Who;
use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal, partner};

/// The action word of a token that may ask for advice.
pub const DECIDE: &str = "decide";

/// The action word of a token that may read entries and leaves of the ledger.
pub const AUDIT: &str = "audit";

/// The action word of a token that may bring in what customers consent to, refuse and withdraw.
pub const CONSENT: &str = "consent";

/// The action word of a token that may exercise rights for customers: requests, corrections, erasures.
pub const RIGHTS: &str = "rights";

/// The action word of a token that may hand cases to outside parties, cut them off and let them in again.
pub const PARTNERS: &str = "partners";

/// The action word of a token that may ask for, and give, a second pair of eyes for minors' data.
pub const APPROVE: &str = "approve";

/// The action word of a token that may read the change feed.
pub const EVENTS: &str = "events";

/// The words of tokens that are no action of a question.
const WORDS: [&str; 7] = [DECIDE, AUDIT, CONSENT, RIGHTS, PARTNERS, APPROVE, EVENTS];

/// Begins every service token, so that scanners find one in the wrong place.
const PREFIX: &str = "shouyue_";

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Name for people.
    pub name: String,
    /// Platform.
    pub platform: Slug,
    /// Actions of a question, and [`DECIDE`], [`AUDIT`], [`CONSENT`], [`RIGHTS`], [`PARTNERS`],
    /// [`APPROVE`], [`EVENTS`].
    pub actions: Vec<String>,
    /// Ids of functions and purposes that it may name; empty: none.
    pub purposes: Vec<Slug>,
    /// The chosen party that it speaks for.
    pub party: Option<Slug>,
    /// Requests a minute.
    pub rate: u32,
}

/// A token that was just made.
pub struct Issued {
    /// Id, as the ledger names it.
    pub id: ActorId,
    /// The secret; given out this once.
    pub secret: Secret,
    /// What is kept of it, hexadecimal; names the token when it is revoked.
    pub digest: String,
}

/// Makes a service token.
///
/// # Errors
/// [`Refusal::NotAllowed`] unless `by` is an operator; [`Refusal::Fields`] for an action, purpose or party that does not
/// exist on the platform.
pub async fn service_token_new(house: &House, by: &Seat, new: NewToken) -> Result<Issued, Refusal> {
    operator(by)?;
    let platform = house.platform(new.platform.as_str())?;
    check(&platform, &new)?;
    let secret = Secret::draw(&*house.entropy, PREFIX);
    let (id, digest) = (ActorId::from_random(house.entropy.draw()), secret.digest());
    let NewToken { name, platform, actions, purposes, party, rate } = new;
    let row = ServiceToken { id, name, digest, platform, actions, purposes, party, rate, revoked: false };
    house.store.token_put(row).await?;
    Ok(Issued { id, secret, digest: hex::encode(digest) })
}

fn check(platform: &Platform, new: &NewToken) -> Result<(), Refusal> {
    let names = &platform.tables.program().names;
    let known_action =
        |word: &String| WORDS.contains(&word.as_str()) || Action::ALL.iter().any(|action| action.word() == word);
    let known_purpose =
        |id: &Slug| [Kind::Function, Kind::Purpose].into_iter().any(|kind| names.entry(kind, id.as_str()).is_some());
    let checks = [
        ("name", !new.name.trim().is_empty()),
        ("actions", new.actions.iter().all(known_action)),
        ("purposes", new.purposes.iter().all(known_purpose)),
        ("party", new.party.as_ref().is_none_or(|id| names.entry(Kind::Party, id.as_str()).is_some())),
    ];
    let faults = checks.into_iter().filter(|(_, fine)| !fine);
    let faults: Vec<_> = faults.map(|(item, _)| FieldFault::new(item, "unknown")).collect();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Fields(faults)) }
}

/// Revokes a token, by the digest that was given with it. It is refused from the next request on.
pub async fn service_token_revoke(house: &House, by: &Seat, digest: &str) -> Result<(), Refusal> {
    operator(by)?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(digest, &mut bytes).map_err(|_| Refusal::NotFound("service token"))?;
    let row = house.store.token_by_digest(&bytes).await?.ok_or(Refusal::NotFound("service token"))?;
    Ok(house.store.token_put(ServiceToken { revoked: true, ..row }).await?)
}

/// Who calls with a service token.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that is unknown or revoked, [`Refusal::TooMany`] beyond its rate;
/// [`Refusal::Denied`], with a leaf, while the party that it speaks for is cut off (rule R63).
pub async fn caller(house: &House, secret: &str) -> Result<Caller, Refusal> {
    let found = house.store.token_by_digest(&sha256(secret.as_bytes())).await?;
    let token = found.filter(|token| !token.revoked).ok_or(Refusal::NotAllowed("no such service token"))?;
    if !house.watch.rates.take(token.id, token.rate, house.now()) {
        return Err(Refusal::TooMany);
    }
    if let Some(party) = &token.party {
        let platform = house.platform(token.platform.as_str())?;
        house.admits(&platform, party, Who::Service { token: token.id }).await?;
    }
    Ok(Caller { token })
}

/// A system that showed a good token, and what it may do.
#[derive(Debug, Clone)]
pub struct Caller {
    token: ServiceToken,
}

impl Caller {
    /// Id of the token.
    pub const fn id(&self) -> ActorId {
        self.token.id
    }

    /// The platform that it is for.
    pub const fn platform(&self) -> &Slug {
        &self.token.platform
    }

    /// Only the company's own systems go on: a party gets what is handed to it, and looks nothing up.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a token that speaks for a party.
    pub fn is_of_the_company(&self) -> Result<(), Refusal> {
        let party = self.party().is_some();
        if party { Err(Refusal::NotAllowed("a party gets what is handed to it, and nothing beside")) } else { Ok(()) }
    }

    /// The chosen party that it speaks for.
    pub const fn party(&self) -> Option<&Slug> {
        self.token.party.as_ref()
    }

    /// What the ledger says of who acted.
    pub const fn who(&self) -> Who {
        Who::Service { token: self.token.id }
    }

    /// Whether the token covers an action on a platform in the course of a function or for a purpose, by id.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] naming what it does not cover.
    pub fn may(&self, platform: &Platform, action: &str, purpose: Option<&str>) -> Result<(), Refusal> {
        let covers = |id: &str| self.token.purposes.iter().any(|one| one.as_str() == id);
        if self.token.platform != platform.id {
            return Err(Refusal::NotAllowed("the token is for another platform"));
        }
        // A party that calls by virtual numbers opens the cases handed to it, whatever else its token says.
        let calls = || self.token.party.as_ref().is_some_and(|party| partner::calls(platform, party));
        if !self.token.actions.iter().any(|word| word == action) || (action != Action::Share.word() && calls()) {
            return Err(Refusal::NotAllowed("the token does not cover this action"));
        }
        if !purpose.is_none_or(covers) {
            return Err(Refusal::NotAllowed("the token does not cover this function or purpose"));
        }
        Ok(())
    }
}
