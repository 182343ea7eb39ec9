//! What goes with an act, as a set.

use crate::question::Obligation;
use crate::syntax::Action;

/// A set of obligations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Duties(u32);

impl Duties {
    /// None but the one that every answer bears: that it is recorded.
    pub const RECORD: Self = Self(1 << Obligation::Record as u32);

    /// With one more.
    #[must_use]
    pub const fn and(self, obligation: Obligation) -> Self {
        Self(self.0 | 1 << obligation as u32)
    }

    /// With one more, if so.
    #[must_use]
    pub const fn and_if(self, holds: bool, obligation: Obligation) -> Self {
        if holds { self.and(obligation) } else { self }
    }

    /// With all of those.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// In the order of the list.
    pub fn list(self) -> Vec<Obligation> {
        Obligation::ALL.iter().copied().filter(|one| self.0 >> *one as u32 & 1 == 1).collect()
    }

    /// What goes with an action whatever is acted on.
    pub(crate) const fn of(action: Action) -> Self {
        let out =
            matches!(action, Action::Share | Action::Entrust | Action::Transfer | Action::Disclose | Action::Export);
        Self::RECORD
            .and_if(out || matches!(action, Action::Collect), Obligation::Minimise)
            .and_if(out && !matches!(action, Action::Disclose), Obligation::NotifyRecipientOnErasure)
            .and_if(matches!(action, Action::Entrust), Obligation::ReturnAndDeleteAtEnd)
            .and_if(out, Obligation::KeepDisclosureRecord)
            .and_if(matches!(action, Action::Automate), Obligation::HumanReview)
    }
}
