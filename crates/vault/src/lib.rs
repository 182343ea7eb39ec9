//! Personal information at rest: keys, sealed values, search tokens, field validation and masking.
//!
//! The only room that holds a cipher. It opens nothing without a [`policy::decide::Permit`] and gives values out only as
//! [`model::Clear`], whose one door asks for the store's word that the act is on the ledger.

mod attachment;
pub mod field;
mod guomi;
mod key;
mod paper;
mod part;
mod platform;
pub mod recovery;
mod root;
mod suite;
#[cfg(doctest)]
mod walls;

pub use attachment::{
    AttachmentName, Enclosed, Facts, OpenedPart, Opener, Parcels, SealedAttachment, SealedParcel, Sealer, WrongKind,
    sniff,
};
pub use guomi::{is_sm2_key, verifies_sm2};
pub use key::{KEY_LEN, VaultError, blind};
pub use paper::SealedPaper;
pub use part::{Opened, PartName, Sealed, SealedPart, Whose};
pub use platform::PlatformKeys;
pub use root::{Custodian, Custody, RootId, RootKey, RootKeys, Told};
pub use suite::Suite;
