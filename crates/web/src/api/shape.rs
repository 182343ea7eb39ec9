//! The wire form of what several endpoints answer.

use desk::consent::Done;
use desk::read::{PartView, RecordView, Shown};
use desk::retain::{Fate, PartFate};
use policy::question::{DueDate, ItemAnswer, Reason};
use serde::Serialize;
use utoipa::ToSchema;

/// An act that was done.
#[derive(Serialize, ToSchema)]
pub(super) struct DoneBody {
    /// Leaf of the act; its receipt is at `receipts/<leaf>`.
    pub(super) leaf: u64,
    /// The consent that it made or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) consent: Option<String>,
}

impl From<Done> for DoneBody {
    fn from(done: Done) -> Self {
        Self { leaf: done.leaf, consent: done.consent.map(|id| id.to_string()) }
    }
}

/// A record, as far as it may be seen.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordBody {
    /// Id.
    record: String,
    /// Class.
    class: String,
    /// Opened at.
    at: String,
    /// First day of cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_force_from: Option<String>,
    /// Last day of cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_force_until: Option<String>,
    /// `live`, `storage-only` or `erased`.
    #[schema(value_type = String)]
    life: model::act::Life,
    /// Parts, one for each role.
    parts: Vec<PartBody>,
}

/// The part of a record that is about one role.
#[derive(Serialize, ToSchema)]
struct PartBody {
    /// Role.
    person: String,
    /// Whose; absent for the matter itself or an organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// Items.
    items: Vec<ItemBody>,
    /// Reasons that concern the whole part.
    #[schema(value_type = Vec<Object>)]
    reasons: Vec<Reason>,
}

/// One item.
#[derive(Serialize, ToSchema)]
struct ItemBody {
    /// Item id.
    item: String,
    /// The value as it may be seen; absent when withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Attachments under the item; none while it is withheld.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<FileBody>,
    /// What was decided, with both sides' reasons.
    #[schema(value_type = Object)]
    answer: ItemAnswer,
    /// Function that collected it.
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<String>,
    /// How it came in: `given`, `automatic`, `source`.
    trigger: String,
    /// The source that handed it in, as the policy names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// When it came in.
    at: String,
}

/// An attachment, without its content.
#[derive(Serialize, ToSchema)]
struct FileBody {
    /// Which.
    attachment: String,
    /// What it holds.
    #[schema(value_type = String)]
    kind: model::attachment::FileKind,
    /// Length, in bytes.
    size: u64,
    /// When it came in.
    at: String,
}

impl From<&desk::attach::File> for FileBody {
    fn from(file: &desk::attach::File) -> Self {
        Self { attachment: file.id.to_string(), kind: file.kind, size: file.size, at: file.at.to_string() }
    }
}

impl From<RecordView> for RecordBody {
    fn from(view: RecordView) -> Self {
        Self {
            record: view.record.to_string(),
            class: view.class.to_string(),
            at: view.at.to_string(),
            in_force_from: view.in_force_from.map(|day| day.to_string()),
            in_force_until: view.in_force_until.map(|day| day.to_string()),
            life: view.life,
            parts: view.parts.into_iter().map(PartBody::from).collect(),
        }
    }
}

impl From<PartView> for PartBody {
    fn from(view: PartView) -> Self {
        Self {
            person: view.person.to_string(),
            subject: view.subject.map(|id| id.to_string()),
            items: view.items.into_iter().map(ItemBody::from).collect(),
            reasons: view.reasons,
        }
    }
}

impl From<Shown> for ItemBody {
    fn from(shown: Shown) -> Self {
        Self {
            item: shown.item.to_string(),
            files: shown.files.iter().map(FileBody::from).collect(),
            value: shown.value,
            answer: shown.answer,
            function: shown.function.map(|function| function.to_string()),
            trigger: shown.trigger,
            source: shown.source.map(|source| source.to_string()),
            at: shown.at.to_string(),
        }
    }
}

/// By when something is answered.
#[derive(Serialize, ToSchema)]
pub(super) struct DueBody {
    /// The last day that is in time, Asia/Shanghai.
    day: String,
    /// Version of the calendar that it was counted on.
    calendar: String,
    /// `certain`, or `provisional` where a notice yet to be published can move it.
    #[schema(value_type = String)]
    certainty: model::calendar::Certainty,
}

impl From<&DueDate> for DueBody {
    fn from(due: &DueDate) -> Self {
        Self { day: due.day.to_string(), calendar: due.calendar.clone(), certainty: due.certainty }
    }
}

/// What becomes of one part of one record when its subject is erased.
#[derive(Serialize, ToSchema)]
pub(super) struct FateBody {
    /// Record.
    record: String,
    /// Its class.
    class: String,
    /// Role of the subject.
    person: String,
    /// `erase`, `storage-only`, `claim` (in use for an open claim alone, until it is closed) or `blocked`.
    fate: &'static str,
    /// For `storage-only`: the first day on which it may be erased, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// For `storage-only`: the floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<String>,
    /// For `storage-only` and `claim`: where the law says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    article: Option<String>,
    /// For `blocked`: what has to end first.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
}

impl From<&PartFate> for FateBody {
    fn from(part: &PartFate) -> Self {
        let (fate, until, floor, article, by) = match &part.fate {
            Fate::EraseNow => ("erase", None, None, None, None),
            Fate::StorageOnly { until, floor, article } => {
                ("storage-only", until.map(|day| day.to_string()), floor.clone(), article.clone(), None)
            }
            Fate::Claim { article } => ("claim", None, None, article.clone(), None),
            Fate::Blocked(by) => ("blocked", None, None, None, Some(*by)),
        };
        Self {
            record: part.record.to_string(),
            class: part.class.to_string(),
            person: part.role.to_string(),
            fate,
            until,
            floor,
            article,
            by,
        }
    }
}
