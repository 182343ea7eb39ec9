//! The way in and out: start, registration, log in by phone, logged out.

use askama::Template;

use crate::pages::parts::{ConsentChoice, Form, Link, Moment, Problems, Reason};
use crate::pages::shell::{Place, PlatformLink, Portal};

/// The first page: what the service is, the ways in, what to read.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/start.html")]
pub struct Start {
    /// Around it.
    pub shell: Portal,
    /// What the service is, in the platform's words, one or two paragraphs.
    pub intro: Vec<String>,
    /// What a visitor can do here.
    pub functions: Vec<FunctionBrief>,
    /// Organisations can register.
    pub companies: bool,
}

/// A function, in a line.
#[derive(Debug, Clone, Default)]
pub struct FunctionBrief {
    /// Its published name.
    pub name: String,
    /// What it takes: items, or that nothing more is needed.
    pub needs: String,
}

/// Registration of a person or of an organisation with its contact (who is the subject).
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/register.html")]
pub struct Register {
    /// Around it.
    pub shell: Portal,
    /// Who registers.
    pub who: Registrant,
    /// The questions, grouped: about oneself; or about the organisation, then about the contact.
    pub form: Form,
    /// Each consent by itself; the general one first.
    pub consents: Vec<ConsentChoice>,
    /// Items that the policy names for this function but that are asked later, each on a page of its own (the face).
    pub later: Vec<String>,
    /// Why it was decided against.
    pub denied: Vec<Reason>,
    /// Whether a code goes to the telephone, for the next page.
    pub code_follows: bool,
}

impl Register {
    fn problems(&self) -> Problems<'_> {
        self.form.problems().and(&self.consents)
    }
}

/// Who registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Registrant {
    /// A natural person.
    #[default]
    Person,
    /// An organisation.
    Company,
}

/// Log in, first step: the phone number.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/log_in.html")]
pub struct LogIn {
    /// Around it.
    pub shell: Portal,
    /// The field `phone`.
    pub form: Form,
    /// Accounts of others by which one may come in.
    pub ways: Vec<Link>,
    /// Organisations can register.
    pub companies: bool,
}

/// Log in, second step: the code.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/log_in_code.html")]
pub struct LogInCode {
    /// Around it.
    pub shell: Portal,
    /// The number, masked.
    pub phone: String,
    /// The number as it was typed a moment ago, for the hidden field `phone`: it stands in no URL and in no session.
    pub typed: String,
    /// The field `code`.
    pub form: Form,
    /// Until when the code holds.
    pub expires: Moment,
}

/// Nobody is logged in any more.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/signed_out.html")]
pub struct SignedOut {
    /// Around it.
    pub shell: Portal,
    /// How it came.
    pub why: Why,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Why {
    /// By the person.
    #[default]
    LoggedOut,
    /// By time: nothing typed is lost that had been sent.
    Expired,
}

/// Why the list of platforms stands in the place of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// There is no such page.
    Missing,
    /// The platform is there, and not served for now.
    Closed,
}

/// The platforms of the installation, and what stands in for a page of none of them.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/platforms.html")]
pub struct Platforms {
    /// Link of the colours.
    pub theme: String,
    /// Where each is.
    pub platforms: Vec<PlatformLink>,
    /// Why it is shown in the place of another page.
    pub instead: Option<Instead>,
    /// Invented people, simulated parties.
    pub demo: bool,
}
