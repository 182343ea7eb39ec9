//! `…/replay`: a sale as a bundle: its steps, its pages, and whether they are what the ledger says (rule R61).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use desk::track::{self, Replay, Replayed, StepView, TrackView, Viewer};
use model::RecordId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::At;
use super::caller::{Calling, Show};
use super::payments::PaymentBody;
use super::shape::RecordBody;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(replay))
}

/// A sale, as it was.
#[derive(Serialize, ToSchema)]
struct ReplayBody {
    /// Whether all of it is what the ledger says.
    sound: bool,
    /// What happened in each browser, in the order of the acts.
    tracks: Vec<TrackBody>,
    /// The pages as they were before anything was filled in, by fingerprint: the SHA-256 of the text.
    pages: BTreeMap<String, String>,
    /// What was filled in, as the record has it now, under masks.
    record: RecordBody,
    /// How it was paid, and what of it went back, oldest first.
    payments: Vec<PaymentBody>,
    /// Leaf of this look.
    leaf: u64,
}

/// What happened up to one act.
#[derive(Serialize, ToSchema)]
struct TrackBody {
    /// Function id.
    function: String,
    /// The leaf of the act, whose `track` is the chain of the last step.
    leaf: u64,
    /// Steps in order.
    steps: Vec<StepBody>,
    /// What is wrong with it: `not-on-the-ledger`, `of-another-record`.
    faults: Vec<String>,
}

/// One step.
#[derive(Serialize, ToSchema)]
struct StepBody {
    /// `shown`, `returned`, `filled-in`, `agreed`, `refused` or `submitted`.
    action: String,
    /// The control by which a consent was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    control: Option<String>,
    /// Fingerprint of the page.
    page: String,
    /// Fingerprint of the text of the notice in force.
    text: String,
    /// When.
    at: String,
    /// The chain after it.
    chain: String,
    /// What is wrong with it: `page-altered`, `step-altered`.
    faults: Vec<String>,
}

impl From<StepView> for StepBody {
    fn from(step: StepView) -> Self {
        Self {
            action: step.step.word().to_owned(),
            control: step.control,
            page: step.page.to_string(),
            text: step.text.to_string(),
            at: step.at.to_string(),
            chain: step.chain.to_string(),
            faults: step.faults.iter().map(|fault| fault.word().to_owned()).collect(),
        }
    }
}

impl From<TrackView> for TrackBody {
    fn from(track: TrackView) -> Self {
        Self {
            function: track.function.to_string(),
            leaf: track.leaf,
            faults: track.faults.iter().map(|fault| fault.word().to_owned()).collect(),
            steps: track.steps.into_iter().map(StepBody::from).collect(),
        }
    }
}

impl From<Replayed> for ReplayBody {
    fn from(replayed: Replayed) -> Self {
        let Replayed { replay: Replay { tracks, pages, .. }, record, payments, leaf } = replayed;
        Self {
            sound: tracks.iter().all(TrackView::is_sound),
            tracks: tracks.into_iter().map(TrackBody::from).collect(),
            pages: pages.into_iter().map(|(page, markup)| (page.to_string(), markup)).collect(),
            record: record.into(),
            payments: payments.into_iter().map(PaymentBody::from).collect(),
            leaf,
        }
    }
}

/// Shows a sale again
///
/// Every page that was shown, every step with its instant, and what was filled in as the record has it now, masked. A page
/// that is not what its fingerprint says is left out. The token covers the function that sold it.
#[utoipa::path(get, path = "/v1/platforms/{platform}/records/{record}/replay", tag = "records",
    params(("platform" = String, Path), ("record" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = ReplayBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn replay(
    State(app): State<Arc<App>>,
    calling: Calling<Show>,
    At((_, record)): At<(String, RecordId)>,
) -> Result<Json<ReplayBody>, Problem> {
    let viewer = Viewer::Service(&calling.caller);
    Ok(Json(track::replay(&app.house, &calling.platform, viewer, record).await?.into()))
}
