//! What is measured of requests: how many, how they ended, how long they took. Labels are routes, never paths. Beside it
//! the persons that thresholds of the law count (rules R34, R51).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use desk::threshold::Standing;

/// Upper bounds of the duration buckets, in seconds.
const BOUNDS: [f64; 8] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Route of what no route fits.
const NO_ROUTE: &str = "none";

/// Counts since the process began.
#[derive(Default)]
pub(crate) struct Meter {
    ended: Mutex<BTreeMap<(String, String, u16), u64>>,
    took: Mutex<BTreeMap<String, Took>>,
}

#[derive(Default, Clone, Copy)]
struct Took {
    within: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

impl Meter {
    fn note(&self, method: &str, route: &str, status: u16, took: Duration) {
        let key = (method.to_owned(), route.to_owned(), status);
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
        let mut all = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        let one = all.entry(route.to_owned()).or_default();
        one.count += 1;
        one.seconds += took.as_secs_f64();
        for (within, bound) in one.within.iter_mut().zip(BOUNDS) {
            *within += u64::from(took.as_secs_f64() <= bound);
        }
    }

    /// Prometheus text format, version 0.0.4.
    pub(crate) fn text(&self, acts: &BTreeMap<&'static str, u64>, counted: &[(String, Vec<Standing>)]) -> String {
        let mut out = String::new();
        let _ = self.write(&mut out, acts).and_then(|()| gauges(&mut out, counted));
        out
    }

    fn write(&self, out: &mut String, acts: &BTreeMap<&'static str, u64>) -> std::fmt::Result {
        out.push_str("# HELP shouyue_requests_total Requests by method, route and status.\n");
        out.push_str("# TYPE shouyue_requests_total counter\n");
        for ((method, route, status), count) in &*self.ended.lock().unwrap_or_else(PoisonError::into_inner) {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            writeln!(out, "shouyue_requests_total{{{labels}}} {count}")?;
        }
        out.push_str("# HELP shouyue_request_seconds Duration of requests by route.\n");
        out.push_str("# TYPE shouyue_request_seconds histogram\n");
        for (route, took) in &*self.took.lock().unwrap_or_else(PoisonError::into_inner) {
            for (within, bound) in took.within.iter().zip(BOUNDS) {
                writeln!(out, "shouyue_request_seconds_bucket{{route=\"{route}\",le=\"{bound}\"}} {within}")?;
            }
            writeln!(out, "shouyue_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", took.count)?;
            writeln!(out, "shouyue_request_seconds_sum{{route=\"{route}\"}} {}", took.seconds)?;
            writeln!(out, "shouyue_request_seconds_count{{route=\"{route}\"}} {}", took.count)?;
        }
        out.push_str("# HELP shouyue_acts_total Acts put on ledgers by this process, by kind.\n");
        out.push_str("# TYPE shouyue_acts_total counter\n");
        for (act, count) in acts {
            writeln!(out, "shouyue_acts_total{{act=\"{act}\"}} {count}")?;
        }
        Ok(())
    }
}

/// Name, help, and how a threshold gives its value.
type Gauge = (&'static str, &'static str, fn(&Standing) -> u64);

/// The gauges of each platform's thresholds; alarms are to be set on the first two, and on the third as it is.
fn gauges(out: &mut String, counted: &[(String, Vec<Standing>)]) -> std::fmt::Result {
    let gauges: [Gauge; 3] = [
        ("shouyue_persons", "Distinct persons that a rule of the law counts.", |one| one.persons),
        ("shouyue_persons_limit", "Persons from which the rule asks for a filing.", |one| one.limit),
        ("shouyue_filing_open", "Whether a filing is due that nobody has noted.", |one| u64::from(one.is_open())),
    ];
    for (name, help, of) in gauges {
        writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge")?;
        for (platform, standings) in counted {
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
