//! Filling a form in from a picture of the holder's own document: what the picture tells goes into what is still empty,
//! marked, and is kept no sooner than the form is sent.

use std::collections::BTreeSet;

use axum::response::Response;
use desk::ports::Outside;
use desk::recognise::{is_there, reads, suggest};
use desk::{Refusal, consent};
use model::Clear;
use policy::question::Answer;
use policy::syntax::Function;

use super::form::Sheet;
use crate::pages::parts::{Field, FieldKind, Form as Fields};
use crate::pages::portal::{FunctionForm, Reading};
use crate::security::DOCUMENT;
use crate::session::{Customer, Form};
use crate::trouble::Trouble;
use crate::words::{fault, fill, listed, say};

/// The control's name.
const PICTURE: &str = "picture";

/// The part of a function's form that takes a picture; `query` repeats the choice of people. `None` where the text of the
/// policy reads no pictures for it.
pub(super) fn offer(customer: &Customer, function: &Function, query: &str, asks: bool) -> Option<Reading> {
    reads(&customer.platform, function)?;
    let field = Field {
        name: PICTURE.to_owned(),
        label: say("reading-picture"),
        kind: FieldKind::File("image/png,image/jpeg".to_owned()),
        hint: Some(say("reading-hint")),
        sensitive: true,
        ..Field::default()
    };
    let action = format!("{}/functions/{}/picture{query}", customer.base(), function.id.value);
    let form = is_there(&customer.app.house).then(|| Fields::of(vec![Field { required: true, ..field }]));
    Some(Reading { action, form, told: None, asks })
}

/// What came of a picture.
pub(super) enum Told {
    /// The form goes on, with these questions filled in from it.
    Filled(BTreeSet<String>, String),
    /// Nothing was read, and why.
    Not(String),
    /// Policy or law do not let it.
    Denied(Box<Answer>),
}

impl Told {
    /// Why it was decided against.
    pub(super) fn denied(&self) -> Option<Box<Answer>> {
        if let Self::Denied(answer) = self { Some(answer.clone()) } else { None }
    }

    /// The form once more, with what came of it.
    pub(super) fn show(self, customer: &Customer, mut page: FunctionForm) -> Result<Response, Trouble> {
        let (marked, told, again) = match self {
            Self::Filled(marked, told) => (marked, told, false),
            Self::Not(why) => (BTreeSet::new(), why, true),
            Self::Denied(_) => return customer.show_refused(&page),
        };
        if let Some(reading) = &mut page.reading {
            reading.told = Some(told);
        }
        let groups = page.people.iter_mut().flat_map(|person| &mut person.form.groups);
        for field in groups.flat_map(|group| &mut group.fields) {
            field.suggested = marked.contains(&field.name);
        }
        if again { customer.show_again(&page) } else { customer.show(&page) }
    }
}

/// The picture of a form, or the same form once more with what is wrong with it.
pub(super) fn picture(form: &mut Form, page: impl FnOnce(&Form) -> FunctionForm) -> Result<Vec<u8>, Box<FunctionForm>> {
    let wrong = |mut page: FunctionForm| {
        let fields = page.reading.iter_mut().filter_map(|reading| reading.form.as_mut());
        for field in fields.flat_map(|form| &mut form.groups).flat_map(|group| &mut group.fields) {
            field.error = Some(fault("document-picture"));
        }
        Box::new(page)
    };
    form.picture(DOCUMENT).ok_or_else(|| wrong(page(form)))
}

/// Gives the consents that were answered with yes beside the picture: what is read is read under them.
pub(super) async fn agree(customer: &Customer, given: Vec<consent::Choice>) -> Result<(), Trouble> {
    if !given.is_empty() {
        consent::give(&customer.app.house, &customer.platform, customer.subject, given).await?;
    }
    Ok(())
}

/// Reads a picture for the questions of one block, and fills in what is still empty.
pub(super) async fn filled(
    customer: &Customer,
    (sheet, place): (&Sheet<'_>, usize),
    (form, picture): (&mut Form, Vec<u8>),
) -> Result<Told, Trouble> {
    let setting = sheet.setting(place);
    let roles = sheet.blocks.get(place).map(|block| block.roles.as_slice()).unwrap_or_default();
    let (house, platform) = (&customer.app.house, &customer.platform);
    let read = suggest(house, platform, customer.subject, (&setting, roles), Clear::new(picture)).await;
    let values = match read {
        Ok(done) => done.values,
        Err(Refusal::Denied(answer)) => return Ok(Told::Denied(answer)),
        Err(Refusal::Outside(Outside::TimedOut | Outside::Busy)) => return Ok(Told::Not(say("reading-slow"))),
        Err(Refusal::Outside(Outside::Nobody)) => return Ok(Told::Not(say("reading-nobody"))),
        Err(Refusal::Outside(_)) => return Ok(Told::Not(say("reading-unclear"))),
        Err(refusal) => return Err(refusal.into()),
    };
    if values.is_empty() {
        return Ok(Told::Not(say("reading-nothing")));
    }
    let (mut marked, mut names) = (BTreeSet::new(), Vec::new());
    for asked in sheet.asked(place) {
        let Some(value) = values.get(&asked.item.id) else { continue };
        if form.one(&asked.name).is_some_and(|typed| !typed.trim().is_empty()) {
            continue;
        }
        form.fields.retain(|(name, _)| *name != asked.name);
        form.fields.push((asked.name.clone(), value.clone()));
        names.push(asked.item.name.clone());
        marked.insert(asked.name);
    }
    let told =
        if marked.is_empty() { say("reading-known") } else { fill("reading-filled", &[("items", &listed(names))]) };
    Ok(Told::Filled(marked, told))
}
