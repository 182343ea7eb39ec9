//! Our types as columns of SQLite, and back; a column that does not read as its type is damage, never a panic.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Account, Artefact, GivenBy, Life};
use model::attachment::FileKind;
use model::service::{End, Wish};
use model::{
    ActorId, ApprovalId, AssignmentId, AttachmentId, ConsentId, Fingerprint, InvitationId, OrganisationId, PaymentId,
    RecordId, RequestId, Slug, SubjectId, TrackId,
};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Row, ToSql};

use crate::batch::InvitationState;
use crate::error::{CommitError, StoreError};
use crate::payment::PaymentStage;

/// A value of ours on its way into or out of a column.
pub(super) struct Sql<T>(pub(super) T);

/// A column of our types; `Option` for one that may be null.
pub(super) fn column<T>(row: &Row<'_>, at: usize) -> rusqlite::Result<T>
where
    Sql<T>: FromSql,
{
    row.get::<_, Sql<T>>(at).map(|value| value.0)
}

/// A column that may be null.
pub(super) fn optional<T>(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<T>>
where
    Sql<T>: FromSql,
{
    row.get::<_, Option<Sql<T>>>(at).map(|value| value.map(|value| value.0))
}

/// A subject, or nobody, as the empty blob, where the column belongs to a primary key.
pub(super) fn subject_or_none(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<SubjectId>> {
    let bytes = row.get_ref(at)?.as_blob()?;
    if bytes.is_empty() { Ok(None) } else { column(row, at).map(Some) }
}

/// The bytes of a subject, or none.
pub(super) fn subject_bytes(subject: Option<&SubjectId>) -> &[u8] {
    subject.map_or(&[], |subject| subject.as_bytes())
}

macro_rules! ids {
    ($($id:ty),*) => {$(
        impl FromSql for Sql<$id> {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                <[u8; 16]>::column_result(value).map(|bytes| Self(<$id>::from_random(bytes)))
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
    ApprovalId
);

impl FromSql for Sql<Fingerprint> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 32]>::column_result(value).map(|bytes| Self(Fingerprint::from_digest(bytes)))
    }
}

impl FromSql for Sql<ledger::Hash> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 32]>::column_result(value).map(|bytes| Self(ledger::Hash(bytes)))
    }
}

impl FromSql for Sql<Slug> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Slug::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

impl FromSql for Sql<PaymentStage> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        PaymentStage::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

impl FromSql for Sql<Wish> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Wish::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

impl FromSql for Sql<End> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        End::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

impl FromSql for Sql<FileKind> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        FileKind::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

impl FromSql for Sql<Timestamp> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Timestamp::from_microsecond(value.as_i64()?).map(Self).map_err(FromSqlError::other)
    }
}

impl ToSql for Sql<Timestamp> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_microsecond().into())
    }
}

impl FromSql for Sql<Date> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(FromSqlError::other)
    }
}

impl ToSql for Sql<Date> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_string().into())
    }
}

impl FromSql for Sql<u64> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        u64::try_from(number).map(Self).map_err(|_| FromSqlError::OutOfRange(number))
    }
}

impl ToSql for Sql<u64> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let number = i64::try_from(self.0).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(number.into())
    }
}

/// A closed list of words, each stored as itself.
macro_rules! words {
    ($($of:ty { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        impl FromSql for Sql<$of> {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_str()? {
                    $($word => Ok(Self(<$of>::$variant)),)*
                    _ => Err(FromSqlError::InvalidType),
                }
            }
        }

        impl ToSql for Sql<$of> {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(match self.0 { $(<$of>::$variant => $word,)* }.into())
            }
        }
    )*};
}
words! {
    Account { None = "none", Active = "active", Closed = "closed" }
    Life { Live = "live", StorageOnly = "storage-only", Erased = "erased" }
    GivenBy { Oneself = "self", Guardian = "guardian", Other = "other" }
    InvitationState { Open = "open", Used = "used", Withdrawn = "withdrawn" }
    Artefact { Tick = "tick", Separate = "separate", Written = "written", Prechecked = "prechecked" }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            // The engine's own words name tables and columns, never their content.
            rusqlite::Error::SqliteFailure(code, words) => Self::Engine(words.unwrap_or_else(|| code.to_string())),
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => Self::Damaged("a column does not read as its type"),
            rusqlite::Error::QueryReturnedNoRows => Self::Damaged("a row that must be there is missing"),
            _ => Self::Engine("a statement does not fit the schema".to_owned()),
        }
    }
}

impl From<rusqlite::Error> for CommitError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
