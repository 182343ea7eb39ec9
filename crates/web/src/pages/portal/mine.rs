//! My information: the two lists (双清单), of this person's own records.

use askama::Template;

use crate::pages::parts::{Clause, Day, Link, Moment, Reason, ReceiptLink, Shown, Tone, Unverified};
use crate::pages::shell::{Place, Portal};

/// What was collected (已收集个人信息清单).
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/collected.html")]
pub struct Collected {
    /// Around it.
    pub shell: Portal,
    /// The items.
    pub items: Vec<CollectedItem>,
    /// The state of which instant this is.
    pub as_of: Moment,
    /// How many lines the other list has.
    pub shared: usize,
    /// While the identity is not verified.
    pub unverified: Option<Unverified>,
    /// Sales that can be shown again.
    pub sales: Vec<Link>,
}

/// An item that is held.
#[derive(Debug, Clone, Default)]
pub struct CollectedItem {
    /// Id for the path.
    pub id: String,
    /// The item's name.
    pub item: String,
    /// As whom: registrant, insured, contact.
    pub person: String,
    /// The value as it may be seen.
    pub value: Shown,
    /// Sensitive.
    pub sensitive: bool,
    /// What for.
    pub purpose: String,
    /// By which function.
    pub function: String,
    /// Whether it is corrected by typing; a picture is not.
    pub can_correct: bool,
    /// In which record it is held, with its page.
    pub record: Link,
    /// On which ground of PIPL art. 13.
    pub basis: String,
    /// Where it came from.
    pub source: String,
    /// When.
    pub collected: Moment,
    /// Until when, if it is a day.
    pub kept_until: Option<Day>,
    /// How the time is determined.
    pub kept: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// The person may see it clear.
    pub can_clear: bool,
}

/// What went to others (与第三方共享清单).
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/shared.html")]
pub struct Shared {
    /// Around it.
    pub shell: Portal,
    /// The times it was shared, newest first.
    pub lines: Vec<SharedLine>,
    /// The state of which instant this is.
    pub as_of: Moment,
    /// How many lines the other list has.
    pub collected: usize,
    /// While the identity is not verified.
    pub unverified: Option<Unverified>,
    /// Who may receive something, by the policy, and whether this person agreed to it.
    pub may: Vec<MayReceive>,
}

/// Who may receive something.
#[derive(Debug, Clone, Default)]
pub struct MayReceive {
    /// Who.
    pub recipient: String,
    /// What for.
    pub share: String,
    /// Whether it may happen to this person's information, in words.
    pub state: String,
    /// Its tone.
    pub tone: Tone,
    /// Where to agree or to withdraw.
    pub link: Option<Link>,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

/// One time something was shared.
#[derive(Debug, Clone, Default)]
pub struct SharedLine {
    /// Who received it.
    pub recipient: String,
    /// What it is to the handler: entrusted, agency chosen by the person, authority.
    pub regime: String,
    /// What.
    pub items: Vec<String>,
    /// What for.
    pub purpose: String,
    /// How.
    pub method: String,
    /// When.
    pub at: Moment,
    /// Its receipt.
    pub receipt: Option<ReceiptLink>,
}

/// One item, clear: asked first (it is an act with a leaf), then shown once.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/clear_view.html")]
pub struct ClearView {
    /// Around it.
    pub shell: Portal,
    /// Id for the path.
    pub id: String,
    /// The item's name.
    pub item: String,
    /// `Masked` before, `Clear` after.
    pub value: Shown,
    /// Why the value stays masked, where the answer was no.
    pub reasons: Vec<Reason>,
    /// Receipt of the look.
    pub receipt: Option<ReceiptLink>,
}
