//! Copying and moving (复制、转移, PIPL art. 45): everything that is held of a subject, in the clear where it may be shown,
//! in a form that programs read; signed, so that whoever receives it can tell that it came from here.

use ledger::note::Note;
use model::act::SubjectState;
use model::{RecordId, Slug, SubjectId};
use policy::question::Outcome;
use policy::syntax::RightKind;
use serde::Serialize;

use super::mine::{Collected, SharedLine, access, collected, shared};
use super::page::{look, own_places};
use crate::evidence::{origin, signer, verifier_key};
use crate::seat::sha256;
use crate::{House, Platform, Refusal, consent, identity};

/// A copy of what is held, made once.
pub struct Export {
    /// Everything, one object of JSON; its form is `shouyue-export/1`.
    pub data: String,
    /// Items, as the data has them, for a page.
    pub collected: Vec<Collected>,
    /// What was given to others.
    pub shared: Vec<SharedLine>,
    /// The instant.
    pub as_of: jiff::Timestamp,
    /// Leaf of the act; `None` when nothing is held.
    pub leaf: Option<u64>,
}

/// A file of a copy: name and bytes.
pub type Named<'a> = (&'a str, &'a [u8]);

#[derive(Serialize)]
struct Data<'a> {
    form: &'static str,
    platform: &'a Slug,
    service: &'a str,
    handler: &'a str,
    policy: String,
    as_of: jiff::Timestamp,
    leaf: Option<u64>,
    subject: SubjectId,
    items: Vec<Held<'a>>,
    consents: Vec<Consented>,
    shared: Vec<Told>,
}

#[derive(Serialize)]
struct Held<'a> {
    record: RecordId,
    class: &'a Slug,
    class_name: &'a str,
    person: &'a Slug,
    person_name: &'a str,
    item: &'a Slug,
    name: &'a str,
    value: Option<&'a str>,
    outcome: Outcome,
    sensitive: bool,
    function: Option<&'a str>,
    purposes: Vec<&'a str>,
    basis: Option<policy::syntax::Basis>,
    clause: Option<&'a str>,
    came_by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    collected: jiff::Timestamp,
}

#[derive(Serialize)]
struct Consented {
    scope: String,
    given: jiff::Timestamp,
    withdrawn: Option<jiff::Timestamp>,
    version: String,
}

#[derive(Serialize)]
struct Told {
    at: jiff::Timestamp,
    leaf: u64,
    recipient: Option<String>,
    party: Option<String>,
    items: Vec<Slug>,
    purpose: Option<String>,
}

/// Makes the copy: one act, whose leaf names the right that is exercised. Before the identity is verified it holds what
/// the subject gave here ([`identity`]).
///
/// # Errors
/// [`Refusal::Wrong`] for a right that gives no copy; [`Refusal::NotFound`] when there is no such subject.
pub async fn export(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    right: RightKind,
) -> Result<Export, Refusal> {
    if !matches!(right, RightKind::Access | RightKind::Copy | RightKind::Port) {
        return Err(Refusal::Wrong("this right gives no copy".to_owned()));
    }
    let platform = &*house.current(platform);
    let (snapshot, _) = house.known(platform, subject).await?;
    let (sight, records) = identity::seen(house, platform, subject).await?;
    let shared = shared(house, platform, subject, &sight).await?;
    let places: Vec<_> = records.iter().flat_map(|record| own_places(record, subject)).collect();
    let ask = super::page::Ask { covered: false, ..access(Some(right.word())) };
    let page = look(house, platform, subject, &ask, &places).await?;
    let now = house.now();
    let state: &SubjectState = snapshot.state();
    let collected: Vec<Collected> =
        page.records.into_iter().flat_map(|record| collected(platform, state, record, now)).collect();
    let consents = consent::list(house, platform, subject).await?;
    let consents = consents.into_iter().map(|given| Consented {
        scope: given.scope,
        given: given.at,
        withdrawn: given.withdrawn,
        version: given.of_version,
    });
    let policy = &platform.tables.program().policy;
    let data = Data {
        form: "shouyue-export/1",
        platform: &platform.id,
        service: &policy.policy.service.value,
        handler: &policy.handler.name.value,
        policy: platform.tables.policy().to_string(),
        as_of: now,
        leaf: page.leaf,
        subject,
        items: collected.iter().map(item).collect(),
        consents: consents.collect(),
        shared: shared.iter().map(told).collect(),
    };
    let data = serde_json::to_string_pretty(&data).map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok(Export { data, collected, shared, as_of: now, leaf: page.leaf })
}

fn item(held: &Collected) -> Held<'_> {
    Held {
        record: held.record,
        class: &held.class,
        class_name: &held.class_name,
        person: &held.person,
        person_name: &held.person_name,
        item: &held.shown.item,
        name: &held.shown.name,
        value: held.shown.value.as_deref(),
        outcome: held.shown.answer.outcome,
        sensitive: held.shown.sensitive,
        function: held.function_name.as_deref(),
        purposes: held.purposes.iter().map(|(_, name)| name.as_str()).collect(),
        basis: held.basis,
        clause: held.clause.as_deref(),
        came_by: &held.shown.trigger,
        source: held.source_name.as_deref(),
        collected: held.shown.at,
    }
}

fn told(line: &SharedLine) -> Told {
    let name = |named: &Option<(Slug, String)>| named.as_ref().map(|(_, name)| name.clone());
    Told {
        at: line.at,
        leaf: line.leaf,
        recipient: name(&line.recipient),
        party: name(&line.party),
        items: line.items.iter().map(|(item, _)| item.clone()).collect(),
        purpose: name(&line.purpose),
    }
}

/// Signs files with the key of the platform's ledger: a note (C2SP signed-note) whose text names each with its digest. Its
/// second line is no tree size, so no such note is a checkpoint.
///
/// # Errors
/// [`Refusal::Broken`] when the key cannot sign.
pub fn sign(platform: &Platform, files: &[Named<'_>]) -> Result<String, Refusal> {
    let broken = |why: String| Refusal::Broken(why);
    let signer = signer(platform)?;
    let note = Note::sign(text(platform, files), &[&signer]).map_err(|error| broken(error.to_string()))?;
    Ok(note.to_string())
}

/// Whether a note of [`sign`] is the platform's and speaks of these very files.
pub fn is_signed(platform: &Platform, note: &str, files: &[Named<'_>]) -> bool {
    let Ok(key) = verifier_key(platform) else { return false };
    Note::parse(note).is_ok_and(|note| note.text() == text(platform, files) && note.verify(&[key]).is_ok())
}

fn text(platform: &Platform, files: &[Named<'_>]) -> String {
    let lines = files.iter().map(|(name, bytes)| format!("sha256 {} {name}\n", hex::encode(sha256(bytes))));
    std::iter::once(format!("{}/export\n", origin(&platform.id))).chain(lines).collect()
}
