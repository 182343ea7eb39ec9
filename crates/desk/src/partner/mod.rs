//! Outside parties whose people call our customers (the regime `virtual-number`): they open one case that was handed to
//! them, dial a number that is not the customer's, and take nothing away.
//!
//! `assign` hands a customer over and takes it back, `case` is what the party sees of it, `number` binds and releases,
//! `score` is the card that staff keep of every party. Lists, searches, copies and exports have no verb here: [`barred`] refuses them, with a leaf.

mod assign;
mod case;
mod number;
mod score;

use model::{Slug, SubjectId};
use policy::question::{Actor, Code};
use policy::syntax::{Limit, Recipient, Regime, Share};
use store::AssignmentRow;

use crate::leaf::{Act, Who};
use crate::read::page::{Ask, Least};
use crate::read::staff::{not_this_role, role};
use crate::refusal::{by_law, by_policy};
use crate::seat::{Caller, Duty, PARTNERS, PartySeat};
use crate::{House, Platform, Refusal};

pub use assign::{Assigned, HOURS, Handed, assign, handed, parties, recall};
pub use case::{Case, finish, open};
pub use number::{MINUTES, bind, release_ended};
pub use score::{Card, Line, Plan, card, lines};

pub(crate) use number::{release_of, release_party};

/// Who of an outside party asks: a seat of its people, or a system of its own.
#[derive(Debug, Clone, Copy)]
pub enum Partner<'a> {
    /// A seat.
    Seat(&'a PartySeat),
    /// A service token that speaks for the party.
    System(&'a Caller),
}

impl Partner<'_> {
    /// Whose people, once it is sure that they may be here at all.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for a seat or token of another platform, or one that speaks for no such party;
    /// [`Refusal::Denied`], with a leaf, while the party is cut off (rule R63).
    async fn party<'p>(&self, house: &House, platform: &'p Platform) -> Result<Contact<'p>, Refusal> {
        let party = match self {
            Self::Seat(seat) => Some(seat.on(platform)?.party()),
            Self::System(caller) => caller.party().filter(|_| *caller.platform() == platform.id),
        };
        let contact = party.and_then(|party| contact(platform, party));
        let contact = contact.ok_or(Refusal::NotAllowed("nobody who calls customers by a virtual number"))?;
        house.admits(platform, contact.party, self.who()).await?;
        if let Self::System(caller) = self {
            let purpose = contact.share.purpose.said().map(|purpose| purpose.text.as_str());
            caller.may(platform, contact.share.act.value.word(), purpose)?;
        }
        Ok(contact)
    }

    fn who(&self) -> Who {
        match self {
            Self::Seat(seat) => seat.who(),
            Self::System(caller) => caller.who(),
        }
    }
}

/// Who minds partners: hands cases to them, cuts them off.
#[derive(Debug, Clone, Copy)]
pub enum Minder<'a> {
    /// A seat; its role must say so.
    Staff(&'a Duty),
    /// One of the company's own systems; its token must say so.
    System(&'a Caller),
}

/// Whether a seat's role minds partners.
pub fn is_minded_by(platform: &Platform, duty: &Duty) -> bool {
    role(platform, duty).is_ok_and(policy::syntax::Role::minds_partners)
}

impl Minder<'_> {
    /// Who it is for the ledger, once it is sure that it may.
    pub(crate) async fn check(
        &self,
        house: &House,
        platform: &Platform,
        subject: Option<SubjectId>,
    ) -> Result<Who, Refusal> {
        match self {
            Self::Staff(duty) if role(platform, duty)?.minds_partners() => Ok(duty.who()),
            Self::Staff(duty) => Err(not_this_role(house, platform, duty, subject).await),
            Self::System(caller) => caller.may(platform, PARTNERS, None).map(|()| caller.who()),
        }
    }
}

/// A party with the share under which its people see anything.
#[derive(Clone, Copy)]
struct Contact<'p> {
    party: &'p Slug,
    recipient: &'p Recipient,
    share: &'p Share,
}

impl<'p> Contact<'p> {
    /// What is asked of the tables, whoever looks.
    fn ask(&self, act: Act, who: Who) -> Ask<'p> {
        Ask {
            act,
            who,
            actor: Actor::Party { party: self.party.to_string() },
            action: self.share.act.value,
            function: self.share.functions.first().map(|function| function.text.as_str()),
            purpose: self.share.purpose.said().map(|purpose| purpose.text.as_str()),
            channel: None,
            recipient: Some(self.recipient.id.as_str()),
            party: Some(self.party.as_str()),
            because: None,
            covered: true,
            least: Least::Something,
        }
    }
}

/// A party of the register that calls by virtual numbers.
fn contact<'p>(platform: &'p Platform, party: &Slug) -> Option<Contact<'p>> {
    let known = platform.party(party)?;
    let policy = &platform.tables.program().policy;
    let virtually =
        |one: &&Recipient| one.id.as_str() == known.recipient.text && one.regime.value == Regime::VirtualNumber;
    let recipient = policy.recipients.iter().find(virtually)?;
    let share = policy.shares.iter().find(|share| share.recipient.text == recipient.id.as_str())?;
    Some(Contact { party: &known.id.value, recipient, share })
}

/// Whether a party calls by virtual numbers.
pub(crate) fn calls(platform: &Platform, party: &Slug) -> bool {
    contact(platform, party).is_some()
}

/// Whether an assignment is open to a party at an instant.
fn is_open(row: &AssignmentRow, now: jiff::Timestamp) -> bool {
    row.ended.is_none() && now < row.new.until
}

/// Refuses, with a leaf, what an outside party may never do here, by the limit that it would break: `no-list` also for a
/// search.
pub async fn barred(house: &House, platform: &Platform, partner: Partner<'_>, limit: Limit) -> Refusal {
    let contact = match partner.party(house, platform).await {
        Ok(contact) => contact,
        Err(refusal) => return refusal,
    };
    let now = house.now();
    let mut entry = platform.entry(Act::Read, partner.who(), now);
    entry.recipient = Some(contact.recipient.id.value.clone());
    entry.party = Some(contact.party.clone());
    entry.because = Some(limit.word().to_owned());
    let clause = contact.recipient.clause.first().map(|clause| clause.value.clone());
    let published = policy::question::Reason { clause, ..by_policy(Code::RoleNotAllowed, None) };
    let by_law = by_law(platform, Code::RoleNotAllowed, None, "R58", now);
    let reasons = if contact.recipient.limits.iter().any(|one| one.value == limit) {
        vec![published, by_law]
    } else {
        vec![by_law]
    };
    house.refuse_for(platform, entry, None, reasons).await
}

/// Refuses, with a leaf, a case that is not this party's, or no longer: to the party there is none.
async fn no_case(house: &House, platform: &Platform, contact: Contact<'_>, who: Who) -> Refusal {
    let now = house.now();
    let mut entry = platform.entry(Act::Share, who, now);
    entry.recipient = Some(contact.recipient.id.value.clone());
    entry.party = Some(contact.party.clone());
    let reason = by_law(platform, Code::RoleNotAllowed, None, "R58", now);
    match house.refuse_for(platform, entry, None, vec![reason]).await {
        Refusal::Denied(_) => Refusal::NotFound("assignment"),
        broken => broken,
    }
}
