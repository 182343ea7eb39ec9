//! Who may stand in a matter, and who may fill that in: asked of the tables before anything is typed. It opens nothing
//! and leaves no leaf.

use jiff::{Timestamp, ToSpan as _};
use model::act::{Account, Artefact, Born, Consent, GivenBy, SubjectState};
use model::age::is_under;
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug, SubjectId};
use policy::question::{Actor, Code, Facts, FunctionOpen, Openness, Outcome, Processing, Subject};
use policy::resolve::ItemFacts;
use policy::syntax::{Action, Authority, Collect, Function, Kind, Need, PersonKind, Trigger};

use crate::house::tells_birth;
use crate::{House, Platform, Refusal, identity};

/// In what course somebody is about to fill something in.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// Function.
    pub function: &'a Function,
    /// Channel.
    pub channel: Option<&'a Slug>,
    /// Product.
    pub product: Option<&'a Slug>,
    /// Facts that conditions ask for, as they are of the person asked about ([`same_person`]).
    pub facts: Facts,
}

/// One item that a function asks of somebody in a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedItem<'a> {
    /// The item.
    pub item: &'a ItemFacts,
    /// Without it the function is closed, by the verdict that demands less (rules R13, R33).
    pub required: bool,
}

/// By whom a role other than the holder's own may be filled in, as policy and law have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fillers {
    /// By the holder, about another adult, without anybody's consent.
    pub typed: bool,
    /// By the holder as guardian of a child.
    pub ward: bool,
    /// By another adult, who is invited and gives the own consents.
    pub invited: bool,
    /// Who stands in that role in a record of the holder's already, and may be filled in about.
    pub at_hand: Vec<AtHand>,
}

/// Somebody who stands in a record of the holder's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtHand {
    /// Who.
    pub subject: SubjectId,
    /// The newest record in which the person stands.
    pub record: RecordId,
    /// The published name of its class.
    pub class_name: String,
    /// When it was made.
    pub at: Timestamp,
    /// Whether a guardian answers: a child without an account.
    pub child: bool,
}

/// The groups of roles that are one and the same person, as it looks from the person at `of`: in a role that this one
/// has, another stands as somebody else.
pub fn same_person(people: &[&[Slug]], of: usize) -> Vec<Vec<String>> {
    let own = people.get(of).copied().unwrap_or_default();
    let others = people.iter().enumerate().map(|(place, roles)| {
        let counts = |role: &&Slug| place == of || !own.contains(role);
        roles.iter().filter(counts).map(ToString::to_string).collect()
    });
    others.collect()
}

/// The groups of a function whose items somebody types: neither automatic nor from elsewhere.
pub fn typed_groups(function: &Function) -> impl Iterator<Item = &Collect> {
    function.collects.said().into_iter().flatten().filter(|group| is_typed(group))
}

pub(super) fn is_typed(group: &Collect) -> bool {
    matches!(group.trigger.said(), Some(Trigger::Given) | None)
}

/// Whom insurance is for, as the language names the role: the switch on who is party to a policy reads it too.
const INSURED: &str = "insured";

/// The roles of which one is still to be filled: where a function demands items of people for whom somebody types, a record
/// of it is about one of them at least. Nobody stands for the insured, whom the others belong to; only where something is
/// wanted of a cover in force, that tells who is insured. The members of an organisation that stands in it may come later, as
/// a table.
pub fn vacant(platform: &Platform, function: &Function, taken: &[Slug]) -> Vec<Slug> {
    let persons = &platform.tables.program().policy.persons;
    let person = |role: &str| persons.iter().find(|one| one.id.as_str() == role);
    let natural =
        |role: &str| person(role).is_some_and(|one| one.kind.value == PersonKind::Natural && one.of.is_none());
    let demands = |group: &&Collect| {
        group.when.is_none()
            && group.need.said() == Some(&Need::Required)
            && !group.typed_by.is_empty()
            && natural(&group.of.text)
    };
    let mut roles: Vec<Slug> =
        typed_groups(function).filter(demands).filter_map(|group| group.of.text.parse().ok()).collect();
    roles.dedup();
    let services = &platform.tables.program().operation.services;
    if !services.iter().any(|service| service.function.text == function.id.as_str())
        && let Some(insured) = roles.iter().find(|role| role.as_str() == INSURED).cloned()
    {
        roles = vec![insured];
    }
    if roles.iter().any(|role| taken.contains(role)) { Vec::new() } else { roles }
}

/// Whether pictures or recordings of somebody in these roles come into the record that a function makes.
pub(super) fn takes_pictures(platform: &Platform, function: &Function, roles: &[Slug]) -> bool {
    let items = &platform.tables.program().items;
    let own = typed_groups(function).filter(|group| roles.iter().any(|role| role.as_str() == group.of.text));
    own.flat_map(|group| &group.items).any(|item| items.get(item.text.as_str()).is_some_and(is_picture))
}

/// What a function asks of somebody in these roles on a form, in the order of the policy: without pictures and
/// recordings, and without what its conditions ask of others.
pub fn asked<'p>(platform: &'p Platform, setting: &Setting<'_>, roles: &[Slug], now: Timestamp) -> Vec<AskedItem<'p>> {
    let program = platform.tables.program();
    let mut found: Vec<AskedItem<'p>> = Vec::new();
    for group in typed_groups(setting.function) {
        let Some(role) = roles.iter().find(|role| role.as_str() == group.of.text) else { continue };
        for item in group.items.iter().filter_map(|item| program.items.get(item.text.as_str())) {
            if is_picture(item) || !applies(platform, setting, role, item, now) {
                continue;
            }
            let required = demanded(platform, setting, role, item, now);
            match found.iter_mut().find(|one| one.item.id == item.id) {
                Some(twice) => twice.required |= required,
                None => found.push(AskedItem { item, required }),
            }
        }
    }
    found
}

/// Whether refusing this one item closes the function (rules R13 and R33): the tables say.
fn demanded(platform: &Platform, setting: &Setting<'_>, role: &Slug, item: &ItemFacts, now: Timestamp) -> bool {
    closes(platform, setting, role, vec![item.id.to_string()], now)
}

fn closes(platform: &Platform, setting: &Setting<'_>, role: &Slug, refused: Vec<String>, now: Timestamp) -> bool {
    let asked = FunctionOpen {
        platform: platform.id.clone(),
        at: None,
        function: setting.function.id.to_string(),
        product: setting.product.map(ToString::to_string),
        channel: setting.channel.map(ToString::to_string),
        person: role.to_string(),
        refused,
        subject: Subject::default(),
        facts: setting.facts.clone(),
    };
    platform.tables.function_open(&asked, &SubjectState::default(), None, now).effect == Openness::Closed
}

fn question(platform: &Platform, setting: &Setting<'_>, role: &Slug, items: Vec<String>) -> Processing {
    Processing {
        platform: platform.id.clone(),
        at: None,
        action: Action::Collect,
        function: Some(setting.function.id.to_string()),
        purpose: setting.function.purposes.first().map(|purpose| purpose.text.clone()),
        product: setting.product.map(ToString::to_string),
        channel: setting.channel.map(ToString::to_string),
        recipient: None,
        party: None,
        endpoint: None,
        actor: Actor::Subject,
        person: role.to_string(),
        items,
        source: None,
        exception: None,
        subject: Subject::default(),
        facts: setting.facts.clone(),
        document: None,
    }
}

/// Whether an item is asked here at all: no condition is known to be false.
fn applies(platform: &Platform, setting: &Setting<'_>, role: &Slug, item: &ItemFacts, now: Timestamp) -> bool {
    let asked = question(platform, setting, role, vec![item.id.to_string()]);
    let answer = platform.tables.decide(&asked, &SubjectState::default(), None, now);
    let items = answer.items.iter().flat_map(|item| &item.reasons);
    let mut reasons = answer.published.reasons.iter().chain(&answer.law.reasons).chain(items);
    !reasons.any(|reason| reason.code == Code::ConditionFalse)
}

/// Whether a person in this state may be filled in about, as far as the function demands: nothing demanded is withheld,
/// and something is permitted.
pub(super) fn may(
    platform: &Platform,
    setting: &Setting<'_>,
    role: &Slug,
    (state, born): (&SubjectState, Option<Born>),
    now: Timestamp,
) -> bool {
    let items: Vec<String> =
        asked(platform, setting, std::slice::from_ref(role), now).iter().map(|one| one.item.id.to_string()).collect();
    let question = question(platform, setting, role, items.clone());
    let answer = platform.tables.decide(&question, state, born, now);
    let withheld = answer.items.iter().filter(|item| item.outcome == Outcome::Withheld);
    let withheld: Vec<String> = withheld.map(|item| item.item.clone()).collect();
    withheld.len() < items.len() && !closes(platform, setting, role, withheld, now)
}

/// Years of age of an adult and a child that nobody is, for the question what one would need.
const ADULT: i16 = 36;
const CHILD: i16 = 6;

fn born(years: i16, now: Timestamp) -> Option<Born> {
    day_in_shanghai(now).checked_sub(years.years()).ok().map(Born::On)
}

/// By whom a role of a function may be filled in that is not the holder's own (rules R17, R19).
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn fillers(
    house: &House,
    platform: &Platform,
    holder: SubjectId,
    setting: &Setting<'_>,
    role: &Slug,
) -> Result<Fillers, Refusal> {
    let now = house.now();
    let nobody = SubjectState::default();
    let guardian = consents(platform, setting.function, GivenBy::Guardian, now);
    let guarded = SubjectState { consents: guardian, ..SubjectState::default() };
    let typed = may(platform, setting, role, (&nobody, born(ADULT, now)), now);
    let items = asked(platform, setting, std::slice::from_ref(role), now);
    let tells = items.iter().any(|one| tells_birth(platform, &one.item.id));
    let ward = tells && may(platform, setting, role, (&guarded, born(CHILD, now)), now);
    let invited = is_for_guests(platform, setting, role, now);
    let mut at_hand = Vec::new();
    let (_, records) = identity::seen(house, platform, holder).await?;
    for record in records.iter().rev().filter(|record| record.holder.is_none_or(|own| own == holder)) {
        let others = record.roles.iter().filter(|(id, is)| *id != holder && is == role);
        for (subject, _) in others {
            if at_hand.iter().any(|one: &AtHand| one.subject == *subject) {
                continue;
            }
            let (snapshot, born) = house.known(platform, *subject).await?;
            let mut state = snapshot.state().clone();
            let under = platform.tables.program().law.ages().child;
            let child = state.account == Account::None && is_under(born, under, day_in_shanghai(now)) && born.is_some();
            if child {
                state.consents.extend(guarded.consents.iter().cloned());
            }
            if may(platform, setting, role, (&state, born), now) {
                let class_name = platform.name_of(Kind::Record, record.class.as_str());
                at_hand.push(AtHand { subject: *subject, record: record.id, class_name, at: record.at, child });
            }
        }
    }
    Ok(Fillers { typed, ward, invited, at_hand })
}

/// Whether an adult who gives every consent that the function asks may fill a role in.
pub(super) fn is_for_guests(platform: &Platform, setting: &Setting<'_>, role: &Slug, now: Timestamp) -> bool {
    let own = consents(platform, setting.function, GivenBy::Oneself, now);
    let agreed = SubjectState { consents: own, ..SubjectState::default() };
    !is_guarded(setting.function, role) && may(platform, setting, role, (&agreed, born(ADULT, now)), now)
}

/// Whether the function cannot go on while nobody fills a role in.
pub(super) fn is_demanded(platform: &Platform, setting: &Setting<'_>, role: &Slug, now: Timestamp) -> bool {
    let asked = asked(platform, setting, std::slice::from_ref(role), now);
    closes(platform, setting, role, asked.iter().map(|one| one.item.id.to_string()).collect(), now)
}

/// Whether nobody but a guardian fills a role in.
pub fn is_guarded(function: &Function, role: &Slug) -> bool {
    let mut groups = typed_groups(function).filter(|group| group.of.text == role.as_str()).peekable();
    let by_guardian =
        |group: &Collect| matches!(group.authority.as_ref().and_then(|one| one.said()), Some(Authority::Guardian));
    groups.peek().is_some() && groups.all(by_guardian)
}

/// Every consent of a function, as somebody would give it who agrees to all.
fn consents(platform: &Platform, function: &Function, by: GivenBy, at: Timestamp) -> Vec<Consent> {
    let own = platform.tables.scopes().iter().filter(|scope| scope.kind == Kind::Function);
    let own = own.filter(|scope| scope.element == function.id.value);
    let consent = |scope: &policy::terms::Scope| Consent {
        id: None,
        scope: scope.id.clone(),
        party: None,
        policy: platform.tables.policy().to_string(),
        text: None,
        by,
        artefact: if scope.form == policy::syntax::Form::Written { Artefact::Written } else { Artefact::Separate },
        at,
        until: None,
        withdrawn: None,
    };
    own.map(consent).collect()
}

/// Whether an item is a picture or a recording, which no line of a form takes.
pub fn is_picture(item: &ItemFacts) -> bool {
    item.face || item.validator.is_some_and(|validator| !validator.file_kinds().is_empty())
}
