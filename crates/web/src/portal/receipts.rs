//! Receipts: listed, verified on the page, downloaded.

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use desk::evidence::{self, Checked, LeafView};
use desk::leaf::Entry;
use desk::{Platform, Refusal};
use jiff::Timestamp;
use policy::syntax::Kind;
use serde::Deserialize;

use crate::pages::parts::{Check, Fact, Moment, Pager};
use crate::pages::portal::{LeafPage, ReceiptLine, ReceiptPage, Receipts, Witnessed};
use crate::pages::qr::Qr;
use crate::session::{Customer, Visit};
use crate::told::acts::{number, outcome, title, what, who};
use crate::told::payments::yuan;
use crate::trouble::Trouble;
use crate::words::{because, check, fill, listed, say};

type Reply = Result<Response, Trouble>;

/// Receipts on a page.
const PAGE: usize = 30;

/// How many are skipped.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct From {
    #[serde(default)]
    from: usize,
}

/// `GET /receipts`.
pub(crate) async fn list(customer: Customer, Query(From { from }): Query<From>) -> Reply {
    let platform = &customer.platform;
    let limit = u32::try_from(PAGE).unwrap_or(u32::MAX);
    let (leaves, all) = evidence::leaves_of(&customer.app.house, platform, customer.subject, from, limit).await?;
    let to = |from: usize| format!("{}/receipts?from={from}", customer.base());
    let end = from.saturating_add(leaves.len());
    let here = [("first", (from + 1).to_string()), ("last", end.to_string()), ("all", all.to_string())];
    let here: Vec<(&str, &str)> = here.iter().map(|(key, value)| (*key, value.as_str())).collect();
    customer.show(&Receipts {
        shell: customer.shell(),
        receipts: leaves.iter().filter_map(|leaf| line(platform, leaf)).collect(),
        pager: Pager {
            newer: (from > 0).then(|| to(from.saturating_sub(PAGE))),
            older: (end < all).then(|| to(end)),
            here: fill("page-of", &here),
        },
    })
}

fn line(platform: &Platform, leaf: &LeafView) -> Option<ReceiptLine> {
    let entry = leaf.entry.as_ref()?;
    Some(ReceiptLine {
        id: leaf.index.to_string(),
        number: number(platform, leaf.index),
        act: title(platform, entry),
        outcome: outcome(entry),
        at: Moment(entry.at),
    })
}

async fn own(customer: &Customer, id: &str) -> Result<(u64, String), Trouble> {
    let leaf: u64 = id.parse().map_err(|_| Trouble::Unknown)?;
    Ok((leaf, evidence::receipt(&customer.app.house, &customer.platform, leaf, Some(customer.subject)).await?))
}

/// `GET /receipts/{id}`: every check is made anew, on what the download holds.
pub(crate) async fn page(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let platform = &customer.platform;
    let (leaf, text) = own(&customer, &id).await?;
    let key = evidence::verifier_key(platform)?;
    let verified = evidence::verify(&text, std::slice::from_ref(&key));
    let entry = verified.entry.as_ref().ok_or(Refusal::Broken("a leaf does not read".to_owned()))?;
    let checks = verified.checks.iter().filter(|one| one.passed.is_some());
    let hash = verified.leaf.ok_or(Refusal::Broken("a leaf does not read".to_owned()))?;
    // An address that says nothing about a person.
    let place = format!("{}/ledger/{leaf}/{}", customer.base(), evidence::leaf_word(&hash));
    let address = format!("{}{place}", customer.app.site.origin);
    let file = file(platform, leaf);
    customer.show(&ReceiptPage {
        shell: customer.shell(),
        receipt: ReceiptLine {
            id,
            number: number(platform, leaf),
            act: title(platform, entry),
            outcome: outcome(entry),
            at: Moment(entry.at),
        },
        facts: facts(platform, entry),
        clause: None,
        checks: checks
            .map(|one| Check { name: check(one.what.word()), passed: one.passed, detail: String::new() })
            .collect(),
        leaf: hash.to_string(),
        index: verified.index,
        size: verified.size,
        witnesses: witnesses(evidence::witnesses_under(&customer.app.house, &verified.checkpoint)?),
        checkpoint: verified.checkpoint.clone(),
        code: Qr::of(&address, say("code-leaf")),
        address,
        place,
        command: format!("shouyue verify {file} --key '{key}'"),
    })
}

pub(super) fn witnesses(cosigned: Vec<(String, Timestamp)>) -> Vec<Witnessed> {
    cosigned.into_iter().map(|(name, at)| Witnessed { name, at: Moment(at) }).collect()
}

/// What was checked of a leaf, in words.
pub(super) fn checks(made: &[Checked]) -> Vec<Check> {
    made.iter().map(|one| Check { name: check(one.what.word()), passed: one.passed, detail: String::new() }).collect()
}

/// `GET /ledger/{index}/{leaf}`: whether a leaf stands in the ledger, for anybody.
pub(crate) async fn place(visit: Visit, Path((_, index, leaf)): Path<(String, String, String)>) -> Reply {
    let index: u64 = index.parse().map_err(|_| Trouble::Unknown)?;
    let found = evidence::place(&visit.app.house, &visit.platform, index, &leaf).await?;
    visit.show(&LeafPage {
        shell: visit.shell(),
        number: number(&visit.platform, index),
        stands: found.stands,
        checks: checks(&found.checks),
        leaf,
        index,
        size: found.size,
        witnesses: witnesses(found.witnesses),
        checkpoint: found.checkpoint,
    })
}

fn facts(platform: &Platform, entry: &Entry) -> Vec<Fact> {
    let names = &platform.tables.program().names;
    let mut facts = Vec::new();
    let mut tell = |label: &'static str, value: String| {
        if !value.is_empty() {
            facts.push(Fact { label: say(label), value });
        }
    };
    tell("fact-who", who(platform, entry));
    tell("fact-about", what(platform, entry));
    tell(
        "fact-purpose",
        entry.purpose.as_ref().map(|id| names.name_of(Kind::Purpose, id.as_str()).to_owned()).unwrap_or_default(),
    );
    tell("fact-items", listed(entry.items.iter().map(|id| names.name_of(Kind::Item, id.as_str()))));
    tell(
        "fact-source",
        entry.source.as_ref().map(|id| names.name_of(Kind::Source, id.as_str()).to_owned()).unwrap_or_default(),
    );
    tell(
        "fact-recipient",
        entry.recipient.as_ref().map(|id| names.name_of(Kind::Recipient, id.as_str()).to_owned()).unwrap_or_default(),
    );
    tell("fact-basis", entry.basis.map(policy::label::label).unwrap_or_default());
    tell("fact-because", entry.because.as_deref().map(because).unwrap_or_default());
    tell("fact-back", entry.back.map(|fen| fill("money", &[("yuan", &yuan(fen))])).unwrap_or_default());
    let reason = |code: &policy::question::Code| {
        render::labels::code(*code).map_or_else(|| code.to_string(), |label| label.name.clone())
    };
    tell("fact-reasons", listed(entry.reasons.iter().map(reason)));
    tell("fact-policy", entry.policy.to_string());
    tell("fact-tables", entry.tables.to_string());
    tell("fact-document", entry.document.map(|document| document.to_string()).unwrap_or_default());
    tell("fact-text", entry.text.map(|text| text.to_string()).unwrap_or_default());
    facts
}

/// The name of a receipt's file: a platform and a number.
fn file(platform: &Platform, leaf: u64) -> String {
    format!("{}.tlog-proof", number(platform, leaf))
}

/// `GET /receipts/{id}/download`.
pub(crate) async fn download(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let (leaf, text) = own(&customer, &id).await?;
    let named = format!("attachment; filename=\"{}\"", file(&customer.platform, leaf));
    let about = [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, named)];
    Ok((about, text).into_response())
}

/// `GET /verifier-key`: the public key by which anybody verifies receipts of this platform.
pub(crate) async fn key(visit: Visit) -> Reply {
    let key = evidence::verifier_key(&visit.platform)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{key}\n")).into_response())
}
