//! The portal: what a customer comes for, phone first.
//!
//! | path under `/p/<platform>` | page | posts |
//! |---|---|---|
//! | `/` | [`Start`] | |
//! | `/register/person`, `/register/company` | [`Register`] | the fields; `consent.<scope>` = `yes` or `no` |
//! | `/consent/{scope}` | [`SeparateConsent`] | `choice` = `agree`, `other` or `back` |
//! | `/other-way/{scope}` | [`OtherWay`] | `method`, and the fields |
//! | `/login`, `/login/code` | [`LogIn`], [`LogInCode`] | `phone`; `code` |
//! | `/login/again` | | new code |
//! | `/login/with/{way}`, `/login/with/{way}/away` | [`Way`], [`WayOut`] | `item.<item>` and `consent.<scope>` = `yes` or `no` |
//! | `/login/with/{way}/go`, `/login/return` | to the provider and back | |
//! | `/login/open`, `/login/proof` | [`WayOpen`], [`WayCode`] | the fields, `phone`; `code` |
//! | `/enter` | [`TicketPage`] | `ticket` |
//! | `/logout`, `/logout/everywhere` | | then [`SignedOut`] |
//! | `/elder` | | `elder` = `on` or `off`; then back to the `Referer`'s path |
//! | `/verify/{function}` | [`FaceUpload`] | `name`, `id-number`, `picture` (multipart) |
//! | `/checks/{id}` | [`CheckPage`] | token only |
//! | `/home` | [`Home`] | |
//! | `/functions/{id}` | [`WhoStands`], then [`FunctionForm`] | the fields; `consent.<scope>` = `yes` or `no`; `add` |
//! | `/functions/{id}/picture` | [`FunctionForm`] | the same with `picture` (multipart): fills in, keeps nothing |
//! | `/records`, `/records/{id}` | [`Records`], [`RecordPage`] | |
//! | `/records/{id}/invitations` | [`Invitations`] | `again` or `end`, each with an id |
//! | `/records/{id}/roster/{role}`, `…/enrol` | [`RosterPage`] | `file` (multipart); token only |
//! | `…/template.csv`, `…/result.csv` | | tables |
//! | `/join/{link}` | [`Join`]; once it was used [`Back`] | `phone`; `code`; the fields, `consent.<scope>` = `yes` or `no` |
//! | `/records/{id}/certificate` | [`CoverCertificate`] | |
//! | `/records/{id}/take-back` | | token only: then [`RecordPage`] |
//! | `/records/{id}/cancel` | [`CancelPage`] | token only |
//! | `/records/{id}/replay`, `/records/{id}/replay/{page}` | [`Replay`], [`ReplayPage`] | |
//! | `/records/{id}/attachments/{item}` | [`Attachment`] | `file` or `photo` (multipart) |
//! | `/records/{id}/attachments/{item}/{file}` | | token only: the post opens it |
//! | `/records/{id}/uploads/{item}`, `/uploads/{upload}` | | for the script of the page: a file in pieces, by tus |
//! | `/payments`, `/payments/{id}` | [`Payments`], [`PaymentPage`] | the fields; `consent.<scope>` = `yes` or `no` |
//! | `/payments/{id}/look` | | token only: the network is asked |
//! | `/agencies`, `/agencies/{id}` | [`Agencies`], [`GrantForm`] | `until`, `consent.<scope>` |
//! | `/grants/{id}` | [`GrantDone`] | |
//! | `/grants/{id}/revoke` | [`RevokeGrant`], then [`GrantRevoked`] | token only |
//! | `/send`, `/send/{party}` | [`SendList`], [`SendForm`] | `consent.<scope>` |
//! | `/sent/{number}` | [`Sent`] | token only: sends it again |
//! | `/mine`, `/mine/shared` | [`Collected`], [`Shared`] | |
//! | `/mine/{id}/clear` | [`ClearView`] | token only: the post shows, the get asks |
//! | `/consents`, `/consents/{id}/withdraw` | [`Consents`], [`Withdraw`], [`Withdrawn`] | token only |
//! | `/close` | [`CloseAccount`], then [`AccountClosed`] | the fields |
//! | `/receipts`, `/receipts/{id}`, `/receipts/{id}/download` | [`Receipts`], [`ReceiptPage`] | |
//! | `/ledger/{index}/{leaf}`, `/ledger/{index}/{leaf}/destroyed` | [`LeafPage`], [`DestroyedPage`] | |
//! | `/verifier-key` | | text |
//! | `/mine/{id}/correct` | [`CorrectPage`] | `value` |
//! | `/choices`, `/choices/{scope}` | [`Choices`], [`ChoicePage`] | `consent.<scope>` |
//! | `/written/{scope}` | [`SignPage`] | `until`, `phone` |
//! | `/written/{scope}/sign` | | `name`, `code`, and what was chosen |
//! | `/consents/{id}/document` | the signed document | |
//! | `/switches`, `/switches/{scope}` | [`Switches`], [`SwitchPage`] | `state` = `on` or `off` |
//! | `/permissions`, `/permissions/{id}` | [`Permissions`], [`PermissionPage`] | `state` = `on` or `off` |
//! | `/do-not-track` | [`DoNotTrack`] | |
//! | `/rights/{right}` | [`RightPage`] | token only: the request is taken in |
//! | `/requests`, `/requests/{id}` | [`MyRequests`], [`RequestPage`] | token only: it is taken back |
//! | `/service` | [`ServicePage`] | `right`, `topic`, `text`, `about`, `consent.<scope>` |
//! | `/restrict/{record}` | | `state` = `on` or `off` |
//! | `/export/{right}` | | token only: the copy, a zip archive |
//! | `/unsubscribe/{token}` | [`Unsubscribe`] | token only |
//! | `/relative` | [`Relative`] | `right`, `number` |
//! | `/privacy` | [`PrivacyCentre`] | |
//! | `/policy`, `/policy/archive`, `/policy/{version}` | [`PolicyText`], [`PolicyArchive`] | |
//! | `/policy/map` | [`PolicyMap`] | |
//! | `/lists` | [`PolicyLists`] | |
//!
//! Ids in paths are made by the program and say nothing about a person.

mod agency;
mod attachment;
mod cancel;
mod centre;
mod certificate;
mod check;
mod consents;
mod enter;
mod function;
mod home;
mod invite;
mod leave;
mod mine;
mod payment;
mod privacy;
mod problem;
mod receipts;
mod replay;
mod roster;
mod send;
mod sensitive;
mod service;
mod servicing;
mod way;
mod written;

pub use agency::{Agencies, Agency, AgencyGroup, Grant, GrantDone, GrantForm, GrantRevoked, GrantState, RevokeGrant};
pub use attachment::{Attachment, FileLine, UploadLine};
pub use cancel::CancelPage;
pub use centre::{
    ChoiceGroup, ChoiceLine, ChoicePage, Choices, CopyLine, CopyPage, CorrectPage, DeviceSwitch, DoNotTrack, MyRequest,
    MyRequests, PermissionPage, Permissions, Relative, RequestPage, RestrictLine, RightPage, Side, SwitchGroup,
    SwitchLine, SwitchPage, Switches, TrackerLine, Unsubscribe,
};
pub use certificate::CoverCertificate;
pub use check::{CheckLine, CheckPage, CheckState};
pub use consents::{AgainLine, ConsentLine, ConsentState, Consents, Kept, Withdraw, Withdrawn};
pub use enter::{FunctionBrief, Instead, LogIn, LogInCode, Platforms, Register, Registrant, SignedOut, Start, Why};
pub use function::{FormPerson, FunctionForm, Reading, WhoStands};
pub use home::{
    ActLine, ActOutcome, FunctionCard, FunctionGroup, FunctionState, Home, LifeEvent, RecordGroup, RecordItem,
    RecordLine, RecordPage, Records, UpdateLine,
};
pub use invite::{Back, BackStep, InvitationLine, InvitationState, Invitations, Join, JoinForm, JoinStep, Opened};
pub use leave::{AccountClosed, Certificate, CloseAccount, DestroyedPage};
pub use mine::{ClearView, Collected, CollectedItem, MayReceive, Shared, SharedLine};
pub use payment::{PaymentForm, PaymentLine, PaymentPage, PaymentStep, Payments};
pub use privacy::{
    PermissionLine, PlannedCollection, PlannedShare, PolicyArchive, PolicyLists, PolicyMap, PolicyText, PrivacyCentre,
    RightLine, SdkLine, TocEntry, VersionLine, VersionStage,
};
pub use problem::{Problem, ProblemKind};
pub use receipts::{LeafPage, ReceiptLine, ReceiptPage, Receipts, Witnessed};
pub use replay::{Replay, ReplayPage};
pub use roster::{RosterLine, RosterOutcome, RosterPage, RosterStep};
pub use send::{SendForm, SendList, SendParty, Sent, SentLine};
pub use sensitive::{FaceUpload, OtherWay, Recipient, SeparateConsent};
pub use service::{SaidLine, ServicePage};
pub use servicing::{About, Servicing};
pub use way::{TicketPage, Way, WayCode, WayOpen, WayOut};
pub use written::{Chosen, SignPage};
