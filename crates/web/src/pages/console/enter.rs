//! The way in for staff.

use askama::Template;

use crate::pages::parts::Form;
use crate::pages::shell::{Console, Desk};

/// Behind the one-time link of a fresh installation: who operates it.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/first_operator.html")]
pub struct FirstOperator {
    /// Around it.
    pub shell: Console,
    /// Fields `name`, `passphrase`, `again`.
    pub form: Form,
}

/// Log in.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/sign_in.html")]
pub struct SignIn {
    /// Around it.
    pub shell: Console,
    /// Fields `name`, `passphrase`.
    pub form: Form,
}
