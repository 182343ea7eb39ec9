//! Copying and moving (复制、转移, PIPL art. 45): everything that is held of a subject, in the clear where it may be shown,
//! in a form that programs read, with the files that stand beside it; signed, so that whoever receives it can tell that it
//! came from here.

use aws_lc_rs::digest::{Context, SHA256};
use ledger::note::Note;
use model::act::SubjectState;
use model::attachment::FileKind;
use model::{AttachmentId, RecordId, Slug, SubjectId};
use policy::question::Outcome;
use policy::syntax::RightKind;
use serde::Serialize;

use super::mine::{Collected, SharedLine, access, collected, shared};
use super::page::{Ask, Terms, look_on, own_places};
use crate::attach::Reading;
use crate::evidence::{copy_of, signer};
use crate::leaf::Who;
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
    /// The subject's pictures, papers and recordings that may be seen in the clear: the name of each in the copy, and its
    /// content in pieces.
    pub files: Vec<(String, Reading)>,
    /// Leaf of the act, which opened all of it; `None` when nothing is held.
    pub leaf: Option<u64>,
}

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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<FileOf>,
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

/// A file that stands under an item. Its digest is said once, in the signature over the whole copy.
#[derive(Serialize)]
struct FileOf {
    /// Its name in the copy.
    name: String,
    kind: FileKind,
    media_type: &'static str,
    size: u64,
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

/// Makes the copy: one act by `who`, whose leaf names the right that is exercised. Before the identity is verified it holds
/// what the subject gave here ([`identity`]).
///
/// # Errors
/// [`Refusal::Wrong`] for a right that gives no copy; [`Refusal::NotFound`] when there is no such subject.
pub async fn export(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    right: RightKind,
    who: Who,
) -> Result<Export, Refusal> {
    if !matches!(right, RightKind::Access | RightKind::Copy | RightKind::Port) {
        return Err(Refusal::Wrong("this right gives no copy".to_owned()));
    }
    let platform = &*house.current(platform);
    let (snapshot, _) = house.known(platform, subject).await?;
    let (sight, records) = identity::seen(house, platform, subject).await?;
    let shared = shared(house, platform, subject, &sight).await?;
    let places: Vec<_> = records.iter().flat_map(|record| own_places(record, subject)).collect();
    let ask = Ask { who, covered: false, ..access(Some(right.word())) };
    let terms = Terms { enclosed: true, ..Terms::default() };
    let page = look_on(house, platform, subject, &ask, &places, &terms).await?;
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
        items: collected.iter().map(|held| item(held, &page.enclosed)).collect(),
        consents: consents.collect(),
        shared: shared.iter().map(told).collect(),
    };
    let data = serde_json::to_string_pretty(&data).map_err(|error| Refusal::Broken(error.to_string()))?;
    let files = page.enclosed.into_iter().map(|one| (file_name(one.id, one.kind), one)).collect();
    Ok(Export { data, collected, shared, as_of: now, files, leaf: page.leaf })
}

/// The name of a file in a copy: an id and what it is, nothing of whom it is about.
pub fn file_name(id: AttachmentId, kind: FileKind) -> String {
    format!("files/{id}.{}", kind.extension())
}

fn item<'a>(held: &'a Collected, enclosed: &[Reading]) -> Held<'a> {
    let goes = held.shown.files.iter().filter(|file| enclosed.iter().any(|one| one.id == file.id));
    let file = |file: &crate::attach::File| FileOf {
        name: file_name(file.id, file.kind),
        kind: file.kind,
        media_type: file.kind.media_type(),
        size: file.size,
        collected: file.at,
    };
    Held {
        record: held.record,
        class: &held.class,
        class_name: &held.class_name,
        person: &held.person,
        person_name: &held.person_name,
        item: &held.shown.item,
        name: &held.shown.name,
        value: held.shown.value.as_deref(),
        files: goes.map(file).collect(),
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

/// What is signed of a copy: each of its files with its digest, in the order in which they go. It takes them in pieces, so
/// that a copy is signed while it is sent.
pub struct Manifest {
    lines: Vec<String>,
    file: Context,
}

impl Manifest {
    /// Of a platform's copy that has no file yet.
    pub fn new(platform: &Platform) -> Self {
        Self { lines: vec![format!("{}\n", copy_of(&platform.id))], file: Context::new(&SHA256) }
    }

    /// The next piece of the file under way.
    pub fn push(&mut self, piece: &[u8]) {
        self.file.update(piece);
    }

    /// Ends the file under way, whose name holds no line break.
    pub fn end(&mut self, name: &str) {
        let digest = std::mem::replace(&mut self.file, Context::new(&SHA256)).finish();
        self.lines.push(format!("sha256 {} {name}\n", hex::encode(digest)));
    }

    /// Signs with the key of the platform's ledger: a note (C2SP signed-note) that [`crate::evidence::verify_copy`] checks.
    /// Its second line is no tree size, so no such note is a checkpoint.
    ///
    /// # Errors
    /// [`Refusal::Broken`] when the key cannot sign.
    pub fn sign(self, platform: &Platform) -> Result<String, Refusal> {
        let signer = signer(platform)?;
        let note = Note::sign(self.lines.concat(), &[&signer]).map_err(|error| Refusal::Broken(error.to_string()))?;
        Ok(note.to_string())
    }
}
