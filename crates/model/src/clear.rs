//! Personal information in the clear, and the one door through which it leaves.

use crate::act::Committed;

/// A value in the clear. It cannot be printed, serialised, cloned or compared: the only way to the value is
/// [`Clear::release`], which takes the store's proof that the act that opened it is durable (design invariants 2 and 3).
///
/// ```compile_fail
/// fn leak(value: shouyue_model::Clear<String>) -> String {
///     format!("{value:?}")
/// }
/// ```
pub struct Clear<T>(T);

impl<T> Clear<T> {
    /// Takes a value into custody: what a subject typed, or what the vault opened.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Hands the value out, once the act that opened it is on the ledger.
    pub fn release(self, _act: &Committed) -> T {
        self.0
    }

    /// Works on the value without letting it out: sealing, normalising, masking. `work` must not return the value;
    /// tidy lists the callers.
    pub fn within<R>(&self, work: impl FnOnce(&T) -> R) -> R {
        work(&self.0)
    }

    /// Turns the value into another that stays in custody.
    pub fn map<R>(self, work: impl FnOnce(T) -> R) -> Clear<R> {
        Clear(work(self.0))
    }
}

impl<T> From<T> for Clear<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}
