//! A customer's own records, in the course of a function that reads them (保单查询, 账户信息查询).

use model::act::Life;
use model::{RecordId, Slug, SubjectId};
use policy::syntax::Kind;
use store::RecordRow;

use super::RecordView;
use super::mine::access;
use super::page::{Ask, Least, Page, Place, look, outline, own_places, places};
use super::standing::standing;
use crate::collect::typed_groups;
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal, identity};

/// A function that shows records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Function.
    pub function: Slug,
    /// Its published name.
    pub name: String,
    /// Record classes that it shows.
    pub classes: Vec<Slug>,
}

/// The functions of a platform that show customers their records.
pub fn queries(platform: &Platform) -> Vec<Query> {
    let functions = platform.tables.program().policy.functions.iter().filter(|function| !function.reads.is_empty());
    functions
        .map(|function| Query {
            function: function.id.value.clone(),
            name: function.name.value.clone(),
            classes: function.reads.iter().filter_map(|read| read.class.text.parse().ok()).collect(),
        })
        .collect()
}

/// The functions that show records of a class, first the one that takes nothing of its own and is there for looking.
pub fn queries_of(platform: &Platform, class: &Slug) -> Vec<Query> {
    let takes = |query: &Query| {
        let functions = &platform.tables.program().policy.functions;
        let function = functions.iter().find(|one| one.id.value == query.function);
        function.is_some_and(|function| typed_groups(function).next().is_some())
    };
    let mut queries: Vec<Query> = queries(platform).into_iter().filter(|one| one.classes.contains(class)).collect();
    queries.sort_by_key(takes);
    queries
}

/// Every record that a customer may know of, newest first, as its header tells it: nothing of what lies in one is opened,
/// hence no act.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn own_headers(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<RecordView>, Refusal> {
    let (_, mut records) = identity::seen(house, platform, subject).await?;
    records.retain(|record| record.life != Life::Erased);
    records.sort_by_key(|record| std::cmp::Reverse(record.at));
    let mut views = Vec::with_capacity(records.len());
    for record in records {
        let standing = standing(house, platform, &record, house.now()).await?;
        views.push(outline(platform, record, standing, subject));
    }
    Ok(views)
}

/// Shows a customer the records that a function reads. Where others stand in the same record (an insured, a
/// beneficiary), their parts are decided on their own consents.
///
/// # Errors
/// [`Refusal::NotFound`] for a function that does not exist, [`Refusal::Denied`] (with a leaf) when nothing of any record
/// may be shown; also when the function shows what systems hand in, the identity is not verified, and the subject gave
/// nothing of it here ([`identity`]).
pub async fn own_records(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    function: &str,
    channel: Option<&str>,
) -> Result<Vec<RecordView>, Refusal> {
    let function =
        platform.tables.program().names.find(Kind::Function, function).map_err(|_| Refusal::NotFound("function"))?;
    house.store.subject(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
    let (sight, records) = identity::seen(house, platform, subject).await?;
    let mut places = read_by(platform, &records, &function);
    places.retain(|place| sight.covers_part(&place.record, place.subject));
    if places.is_empty() && !sight.is_verified() && shows_handed_in(platform, &function) {
        let now = house.now();
        let mut entry = platform.entry(Act::Read, Who::Subject, now);
        entry.function = Some(function);
        return Err(house.refuse_for(platform, entry, Some(subject), identity::unverified(platform, now)).await);
    }
    Ok(look(house, platform, subject, &in_course(&function, channel), &places).await?.records)
}

/// One record of a customer's: what the functions read of it that are given, the first that reads something there; what it
/// may not show stands there with the reasons. Where none reads anything, the customer's own parts, under the right of
/// access (PIPL art. 45).
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record, it is somebody else's, or nothing lies in it.
pub async fn own_record(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
    functions: &[Slug],
    channel: Option<&str>,
) -> Result<RecordView, Refusal> {
    let record = own_row(house, platform, subject, record).await?;
    view(house, platform, subject, (record, functions), channel, (Least::Reasons, |_: &Slug| true)).await
}

/// A record that a customer may know of, unless it is erased.
pub(crate) async fn own_row(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
) -> Result<RecordRow, Refusal> {
    let (_, records) = identity::seen(house, platform, subject).await?;
    let own = records.into_iter().find(|one| one.id == record && one.life != Life::Erased);
    own.ok_or(Refusal::NotFound("record"))
}

/// Looks at a record as [`own_record`] says, at nothing but the items that are wanted; with less than `least` the act is
/// refused.
pub(super) async fn view(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    (record, functions): (RecordRow, &[Slug]),
    channel: Option<&str>,
    (least, wanted): (Least, impl Fn(&Slug) -> bool),
) -> Result<RecordView, Refusal> {
    let items: Vec<Slug> = platform.tables.program().items.keys().filter(|item| wanted(item)).cloned().collect();
    let narrowed = |place: Place| {
        let only = place.only.unwrap_or_else(|| items.clone());
        Place { only: Some(only.into_iter().filter(|item| items.contains(item)).collect()), ..place }
    };
    let records = std::slice::from_ref(&record);
    let sight = identity::sight(house, platform, subject).await?;
    for function in functions {
        let mut places: Vec<Place> = items_read_by(platform, records, function).into_iter().map(narrowed).collect();
        places.retain(|place| sight.covers_part(&place.record, place.subject));
        // Where nothing lies that it reads, nothing is decided, hence no act.
        let ask = Ask { least, ..in_course(function, channel) };
        let page = look(house, platform, subject, &ask, &places).await?;
        if let Some(view) = page.records.into_iter().next() {
            return Ok(view);
        }
    }
    let own: Vec<Place> = own_places(&record, subject).into_iter().map(narrowed).collect();
    let page = look(house, platform, subject, &Ask { least, ..access(None) }, &own).await?;
    page.records.into_iter().next().ok_or(Refusal::NotFound("record"))
}

/// What a customer is told, under masks, of a record in which nothing of the customer's own lies: what the first function
/// says that reads something there.
pub(crate) async fn of_others(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: &RecordRow,
    because: &'static str,
) -> Result<Page, Refusal> {
    let sight = identity::sight(house, platform, subject).await?;
    let channel = platform.portal_channel();
    for query in queries_of(platform, &record.class) {
        let mut places = items_read_by(platform, std::slice::from_ref(record), &query.function);
        places.retain(|place| sight.covers_part(&place.record, place.subject));
        let course = in_course(&query.function, channel.as_ref().map(Slug::as_str));
        let ask = Ask { because: Some(because), covered: true, least: Least::Reasons, ..course };
        let page = look(house, platform, subject, &ask, &places).await?;
        if !page.records.is_empty() {
            return Ok(page);
        }
    }
    Ok(Page::default())
}

/// What a customer asks in the course of a function that reads.
fn in_course<'a>(function: &'a Slug, channel: Option<&'a str>) -> Ask<'a> {
    Ask { function: Some(function.as_str()), channel, covered: false, least: Least::Something, ..access(None) }
}

/// The class of a record that a customer may know of: one of the customer's own, or of those that systems handed in about
/// a verified identity. It leaves no leaf: nothing of the record is told.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none, or it is somebody else's.
pub async fn own_class(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
) -> Result<Slug, Refusal> {
    Ok(own_row(house, platform, subject, record).await?.class)
}

/// Where the values lie that a function reads of a subject's records.
fn read_by(platform: &Platform, records: &[RecordRow], function: &Slug) -> Vec<Place> {
    items_read_by(platform, records, function).into_iter().map(|place| Place { only: None, ..place }).collect()
}

/// As [`read_by`], with nothing but the items that it reads there.
fn items_read_by(platform: &Platform, records: &[RecordRow], function: &Slug) -> Vec<Place> {
    let functions = &platform.tables.program().policy.functions;
    let reads = functions.iter().filter(|one| one.id.value == *function).flat_map(|one| &one.reads);
    let reads: Vec<_> = reads.collect();
    let mut found = Vec::new();
    for record in records.iter().filter(|record| record.life != Life::Erased) {
        for read in reads.iter().filter(|read| read.class.text == record.class.as_str()) {
            let roles: Vec<&str> = read.of.iter().map(|role| role.text.as_str()).collect();
            let items: Vec<Slug> = read.items.iter().filter_map(|item| item.text.parse().ok()).collect();
            let only = Some(items).filter(|items| !items.is_empty());
            found.extend(places(record, &roles).into_iter().map(|place| Place { only: only.clone(), ..place }));
        }
    }
    found
}

/// Whether a function shows records of a class that no function makes.
fn shows_handed_in(platform: &Platform, function: &Slug) -> bool {
    let functions = &platform.tables.program().policy.functions;
    let made = |class: &str| functions.iter().filter_map(|one| one.makes.as_ref()).any(|makes| makes.text == class);
    let own = functions.iter().filter(|one| one.id.value == *function);
    own.flat_map(|one| &one.reads).any(|read| !made(&read.class.text))
}
