//! What a party sees: one case, decided anew at each look.

use jiff::Timestamp;
use model::{AssignmentId, Slug};
use store::AssignmentRow;

use super::assign::{end, places};
use super::{Contact, Partner, is_open, no_case};
use crate::leaf::Act;
use crate::read::RecordView;
use crate::read::page::look;
use crate::{House, Platform, Refusal};

/// A case.
pub struct Case {
    /// Its number.
    pub id: AssignmentId,
    /// Open until.
    pub until: Timestamp,
    /// The virtual number, once one is bound, and until when it reaches the customer.
    pub number: Option<(String, Timestamp)>,
    /// Id of the recipient, whose limits hold.
    pub recipient: Slug,
    /// What the share lets the party see; the telephone number is never in it.
    pub records: Vec<RecordView>,
    /// Leaf of the look.
    pub leaf: Option<u64>,
}

/// Opens one case, by its number. One act, with its leaf.
///
/// # Errors
/// [`Refusal::NotAllowed`] for whoever is no such party's; [`Refusal::NotFound`], with a leaf, for a case that was not
/// handed to this party, or is over: the two are not told apart; [`Refusal::Denied`], with a leaf, while the party is cut
/// off, and when policy or law no longer let it see anything.
pub async fn open(house: &House, platform: &Platform, partner: Partner<'_>, id: AssignmentId) -> Result<Case, Refusal> {
    let platform = &*house.current(platform);
    let (contact, row) = standing(house, platform, partner, id).await?;
    let subject = row.new.subject;
    let places = places(house, platform, contact, subject).await?;
    let ask = contact.ask(Act::Share, partner.who());
    let page = look(house, platform, subject, &ask, &places).await?;
    let number = row.number.zip(row.bound_until).filter(|(_, until)| house.now() < *until);
    Ok(Case {
        id,
        until: row.new.until,
        number: number.map(|(number, until)| (number.number, until)),
        recipient: contact.recipient.id.value.clone(),
        records: page.records,
        leaf: page.leaf,
    })
}

/// Gives a case back when it is done; the virtual number is released. Gives the leaf.
///
/// # Errors
/// Those of [`open`].
pub async fn finish(
    house: &House,
    platform: &Platform,
    partner: Partner<'_>,
    id: AssignmentId,
) -> Result<u64, Refusal> {
    let platform = &*house.current(platform);
    let (_, row) = standing(house, platform, partner, id).await?;
    end(house, platform, &row, partner.who()).await
}

/// A case that is open to this party.
pub(super) async fn standing<'p>(
    house: &House,
    platform: &'p Platform,
    partner: Partner<'_>,
    id: AssignmentId,
) -> Result<(Contact<'p>, AssignmentRow), Refusal> {
    let contact = partner.party(house, platform).await?;
    let row = house.store.assignment(&platform.id, id).await?;
    let own = |row: &AssignmentRow| row.new.party == *contact.party && is_open(row, house.now());
    match row.filter(own) {
        Some(row) => Ok((contact, row)),
        None => Err(no_case(house, platform, contact, partner.who()).await),
    }
}
