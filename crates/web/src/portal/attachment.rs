//! Pictures, papers and recordings that a customer sends in for a record, and opens again.

use axum::extract::{Path, Query};
use axum::response::Response;
use desk::Refusal;
use desk::attach::{self, Slot, Upload};
use desk::collect::Once;
use desk::leaf::Who;
use model::attachment::FileKind;
use model::{AttachmentId, RecordId, Slug};
use policy::syntax::Trigger;
use serde::Deserialize;

use super::form::notice_for;
use crate::pages::parts::{Field, FieldGroup, FieldKind, Form as Fields, Moment, Status, Tone};
use crate::pages::portal::{Attachment, FileLine, UploadLine};
use crate::pieces::content;
use crate::session::{Customer, Signed, Uploading};
use crate::told::acts::receipt;
use crate::told::elements::function;
use crate::told::reasons::{of_answer, uncoded};
use crate::trouble::Trouble;
use crate::words::{fault, fill, listed, say};

type Reply = Result<Response, Trouble>;

/// What can be sent in for a record, as its page lists it.
pub(super) async fn uploads(customer: &Customer, record: RecordId) -> Result<Vec<UploadLine>, Trouble> {
    let slots = attach::slots(&customer.app.house, &customer.platform, customer.subject, record).await?;
    let line = |slot: &Slot| UploadLine {
        id: format!("{}.{}", slot.person, slot.item),
        label: slot.name.clone(),
        person: slot.person_name.clone(),
        required: slot.required,
        count: slot.files.len(),
    };
    Ok(slots.iter().map(line).collect())
}

/// The item that a path names, among those that the record takes.
pub(super) async fn slot(customer: &Customer, record: &str, item: &str) -> Result<(RecordId, Slot), Trouble> {
    let record: RecordId = record.parse().map_err(|_| Trouble::Unknown)?;
    let slots = attach::slots(&customer.app.house, &customer.platform, customer.subject, record).await?;
    let named = |slot: &Slot| format!("{}.{}", slot.person, slot.item) == item;
    slots.into_iter().find(named).map(|slot| (record, slot)).ok_or(Trouble::Unknown)
}

/// What came of an upload: the leaf of its act, or the code of what was wrong with a file that the page's own script sent.
#[derive(Deserialize)]
pub(crate) struct Outcome {
    done: Option<u64>,
    wrong: Option<String>,
}

/// `GET /records/{id}/attachments/{item}`.
pub(crate) async fn ask(
    customer: Customer,
    Path((_, record, item)): Path<(String, String, String)>,
    Query(outcome): Query<Outcome>,
) -> Reply {
    let (record, slot) = slot(&customer, &record, &item).await?;
    let known = |code: &String| ["file-large", "file-kind", "too-many"].contains(&code.as_str());
    let wrong = outcome.wrong.as_ref().map(|code| fault(if known(code) { code } else { "other" }));
    let done = outcome.done.map(|leaf| Status {
        tone: Tone::Good,
        text: say("file-done"),
        receipt: Some(receipt(&customer.platform, leaf)),
    });
    customer.show(&page(&customer, record, &slot, done, wrong))
}

fn page(customer: &Customer, record: RecordId, slot: &Slot, done: Option<Status>, wrong: Option<String>) -> Attachment {
    let platform = &customer.platform;
    let base = format!("{}/records/{record}/attachments/{}.{}", customer.base(), slot.person, slot.item);
    let file = |file: &attach::File| FileLine {
        label: fill("file-line", &[("kind", &kind(file.kind)), ("size", &size(file.size))]),
        at: Moment(file.at),
        href: slot.own.then(|| format!("{base}/{}", file.id)),
    };
    Attachment {
        shell: customer.shell(),
        title: slot.name.clone(),
        person: slot.person_name.clone(),
        record: record.to_string(),
        function: slot.function.to_string(),
        once: customer.app.house.word(),
        uploads: format!("{}/records/{record}/uploads/{}.{}", customer.base(), slot.person, slot.item),
        done,
        files: slot.files.iter().map(file).collect(),
        form: form(customer, slot, wrong),
        reasons: if slot.is_open() { Vec::new() } else { uncoded(of_answer(platform, &slot.answer)) },
    }
}

/// A picture can be taken on the spot, or chosen; both are the same form, and the one that is filled in counts.
fn form(customer: &Customer, slot: &Slot, wrong: Option<String>) -> Fields {
    let platform = &customer.platform;
    let types: Vec<&str> = slot.kinds.iter().map(|kind| kind.media_type()).collect();
    let limit = size(customer.app.house.largest_attachment());
    let field = |name: &str, label: &'static str, kind: FieldKind| Field {
        name: name.to_owned(),
        label: say(label),
        kind,
        ..Field::default()
    };
    let chosen = Field {
        hint: Some(fill(
            "file-hint",
            &[("kinds", &listed(slot.kinds.iter().map(|one| kind(*one)))), ("limit", &limit)],
        )),
        error: wrong,
        required: true,
        ..field("file", "file-chosen", FieldKind::File(types.join(",")))
    };
    let camera = slot.kinds.iter().any(|kind| kind.is_picture());
    let photo = camera.then(|| field("photo", "file-photo", FieldKind::Camera("image/jpeg,image/png".to_owned())));
    let element = function(platform, slot.function.as_str());
    let notice = element.and_then(|element| notice_for(platform, element, std::slice::from_ref(&slot.item)));
    let fields = [chosen].into_iter().chain(photo).collect();
    Fields { groups: vec![FieldGroup { notice, fields, ..FieldGroup::default() }], problem: None }
}

/// A kind by the name that people know it by: the same in every language.
fn kind(kind: FileKind) -> String {
    kind.id().to_uppercase()
}

/// A length in the largest unit in which it is at least one.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{} MB", bytes.div_ceil(1_048_576)),
    }
}

/// `POST /records/{id}/attachments/{item}`: the file goes on to the vault while it comes in.
pub(crate) async fn sent(
    Path((_, record, item)): Path<(String, String, String)>,
    Uploading(customer, form, mut file): Uploading<Customer>,
) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let (record, before) = slot(&customer, &record, &item).await?;
    let upload = Upload {
        function: before.function.clone(),
        channel: None,
        record,
        person: before.person.clone(),
        item: before.item.to_string(),
        trigger: Trigger::Given,
    };
    let at = format!("/records/{record}/attachments/{item}");
    let whose = customer.subject.to_string();
    let once = form.one("once").map(|word| Once::new(platform, &whose, word, at.as_bytes()));
    let taken = attach::upload(house, platform, customer.subject, upload, &mut file, Who::Subject, once).await;
    if taken.is_err() {
        file.drain().await;
    }
    let wrong = match taken {
        Ok(done) => return Ok(customer.go(&format!("{at}?done={}", done.leaf))),
        Err(Refusal::Fields(faults)) => {
            fault(faults.first().map_or("other", |one| if one.code == "missing" { "file-missing" } else { one.code }))
        }
        Err(Refusal::Wrong(_)) => say("file-cut-short"),
        Err(Refusal::KeyReused) => say("file-other"),
        Err(refusal) => return Err(refusal.into()),
    };
    customer.show_again(&page(&customer, record, &before, None, Some(wrong)))
}

/// `POST /records/{id}/attachments/{item}/{file}`: shows the file, by an act with a receipt.
pub(crate) async fn open(
    Path((_, record, item, file)): Path<(String, String, String, String)>,
    Signed(customer, _): Signed<Customer>,
) -> Reply {
    let record: RecordId = record.parse().map_err(|_| Trouble::Unknown)?;
    let id: AttachmentId = file.parse().map_err(|_| Trouble::Unknown)?;
    let person = item.split_once('.').and_then(|(person, _)| person.parse::<Slug>().ok()).ok_or(Trouble::Unknown)?;
    let at = (record, &person, id);
    Ok(content(attach::open_own(&customer.app.house, &customer.platform, customer.subject, at).await?))
}
