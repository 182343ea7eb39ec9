//! The only SQL: facts, sealed values, wrapped keys and ledger tiles in one transaction.
//!
//! [`Store`] is a contract in coarse verbs; each back end is written natively and passes the same suite. The store sees
//! ciphertext, opaque leaves and random ids only: it cannot name a type that holds personal information. What is too big
//! for a row, the ciphertext of attachments, lies in an object store beside the database ([`ObjectWriter`]).

mod approval;
mod batch;
pub mod change;
mod destruction;
pub mod draft;
pub mod erasures;
mod error;
mod installation;
mod key;
pub mod notice;
mod objects;
mod partner;
mod payment;
pub mod postgres;
mod read;
mod report;
mod service;
mod sql;
pub mod sqlite;
mod threshold;
pub mod tracks;
mod upload;
mod verbs;

pub use approval::{ApprovalRow, NewApproval};
pub use batch::{
    Batch, ConsentGiven, ConsentRefused, ConsentWithdrawn, Expect, InvitationState, Joined, Key, Leaf, NewAttachment,
    NewInvitation, NewOrganisation, NewPaper, NewRecord, NewSubject, PartKey, PermissionReported, Publication,
    RecordEvent, RequestOpened, RequestRecount, RequestStep, SealedValue, Token, TokenKind, Write,
};
pub use destruction::Destruction;
pub use error::{CommitError, StoreError};
pub use installation::{LoginCode, LoginTry, OneTimeLink, ServiceToken, Session, SessionKind, Staff};
pub use key::{CarriedToken, NewToken, PartKeyRow, Retoken, RetokenStage, Rewrapped, TokenOf, ValueRow};
pub use objects::{Bucket, ObjectWriter, Written};
pub use partner::{AssignmentRow, CutOff, CutOffRow, NewAssignment, VirtualNumber};
pub use payment::{NewPayment, PaymentMoved, PaymentRow, PaymentStage};
pub use read::{
    CheckpointRow, Erased, Erasure, Head, InvitationRow, LeafRow, Organisation, PaperRow, PartId, PartRow,
    PublicationHead, PublicationRow, PublicationTexts, RecordRow, RequestRow, Strangers, SubjectRow, View,
};
pub use report::{ErasureTold, Look, PartErased, RecordStanding, Telling};
pub use service::{Service, ServiceEnded, ServiceRow};
pub use sql::SqlStore;
pub use threshold::{Filing, Tally, ThresholdRow};
pub use upload::{Begun, NewUpload, Parcel, UploadRow};
pub use verbs::{BackupPaths, Flushed, Store};
