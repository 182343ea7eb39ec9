//! Form fields made from items of a policy: what to ask, how to help, what was wrong.

use askama::Template;

use super::parts::{ConsentChoice, SensitiveNotice};

parts!(Field, FieldGroup, Form, Problems<'_>);

/// A form's questions. The page around it writes `<form>`, the token and the button.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/form.html")]
pub struct Form {
    /// The questions in groups.
    pub groups: Vec<FieldGroup>,
    /// What was wrong with the form as a whole; each field tells its own.
    pub problem: Option<String>,
}

impl Form {
    /// A form with one group that needs no legend.
    pub fn of(fields: Vec<Field>) -> Self {
        Self { groups: vec![FieldGroup { fields, ..FieldGroup::default() }], problem: None }
    }

    /// The summary of what was wrong, with links to the fields; empty when nothing was.
    pub fn problems(&self) -> Problems<'_> {
        Problems { whole: self.problem.as_deref(), entries: self.entries() }
    }
}

impl Form {
    /// A group without a legend goes on with what the one before it is about.
    fn entries(&self) -> Vec<Entry<'_>> {
        let (mut entries, mut about) = (Vec::new(), "");
        for group in &self.groups {
            if !group.legend.is_empty() {
                about = &group.legend;
            }
            entries.extend(group.fields.iter().filter_map(|field| Entry::of_field(about, field)));
        }
        entries
    }
}

/// What was wrong, at the top of the page (`role="alert"`).
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/problems.html")]
pub struct Problems<'a> {
    whole: Option<&'a str>,
    entries: Vec<Entry<'a>>,
}

/// One thing that was wrong, and where to mend it.
#[derive(Debug, Clone)]
struct Entry<'a> {
    target: String,
    /// Whom it is about; empty where that goes without saying.
    about: &'a str,
    label: &'a str,
    error: &'a str,
}

impl<'a> Entry<'a> {
    fn of_field(about: &'a str, field: &'a Field) -> Option<Self> {
        let error = field.error.as_deref()?;
        Some(Self { target: field.id(), about, label: &field.label, error })
    }

    fn of_consent(about: &'a str, consent: &'a ConsentChoice) -> Option<Self> {
        let error = consent.error.as_deref()?;
        Some(Self { target: consent.id(), about, label: &consent.title, error })
    }
}

impl<'a> Problems<'a> {
    /// What was wrong with a page as a whole.
    pub const fn whole(whole: Option<&'a str>) -> Self {
        Self { whole, entries: Vec::new() }
    }

    /// The same with the consents that were not answered.
    #[must_use]
    pub fn and(self, consents: &'a [ConsentChoice]) -> Self {
        self.and_of("", consents)
    }

    /// The same with those about somebody.
    #[must_use]
    pub fn and_of(mut self, about: &'a str, consents: &'a [ConsentChoice]) -> Self {
        self.entries.extend(consents.iter().filter_map(|consent| Entry::of_consent(about, consent)));
        self
    }

    /// The same with what was wrong elsewhere on the page.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.whole = self.whole.or(other.whole);
        self.entries.extend(other.entries);
        self
    }
}

/// Questions that belong together.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/field_group.html")]
pub struct FieldGroup {
    /// What they are about; empty: no frame.
    pub legend: String,
    /// One sentence under the legend.
    pub intro: Option<String>,
    /// What must be told about the sensitive items of this group before they are typed.
    pub notice: Option<SensitiveNotice>,
    /// The questions.
    pub fields: Vec<Field>,
}

/// One question.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    /// Name in the posted form: the item's id, with the person before it where two persons are asked (`contact.phone`).
    pub name: String,
    /// The item's published name.
    pub label: String,
    /// What kind of answer.
    pub kind: FieldKind,
    /// What was typed before, never a stored value: a form is no way to read.
    pub value: String,
    /// How to answer.
    pub hint: Option<String>,
    /// What was wrong, by the field's name and never with the value.
    pub error: Option<String>,
    /// The policy makes it a condition and the law lets it.
    pub required: bool,
    /// Sensitive by declaration or by law.
    pub sensitive: bool,
    /// One sentence: what for, and why it cannot be done without.
    pub why: Option<String>,
    /// The value was read off a picture, and nobody has looked at it yet.
    pub suggested: bool,
}

impl Field {
    /// The control's id in the page.
    pub fn id(&self) -> String {
        format!("f-{}", self.name)
    }

    /// Ids of the texts that explain the control, for `aria-describedby`.
    fn described_by(&self) -> Option<String> {
        let parts = [
            self.error.as_ref().map(|_| "error"),
            self.hint.as_ref().map(|_| "hint"),
            self.why.as_ref().map(|_| "why"),
        ];
        let ids: Vec<String> = parts.into_iter().flatten().map(|part| format!("{}-{part}", self.id())).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// What kind of answer a field takes; decides keyboard, autocompletion and control.
#[derive(Debug, Clone, Default)]
pub enum FieldKind {
    /// A line of text.
    #[default]
    Text,
    /// A person's name.
    Name,
    /// An organisation's name.
    Organisation,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A resident identity card or other document number.
    DocumentNumber,
    /// A calendar day; `born` where it is a birthday.
    Date {
        /// The person's own birthday.
        born: bool,
    },
    /// A code sent to the person.
    OneTimeCode,
    /// A secret phrase; never filled in again after an error.
    Passphrase {
        /// Being chosen now, not being asked for.
        new: bool,
    },
    /// Several lines.
    LongText,
    /// One of a few, as radios.
    Radio(Vec<Choice>),
    /// Any of a few; the value lists what is chosen, with blanks between.
    Checks(Vec<Choice>),
    /// One of many, as a list.
    Select(Vec<Choice>),
    /// A file, of these media types.
    File(String),
    /// A file of these media types, taken with the camera where there is one.
    Camera(String),
}

impl FieldKind {
    fn input_type(&self) -> &'static str {
        match self {
            Self::Phone => "tel",
            Self::Email => "email",
            Self::Date { .. } => "date",
            Self::Passphrase { .. } => "password",
            Self::File(_) | Self::Camera(_) => "file",
            _ => "text",
        }
    }

    /// The words of the HTML standard, "Autofill"; `off` for what no browser should keep.
    fn autocomplete(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Organisation => "organization",
            Self::Phone => "tel",
            Self::Email => "email",
            Self::Date { born: true } => "bday",
            Self::OneTimeCode => "one-time-code",
            Self::Passphrase { new: true } => "new-password",
            Self::Passphrase { new: false } => "current-password",
            _ => "off",
        }
    }

    fn input_mode(&self) -> Option<&'static str> {
        match self {
            Self::Phone => Some("tel"),
            Self::Email => Some("email"),
            Self::OneTimeCode => Some("numeric"),
            _ => None,
        }
    }

    /// Whether this is among what is chosen.
    fn is_chosen(value: &str, choice: &Choice) -> bool {
        value.split(' ').any(|one| one == choice.value)
    }

    fn keeps_value(&self) -> bool {
        !matches!(self, Self::Passphrase { .. } | Self::File(_) | Self::Camera(_) | Self::OneTimeCode)
    }
}

/// One answer to choose.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// What is posted.
    pub value: String,
    /// What is read.
    pub label: String,
    /// One sentence more.
    pub hint: Option<String>,
}
