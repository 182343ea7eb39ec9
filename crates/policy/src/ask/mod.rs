//! Asking a policy: what is done with an item, what a recipient may get, what a function does, what a consent controls; what
//! needs nobody's consent, what withdrawing stops, what a minor may not do, what goes with a function, what the law closes, and
//! what must change for a denied question to be permitted.
//!
//! Every answer is an enumeration of the compiled tables, both sides of each flow apart. Whether a consent is needed is
//! read off the gates that decide ([`Row`](crate::compile::Row)), never off the text: what is listed here is what
//! [`Tables::decide`](crate::compile::Tables::decide) does. The law is that of the day asked for.

mod called;
mod flows;
mod function;
mod item;
mod literal;
mod mend;
mod minor;
mod off;
mod recipient;
mod scope;
mod side;
mod strict;
mod text;
mod unasked;
mod withdraw;

pub(crate) use called::find;
pub use called::{AskError, Called};
pub use flows::{Flow, Origin};
pub use function::{FunctionFlows, Refusing, function};
pub use item::{ItemFlows, Sensitivity, item};
pub use literal::Circumstance;
pub use mend::{Change, ChangeSet, Mending, mend};
pub use minor::{MinorFlows, minor};
pub use off::{FunctionOff, NotMade, OfPerson, function_off};
pub use recipient::{RecipientFlows, recipient};
pub use scope::{Closing, ScopeFlows, scope};
pub use side::{Consent, Masking, Side, Stop, Way};
pub use strict::{Closed, Opening, StrictFlows, strict};
pub use text::Text;
pub(crate) use text::width;
pub use unasked::{Excepted, OnGround, Unasked, unasked};
pub use withdraw::{Withdrawal, withdraw};

#[cfg(test)]
mod tests;
