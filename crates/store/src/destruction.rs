//! What is known of the end of what was destroyed: an engine may keep a log that holds it for a while.

/// How far the confirmation has come that what acts destroyed is gone from every file of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destruction {
    /// Nothing was destroyed since the last confirmation.
    Nothing,
    /// It is gone: whatever acts with a leaf before this size destroyed.
    Until(u64),
    /// It is gone since this moment, which is later than the instant that was given: the next look says so.
    Again,
    /// It is under way; what it waits for.
    Waiting(&'static str),
    /// It cannot be seen from here; why, and what to do.
    Unseen(&'static str),
}

impl Destruction {
    /// Why nothing can be confirmed yet.
    pub const fn held(self) -> Option<&'static str> {
        match self {
            Self::Waiting(why) | Self::Unseen(why) => Some(why),
            Self::Nothing | Self::Until(_) | Self::Again => None,
        }
    }
}
