//! A written consent: the whole authorisation, then the own name and a code under it.

use askama::Template;

use crate::pages::parts::Form;
use crate::pages::shell::{Place, Portal};

/// The authorisation, before and while it is signed.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/sign.html")]
pub struct SignPage {
    /// Around it.
    pub shell: Portal,
    /// Scope, for the path.
    pub scope: String,
    /// What is authorised.
    pub title: String,
    /// Every line of the authorisation: what it is about, and what it says.
    pub lines: Vec<(String, String)>,
    /// `until` and `phone` before the code is sent; `name` and `code` after.
    pub form: Form,
    /// What was chosen before, once the code is sent: period, telephone, and what was shown.
    pub chosen: Option<Chosen>,
}

/// What goes with the signature.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// Period.
    pub until: String,
    /// Telephone.
    pub phone: String,
    /// Fingerprints of the policy and of the text.
    pub shown: String,
}
