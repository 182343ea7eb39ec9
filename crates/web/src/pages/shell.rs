//! What stands around every page: the head, the bar with the platform's name, the navigation, the last act's result.

use askama::Template;

use super::parts::{Fact, Status};

parts!(Csrf, Tabs<'_>, ConsoleTabs<'_>);

/// The token of the session that every form carries in its hidden field `csrf`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/csrf.html")]
pub struct Csrf(pub String);

/// Around a page of the portal.
#[derive(Debug, Clone, Default)]
pub struct Portal {
    /// Where the platform's portal is mounted, without a slash at the end: `/p/<platform>`.
    pub base: String,
    /// The service's name as its policy gives it.
    pub platform: String,
    /// The handler's registered name (个人信息处理者).
    pub handler: String,
    /// Link of the platform's colours: [`crate::assets::Theme::href`].
    pub theme: String,
    /// Elder mode is on (a cookie; changed by `POST <base>/elder`).
    pub elder: bool,
    /// Token for the forms; of the session, or of the visit before there is one.
    pub csrf: Csrf,
    /// Who is logged in: a subject's or a company contact's name, masked. `None`: no navigation, only the way in.
    pub visitor: Option<String>,
    /// Ways to reach the handler, as the policy lists them: label and number or address.
    pub contacts: Vec<Fact>,
    /// What the act before this page did (after a redirect).
    pub status: Option<Status>,
    /// The installation runs with invented people and simulated parties: every page says so.
    pub demo: bool,
}

impl Portal {
    /// The navigation, with `here` marked; nothing for who is not logged in.
    pub fn tabs(&self, here: Place) -> Tabs<'_> {
        Tabs { shell: self, here }
    }

    /// The platform's sign: the first character of the service's name, by which customers know it.
    pub fn monogram(&self) -> String {
        monogram(&self.platform)
    }
}

/// The places of the portal's navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Functions and latest acts.
    Home,
    /// The two lists.
    Mine,
    /// Consents.
    Consents,
    /// The privacy centre.
    Privacy,
    /// A page outside the four.
    Elsewhere,
}

/// The portal's four places: at the bottom on a phone, at the side on a desk.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/tabs.html")]
pub struct Tabs<'a> {
    shell: &'a Portal,
    here: Place,
}

/// Around a page of the console.
#[derive(Debug, Clone, Default)]
pub struct Console {
    /// Where the console (of this platform) is mounted, without a slash at the end: `/console`.
    pub base: String,
    /// The platform whose people these are.
    pub platform: String,
    /// The handler's registered name.
    pub handler: String,
    /// Link of the platform's colours.
    pub theme: String,
    /// Token for the forms.
    pub csrf: Csrf,
    /// Who is logged in; nobody on the way in.
    pub operator: Option<Operator>,
    /// Other platforms of this installation that the operator may go to.
    pub platforms: Vec<PlatformLink>,
    /// What the act before this page did.
    pub status: Option<Status>,
    /// Invented people, simulated parties.
    pub demo: bool,
}

/// A member of the handler's staff.
#[derive(Debug, Clone, Default)]
pub struct Operator {
    /// Display name.
    pub name: String,
    /// Role, in the words of the platform's operation file.
    pub role: String,
}

/// A platform to change to.
#[derive(Debug, Clone, Default)]
pub struct PlatformLink {
    /// Its name.
    pub name: String,
    /// Where its console is.
    pub href: String,
}

impl Console {
    /// The navigation, with `here` marked; nothing for who is not logged in.
    pub fn tabs(&self, here: Desk) -> ConsoleTabs<'_> {
        ConsoleTabs { shell: self, here }
    }

    /// The platform's sign.
    pub fn monogram(&self) -> String {
        monogram(&self.platform)
    }
}

/// The places of the console's navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// Counts and what is due.
    Home,
    /// Search for a subject.
    Subjects,
    /// The queue by due date.
    Requests,
    /// The ledger.
    Ledger,
    /// The policy with its findings.
    Policy,
    /// A page outside these.
    Elsewhere,
}

/// The console's places.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/console_tabs.html")]
pub struct ConsoleTabs<'a> {
    shell: &'a Console,
    here: Desk,
}

fn monogram(name: &str) -> String {
    name.chars().next().map(String::from).unwrap_or_default()
}
