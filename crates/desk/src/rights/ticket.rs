//! Customer service (客服工单): a complaint or a question with a topic, in the customer's own words where the policy takes
//! them, answered in writing where the policy keeps answers.
//!
//! It is a request like any other: due date, queue and steps are those of [`super`]. The words are an item of a record
//! that the policy's customer-service function makes, collected and opened by one act. Staff and customers read them one
//! by one, each look an act ([`crate::read::clear_view`]).

use jiff::Timestamp;
use model::act::Life;
use model::calendar::day_in_shanghai;
use model::field::Validator;
use model::{Clear, RecordId, RequestId, Slug, SubjectId};
use policy::question::Facts;
use policy::syntax::{Collect, Function, Kind, RightKind, Trigger};
use store::RequestOpened;

use super::{By, ONESELF, Opened, RequestView, State, asked, due, opening, row, view};
use crate::act::{Once, TRIES};
use crate::collect::{Added, Addition, Application, Participant, Whom, add, apply_asking};
use crate::consent::Choice;
use crate::refusal::FieldFault;
use crate::seat::Duty;
use crate::{House, Platform, Refusal, identity};

/// The rights that customer service takes in: a complaint (投诉), a question (咨询).
pub const OF_SERVICE: [RightKind; 2] = [RightKind::Complain, RightKind::Explain];

/// The topic of what concerns how personal information is handled.
pub const PERSONAL_INFORMATION: &str = "personal-information";

/// The topic of everything else.
pub const OTHER: &str = "other";

/// The vocabulary's items that hold what a customer writes to the company, the most telling first.
const WORDS: [&str; 2] = ["complaint-content", "feedback"];

/// The vocabulary's items that hold what was said to a customer.
const ANSWERS: [&str; 2] = ["service-record", "communication-record"];

/// Where the policy takes the words of customers.
#[derive(Debug, Clone, Copy)]
pub struct Counter<'p> {
    /// Function; it makes a record of its own for each matter.
    pub function: &'p Function,
    /// The group that collects them.
    group: &'p Collect,
    /// Item of the customer's words.
    pub words: &'p str,
    /// Item of the company's answer, where the text keeps one.
    pub answer: Option<&'p str>,
}

impl Counter<'_> {
    fn person(&self) -> Result<Slug, Refusal> {
        self.group.of.text.parse().map_err(|_| Refusal::Broken("a role has no id".to_owned()))
    }

    fn trigger(&self) -> Trigger {
        self.group.trigger.said().copied().unwrap_or(Trigger::Given)
    }
}

/// Where the policy takes free text of its users and makes a record of it: `None` where it takes none, so that nothing but
/// a topic can be said.
pub fn counter(platform: &Platform) -> Option<Counter<'_>> {
    let program = platform.tables.program();
    let is_text = |item: &str| program.items.get(item).is_some_and(|facts| facts.validator == Some(Validator::Text));
    let finds = |group: &Collect, wanted: &[&'static str]| {
        let among = |item: &&&str| is_text(item) && group.items.iter().any(|one| one.text == **item);
        wanted.iter().find(among).copied()
    };
    let made = program.policy.functions.iter().filter(|function| function.makes.is_some());
    let mut counters = made.flat_map(|function| {
        let own = |group: &&Collect| function.users.iter().any(|user| user.text == group.of.text);
        let groups = function.collects.said().into_iter().flatten().filter(own);
        groups.filter_map(move |group| {
            let words = finds(group, &WORDS)?;
            Some(Counter { function, group, words, answer: finds(group, &ANSWERS) })
        })
    });
    counters.next()
}

/// What can be asked about: the platform's functions, how personal information is handled, anything else. Id and published
/// name; without a name for the last two, which are the house's own.
pub fn topics(platform: &Platform) -> Vec<(String, Option<String>)> {
    let functions = platform.tables.program().policy.functions.iter();
    let named = functions.map(|one| (one.id.to_string(), Some(one.name.value.clone())));
    named.chain([PERSONAL_INFORMATION, OTHER].map(|word| (word.to_owned(), None))).collect()
}

/// What somebody brings to customer service.
pub struct Asking {
    /// One of [`OF_SERVICE`].
    pub right: RightKind,
    /// One of [`topics`].
    pub topic: String,
    /// In the customer's own words.
    pub text: Option<Clear<String>>,
    /// The record of the customer's that it is about.
    pub about: Option<RecordId>,
    /// Consents given with it.
    pub consents: Vec<Choice>,
}

/// Takes in a complaint or a question: one act, with the words where there are any.
///
/// # Errors
/// [`Refusal::Fields`] for what cannot be accepted: `topic`, `right`, `text`; [`Refusal::NotFound`] for a record that is
/// not the customer's; [`Refusal::Denied`], with a leaf, where the words may not be kept: then nothing is opened.
pub async fn raise(
    house: &House,
    platform: &Platform,
    by: By<'_>,
    subject: SubjectId,
    asking: Asking,
) -> Result<Opened, Refusal> {
    raise_once(house, platform, by, subject, asking, None).await
}

/// As [`raise`], under the caller's idempotency key.
///
/// # Errors
/// Those of [`raise`], and [`Refusal::KeyReused`].
pub async fn raise_once(
    house: &House,
    platform: &Platform,
    by: By<'_>,
    subject: SubjectId,
    mut asking: Asking,
    once: Option<Once>,
) -> Result<Opened, Refusal> {
    let platform = &*house.current(platform);
    let who = by.who(platform)?;
    check(house, platform, subject, &asking).await?;
    let text = asking.text.take();
    let consents = std::mem::take(&mut asking.consents);
    let Some(text) = text else { return bare(house, platform, by, subject, &asking, once).await };
    let counter = counter(platform).ok_or_else(|| Refusal::Fields(vec![FieldFault::new("text", "not-taken")]))?;
    let (request, opened) = drawn(house, platform, subject, &asking).await?;
    let application = Application {
        function: counter.function.id.value.clone(),
        channel: platform.portal_channel().filter(|_| matches!(by, By::Subject)),
        product: None,
        people: vec![Participant {
            roles: vec![counter.person()?],
            whom: Whom::Typed,
            fields: vec![(counter.words.to_owned(), text)],
            consents,
        }],
        open: Vec::new(),
        about: None,
        facts: Facts::default(),
        trigger: counter.trigger(),
        track: None,
    };
    let applied = apply_asking(house, platform, subject, application, Some(&request), who, once).await?;
    // A repeated answer is that of the request which was opened the first time.
    let rows = house.store.requests_of(&platform.id, subject).await?;
    let kept = rows.into_iter().find(|row| row.words == Some(applied.record)).ok_or(Refusal::NotFound("request"))?;
    Ok(Opened { id: kept.id, leaf: applied.leaf, ..opened })
}

async fn check(house: &House, platform: &Platform, subject: SubjectId, asking: &Asking) -> Result<(), Refusal> {
    let mut wrong = Vec::new();
    if !OF_SERVICE.contains(&asking.right) {
        wrong.push(FieldFault::new("right", "shape"));
    }
    if !topics(platform).iter().any(|(topic, _)| *topic == asking.topic) {
        wrong.push(FieldFault::new("topic", if asking.topic.is_empty() { "missing" } else { "shape" }));
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    let Some(about) = asking.about else { return Ok(()) };
    crate::read::own_class(house, platform, subject, about).await.map(|_| ())
}

/// The request, and what is said of it.
async fn drawn(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    asking: &Asking,
) -> Result<(RequestOpened, Opened), Refusal> {
    let now = house.now();
    let since = day_in_shanghai(now);
    let (snapshot, born) = house.known(platform, subject).await?;
    let state = identity::state_in_reach(house, platform, &snapshot).await?;
    let answer = asked(platform, asking.right, ONESELF, since, &state, born, now);
    let due = due(platform, asking.right, since, &answer, now)?;
    let id = RequestId::from_random(house.entropy.draw());
    let request = RequestOpened {
        topic: Some(asking.topic.clone()),
        about: asking.about,
        ..row((&snapshot, id), asking.right, ONESELF, since, &due, now)
    };
    Ok((request, Opened { id, leaf: 0, due, answer }))
}

/// Nothing but a topic.
async fn bare(
    house: &House,
    platform: &Platform,
    by: By<'_>,
    subject: SubjectId,
    asking: &Asking,
    once: Option<Once>,
) -> Result<Opened, Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let (snapshot, _) = house.known(platform, subject).await?;
        let (request, opened) = drawn(house, platform, subject, asking).await?;
        let mut draft = opening(platform, by.who(platform)?, &snapshot, request, house.now());
        draft.key = once.map(|once| once.key(&opened.id));
        match house.commit(platform, draft).await {
            Ok(Some(done)) => return Ok(Opened { leaf: done.leaf(), ..opened }),
            Ok(None) => {}
            Err(Refusal::Done { leaf, answer }) => {
                let id = serde_json::from_slice(&answer);
                let id = id.map_err(|_| Refusal::Broken("a kept answer does not read".to_owned()))?;
                return Ok(Opened { id, leaf, ..opened });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

/// Something that was said, and where it lies: [`crate::read::clear_view`] opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Record.
    pub record: RecordId,
    /// Role.
    pub person: Slug,
    /// Item.
    pub item: Slug,
    /// Published name of the item.
    pub name: String,
}

/// What was said about a request. It opens nothing and leaves no leaf.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Talk {
    /// By the customer; `None` where nothing was written, or it was erased.
    pub words: Option<Said>,
    /// By the company; the last answer.
    pub answer: Option<Said>,
    /// Whether an answer can be written down: the policy has an item for it, and there is a record to put it in.
    pub can_answer: bool,
}

/// What was said about a request.
pub async fn talk(house: &House, platform: &Platform, request: &RequestView) -> Result<Talk, Refusal> {
    let (Some(record), Some(counter)) = (request.words, counter(platform)) else { return Ok(Talk::default()) };
    let person = counter.person()?;
    let part = house.store.part(&platform.id, record, Some(request.subject), &person).await?;
    let Some(part) = part.filter(|part| part.wrapped.is_some()) else { return Ok(Talk::default()) };
    let said = |item: &str| {
        let value = part.values.iter().find(|value| value.item.as_str() == item)?;
        let name = platform.name_of(Kind::Item, item);
        Some(Said { record, person: person.clone(), item: value.item.clone(), name })
    };
    let can_answer = counter.answer.is_some() && !request.state.is_final();
    Ok(Talk { words: said(counter.words), answer: counter.answer.and_then(said), can_answer })
}

/// Writes the company's answer down, under the item that the policy keeps it in, then says the request done. Where the
/// second act does not come about, the answer stands and the request is still open.
///
/// # Errors
/// [`Refusal::NotFound`] for a request without a place for an answer; [`Refusal::NotAllowed`] for a role that has nothing
/// to do with customer service; [`Refusal::Denied`], with a leaf, where the customer did not agree that it is kept;
/// [`Refusal::Fields`] for what is no text.
pub async fn answer(
    house: &House,
    platform: &Platform,
    duty: &Duty,
    id: RequestId,
    text: Clear<String>,
) -> Result<Added, Refusal> {
    let platform = &*house.current(platform);
    let row = house.store.request(&platform.id, id).await?.ok_or(Refusal::NotFound("request"))?;
    let request = view(row, house.now())?;
    let (Some(counter), Some(record)) = (counter(platform), request.words) else {
        return Err(Refusal::NotFound("record to put the answer in"));
    };
    let item = counter.answer.ok_or(Refusal::NotFound("item to put the answer in"))?;
    let role = crate::read::staff::role(platform, duty)?;
    if !role.functions.iter().any(|one| one.text == counter.function.id.as_str()) {
        return Err(Refusal::NotAllowed("the role has nothing to do with customer service"));
    }
    if request.state.is_final() {
        return Err(Refusal::Wrong(format!("a request that is {} is not answered again", request.state.word())));
    }
    let addition = Addition {
        function: counter.function.id.value.clone(),
        channel: None,
        product: None,
        record: Some(record),
        person: counter.person()?,
        fields: vec![(item.to_owned(), text)],
        consents: Vec::new(),
        facts: Facts::default(),
        trigger: counter.trigger(),
    };
    let added = add(house, platform, request.subject, addition, duty.who(), None).await?;
    super::step(house, platform, (By::Staff(duty), request.subject), id, State::Done, None).await?;
    Ok(added)
}

/// A record of the customer's that a complaint or a question may be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// Which.
    pub record: RecordId,
    /// Class.
    pub class: Slug,
    /// When it was made.
    pub at: Timestamp,
}

/// The records that a complaint or a question may be about, newest first: what the customer may know of, without those that
/// customer service made. It opens nothing and leaves no leaf.
pub async fn matters(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<Concern>, Refusal> {
    let made = counter(platform).and_then(|counter| counter.function.makes.as_ref()).map(|class| class.text.clone());
    let (_, records) = identity::seen(house, platform, subject).await?;
    let others =
        records.into_iter().filter(|one| one.life != Life::Erased && Some(one.class.as_str()) != made.as_deref());
    let mut found: Vec<Concern> = others.map(|one| Concern { record: one.id, class: one.class, at: one.at }).collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.at));
    Ok(found)
}
