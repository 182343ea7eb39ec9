//! Seats of staff: the first operator comes by a link that works once, every other seat is made by an operator.

use jiff::SignedDuration;
use model::{ActorId, Slug};
use store::{OneTimeLink, Staff};

use super::passphrase::{self, Stretch};
use super::secret::{Secret, sha256};
use crate::leaf::Who;
use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal};

/// How long the first link works.
const LINK_HOURS: i64 = 24;

/// Longest log-in name, in characters.
const NAME: usize = 64;

/// A seat of staff. The passphrase's hash stays behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Id.
    pub id: ActorId,
    /// Log-in name.
    pub name: String,
    /// Platforms and the role in each.
    pub roles: Vec<(Slug, Slug)>,
    /// Whether it manages seats and tokens.
    pub operator: bool,
    /// Whether it is closed.
    pub closed: bool,
}

impl From<Staff> for Seat {
    fn from(row: Staff) -> Self {
        let Staff { id, name, password: _, roles, operator, closed } = row;
        Self { id, name, roles, operator, closed }
    }
}

/// A seat on duty: a staff member in the role that the seat has on one platform. Made by [`duty`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    seat: ActorId,
    platform: Slug,
    role: Slug,
}

impl Duty {
    /// Which seat.
    pub const fn seat(&self) -> ActorId {
        self.seat
    }

    /// In which role of the operation file.
    pub const fn role(&self) -> &Slug {
        &self.role
    }

    /// What the ledger says of who acted.
    pub(crate) fn who(&self) -> Who {
        Who::Staff { seat: self.seat, role: self.role.clone() }
    }

    /// Refuses a seat that is on duty elsewhere.
    pub(crate) fn on(&self, platform: &Platform) -> Result<&Self, Refusal> {
        if self.platform == platform.id { Ok(self) } else { Err(Refusal::NotAllowed("the platform")) }
    }
}

/// A seat of an outside party's people, on one platform. It is no [`Duty`]: what takes one is closed to it. Made by
/// [`party_seat`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartySeat {
    seat: ActorId,
    platform: Slug,
    role: Slug,
    party: Slug,
}

impl PartySeat {
    /// Whose people.
    pub const fn party(&self) -> &Slug {
        &self.party
    }

    /// What the ledger says of who acted.
    pub(crate) fn who(&self) -> Who {
        Who::Staff { seat: self.seat, role: self.role.clone() }
    }

    /// Refuses a seat that is at work elsewhere.
    pub(crate) fn on(&self, platform: &Platform) -> Result<&Self, Refusal> {
        if self.platform == platform.id { Ok(self) } else { Err(Refusal::NotAllowed("the platform")) }
    }
}

/// A seat to be made.
pub struct NewSeat {
    /// Log-in name.
    pub name: String,
    /// First passphrase.
    pub passphrase: String,
    /// Platforms and the role in each.
    pub roles: Vec<(Slug, Slug)>,
    /// Whether it manages seats and tokens.
    pub operator: bool,
}

/// The link's secret for the first operator. An older link is good no more.
///
/// # Errors
/// [`Refusal::NotAllowed`] once there is an operator.
pub async fn first_link(house: &House) -> Result<Secret, Refusal> {
    no_operator_yet(house).await?;
    let secret = Secret::draw(&*house.entropy, "");
    let until = house.now().checked_add(SignedDuration::from_hours(LINK_HOURS));
    let until = until.map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
    house.store.link_put(OneTimeLink { digest: secret.digest(), until }).await?;
    Ok(secret)
}

/// Makes the first operator.
///
/// # Errors
/// [`Refusal::NotFound`] for a link that was used, has ended or never was; [`Refusal::Fields`] before it is used up.
pub async fn first_operator(
    house: &House,
    stretch: Stretch,
    link: &str,
    name: &str,
    passphrase: &str,
) -> Result<ActorId, Refusal> {
    no_operator_yet(house).await?;
    let name = checked_name(name)?;
    passphrase::check(passphrase)?;
    if !house.store.link_use(&sha256(link.as_bytes()), house.now()).await? {
        return Err(Refusal::NotFound("link"));
    }
    let password = passphrase::keep(&*house.entropy, stretch, passphrase).await?;
    let id = ActorId::from_random(house.entropy.draw());
    house.store.staff_put(Staff { id, name, password, roles: Vec::new(), operator: true, closed: false }).await?;
    Ok(id)
}

async fn no_operator_yet(house: &House) -> Result<(), Refusal> {
    let taken = house.store.staff().await?.iter().any(|seat| seat.operator && !seat.closed);
    if taken { Err(Refusal::NotAllowed("there is an operator: ask for a seat")) } else { Ok(()) }
}

/// Makes a seat.
///
/// # Errors
/// [`Refusal::NotAllowed`] unless `by` is an operator; [`Refusal::Fields`] for a name that is taken or empty, a short
/// passphrase, or a role that the platform's operation file does not have.
pub async fn seat_new(house: &House, stretch: Stretch, by: &Seat, seat: NewSeat) -> Result<ActorId, Refusal> {
    operator(by)?;
    let name = checked_name(&seat.name)?;
    passphrase::check(&seat.passphrase)?;
    roles_exist(house, &seat.roles)?;
    if house.store.staff_by_name(&name).await?.is_some() {
        return Err(fault("name", "taken"));
    }
    let password = passphrase::keep(&*house.entropy, stretch, &seat.passphrase).await?;
    let id = ActorId::from_random(house.entropy.draw());
    let row = Staff { id, name, password, roles: seat.roles, operator: seat.operator, closed: false };
    house.store.staff_put(row).await?;
    Ok(id)
}

/// Gives a seat other roles.
pub async fn seat_roles(house: &House, by: &Seat, seat: ActorId, roles: Vec<(Slug, Slug)>) -> Result<(), Refusal> {
    operator(by)?;
    roles_exist(house, &roles)?;
    let row = find(house, seat).await?;
    Ok(house.store.staff_put(Staff { roles, ..row }).await?)
}

/// Closes a seat: its sessions are refused from the next request on. An operator cannot close the own seat, so that one
/// is always left.
pub async fn seat_close(house: &House, by: &Seat, seat: ActorId) -> Result<(), Refusal> {
    operator(by)?;
    if by.id == seat {
        return Err(Refusal::NotAllowed("closing one's own seat"));
    }
    let row = find(house, seat).await?;
    Ok(house.store.staff_put(Staff { closed: true, ..row }).await?)
}

/// Every seat, for operators.
pub async fn seats(house: &House, by: &Seat) -> Result<Vec<Seat>, Refusal> {
    operator(by)?;
    Ok(house.store.staff().await?.into_iter().map(Seat::from).collect())
}

/// Logs a member of staff in.
///
/// # Errors
/// [`Refusal::TooMany`] after ten tries for one name within a quarter of an hour; [`Refusal::NotAllowed`] otherwise,
/// after the same work whether or not there is such a name.
pub async fn staff_login(house: &House, stretch: Stretch, name: &str, passphrase: &str) -> Result<Seat, Refusal> {
    let key = sha256(name.trim().as_bytes());
    if !house.watch.logins.take(key, house.now()) {
        return Err(Refusal::TooMany);
    }
    let found = house.store.staff_by_name(name.trim()).await?.filter(|seat| !seat.closed);
    let kept = found.as_ref().map(|seat| seat.password.as_str());
    let fits = passphrase::fits(kept, stretch, passphrase).await?;
    match found.filter(|_| fits) {
        Some(seat) => {
            house.watch.logins.forgive(&key);
            Ok(seat.into())
        }
        None => Err(Refusal::NotAllowed("name or passphrase")),
    }
}

/// The seat of a session, as it stands now.
///
/// # Errors
/// [`Refusal::NotAllowed`] once it is closed.
pub async fn seat_of(house: &House, id: ActorId) -> Result<Seat, Refusal> {
    let row = find(house, id).await?;
    if row.closed { Err(Refusal::NotAllowed("this seat is closed")) } else { Ok(row.into()) }
}

/// Puts a seat on duty on a platform.
///
/// # Errors
/// [`Refusal::NotAllowed`] when the seat has no role there.
pub fn duty(platform: &Platform, seat: &Seat) -> Result<Duty, Refusal> {
    let role = seat.roles.iter().find(|(on, _)| *on == platform.id).map(|(_, role)| role.clone());
    let role = role.filter(|_| !seat.closed).ok_or(Refusal::NotAllowed("no role on this platform"))?;
    if party_of(platform, &role).is_some() {
        return Err(Refusal::NotAllowed("a seat of an outside party"));
    }
    Ok(Duty { seat: seat.id, platform: platform.id.clone(), role })
}

/// Puts a seat to work for the outside party whose role it has on a platform; `None` for staff.
pub fn party_seat(platform: &Platform, seat: &Seat) -> Option<PartySeat> {
    let (_, role) = seat.roles.iter().find(|(on, _)| *on == platform.id && !seat.closed)?;
    let party = party_of(platform, role)?;
    Some(PartySeat { seat: seat.id, platform: platform.id.clone(), role: role.clone(), party })
}

/// The outside party whose people have a role.
fn party_of(platform: &Platform, role: &Slug) -> Option<Slug> {
    let roles = &platform.tables.program().operation.roles;
    roles.iter().find(|one| one.id.value == *role)?.party.as_ref()?.text.parse().ok()
}

pub(super) fn operator(by: &Seat) -> Result<(), Refusal> {
    if by.operator && !by.closed { Ok(()) } else { Err(Refusal::NotAllowed("operators only")) }
}

async fn find(house: &House, id: ActorId) -> Result<Staff, Refusal> {
    house.store.staff().await?.into_iter().find(|seat| seat.id == id).ok_or(Refusal::NotFound("seat"))
}

fn checked_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let reads = !name.is_empty() && name.chars().count() <= NAME && !name.contains(char::is_control);
    if reads { Ok(name.to_owned()) } else { Err(fault("name", "length")) }
}

fn roles_exist(house: &House, roles: &[(Slug, Slug)]) -> Result<(), Refusal> {
    for (platform, role) in roles {
        let platform = house.platform(platform.as_str())?;
        let declared = &platform.tables.program().operation.roles;
        if !declared.iter().any(|one| one.id.value == *role) {
            return Err(fault("role", "unknown"));
        }
    }
    Ok(())
}

fn fault(item: &str, code: &'static str) -> Refusal {
    Refusal::Fields(vec![FieldFault::new(item, code)])
}
