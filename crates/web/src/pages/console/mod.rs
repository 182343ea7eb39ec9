//! The console: what staff see. Desk first, readable on a phone.
//!
//! | path under `/console` | page | posts |
//! |---|---|---|
//! | `/first/{token}` | [`FirstOperator`] | `name`, `passphrase`, `again` |
//! | `/login`, `/logout` | [`SignIn`] | `name`, `passphrase` |
//! | `/` | [`Home`] | |
//! | `/subjects` | [`Search`] | `phone` or `document`: by post, so that no number stands in a URL |
//! | `/subjects/{id}` | [`Subject`] | |
//! | `/subjects/{id}/clear/{item}` | [`ClearRequest`], then [`ClearShown`] | `purpose`, `reason` |
//! | `/subjects/{id}/assignments` | | `party`, or `end`: then [`Subject`] again |
//! | `/subjects/{id}/approvals` | | `purpose`, `reason`: then [`Subject`] again |
//! | `/subjects/{id}/verifications` | | `way`: then [`Subject`] again |
//! | `/approvals` | [`Approvals`] | `approval` |
//! | `/services` | [`Services`] | |
//! | `/services/{request}` | [`ServicePage`] | `to` (`accepted` or `declined`), `refund`, `reason` |
//! | `/parties` | [`Parties`] | |
//! | `/parties/{id}` | [`PartyPage`] | `to` (`cut-off` or `restore`), `because` |
//! | `/thresholds` | [`Thresholds`] | |
//! | `/thresholds/{rule}` | [`ThresholdPage`] | `on`, `number` |
//! | `/reports` | [`Reports`] | |
//! | `/reports/{kind}` | | token only: then [`ReportPage`] |
//! | `/case` | [`CaseAsk`]: an outside party's people begin here | `case` |
//! | `/cases/{case}` | [`CasePage`] | `to` (`number` or `done`), `phone` |
//! | `/subjects/{id}/records/{record}/replay`, then `…/{page}` | [`ReplayedSale`], [`ReplayedSalePage`] | |
//! | `/requests` | [`Requests`] | |
//! | `/requests/{id}` | [`RequestPage`] | `to`, `reason` |
//! | `/requests/{id}/answer` | [`RequestPage`] | `answer` |
//! | `/ledger` | [`Ledger`] | token only: the post checks the whole ledger |
//! | `/on/{platform}` | | then [`Home`] of another platform |
//! | `/policy` | [`Policy`] | |
//! | `/policy/map` | [`Map`] | |
//! | `/policy/findings` | [`PolicyFindings`]; with `?code=R41` all of that code | |
//! | `/drafts/{print}` | [`DraftPage`]; with `?code=R41` all findings of that code | |
//! | `/drafts/{print}/changes` | [`DraftChanges`] | |
//! | `/rules` | [`Rules`] | |
//! | `/rules/{code}` | [`RulePage`], or [`NoRule`] | |
//! | `/notices` | [`Notices`] | `number`, or `all` |

mod approval;
mod draft;
mod enter;
mod finding;
mod home;
mod ledger;
mod map;
mod notices;
mod partner;
mod policy;
mod problem;
mod replay;
mod report;
mod rule;
mod service;
mod subject;
mod threshold;

pub use approval::{ApprovalLine, Approvals};
pub use draft::{DraftChanges, DraftLine, DraftPage};
pub use enter::{FirstOperator, SignIn};
pub use finding::{Article, Excerpt, Finding, Findings, Grave, Line, Marked, OfCode, Severity};
pub use home::{Count, Home, RequestLine, RequestPage, Requests};
pub use ledger::{LeafLine, Ledger};
pub use map::Map;
pub use notices::{NoticeLine, Notices};
pub use partner::{CaseAsk, CaseItem, CasePage, HandedLine, Parties, PartyLine, PartyPage, PlanLine};
pub use policy::{ElementLine, Policy, PolicyFindings, VersionLine};
pub use problem::ConsoleProblem;
pub use replay::{ReplayedSale, ReplayedSalePage};
pub use report::{ReportCell, ReportLine, ReportPage, ReportTable, Reports};
pub use rule::{Family, NoRule, RuleLine, RulePage, Rules, SourceLine, Tally};
pub use service::{HeldGroup, ServiceLine, ServicePage, Services};
pub use subject::{
    ClearRequest, ClearShown, ConsentRow, Found, HeldItem, Outcome, RecordRow, Search, Subject, Verdict,
};
pub use threshold::{Alarm, ThresholdLine, ThresholdPage, Thresholds};
