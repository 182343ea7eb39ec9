//! How a page is made. Everything on it is decided on one state of each subject; one commit pins them all.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ledger::Edge;
use model::act::{Born, Committed, Life, Snapshot};
use model::calendar::day_in_shanghai;
use model::field::Mask;
use model::{AttachmentId, Fingerprint, RecordId, Slug, SubjectId};
use policy::question::{Actor, Answer, Effect, Facts, ItemAnswer, Outcome, Processing, Reason};
use policy::syntax::{Action, Function, Kind};
use store::{Expect, Key, NewAttachment, PartRow, PaymentRow, RecordRow, SealedValue, ServiceRow};
use vault::{Opened, Opener, PartName, Sealed, VaultError};

use super::certificate::ended;
use super::standing::{Standing, stand};
use super::{PartView, RecordView, Shown};
use crate::act::{Draft, TRIES, reasons};
use crate::attach::{File, Reading, header};
use crate::house::born;
use crate::leaf::{Act, Entry, Who};
use crate::{House, Platform, Refusal};

/// What is asked of every part of a page.
pub(crate) struct Ask<'a> {
    /// What the leaf calls it.
    pub(crate) act: Act,
    /// Who acts, for the leaf.
    pub(crate) who: Who,
    /// Who acts, for the decision.
    pub(crate) actor: Actor,
    /// What is done.
    pub(crate) action: Action,
    pub(crate) function: Option<&'a str>,
    pub(crate) purpose: Option<&'a str>,
    pub(crate) channel: Option<&'a str>,
    pub(crate) recipient: Option<&'a str>,
    pub(crate) party: Option<&'a str>,
    /// Code of the reason that staff gave.
    pub(crate) because: Option<&'a str>,
    /// Show under the item's mask even what may be seen in the clear.
    pub(crate) covered: bool,
    /// With less than this the act is refused.
    pub(crate) least: Least,
}

/// What goes with a page beside the question itself.
#[derive(Default)]
pub(crate) struct Terms {
    /// Facts that the house attests.
    pub(crate) facts: Facts,
    /// The caller's idempotency key.
    pub(crate) key: Option<Key>,
    /// Attachments that may be seen in the clear are opened by the same act.
    pub(crate) enclosed: bool,
}

/// What must come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Least {
    /// The page stands even when it shows reasons only; its leaf then says `refused`.
    Reasons,
    /// At least one value, masked or clear.
    Something,
    /// Every value in the clear.
    Clear,
}

/// A place where values lie.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) record: RecordRow,
    /// `None` for the matter itself, or an organisation.
    pub(crate) subject: Option<SubjectId>,
    pub(crate) person: Slug,
    /// Only these items; `None`: whatever lies there.
    pub(crate) only: Option<Vec<Slug>>,
}

/// What lies in a part under one item: a value, attachments, or both.
struct Held {
    item: Slug,
    files: Vec<File>,
    /// The function, the way, the source and the instant by which it came in.
    came: (Option<Slug>, String, Option<Slug>, Timestamp),
}

/// A part that was looked at: the answer, and what the permit opened, still in custody.
struct Looked {
    place: Place,
    held: Vec<Held>,
    answer: Answer,
    opened: Vec<Opened>,
    enclosed: Vec<(NewAttachment, Opener)>,
}

impl Looked {
    /// Whether anything of the part is seen.
    fn gives(&self) -> bool {
        self.held.iter().zip(&self.answer.items).any(|(held, answer)| self.shows(held, answer))
    }

    /// What the vault needs to open the attachments that were looked at in a part.
    async fn attachments(
        &self,
        house: &House,
        platform: &Platform,
        part: &PartRow,
    ) -> Result<Vec<vault::Enclosed>, Refusal> {
        let mut found = Vec::new();
        for row in part.attachments.iter().filter(|row| self.held.iter().any(|held| held.item == row.item)) {
            let header = header(house, platform, row).await?;
            found.push(vault::Enclosed { item: row.item.clone(), id: row.id, header, size: row.size });
        }
        Ok(found)
    }

    /// Whether a value is opened, or it may be told that there are attachments.
    fn shows(&self, held: &Held, answer: &ItemAnswer) -> bool {
        let told = !held.files.is_empty() && answer.outcome != Outcome::Withheld;
        told || self.opened.iter().any(|opened| opened.item == held.item)
    }
}

/// A page that is on the ledger.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) records: Vec<RecordView>,
    /// Attachments that the act opened, where its terms say so.
    pub(crate) enclosed: Vec<Reading>,
    /// `None` when there was nothing to look at, hence no act.
    pub(crate) leaf: Option<u64>,
}

/// What each record on a page asks for, and what is due for it.
type About = BTreeMap<RecordId, (Option<ServiceRow>, Vec<PaymentRow>)>;

/// The states on which one page is decided.
type States = BTreeMap<SubjectId, (Snapshot, Option<Born>)>;

/// Makes a page about `viewed`, whose state also decides on parts that are nobody's.
pub(crate) async fn look(
    house: &House,
    platform: &Platform,
    viewed: SubjectId,
    ask: &Ask<'_>,
    places: &[Place],
) -> Result<Page, Refusal> {
    look_on(house, platform, viewed, ask, places, &Terms::default()).await
}

/// As [`look`], on these terms.
///
/// # Errors
/// Those of [`look`], and [`Refusal::Done`] under a key that was used.
pub(crate) async fn look_on(
    house: &House,
    platform: &Platform,
    viewed: SubjectId,
    ask: &Ask<'_>,
    places: &[Place],
    terms: &Terms,
) -> Result<Page, Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let now = house.now();
        if let Some(reason) = house.cut(platform, ask.recipient, ask.party).await? {
            let entry = entry(platform, ask, &[], now);
            return Err(house.refuse_for(platform, entry, Some(viewed), vec![reason]).await);
        }
        let (mut states, parts, about) = read(house, platform, viewed, places).await?;
        let mut looked = Vec::with_capacity(places.len());
        for (place, part) in places.iter().zip(parts) {
            let Some(part) = part else { continue };
            if let Some(part) = look_at(house, platform, viewed, (ask, terms), (place, part), &mut states, now).await? {
                looked.push(part);
            }
        }
        let entry = entry(platform, ask, &looked, now);
        if !enough(ask.least, &looked) {
            let answer = looked.into_iter().map(|part| part.answer).reduce(joined);
            // Where nothing lies there is nothing to decide, hence no act.
            let Some(answer) = answer else { return Ok(Page::default()) };
            return Err(house.refuse(platform, entry, Some(viewed), answer).await);
        }
        if let Some(done) = house.commit(platform, draft(viewed, &states, entry, &looked, terms.key.clone())).await? {
            let stands = stands(platform, &looked, &about, now);
            let enclosed = enclosed((house, platform), &mut looked, &done);
            let records = released((platform, viewed), looked, &stands, ask.covered, &done, now);
            return Ok(Page { records, enclosed, leaf: Some(done.leaf()) });
        }
    }
    Err(Refusal::Contended)
}

/// Reads whatever the page is made from, as of one instant.
async fn read(
    house: &House,
    platform: &Platform,
    viewed: SubjectId,
    places: &[Place],
) -> Result<(States, Vec<Option<PartRow>>, About), Refusal> {
    let parts = places.iter().map(|place| (place.record.id, place.subject, place.person.clone())).collect();
    let view = house.store.view(&platform.id, viewed, parts).await?.ok_or(Refusal::NotFound("subject"))?;
    let born = view.gate.map(|gate| born(platform, gate)).transpose()?.flatten();
    Ok((States::from([(viewed, (view.snapshot, born))]), view.parts, view.about))
}

/// Decides on one part and opens what the permit names. `None` when nothing lies there any more.
async fn look_at(
    house: &House,
    platform: &Platform,
    viewed: SubjectId,
    (ask, terms): (&Ask<'_>, &Terms),
    (place, part): (&Place, PartRow),
    states: &mut States,
    now: Timestamp,
) -> Result<Option<Looked>, Refusal> {
    let mut held = held(&part, ask.action == Action::Show);
    held.retain(|held| place.only.as_ref().is_none_or(|only| only.contains(&held.item)));
    let whose = place.subject.unwrap_or(viewed);
    if held.is_empty() || !read_state(house, platform, whose, states).await? {
        return Ok(None);
    }
    let Some((snapshot, born)) = states.get(&whose) else { return Ok(None) };
    let items = held.iter().map(|held| held.item.to_string()).collect();
    let asked = Processing { facts: terms.facts.clone(), ..question(platform, ask, place, items) };
    let (answer, permit) = platform.tables.permit(snapshot, *born, &asked, place.record.id, now);
    let mut looked = Looked { place: place.clone(), held, answer, opened: Vec::new(), enclosed: Vec::new() };
    let Some(permit) = permit else { return Ok(Some(looked)) };
    let attachments = if terms.enclosed { looked.attachments(house, platform, &part).await? } else { Vec::new() };
    let (name, wrapped) = (name(place), part.wrapped.as_deref());
    let opened = platform.keys.open_with_attachments(permit, &name, wrapped, &sealed(&part), &attachments);
    let opened = match opened {
        Ok(opened) => opened,
        // Erased since the state was read: the commit will see that it moved.
        Err(VaultError::Erased) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    looked.opened = opened.values;
    let row = |id: AttachmentId| part.attachments.iter().find(|row| row.id == id).cloned();
    looked.enclosed = opened.attachments.into_iter().filter_map(|(id, opener)| Some((row(id)?, opener))).collect();
    Ok(Some(looked))
}

/// Reads a subject's state once for the page; `false` when there is no such subject any more.
async fn read_state(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    states: &mut States,
) -> Result<bool, Refusal> {
    if states.contains_key(&subject) {
        return Ok(true);
    }
    match house.known(platform, subject).await {
        Ok(state) => {
            states.insert(subject, state);
            Ok(true)
        }
        Err(Refusal::NotFound(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// What lies in a part, in order of items; attachments are looked at, and never handed on.
fn held(part: &PartRow, with_files: bool) -> Vec<Held> {
    let of = |value: &SealedValue| Held {
        item: value.item.clone(),
        files: Vec::new(),
        came: (value.function.clone(), value.trigger.clone(), value.source.clone(), value.at),
    };
    let mut held: Vec<Held> = part.values.iter().map(of).collect();
    for row in part.attachments.iter().filter(|_| with_files) {
        let came = (row.function.clone(), row.trigger.clone(), None, row.at);
        match held.iter_mut().find(|held| held.item == row.item) {
            Some(held) => held.files.push(File::from(row)),
            None => held.push(Held { item: row.item.clone(), files: vec![File::from(row)], came }),
        }
    }
    held.sort_by(|one, other| one.item.cmp(&other.item));
    held
}

/// Asks for items of one part.
pub(crate) fn question(platform: &Platform, ask: &Ask<'_>, place: &Place, items: Vec<String>) -> Processing {
    Processing {
        function: ask.function.map(str::to_owned),
        purpose: ask.purpose.map(str::to_owned),
        channel: ask.channel.map(str::to_owned),
        recipient: ask.recipient.map(str::to_owned),
        party: ask.party.map(str::to_owned),
        actor: ask.actor.clone(),
        ..Processing::new(platform.id.clone(), ask.action, place.person.as_str(), items)
    }
}

pub(crate) fn name(place: &Place) -> PartName {
    PartName { record: place.record.id, subject: place.subject, role: place.person.clone() }
}

fn sealed(part: &PartRow) -> Vec<Sealed> {
    let values = part.values.iter();
    values
        .map(|value| Sealed { item: value.item.clone(), version: value.version, bytes: value.sealed.clone() })
        .collect()
}

fn enough(least: Least, looked: &[Looked]) -> bool {
    let mut items = looked.iter().flat_map(|part| &part.answer.items);
    let given = looked.iter().any(Looked::gives);
    match least {
        Least::Reasons => !looked.is_empty(),
        Least::Something => given,
        Least::Clear => given && items.all(|item| item.outcome == Outcome::Clear),
    }
}

/// One answer over two parts, for a refusal.
fn joined(mut all: Answer, next: Answer) -> Answer {
    all.effect = all.effect.min(next.effect);
    for (into, from) in [(&mut all.published, next.published), (&mut all.law, next.law)] {
        into.effect = into.effect.min(from.effect);
        into.reasons.extend(from.reasons);
        into.reasons.sort_unstable();
        into.reasons.dedup();
    }
    all.items.extend(next.items);
    all
}

fn entry(platform: &Platform, ask: &Ask<'_>, looked: &[Looked], now: Timestamp) -> Entry {
    let given = looked.iter().any(Looked::gives);
    let mut entry = platform.entry(if given { ask.act } else { Act::Refused }, ask.who.clone(), now);
    let slug = |text: Option<&str>| text.and_then(|text| text.parse::<Slug>().ok());
    entry.function = slug(ask.function);
    entry.purpose = slug(ask.purpose);
    entry.recipient = slug(ask.recipient);
    entry.party = slug(ask.party);
    entry.because = ask.because.map(str::to_owned);
    if let [only] = looked {
        entry.person = Some(only.place.person.clone());
        entry.exception.clone_from(&only.answer.exception);
    } else {
        entry.parts = Some(root(platform, looked));
    }
    let items = looked.iter().flat_map(|part| part.held.iter().zip(&part.answer.items).map(move |one| (part, one)));
    let items = items.filter(|(part, (held, answer))| !given || part.shows(held, answer));
    entry.items = items.map(|(_, (held, _))| held.item.clone()).collect();
    entry.items.sort_unstable();
    entry.items.dedup();
    entry.basis = looked.iter().find_map(|part| part.answer.basis);
    entry.effect = effect(looked);
    entry.reasons = looked.iter().flat_map(|part| reasons(&part.answer)).collect();
    entry.reasons.sort_unstable();
    entry.reasons.dedup();
    entry
}

fn effect(looked: &[Looked]) -> Effect {
    let all = |wanted: Effect| looked.iter().all(|part| part.answer.effect == wanted);
    if all(Effect::Permit) {
        Effect::Permit
    } else if all(Effect::Deny) {
        Effect::Deny
    } else {
        Effect::Partial
    }
}

/// Root over the parts of a page: who checks the house's records against its ledger can rebuild it, nobody else can, for
/// each line is keyed.
fn root(platform: &Platform, looked: &[Looked]) -> Fingerprint {
    let mut edge = Edge::empty();
    for part in looked {
        let mut line = part.place.record.id.as_bytes().to_vec();
        line.extend(part.place.subject.iter().flat_map(|subject| *subject.as_bytes()));
        line.extend_from_slice(part.place.person.as_str().as_bytes());
        for opened in &part.opened {
            line.push(0);
            line.extend_from_slice(opened.item.as_str().as_bytes());
        }
        for (row, _) in &part.enclosed {
            line.push(1);
            line.extend_from_slice(row.id.as_bytes());
        }
        edge.append(ledger::leaf_hash(&platform.keys.digest("page-part", &line)));
    }
    Fingerprint::from_digest(edge.root().0)
}

fn draft(viewed: SubjectId, states: &States, entry: Entry, looked: &[Looked], key: Option<Key>) -> Draft {
    let others = states.keys().copied().filter(|subject| *subject != viewed);
    let mut records: Vec<_> = looked.iter().map(|part| part.place.record.id).collect();
    records.dedup();
    Draft {
        expect: states.iter().map(|(subject, (state, _))| Expect::Subject(*subject, state.version())).collect(),
        writes: Vec::new(),
        entry,
        subjects: std::iter::once(viewed).chain(others).collect(),
        record: if let [only] = records.as_slice() { Some(*only) } else { None },
        key,
    }
}

/// Lets the attachments out piece by piece, now that the act is on the ledger.
fn enclosed((house, platform): (&House, &Platform), looked: &mut [Looked], done: &Committed) -> Vec<Reading> {
    let all = looked.iter_mut().flat_map(|part| std::mem::take(&mut part.enclosed));
    all.map(|(row, opener)| Reading::new(house, platform, &row, opener, done.clone())).collect()
}

/// Lets the values out, now that the act is on the ledger, and groups them by record.
fn released(
    (platform, viewed): (&Platform, SubjectId),
    looked: Vec<Looked>,
    stands: &BTreeMap<RecordId, Standing>,
    covered: bool,
    done: &Committed,
    now: Timestamp,
) -> Vec<RecordView> {
    let mut records: Vec<RecordView> = Vec::new();
    for part in looked {
        let row = part.place.record.clone();
        let part = if covered { cover(platform, part) } else { part };
        let view = part_view(platform, part, done, now);
        if let Some(record) = records.iter_mut().find(|record| record.record == row.id) {
            record.parts.push(view);
        } else {
            let standing = stands.get(&row.id).copied().unwrap_or(Standing::Held);
            let (parts, leaf) = (vec![view], Some(done.leaf()));
            records.push(RecordView { parts, leaf, ..outline(platform, row, standing, viewed) });
        }
    }
    records
}

/// A record as its header tells it to somebody who stands in it.
pub(super) fn outline(platform: &Platform, row: RecordRow, standing: Standing, viewed: SubjectId) -> RecordView {
    RecordView {
        record: row.id,
        ended: ended(&row),
        made_by: made_by(platform, &row),
        roles: roles_of(platform, &row, viewed),
        class_name: platform.name_of(Kind::Record, row.class.as_str()),
        class: row.class,
        product: row.product.map(|product| platform.name_of(Kind::Product, product.as_str())),
        at: row.at,
        in_force_from: row.in_force_from,
        in_force_until: row.in_force_until,
        life: row.life,
        standing,
        parts: Vec::new(),
        leaf: None,
    }
}

/// What tells records of one class apart that several functions make.
fn made_by(platform: &Platform, row: &RecordRow) -> Option<String> {
    let functions = platform.tables.program().policy.functions.iter();
    let makes = |one: &&Function| one.makes.as_ref().is_some_and(|made| made.text == row.class.as_str());
    let several = functions.filter(makes).nth(1).is_some();
    row.function.as_ref().filter(|_| several).map(|one| platform.name_of(Kind::Function, one.as_str()))
}

/// How each record on a page stands.
fn stands(platform: &Platform, looked: &[Looked], about: &About, now: Timestamp) -> BTreeMap<RecordId, Standing> {
    let records = looked.iter().map(|part| &part.place.record);
    records.filter_map(|record| Some((record.id, stand(platform, record, about.get(&record.id)?, now)))).collect()
}

/// The roles in which somebody stands in a record, as they are published.
fn roles_of(platform: &Platform, row: &RecordRow, subject: SubjectId) -> Vec<String> {
    let own = row.roles.iter().filter(|(id, _)| *id == subject);
    own.map(|(_, role)| platform.name_of(Kind::Person, role.as_str())).collect()
}

/// Puts the item's own mask over what was opened in the clear.
fn cover(platform: &Platform, mut part: Looked) -> Looked {
    let items = &platform.tables.program().items;
    part.opened = part
        .opened
        .into_iter()
        .map(|opened| {
            let own = items.get(&opened.item).map_or(Mask::Hidden, |facts| facts.mask);
            let mask = Some(own).filter(|own| opened.mask.is_none() && *own != Mask::None);
            match mask {
                Some(mask) => {
                    Opened { value: opened.value.map(|text| masked(mask, &text)), mask: Some(mask), ..opened }
                }
                None => opened,
            }
        })
        .collect();
    part
}

/// A text under a mask.
pub(crate) fn masked(mask: Mask, text: &str) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = vault::field::mask(mask, text, &mut out);
    out
}

fn part_view(platform: &Platform, part: Looked, done: &Committed, now: Timestamp) -> PartView {
    let Looked { place, held, answer, opened, .. } = part;
    let whole: Vec<Reason> = answer.published.reasons.iter().chain(&answer.law.reasons).cloned().collect();
    let mut opened: BTreeMap<Slug, Opened> = opened.into_iter().map(|one| (one.item.clone(), one)).collect();
    let items = held.into_iter().zip(answer.items);
    let items = items.map(|(held, answer)| shown(platform, held, answer, &mut opened, done, now)).collect();
    PartView {
        person_name: platform.name_of(Kind::Person, place.person.as_str()),
        person: place.person,
        subject: place.subject,
        items,
        reasons: whole,
    }
}

fn shown(
    platform: &Platform,
    held: Held,
    answer: ItemAnswer,
    opened: &mut BTreeMap<Slug, Opened>,
    done: &Committed,
    now: Timestamp,
) -> Shown {
    let (text, mask) = match opened.remove(&held.item) {
        Some(Opened { value, mask, .. }) => (Some(value.release(done)), mask),
        None => (None, None),
    };
    let (function, trigger, source, at) = held.came;
    Shown {
        name: platform.name_of(Kind::Item, held.item.as_str()),
        sensitive: platform.is_sensitive(&held.item, now),
        item: held.item,
        value: text.filter(|_| mask != Some(Mask::Hidden)),
        files: if answer.outcome == Outcome::Withheld { Vec::new() } else { held.files },
        mask,
        answer,
        function,
        trigger,
        source,
        at,
    }
}

/// Every part of a record in these roles: of whoever stands in them, and of nobody.
pub(crate) fn places(record: &RecordRow, roles: &[&str]) -> Vec<Place> {
    let is_in = |role: &Slug| roles.contains(&role.as_str());
    let place =
        |subject: Option<SubjectId>, person: Slug| Place { record: record.clone(), subject, person, only: None };
    let people = record.roles.iter().filter(|(_, role)| is_in(role));
    let people = people.map(|(subject, role)| place(Some(*subject), role.clone()));
    let matter = roles.iter().filter_map(|role| role.parse().ok()).map(|role| place(None, role));
    if record.life == Life::Erased { Vec::new() } else { people.chain(matter).collect() }
}

/// Every part of a record in which a subject stands.
pub(crate) fn own_places(record: &RecordRow, subject: SubjectId) -> Vec<Place> {
    let roles: Vec<&str> =
        record.roles.iter().filter(|(whose, _)| *whose == subject).map(|(_, role)| role.as_str()).collect();
    places(record, &roles).into_iter().filter(|place| place.subject == Some(subject)).collect()
}

impl Platform {
    /// Published name of an element; its id where the text gives none.
    pub(crate) fn name_of(&self, kind: Kind, id: &str) -> String {
        self.tables.program().names.name_of(kind, id).to_owned()
    }

    /// Whether a standard in force at an instant counts an item as sensitive, under the operation file's switch.
    pub(crate) fn is_sensitive(&self, item: &Slug, at: Timestamp) -> bool {
        let program = self.tables.program();
        let day = day_in_shanghai(at);
        let switch = program.operation.switches.sensitivity.as_str();
        program.items.get(item).is_some_and(|facts| facts.sensitive_on(day, switch))
    }
}
