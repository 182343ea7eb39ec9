//! What is measured: requests by route, never by path; acts and commits; what waits; the persons that thresholds of the law
//! count (rules R34, R51). No label is about a person.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use desk::evidence::{Standing as Witnessed, Word};
use desk::measure::{Acts, BOUNDS, Queues, Took};
use desk::threshold::Standing;
use model::Slug;

/// Route of what no route fits.
const NO_ROUTE: &str = "none";

/// Counts since the process began.
#[derive(Default)]
pub(crate) struct Meter {
    ended: Mutex<BTreeMap<(String, String, u16), u64>>,
    took: Mutex<BTreeMap<String, Took>>,
}

/// What is measured of one platform.
pub(crate) struct Measured {
    pub(crate) platform: String,
    pub(crate) standings: Vec<Standing>,
    pub(crate) queues: Queues,
}

impl Meter {
    fn note(&self, method: &str, route: &str, status: u16, took: Duration) {
        let key = (method.to_owned(), route.to_owned(), status);
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
        let mut all = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(route.to_owned()).or_default().add(took);
    }

    /// Prometheus text format, version 0.0.4.
    pub(crate) fn text(
        &self,
        acts: &Acts,
        commits: &Took,
        platforms: &[Measured],
        witnesses: &[(Slug, Witnessed)],
    ) -> String {
        let mut out = String::new();
        // Writing into a string cannot fail.
        let _ = self
            .requests(&mut out)
            .and_then(|()| of_acts(&mut out, acts, commits))
            .and_then(|()| gauges(&mut out, platforms))
            .and_then(|()| waiting(&mut out, platforms))
            .and_then(|()| witnessed(&mut out, witnesses));
        out
    }

    fn requests(&self, out: &mut String) -> fmt::Result {
        head(out, "shouyue_requests_total", "counter", "Requests by method, route and status.")?;
        for ((method, route, status), count) in &*self.ended.lock().unwrap_or_else(PoisonError::into_inner) {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            writeln!(out, "shouyue_requests_total{{{labels}}} {count}")?;
        }
        head(out, "shouyue_request_seconds", "histogram", "Duration of requests by route.")?;
        let all = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().try_for_each(|(route, took)| {
            histogram(out, "shouyue_request_seconds", &format!("route=\"{route}\""), took)
        })
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

/// The lines of a histogram; `labels` may be empty.
fn histogram(out: &mut String, name: &str, labels: &str, took: &Took) -> fmt::Result {
    let (before, own) = if labels.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("{labels},"), format!("{{{labels}}}"))
    };
    for (within, bound) in took.within.iter().zip(BOUNDS) {
        writeln!(out, "{name}_bucket{{{before}le=\"{bound}\"}} {within}")?;
    }
    writeln!(out, "{name}_bucket{{{before}le=\"+Inf\"}} {}", took.count)?;
    writeln!(out, "{name}_sum{own} {}\n{name}_count{own} {}", took.seconds, took.count)
}

fn of_acts(out: &mut String, acts: &Acts, commits: &Took) -> fmt::Result {
    head(out, "shouyue_acts_total", "counter", "Acts of this process by kind and how they ended.")?;
    for ((act, ended), count) in acts {
        writeln!(out, "shouyue_acts_total{{act=\"{act}\",outcome=\"{}\"}} {count}", ended.word())?;
    }
    head(out, "shouyue_commit_seconds", "histogram", "From handing an act to the store until it is durable.")?;
    histogram(out, "shouyue_commit_seconds", "", commits)
}

/// Name, kind, help, and how a platform gives its value.
type Number = (&'static str, &'static str, &'static str, fn(&Queues) -> f64);

/// A count as the number of a line: exact up to 2³², which no count of a process passes.
fn whole(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// What the writer did, and what waits. Alarms are to be set on dead letters and on what is overdue.
fn waiting(out: &mut String, platforms: &[Measured]) -> fmt::Result {
    let numbers: [Number; 7] = [
        ("shouyue_flushes_total", "counter", "Transactions, each one flush of the disk.", |of| {
            whole(of.flushed.transactions)
        }),
        ("shouyue_flushed_writes_total", "counter", "Writes in them: by flushes, the size of a batch.", |of| {
            whole(of.flushed.tasks)
        }),
        ("shouyue_flush_seconds_total", "counter", "How long they took.", |of| of.flushed.took.as_secs_f64()),
        ("shouyue_notices_waiting", "gauge", "Notices of new versions that wait to be told.", |of| {
            whole(of.notices.iter().map(|one| one.waiting).sum())
        }),
        ("shouyue_notices_given_up", "gauge", "Notices of which no message could be sent.", |of| {
            whole(of.notices.iter().map(|one| one.given_up).sum())
        }),
        (
            "shouyue_notices_late",
            "gauge",
            "Notices that should have been told before their version took effect.",
            |of| whole(of.notices.iter().map(|one| one.late).sum()),
        ),
        ("shouyue_requests_overdue", "gauge", "Open requests of customers past their due date.", |of| {
            whole(of.overdue)
        }),
    ];
    for (name, kind, help, of) in numbers {
        head(out, name, kind, help)?;
        for one in platforms {
            writeln!(out, "{name}{{platform=\"{}\"}} {}", one.platform, of(&one.queues))?;
        }
    }
    head(out, "shouyue_webhook_changes", "gauge", "Changes that a webhook has not taken in: to be sent, or given up.")?;
    for one in platforms {
        for hook in &one.queues.webhooks {
            for (state, count) in [("waiting", hook.new + hook.waiting), ("dead", hook.dead)] {
                let labels = format!("platform=\"{}\",webhook=\"{}\",state=\"{state}\"", one.platform, hook.webhook);
                writeln!(out, "shouyue_webhook_changes{{{labels}}} {count}")?;
            }
        }
    }
    Ok(())
}

/// How witnesses stand. Alarms are to be set on a contradiction, which is 0 or the end, and on silence that lasts.
fn witnessed(out: &mut String, witnesses: &[(Slug, Witnessed)]) -> fmt::Result {
    type Number = (&'static str, &'static str, fn(&Witnessed) -> f64);
    let numbers: [Number; 3] = [
        ("shouyue_witness_leaves", "Leaves of the newest head that the witness has cosigned.", |one| {
            one.cosigned.map_or(0.0, |(size, _)| whole(size))
        }),
        ("shouyue_witness_answers", "Whether it cosigned when it was asked last.", |one| {
            f64::from(u8::from(one.last == Word::Cosigned))
        }),
        (
            "shouyue_witness_contradicts",
            "Whether it has seen more, or another history: nothing is served then.",
            |one| f64::from(u8::from(one.last == Word::Contradicts)),
        ),
    ];
    for (name, help, of) in numbers {
        head(out, name, "gauge", help)?;
        for (platform, one) in witnesses {
            writeln!(out, "{name}{{platform=\"{platform}\",witness=\"{}\"}} {}", one.witness, of(one))?;
        }
    }
    Ok(())
}

/// Name, help, and how a threshold gives its value.
type Gauge = (&'static str, &'static str, fn(&Standing) -> u64);

/// The gauges of each platform's thresholds; alarms are to be set on the first two, and on the third as it is.
fn gauges(out: &mut String, platforms: &[Measured]) -> fmt::Result {
    let gauges: [Gauge; 3] = [
        ("shouyue_persons", "Distinct persons that a rule of the law counts.", |one| one.persons),
        ("shouyue_persons_limit", "Persons from which the rule asks for a filing.", |one| one.limit),
        ("shouyue_filing_open", "Whether a filing is due that nobody has noted.", |one| u64::from(one.is_open())),
    ];
    for (name, help, of) in gauges {
        head(out, name, "gauge", help)?;
        for Measured { platform, standings, .. } in platforms {
            for one in standings {
                writeln!(out, "{name}{{platform=\"{platform}\",rule=\"{}\"}} {}", one.rule, of(one))?;
            }
        }
    }
    Ok(())
}

/// Counts and logs a request by its route. The path, which may name people's records, is never written down.
pub(crate) async fn measure(State(meter): State<Arc<Meter>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    meter.note(&method, &route, status, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(method, route, status, milliseconds, "request");
    response
}
