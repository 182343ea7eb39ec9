//! `shouyue witness`: a server of its own that cosigns the heads of logs, as C2SP [tlog-witness] has it. It belongs on a machine of
//! somebody else than whoever runs the logs.
//!
//! What it cosigns is for [`ledger::witness::judge`] to say; here it is made durable, in order, before anybody is answered.
//!
//! [tlog-witness]: https://c2sp.org/tlog-witness

mod heads;
mod settings;

use std::io::Write;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use desk::ports::Clock as _;
use ledger::witness::{ADD_CHECKPOINT, MAX_REQUEST, Refused, Request, SIZE_TYPE};
use tokio::net::TcpListener;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::config::{Log, LogFormat};
use crate::system::SystemClock;
use crate::{Outcome, options};
use heads::{Heads, Unanswered};
use settings::Settings;

/// Everything that a call needs.
struct Desk {
    heads: Heads,
    clock: SystemClock,
}

pub(crate) fn run(asked: &options::Witness, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let settings = Settings::read(&asked.config)?;
    super::logs(Log { format: LogFormat::Json, ..Log::default() }, BoxMakeWriter::new(std::io::stderr));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let cosigner = settings::cosigner(&settings)?;
        let key = cosigner.key().to_string();
        let heads = Heads::open(&settings.data, cosigner, settings.keys()?)?;
        let listener = TcpListener::bind(settings.listen)
            .await
            .with_context(|| format!("cannot listen on {}: say another `listen`", settings.listen))?;
        let stop = super::stop()?;
        writeln!(out, "verifier key {key}")?;
        for (origin, size) in heads.held() {
            writeln!(out, "watches {origin}: {size} leaves")?;
        }
        writeln!(out, "witness {} on {}", settings.name, listener.local_addr()?)?;
        out.flush()?;
        let desk = Arc::new(Desk { heads, clock: SystemClock::default() });
        axum::serve(listener, router(desk)).with_graceful_shutdown(stop).await.context("the witness stopped")?;
        tracing::info!("stopped");
        Ok(Outcome::Fine)
    })
}

fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route(ADD_CHECKPOINT, post(add_checkpoint))
        .route("/healthz", get(async || "ok\n"))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(desk)
}

async fn add_checkpoint(State(desk): State<Arc<Desk>>, body: Bytes) -> Response {
    let request = std::str::from_utf8(&body).map_err(|_| "the request is no text".to_owned());
    let request = request.and_then(|text| text.parse::<Request>().map_err(|why| why.to_string()));
    let request = match request {
        Ok(request) => request,
        Err(why) => return (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
    };
    let (origin, size) = (request.head.unverified().origin().to_owned(), request.head.unverified().size());
    let time = u64::try_from(desk.clock.now().as_second()).unwrap_or(0);
    // A disk is waited for: whoever goes away meanwhile stops nothing half-way.
    let cosigned = tokio::task::spawn_blocking(move || desk.heads.cosign(&request, time)).await;
    match cosigned {
        Ok(Ok(line)) => {
            tracing::info!(origin, size, "cosigned");
            format!("{line}\n").into_response()
        }
        Ok(Err(Unanswered::Refused(refused))) => {
            tracing::warn!(origin, size, %refused, "not cosigned");
            refusal(&refused)
        }
        Ok(Err(Unanswered::Fault(why))) => {
            tracing::error!(origin, size, why, "a head could not be kept");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refusal(refused: &Refused) -> Response {
    let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::BAD_REQUEST);
    match refused {
        Refused::Conflict { size } => {
            (status, [(header::CONTENT_TYPE, SIZE_TYPE)], format!("{size}\n")).into_response()
        }
        other => (status, format!("{other}\n")).into_response(),
    }
}
