//! One sensitive processing, asked for on a page of its own, and the way around it.

use askama::Template;

use crate::pages::parts::{Clause, Fact, Form, SensitiveNotice};
use crate::pages::shell::{Place, Portal};

/// Separate consent for one sensitive processing (PIPL art. 29), such as the face.
///
/// Three answers of equal weight: agree, take the other way, go back. Where no other way is configured the page offers two and says so.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/separate_consent.html")]
pub struct SeparateConsent {
    /// Around it.
    pub shell: Portal,
    /// Scope of the consent.
    pub scope: String,
    /// What is asked, in a few words.
    pub title: String,
    /// What must be told.
    pub notice: SensitiveNotice,
    /// How it is processed: method, place, whether it leaves the device.
    pub method: Vec<String>,
    /// Who receives it, by name, with contact; empty: nobody.
    pub recipients: Vec<Recipient>,
    /// What follows from refusing.
    pub refused: Vec<String>,
    /// Name of the other way; none is configured: `None`.
    pub other_way: Option<String>,
    /// Fingerprints of the policy and of the text, for the hidden field `shown`.
    pub shown: String,
    /// No answer came.
    pub error: Option<String>,
}

/// A named recipient (PIPL art. 23).
#[derive(Debug, Clone, Default)]
pub struct Recipient {
    /// Registered name.
    pub name: String,
    /// How to reach it.
    pub contact: String,
    /// What it does with what.
    pub does: String,
}

/// Another way to the same end that does not need the sensitive item.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/other_way.html")]
pub struct OtherWay {
    /// Around it.
    pub shell: Portal,
    /// The end: what will be done by it.
    pub title: String,
    /// One sentence: the function stays the same.
    pub intro: String,
    /// The methods as one radio field `method`, then what they ask.
    pub form: Form,
    /// Where and when, for ways off line: counter, hours, what to bring.
    pub facts: Vec<Fact>,
    /// Where the policy or the operation file says so.
    pub clause: Option<Clause>,
}

/// The picture of a face, after the consent: sent, compared, gone.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/face_upload.html")]
pub struct FaceUpload {
    /// Around it.
    pub shell: Portal,
    /// Name of the function.
    pub title: String,
    /// Fields `name`, `id-number`, `picture`.
    pub form: Form,
    /// Scope of the consent, for the way around.
    pub scope: String,
    /// There is a way that needs no face.
    pub other_way: bool,
    /// The comparison did not answer, and that way is offered before the form.
    pub unanswered: bool,
}
