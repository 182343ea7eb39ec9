//! One person, as staff may see them: masked, with the reason of each mask.

use askama::Template;

use super::ledger::LeafLine;
use super::partner::HandedLine;
use crate::pages::parts::{ConsentForm, Day, Fact, Form, Moment, Reason, ReceiptLink, Shown, Tone};
use crate::pages::shell::{Console, Desk};

parts!(Outcome, Verdict);

/// Search by an exact phone or document number.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/search.html")]
pub struct Search {
    /// Around it.
    pub shell: Console,
    /// Fields `phone`, `document`.
    pub form: Form,
    /// `None` before a search; then whom it found.
    pub found: Option<Vec<Found>>,
}

/// Whom a search found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Id for the path.
    pub id: String,
    /// Name, masked.
    pub name: String,
    /// What the person is here: account, insured, contact.
    pub roles: Vec<String>,
}

/// A subject's page.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/subject.html")]
pub struct Subject {
    /// Around it.
    pub shell: Console,
    /// Id for paths.
    pub id: String,
    /// Name, masked.
    pub name: String,
    /// Account, state, since when.
    pub facts: Vec<Fact>,
    /// For which purpose the page is shown.
    pub purpose: String,
    /// Items held.
    pub items: Vec<HeldItem>,
    /// Records.
    pub records: Vec<RecordRow>,
    /// Consents.
    pub consents: Vec<ConsentRow>,
    /// Fields `purpose` and `reason`, where a look needs somebody's approval.
    pub plea: Option<Form>,
    /// Whether the reader asked for one, and waits.
    pub pleaded: bool,
    /// What was handed to outside parties.
    pub handed: Vec<HandedLine>,
    /// Field `party`, where the reader may hand the customer over.
    pub hand: Option<Form>,
    /// Field `way`, where the reader may note a check without a face.
    pub ways: Option<Form>,
    /// Leaves about this person.
    pub leaves: Vec<LeafLine>,
    /// Receipt of this look: a page is one act.
    pub receipt: Option<ReceiptLink>,
}

/// An item with both verdicts.
#[derive(Debug, Clone, Default)]
pub struct HeldItem {
    /// Item id for the path.
    pub id: String,
    /// The item's name.
    pub item: String,
    /// In which role the person gave it.
    pub person: String,
    /// The value as this reader may see it.
    pub value: Shown,
    /// What the published text says.
    pub published: Verdict,
    /// What the law as encoded says.
    pub law: Verdict,
    /// A clear view can be asked for.
    pub can_clear: bool,
    /// Attachments that can be asked for, by id for the path.
    pub files: Vec<String>,
}

/// One of the two verdicts.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/verdict.html")]
pub struct Verdict {
    /// What it comes to.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Template)]
#[template(path = "parts/outcome.html")]
pub enum Outcome {
    /// Shown.
    Clear,
    /// Shown masked.
    Masked,
    /// Not shown.
    #[default]
    Withheld,
}

/// A record.
#[derive(Debug, Clone, Default)]
pub struct RecordRow {
    /// The product's name, else the class's.
    pub title: String,
    /// Its class where the title is a product, and the person's roles in it; empty where there is neither.
    pub about: String,
    /// When it was opened.
    pub opened: Day,
    /// Number, masked; empty where it has none.
    pub number: String,
    /// State in a word.
    pub state: String,
    /// Tone of the state.
    pub tone: Tone,
    /// Storage-only from, erased not before: in words.
    pub retention: String,
    /// Not erased before.
    pub floor: Option<Day>,
    /// Where it is shown again how it came about; none where it was no sale of this person's.
    pub replay: Option<String>,
}

/// A consent.
#[derive(Debug, Clone, Default)]
pub struct ConsentRow {
    /// Scope id.
    pub scope: String,
    /// What was consented to.
    pub title: String,
    /// General, separate, written.
    pub form: ConsentForm,
    /// When.
    pub given: Moment,
    /// Until it was withdrawn.
    pub withdrawn: Option<Moment>,
    /// Policy version.
    pub version: String,
}

/// Ask to see one item clear.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/clear_request.html")]
pub struct ClearRequest {
    /// Around it.
    pub shell: Console,
    /// Id of the subject for paths.
    pub subject: String,
    /// Name, masked.
    pub name: String,
    /// The item, with both verdicts.
    pub item: HeldItem,
    /// Fields `purpose` and `reason`.
    pub form: Form,
}

/// One item, clear, once.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/clear_shown.html")]
pub struct ClearShown {
    /// Around it.
    pub shell: Console,
    /// Id of the subject for paths.
    pub subject: String,
    /// Name, masked.
    pub name: String,
    /// The item's name.
    pub item: String,
    /// The value.
    pub value: String,
    /// Purpose and reason that were given.
    pub facts: Vec<Fact>,
    /// Receipt of the look.
    pub receipt: Option<ReceiptLink>,
}
