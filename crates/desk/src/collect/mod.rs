//! Collecting (收集): registrations, further items of a known subject, records that the company's own systems hand in,
//! life events, corrections.
//!
//! `fields` checks what was typed, `ask` puts the question, `seal` turns a permit into writes: all three are pure.
//! The services beside them read the state, run the pure parts and commit once.

mod add;
mod apply;
pub(crate) mod ask;
mod back;
mod correct;
mod enrol;
mod event;
mod fields;
mod handed;
mod ids;
mod import;
mod inbound;
mod invite;
mod join;
mod matter;
mod outline;
mod register;
mod roster;
mod seal;
mod standing;
mod table;

use jiff::civil::Date;
use model::service::Wish;
use model::{Clear, OrganisationId, RecordId, Slug, SubjectId};
use policy::question::{Facts, ItemAnswer};
use policy::syntax::Trigger;

pub use add::add;
pub use apply::apply;
pub(crate) use apply::apply_asking;
pub(crate) use ask::{Context, Ruling, question, rule};
pub use back::{back, back_send, leads_back};
pub use correct::correct;
pub(crate) use enrol::Rosters;
pub use enrol::{
    Enrolled, EnrolledBefore, Outcome, OutcomeBefore, ROSTER_MINUTES, RosterDone, RosterRole, enrol, enrolled, roster,
    roster_done, roster_keep, roster_look, roster_outcome, roster_roles, roster_take,
};
pub use event::event;
pub use fields::faults;
pub(crate) use fields::{Checked, checked, is_sole, named, searched_as};
pub use handed::hand_in;
pub use import::{Batched, ImportRow, Legacy, MOST_ROWS, Unfit, import};
pub use inbound::inbound;
pub use invite::{
    INVITATION_DAYS, InvitationView, Invited, MOST_INVITED, Opened, Stage, invitations, invite_again, invite_end,
    is_complete, opened,
};
pub use join::{Guest, Joined, Joining, Opening, Proof, Proven, join, joined, opening, prove, prove_send};
pub use outline::{
    AskedItem, AtHand, Fillers, Setting, asked, fillers, is_guarded, is_picture, same_person, typed_groups, vacant,
};
pub use register::register;
pub(crate) use register::{Federated, register_federated};
pub use roster::{MOST_BYTES, MOST_LINES, Roster, Unread};
pub(crate) use seal::{Place, token_of, writes};
pub use table::{NoTable, Signs, TableText};

pub use crate::act::Once;
use crate::consent::Choice;
use crate::track::Closing;

/// What was typed for one role. Values that are empty count as not given.
pub struct PersonFields {
    /// Role.
    pub person: Slug,
    /// Values by item: id, published name or clause.
    pub fields: Vec<(String, Clear<String>)>,
}

/// Somebody registers: alone, or as the contact of an organisation whose items come as a role of their own.
pub struct Registration {
    /// Function; it must make a record.
    pub function: Slug,
    /// Channel.
    pub channel: Option<Slug>,
    /// Product in whose course somebody registers.
    pub product: Option<Slug>,
    /// Exactly one natural person, and the organisation that the person stands for, if any.
    pub persons: Vec<PersonFields>,
    /// Consents given with it.
    pub consents: Vec<Choice>,
    /// Facts that conditions ask for.
    pub facts: Facts,
}

/// A registration, done. Ids only: it is also what an idempotency key repeats.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// The new subject.
    pub subject: SubjectId,
    /// The record that holds what was collected.
    pub record: RecordId,
    /// The organisation, when one was registered.
    pub organisation: Option<OrganisationId>,
    /// Leaf.
    pub leaf: u64,
    /// Items that were given and not kept, with the reasons. Empty in a repeated answer.
    pub withheld: Vec<ItemAnswer>,
}

/// What somebody fills in for a function that makes a record.
pub struct Application {
    /// Function; it must make a record.
    pub function: Slug,
    /// Channel.
    pub channel: Option<Slug>,
    /// Product applied for.
    pub product: Option<Slug>,
    /// Everybody who stands in the matter: the holder of the account first.
    pub people: Vec<Participant>,
    /// Roles that are left open, once for each person: each is invited to fill it in.
    pub open: Vec<Slug>,
    /// The record that it is about, where the function services others, and what is wanted of it.
    pub about: Option<(RecordId, Wish)>,
    /// Facts that conditions ask for. Who is the same person as whom follows from `people` where it is not said.
    pub facts: Facts,
    /// How the items came in.
    pub trigger: Trigger,
    /// Where the function sells on a page of ours: how that went (rule R61).
    pub track: Option<Closing>,
}

/// One person, or organisation, of an application.
pub struct Participant {
    /// Every role in which the person stands.
    pub roles: Vec<Slug>,
    /// Who it is, where what is typed does not tell.
    pub whom: Whom,
    /// Values by item; each role keeps those that the function collects from it.
    pub fields: Vec<(String, Clear<String>)>,
    /// The person's own consents, or a guardian's for a child. Of others than the holder those alone count that can:
    /// nobody consents for somebody else (rule R19).
    pub consents: Vec<Choice>,
}

/// How somebody who stands in a matter is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Whom {
    /// By what is typed: the document number, where the function takes one; else as somebody new.
    #[default]
    Typed,
    /// As the subject of this id, who stands in a record of the holder's.
    Subject(SubjectId),
    /// As whoever stands in this role of that record of the holder's.
    Standing(RecordId, Slug),
}

/// An application, taken in.
#[derive(Debug)]
pub struct Applied {
    /// The new record.
    pub record: RecordId,
    /// Leaf.
    pub leaf: u64,
    /// Items that were given and not kept, with the reasons. Empty in a repeated answer.
    pub withheld: Vec<ItemAnswer>,
    /// The invitations, in the order of [`Application::open`]. Empty in a repeated answer: links are shown once, and
    /// made again by [`invite_again`].
    pub invited: Vec<Invited>,
}

/// Further items of a known subject.
pub struct Addition {
    /// Function in whose course they are collected.
    pub function: Slug,
    /// Channel.
    pub channel: Option<Slug>,
    /// Product.
    pub product: Option<Slug>,
    /// The record to put them in; `None`: a new one of the class that the function makes ([`apply()`]), or where it makes
    /// none, the subject's record that has the role.
    pub record: Option<RecordId>,
    /// Role.
    pub person: Slug,
    /// Values by item.
    pub fields: Vec<(String, Clear<String>)>,
    /// Consents given with it; they become an act of their own, before this one.
    pub consents: Vec<Choice>,
    /// Facts that conditions ask for.
    pub facts: Facts,
    /// How the items came in.
    pub trigger: Trigger,
}

/// An addition, or what a source brought, taken in.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// Where the items are.
    pub record: RecordId,
    /// Leaf.
    pub leaf: u64,
    /// Items that were given and not kept, with the reasons. Empty in a repeated answer.
    pub withheld: Vec<ItemAnswer>,
}

/// What a source brings about a known subject, or what is fetched from it.
pub struct Inbound {
    /// The source, as the policy names it.
    pub source: Slug,
    /// In what course it is taken in: a function, or a use of what others hold. Each must name the source.
    pub course: Slug,
    /// Channel.
    pub channel: Option<Slug>,
    /// Product.
    pub product: Option<Slug>,
    /// The record to put it in; `None`: the newest that the function made, else the newest in which the subject has the
    /// role.
    pub record: Option<RecordId>,
    /// Role.
    pub person: Slug,
    /// Values by item.
    pub fields: Vec<(String, Clear<String>)>,
    /// Facts that conditions ask for: whether the source may hand it on, above all.
    pub facts: Facts,
}

/// A record that one of the company's own systems hands in.
pub struct HandIn {
    /// Record class.
    pub class: Slug,
    /// Product that it is about.
    pub product: Option<Slug>,
    /// First day of cover.
    pub in_force_from: Option<Date>,
    /// Last day of cover.
    pub in_force_until: Option<Date>,
    /// Who stands in it.
    pub people: Vec<Handed>,
}

/// One person, or organisation, of a record handed in. A person is found by document number, else created without an
/// account.
pub struct Handed {
    /// Every role in which it stands.
    pub roles: Vec<Slug>,
    /// Values by item; each role keeps those that the class holds for it.
    pub fields: Vec<(String, Clear<String>)>,
}

/// A record, handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIn {
    /// The new record.
    pub record: RecordId,
    /// Its subjects, in the order of [`HandIn::people`] without organisations.
    pub subjects: Vec<SubjectId>,
    /// Leaf.
    pub leaf: u64,
}
