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

    /// Looks at the value without letting it out: what comes back is of a type that cannot carry it.
    pub fn within<R: Derived>(&self, look: impl Fn(&T) -> R) -> R {
        look(&self.0)
    }

    /// Turns the value into another that stays in custody.
    pub fn map<R>(self, work: impl FnOnce(T) -> R) -> Clear<R> {
        Clear(work(self.0))
    }

    /// Two values in one custody: what is made of both leaves by the same one door.
    pub fn zip<U>(self, other: Clear<U>) -> Clear<(T, U)> {
        Clear((self.0, other.0))
    }
}

impl<T: Clone> Clear<T> {
    /// The same value once more, in custody as well: a telephone to which a code goes, and which is to be kept.
    #[must_use]
    pub fn twin(&self) -> Self {
        Self(self.0.clone())
    }
}

/// What may be learnt of a value in custody without an act: types that cannot carry the value out. Tidy lists who
/// implements it.
pub trait Derived {}

impl Derived for () {}
impl Derived for bool {}
impl Derived for crate::act::Born {}
impl<T: Derived> Derived for Option<T> {}
impl<T: Derived, E: Derived> Derived for Result<T, E> {}

impl<T> From<T> for Clear<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}
