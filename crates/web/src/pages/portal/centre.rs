//! The parts of the privacy centre: permissions of the device, switches, what can be consented to, rights and requests.

use askama::Template;

use super::SaidLine;
use crate::pages::parts::{Clause, ConsentChoice, Day, Fact, Form, Link, Moment, Problems, Reason, Tone};
use crate::pages::shell::{Place, Portal};

/// Permissions of the device that the policy announces, and how the account stands to each.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/permissions.html")]
pub struct Permissions {
    /// Around it.
    pub shell: Portal,
    /// In the order of the text.
    pub permissions: Vec<DeviceSwitch>,
}

/// A permission of the device.
#[derive(Debug, Clone, Default)]
pub struct DeviceSwitch {
    /// Id for the path.
    pub id: String,
    /// Its published name.
    pub name: String,
    /// How it stands, in words.
    pub state: String,
    /// The tone of the state.
    pub tone: Tone,
    /// Since when.
    pub since: Option<Moment>,
    /// What for, when it is asked for, what it yields, what stops without it, where it is switched off.
    pub facts: Vec<Fact>,
    /// Consents that end with it, by their titles.
    pub withdraws: Vec<String>,
    /// Whether it counts as on: then it can be closed here.
    pub open: bool,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

/// Closing one permission here, or noting that it is open again.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/permission.html")]
pub struct PermissionPage {
    /// Around it.
    pub shell: Portal,
    /// Which.
    pub permission: DeviceSwitch,
}

/// What is done beside the functions, each with its switch.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/switches.html")]
pub struct Switches {
    /// Around it.
    pub shell: Portal,
    /// By kind: marketing, personalisation, …
    pub groups: Vec<SwitchGroup>,
    /// How the browser's wish not to be tracked is treated.
    pub tracking: String,
}

/// Switches of one kind.
#[derive(Debug, Clone, Default)]
pub struct SwitchGroup {
    /// The kind, in words.
    pub title: String,
    /// Each.
    pub lines: Vec<SwitchLine>,
}

/// One use, with its switch.
#[derive(Debug, Clone, Default)]
pub struct SwitchLine {
    /// Scope for the path.
    pub scope: String,
    /// Its published name.
    pub name: String,
    /// Whether it is on.
    pub on: bool,
    /// Whether there is anything to switch: the text says of what it is done.
    pub can_switch: bool,
    /// How it stands, in words.
    pub state: String,
    /// Purpose, items, and the way out that the text gives.
    pub facts: Vec<Fact>,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

/// Turning one use off, or on again where it asks for no consent.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/switch.html")]
pub struct SwitchPage {
    /// Around it.
    pub shell: Portal,
    /// Which.
    pub line: SwitchLine,
}

/// Everything that can be consented to and is not.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/choices.html")]
pub struct Choices {
    /// Around it.
    pub shell: Portal,
    /// By kind of element.
    pub groups: Vec<ChoiceGroup>,
}

/// Open choices of one kind.
#[derive(Debug, Clone, Default)]
pub struct ChoiceGroup {
    /// The kind, in words.
    pub title: String,
    /// Each.
    pub lines: Vec<ChoiceLine>,
}

/// Something that can be consented to.
#[derive(Debug, Clone, Default)]
pub struct ChoiceLine {
    /// Where it is decided on, under the portal.
    pub path: String,
    /// What is consented to.
    pub title: String,
    /// That it was refused, how often, and until when nobody asks again.
    pub cooling: Option<String>,
}

/// One consent on a page of its own.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/choice.html")]
pub struct ChoicePage {
    /// Around it.
    pub shell: Portal,
    /// What is consented to.
    pub title: String,
    /// The question.
    pub consents: Vec<ConsentChoice>,
    /// Nothing else is asked on this page.
    pub later: Vec<String>,
    /// That it was refused before.
    pub cooling: Option<String>,
}

impl ChoicePage {
    fn problems(&self) -> Problems<'_> {
        Problems::default().and(&self.consents)
    }
}

/// One right: what it takes, what is in its way, by when it is answered; and doing it.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/right.html")]
pub struct RightPage {
    /// Around it.
    pub shell: Portal,
    /// Word of the right, for the path.
    pub word: String,
    /// Its name.
    pub name: String,
    /// Route, proof, fee, effect, date.
    pub facts: Vec<Fact>,
    /// What the published text says.
    pub published: Side,
    /// What the law says.
    pub law: Side,
    /// What follows from both.
    pub effect: String,
    /// What can be done at once, here.
    pub ways: Vec<Link>,
    /// A copy is made here: word of the right for `POST <base>/export/<right>`.
    pub export: Option<String>,
    /// Records that can be restricted or let go.
    pub records: Vec<RestrictLine>,
    /// What a complaint can be about.
    pub form: Form,
    /// Where to turn after a refusal.
    pub remedy: Vec<String>,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

/// One of the two verdicts, in words.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// Granted, has to wait, refused, not stated.
    pub outcome: String,
    /// Its tone.
    pub tone: Tone,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A record that may be restricted.
#[derive(Debug, Clone, Default)]
pub struct RestrictLine {
    /// Id for the path.
    pub id: String,
    /// What it is, and when it was opened.
    pub name: String,
    /// It is restricted now.
    pub restricted: bool,
}

/// My requests.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/requests.html")]
pub struct MyRequests {
    /// Around it.
    pub shell: Portal,
    /// Newest first.
    pub requests: Vec<MyRequest>,
}

/// A request.
#[derive(Debug, Clone, Default)]
pub struct MyRequest {
    /// Id for the path.
    pub id: String,
    /// The right.
    pub right: String,
    /// How far it is.
    pub state: String,
    /// Its tone.
    pub tone: Tone,
    /// Received.
    pub since: Day,
    /// Answered by.
    pub due: Day,
    /// The calendar of that year is not published yet.
    pub provisional: bool,
    /// It is open, and can be taken back.
    pub open: bool,
    /// Ground of a refusal.
    pub ground: Option<String>,
    /// What it is about, where it came in at customer service.
    pub topic: Option<String>,
}

/// One request of mine.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/request.html")]
pub struct RequestPage {
    /// Around it.
    pub shell: Portal,
    /// Which.
    pub request: MyRequest,
    /// The record that it is about.
    pub about: Option<Link>,
    /// What the customer wrote and what was answered, each opened by an act of its own.
    pub said: Vec<SaidLine>,
    /// Pictures and recordings that can be sent in with it.
    pub uploads: Vec<Link>,
    /// Where to turn after a refusal.
    pub remedy: Vec<String>,
}

/// Correcting one value.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/correct.html")]
pub struct CorrectPage {
    /// Around it.
    pub shell: Portal,
    /// The item's name.
    pub item: String,
    /// The new value.
    pub form: Form,
    /// The way that the text gives.
    pub by_text: Option<String>,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

/// How this platform answers a browser that asks not to be tracked.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/do_not_track.html")]
pub struct DoNotTrack {
    /// Around it.
    pub shell: Portal,
    /// What the browser said with this very request.
    pub browser: String,
    /// What the text says of it.
    pub promise: String,
    /// Each tracker, and whether it may run now.
    pub trackers: Vec<TrackerLine>,
}

/// A tracker.
#[derive(Debug, Clone, Default)]
pub struct TrackerLine {
    /// Its published name.
    pub name: String,
    /// Whether it runs for this visitor, in words.
    pub state: String,
    /// Its tone.
    pub tone: Tone,
    /// Purpose, items, how it is refused.
    pub facts: Vec<Fact>,
    /// Why it does not run.
    pub reasons: Vec<Reason>,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

/// Leaving a list by the link of a message: asked, then done.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/unsubscribe.html")]
pub struct Unsubscribe {
    /// Around it.
    pub shell: Portal,
    /// What stops.
    pub name: String,
    /// The link works until.
    pub until: Moment,
    /// It was done just now, or before.
    pub done: bool,
}

/// A request of a close relative of somebody who has died.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/relative.html")]
pub struct Relative {
    /// Around it.
    pub shell: Portal,
    /// Which right, and whose number.
    pub form: Form,
    /// The request's number, once it is made.
    pub number: Option<String>,
}

/// A copy of everything that is held, to be kept: a page that stands by itself, without the portal around it.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/copy.html")]
pub struct CopyPage {
    /// The service.
    pub platform: String,
    /// The handler.
    pub handler: String,
    /// The instant.
    pub as_of: Moment,
    /// Number of the act.
    pub number: String,
    /// Items: record, role, name, value, purpose.
    pub items: Vec<CopyLine>,
    /// To whom something was given.
    pub shared: Vec<Fact>,
}

/// An item of a copy.
#[derive(Debug, Clone, Default)]
pub struct CopyLine {
    /// In which record, as whom.
    pub place: String,
    /// The item.
    pub item: String,
    /// The value; none where it is withheld, or a file.
    pub value: Option<String>,
    /// Names of the files beside the page.
    pub files: Vec<String>,
    /// What for.
    pub purpose: String,
    /// Since when.
    pub at: Moment,
}
