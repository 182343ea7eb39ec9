//! Who does what both people and systems of the company may do.

use model::ActorId;

use super::{Caller, Duty};

/// Whose eyes they are: a seat's at the console, or those of somebody for whom one of the company's own systems vouches.
#[derive(Debug, Clone, Copy)]
pub enum Eyes<'a> {
    /// A seat.
    Staff(&'a Duty),
    /// A system; its token must say so.
    System(&'a Caller),
}

impl Eyes<'_> {
    pub(crate) const fn id(&self) -> ActorId {
        match self {
            Self::Staff(duty) => duty.seat(),
            Self::System(caller) => caller.id(),
        }
    }
}
