//! Asking a policy: what is done with an item, what a recipient may get, what a function does, what a consent controls.
//!
//! Every answer is an enumeration of the compiled tables, both sides of each flow apart. Whether a consent is needed is
//! read off the gates that decide ([`Row`](crate::compile::Row)), never off the text: what is listed here is what
//! [`Tables::decide`](crate::compile::Tables::decide) does. The law is that of the day asked for.

mod called;
mod flows;
mod function;
mod item;
mod literal;
mod recipient;
mod scope;
mod side;
mod text;

pub(crate) use called::find;
pub use called::{AskError, Called};
pub use flows::{Flow, Origin};
pub use function::{FunctionFlows, Refusing, function};
pub use item::{ItemFlows, Sensitivity, item};
pub use literal::Circumstance;
pub use recipient::{RecipientFlows, recipient};
pub use scope::{Closing, ScopeFlows, scope};
pub use side::{Consent, Masking, Side, Stop, Way};
pub use text::Text;
pub(crate) use text::width;

#[cfg(test)]
mod tests;
