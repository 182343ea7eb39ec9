//! Our types as values of a statement, and as columns of a row; a column that does not read as its type is damage, never
//! a panic.

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Account, Artefact, GivenBy, Life};
use model::attachment::FileKind;
use model::key::KeyPurpose;
use model::service::{End, Wish};
use model::{
    ActorId, ApprovalId, AssignmentId, AttachmentId, ConsentId, Fingerprint, InvitationId, OrganisationId, PaymentId,
    RecordId, RequestId, Slug, SubjectId, TrackId, UploadId,
};

use crate::batch::{InvitationState, TokenKind};
use crate::change::ChangeKind;
use crate::key::RetokenStage;
use crate::payment::PaymentStage;

/// What goes into a statement. Yes and no go as 1 and 0, instants as microseconds, days and words as text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'v> {
    /// Nothing.
    Null,
    /// A whole number.
    Number(i64),
    /// Words.
    Text(&'v str),
    /// A day, as ISO 8601 writes it.
    Day(Date),
    /// Bytes.
    Bytes(&'v [u8]),
}

/// A value that is kept until its statement is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kept {
    /// Nothing.
    Null,
    /// A whole number.
    Number(i64),
    /// Words.
    Text(String),
    /// A day.
    Day(Date),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<&Value<'_>> for Kept {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Number(number) => Self::Number(*number),
            Value::Text(text) => Self::Text((*text).to_owned()),
            Value::Day(day) => Self::Day(*day),
            Value::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }
}

impl Kept {
    /// As it goes into the statement.
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Number(number) => Value::Number(*number),
            Self::Text(text) => Value::Text(text),
            Self::Day(day) => Value::Day(*day),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

/// What stands in a column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'r> {
    /// Nothing.
    Null,
    /// A whole number.
    Number(i64),
    /// Words.
    Text(&'r str),
    /// Bytes.
    Bytes(&'r [u8]),
}

/// A type that a column can be read as.
pub(crate) trait Column: Sized {
    /// `None` where the cell holds something else.
    fn read(cell: Cell<'_>) -> Option<Self>;
}

/// A type that goes into a statement: ours by value where they are small, the rest by reference.
pub(crate) trait Bind<'v> {
    /// As a value.
    fn bind(self) -> Value<'v>;
}

/// The values of a statement. What is not small is borrowed, as a method borrows what it is called on.
macro_rules! values {
    () => {
        [] as [$crate::sql::column::Value<'static>; 0]
    };
    ($($value:expr),+ $(,)?) => {{
        use $crate::sql::column::Bind as _;
        [$($value.bind()),+]
    }};
}
pub(crate) use values;

impl<T: Column> Column for Option<T> {
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::read(cell).map(Some),
        }
    }
}

impl<'v, T: Bind<'v>> Bind<'v> for Option<T> {
    fn bind(self) -> Value<'v> {
        self.map_or(Value::Null, T::bind)
    }
}

impl<'v, T> Bind<'v> for &'v Option<T>
where
    &'v T: Bind<'v>,
{
    fn bind(self) -> Value<'v> {
        self.as_ref().bind()
    }
}

impl<'v> Bind<'v> for &'v [u8] {
    fn bind(self) -> Value<'v> {
        Value::Bytes(self)
    }
}

impl<'v> Bind<'v> for &'v Vec<u8> {
    fn bind(self) -> Value<'v> {
        Value::Bytes(self)
    }
}

impl<'v, const N: usize> Bind<'v> for &'v [u8; N] {
    fn bind(self) -> Value<'v> {
        Value::Bytes(self)
    }
}

impl Column for Vec<u8> {
    fn read(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Bytes(bytes) = cell { Some(bytes.to_vec()) } else { None }
    }
}

impl<const N: usize> Column for [u8; N] {
    fn read(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Bytes(bytes) = cell { bytes.try_into().ok() } else { None }
    }
}

impl<'v> Bind<'v> for &'v str {
    fn bind(self) -> Value<'v> {
        Value::Text(self)
    }
}

impl<'v> Bind<'v> for &'v String {
    fn bind(self) -> Value<'v> {
        Value::Text(self)
    }
}

impl Column for String {
    fn read(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Text(text) = cell { Some(text.to_owned()) } else { None }
    }
}

impl<'v> Bind<'v> for bool {
    fn bind(self) -> Value<'v> {
        Value::Number(self.into())
    }
}

impl Column for bool {
    fn read(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Number(number) = cell { Some(number != 0) } else { None }
    }
}

impl<'v> Bind<'v> for i64 {
    fn bind(self) -> Value<'v> {
        Value::Number(self)
    }
}

impl<'v> Bind<'v> for u32 {
    fn bind(self) -> Value<'v> {
        Value::Number(self.into())
    }
}

impl Column for u32 {
    fn read(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Number(number) = cell { number.try_into().ok() } else { None }
    }
}

impl<'v> Bind<'v> for u64 {
    /// No count of ours reaches 2⁶³.
    fn bind(self) -> Value<'v> {
        Value::Number(i64::try_from(self).unwrap_or(i64::MAX))
    }
}

impl Column for u64 {
    fn read(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Number(number) = cell { number.try_into().ok() } else { None }
    }
}

impl<'v> Bind<'v> for Timestamp {
    fn bind(self) -> Value<'v> {
        Value::Number(self.as_microsecond())
    }
}

impl Column for Timestamp {
    fn read(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Number(number) = cell { Self::from_microsecond(number).ok() } else { None }
    }
}

impl<'v> Bind<'v> for Date {
    fn bind(self) -> Value<'v> {
        Value::Day(self)
    }
}

macro_rules! ids {
    ($($id:ty),*) => {$(
        impl Column for $id {
            fn read(cell: Cell<'_>) -> Option<Self> {
                <[u8; 16]>::read(cell).map(<$id>::from_random)
            }
        }
    )*};
}
ids!(
    SubjectId,
    RecordId,
    ConsentId,
    OrganisationId,
    ActorId,
    RequestId,
    AttachmentId,
    InvitationId,
    AssignmentId,
    PaymentId,
    TrackId,
    ApprovalId,
    UploadId
);

impl Column for Fingerprint {
    fn read(cell: Cell<'_>) -> Option<Self> {
        <[u8; 32]>::read(cell).map(Self::from_digest)
    }
}

impl Column for ledger::Hash {
    fn read(cell: Cell<'_>) -> Option<Self> {
        <[u8; 32]>::read(cell).map(Self)
    }
}

/// Types that read themselves from their words.
macro_rules! parsed {
    ($($of:ty),*) => {$(
        impl Column for $of {
            fn read(cell: Cell<'_>) -> Option<Self> {
                if let Cell::Text(text) = cell { text.parse().ok() } else { None }
            }
        }
    )*};
}
parsed!(Slug, Date, PaymentStage, Wish, End, FileKind, ChangeKind);

/// A closed list of words, each stored as itself.
macro_rules! words {
    ($($of:ty { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        impl Column for $of {
            fn read(cell: Cell<'_>) -> Option<Self> {
                match cell {
                    $(Cell::Text($word) => Some(<$of>::$variant),)*
                    _ => None,
                }
            }
        }

        impl<'v> Bind<'v> for $of {
            fn bind(self) -> Value<'v> {
                Value::Text(match self { $(Self::$variant => $word,)* })
            }
        }
    )*};
}
words! {
    Account { None = "none", Active = "active", Closed = "closed" }
    Life { Live = "live", StorageOnly = "storage-only", Erased = "erased" }
    GivenBy { Oneself = "self", Guardian = "guardian", Other = "other" }
    InvitationState { Open = "open", Used = "used", Withdrawn = "withdrawn" }
    KeyPurpose { Ledger = "ledger", Parts = "parts", Tokens = "tokens" }
    RetokenStage { Make = "make", Wait = "wait", Drop = "drop" }
    TokenKind {
        Phone = "phone number",
        Document = "document number",
        Email = "e-mail address",
        PolicyNumber = "policy number",
        Organisation = "organisation",
        Federated = "federated account",
    }
    Artefact { Tick = "tick", Separate = "separate", Written = "written", Prechecked = "prechecked" }
}

/// A subject, or nobody: the empty bytes, where the column belongs to a primary key.
pub(crate) struct SubjectOrNone(pub(super) Option<SubjectId>);

impl Column for SubjectOrNone {
    fn read(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Bytes([]) = cell { Some(Self(None)) } else { SubjectId::read(cell).map(|id| Self(Some(id))) }
    }
}

/// The bytes of a subject, or none.
pub(crate) fn subject_bytes(subject: Option<&SubjectId>) -> &[u8] {
    subject.map_or(&[], |subject| subject.as_bytes())
}
