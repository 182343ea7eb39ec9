//! Who stands in a matter: chosen before the form, so that the form asks of each what policy and law let it ask.
//!
//! The choice travels as the query of the form's address: roles, products, numbers; nothing about a person.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use desk::collect::{self, AtHand, Fillers, Setting, same_person, typed_groups};
use desk::{Platform, Refusal};
use jiff::Timestamp;
use model::calendar::day_in_shanghai;
use model::{Slug, SubjectId};
use policy::question::Facts;
use policy::syntax::{Function, PersonKind};

use super::form::{Block, Sheet, role_of};
use super::standing::Standing;
use crate::pages::parts::{Choice, Field, FieldKind};
use crate::session::{Customer, Form};
use crate::words::{fill, say};

/// Most people of one kind in one role that a form asks about.
const MANY: usize = 12;

/// The holder.
const SELF: &str = "self";
/// A child, by the holder as guardian.
const WARD: &str = "ward";
/// Another adult, who is invited.
const INVITED: &str = "invited";
/// Another adult, by the holder.
const TYPED: &str = "typed";

/// How somebody comes to be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    /// The holder of the account.
    Holder,
    /// A child; the holder consents as guardian.
    Ward,
    /// Another person, where nobody's consent is asked.
    Typed,
    /// Another adult, who fills in alone by the link of an invitation.
    Invited,
    /// Somebody who stands in a record of the holder's; a guardian consents where it is a child.
    AtHand(SubjectId, bool),
    /// An organisation.
    Organisation,
}

/// One of the cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) stand: Stand,
    pub(crate) roles: Vec<Slug>,
    /// One more of a kind that the page offered first: left empty, it is nobody.
    pub(crate) further: bool,
}

/// A role that others than the holder may stand in.
#[derive(Clone)]
struct Open {
    role: Slug,
    name: String,
    /// Only a guardian fills it in.
    guarded: bool,
    fillers: Fillers,
}

/// What can be chosen for a function.
#[derive(Clone)]
pub(crate) struct Casting<'p> {
    platform: &'p Platform,
    function: &'p Function,
    /// The holder's own roles.
    own: Vec<Slug>,
    open: Vec<Open>,
    organisations: Vec<Slug>,
    products: Vec<Slug>,
    /// What the holder refused and is not asked again yet.
    refused: BTreeSet<Slug>,
    /// What is known to hold of the holder.
    holds: BTreeMap<String, bool>,
    now: Timestamp,
    /// Nobody who is known is named: the page is to be kept as it is for everybody (rule R61).
    bare: bool,
}

/// What was chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cast {
    pub(crate) product: Option<Slug>,
    pub(crate) members: Vec<Member>,
    /// Ticks by role, as they came.
    ticks: Vec<(Slug, String)>,
}

impl<'p> Casting<'p> {
    /// What can be chosen by a customer for a function that makes a record, for the product that is chosen already or else
    /// for any.
    pub(crate) async fn of(
        customer: &'p Customer,
        standing: &Standing,
        function: &'p Function,
        chosen: &[(String, String)],
    ) -> Result<Casting<'p>, Refusal> {
        let (house, platform) = (&customer.app.house, &*customer.platform);
        let now = house.now();
        let (organisations, natural) = roles(platform, function);
        let own = own(platform, standing, function, &natural);
        let channel = platform.portal_channel();
        let products = products(platform, function);
        let fitting: Vec<Option<&Slug>> = match chosen_of(&products, chosen) {
            None if !products.is_empty() => products.iter().map(Some).collect(),
            one => vec![one],
        };
        let mut open = Vec::new();
        for (role, _) in natural.into_iter().filter(|(role, _)| !own.contains(role)) {
            let people: [&[Slug]; 2] = [&own, std::slice::from_ref(&role)];
            let facts = Facts { same_person: Some(same_person(&people, 1)), ..Facts::default() };
            let mut setting = Setting { function, channel: channel.as_ref(), product: None, facts };
            let mut fillers = Fillers::default();
            for product in &fitting {
                setting.product = *product;
                let more = collect::fillers(house, platform, customer.subject, &setting, &role).await?;
                fillers.typed |= more.typed;
                fillers.ward |= more.ward;
                fillers.invited |= more.invited;
                let known = |one: &AtHand| !fillers.at_hand.contains(one);
                fillers.at_hand.extend(more.at_hand.into_iter().filter(known).collect::<Vec<_>>());
            }
            let guarded = collect::is_guarded(function, &role);
            open.push(Open { name: role_of(platform, &role).0, role, guarded, fillers });
        }
        let organisations = organisations.into_iter().map(|(role, _)| role).collect();
        let (refused, holds) = (standing.refused(platform, function), standing.holds.clone());
        Ok(Self { platform, function, own, open, organisations, products, refused, holds, now, bare: false })
    }

    /// The same without anybody in particular: whoever is at hand is somebody of a record of this class.
    pub(crate) fn bare(&self) -> Self {
        Self { bare: true, refused: BTreeSet::new(), ..self.clone() }
    }

    /// Whether there is anything to choose before the form.
    pub(crate) fn asks(&self) -> bool {
        self.products.len() > 1 || !self.open.is_empty()
    }

    /// Reads a choice; `None` where a product is still to be chosen, or somebody whom it is about.
    pub(crate) fn read(&self, chosen: &[(String, String)], counts: &Form) -> Option<Cast> {
        let product = chosen_of(&self.products, chosen).cloned();
        if product.is_none() && !self.products.is_empty() {
            return None;
        }
        if !self.vacant(chosen).is_empty() {
            return None;
        }
        let mut holder = Member { stand: Stand::Holder, roles: self.own.clone(), further: false };
        let (mut others, mut ticks) = (Vec::new(), Vec::new());
        for open in &self.open {
            let key = format!("who.{}", open.role);
            for tick in chosen.iter().filter(|(name, _)| *name == key).map(|(_, tick)| tick) {
                let Some(stand) = open.stand(tick) else { continue };
                if ticks.iter().any(|(role, known)| *role == open.role && known == tick) {
                    continue;
                }
                ticks.push((open.role.clone(), tick.clone()));
                if stand == Stand::Holder {
                    holder.roles.push(open.role.clone());
                    continue;
                }
                let many = matches!(stand, Stand::Ward | Stand::Typed | Stand::Invited);
                let count = if many { counted(counts, &open.role, tick) } else { 1 };
                let member = |nth| Member { stand, roles: vec![open.role.clone()], further: nth > 0 };
                others.extend((0..count).map(member));
            }
        }
        let organisation =
            |role: &Slug| Member { stand: Stand::Organisation, roles: vec![role.clone()], further: true };
        let organisations = self.organisations.iter().map(organisation);
        let members = std::iter::once(holder).chain(others).chain(organisations).collect();
        Some(Cast { product, members, ticks })
    }

    /// The roles of which one is still to be chosen.
    fn vacant(&self, chosen: &[(String, String)]) -> Vec<Slug> {
        let ticked = |open: &&Open| {
            let key = format!("who.{}", open.role);
            chosen.iter().any(|(name, tick)| *name == key && open.stand(tick).is_some())
        };
        let taken = self.open.iter().filter(ticked).map(|open| &open.role);
        collect::vacant(self.platform, self.function, &self.own.iter().chain(taken).cloned().collect::<Vec<_>>())
    }

    /// The questions of the page on which one chooses.
    pub(crate) fn fields(&self, chosen: &[(String, String)], again: bool) -> Vec<Field> {
        let of = |key: &str| {
            let values = chosen.iter().filter(|(name, _)| name == key).map(|(_, value)| value.as_str());
            values.collect::<Vec<_>>().join(" ")
        };
        let mut fields = Vec::new();
        if self.products.len() > 1 {
            let value = of("product");
            fields.push(Field {
                name: "product".into(),
                label: say("product"),
                kind: FieldKind::Radio(self.products.iter().map(|product| self.product(product)).collect()),
                error: (again && value.is_empty()).then(|| say("product-missing")),
                required: true,
                value,
                ..Field::default()
            });
        }
        let vacant = if again { self.vacant(chosen) } else { Vec::new() };
        let names: Vec<String> = vacant.iter().map(|role| role_of(self.platform, role).0).collect();
        let missing = fill("who-missing", &[("roles", &names.join(&say("who-or")))]);
        for open in &self.open {
            let name = format!("who.{}", open.role);
            fields.push(Field {
                error: vacant.contains(&open.role).then(|| missing.clone()),
                label: fill("who", &[("role", &open.name)]),
                hint: Some(self.hint(&open.role)).filter(|_| !open.guarded),
                kind: FieldKind::Checks(open.choices(&self.own, self)),
                required: true,
                value: of(&name),
                name,
                ..Field::default()
            });
        }
        fields
    }

    /// Of members of an organisation there may be more than a form asks about.
    fn hint(&self, role: &Slug) -> String {
        let persons = &self.platform.tables.program().policy.persons;
        let member = persons.iter().any(|one| one.id.value == *role && one.of.is_some());
        if member && !self.organisations.is_empty() { say("who-roster-hint") } else { say("who-hint") }
    }

    /// A product, with the functions that are for it alone.
    fn product(&self, product: &Slug) -> Choice {
        let policy = &self.platform.tables.program().policy;
        let name = policy.products.iter().find(|one| one.id.value == *product).map(|one| one.name.value.clone());
        let for_it = policy.functions.iter().filter(|one| one.products.iter().any(|of| of.text == product.as_str()));
        let others = for_it.filter(|one| one.id.value != self.function.id.value);
        let names = crate::words::listed(others.map(|one| one.name.value.as_str()));
        let hint = (!names.is_empty()).then(|| fill("product-also", &[("functions", &names)]));
        Choice { value: product.to_string(), label: name.unwrap_or_else(|| product.to_string()), hint }
    }

    /// The form for what was chosen; each member of the cast has its block, in the same order.
    pub(crate) fn sheet(&self, cast: &Cast) -> Sheet<'p> {
        let alone = cast.members.len() == 1;
        let mut blocks: Vec<Block> = Vec::new();
        for (place, member) in cast.members.iter().enumerate() {
            let before = cast.members.iter().take(place);
            let nth = before.filter(|other| other.stand == member.stand && other.roles == member.roles).count() + 1;
            blocks.push(self.block(member, (place, nth), alone));
        }
        Sheet {
            platform: self.platform,
            function: self.function,
            blocks,
            channel: self.platform.portal_channel(),
            product: cast.product.clone(),
            known: true,
            proves_later: false,
            key: None,
            now: self.now,
        }
    }

    /// A record by which somebody is known: its class and day.
    fn told(&self, known: &AtHand) -> String {
        if self.bare {
            return known.class_name.clone();
        }
        fill("at-hand", &[("class", &known.class_name), ("day", &day_in_shanghai(known.at).to_string())])
    }

    fn block(&self, member: &Member, (place, nth): (usize, usize), alone: bool) -> Block {
        let names = crate::words::listed(member.roles.iter().map(|role| role_of(self.platform, role).0));
        let first = member.roles.first().map(ToString::to_string).unwrap_or_default();
        let blanks = [("roles", names.as_str()), ("nth", &nth.to_string())];
        let (name, legend) = match member.stand {
            Stand::Holder if alone => (first, String::new()),
            Stand::Holder => (first, fill("block-self", &blanks)),
            Stand::Organisation => (first, names.clone()),
            Stand::Ward => (format!("{first}.{WARD}.{nth}"), fill("block-ward", &blanks)),
            Stand::Typed => (format!("{first}.{TYPED}.{nth}"), fill("block-typed", &blanks)),
            Stand::Invited => (format!("{first}.{INVITED}.{nth}"), fill("block-invited", &blanks)),
            Stand::AtHand(subject, _) => {
                let at_hand = self.open.iter().flat_map(|open| &open.fillers.at_hand);
                let known = at_hand.into_iter().find(|known| known.subject == subject);
                let told = known.map(|known| self.told(known)).unwrap_or_default();
                let named = if self.bare { format!("{first}.{place}") } else { format!("{first}.{subject}") };
                (named, fill("block-at-hand", &[("roles", &names), ("record", &told)]))
            }
        };
        let intro = match member.stand {
            Stand::Organisation => Some(say("organisation-intro")),
            Stand::Ward => Some(say("ward-intro")),
            Stand::Typed => Some(say("typed-intro")),
            Stand::Invited => Some(say("invited-intro")),
            Stand::Holder | Stand::AtHand(..) => None,
        };
        let refused = if member.stand == Stand::Holder { self.refused.clone() } else { BTreeSet::new() };
        let holds = Some(&self.holds).filter(|_| member.stand == Stand::Holder).cloned().unwrap_or_default();
        let left_open = member.stand == Stand::Invited;
        Block { name, roles: member.roles.clone(), legend, intro, left_open, refused, holds }
    }
}

impl Open {
    /// What a tick means; `None` where it was not offered.
    fn stand(&self, tick: &str) -> Option<Stand> {
        match tick {
            SELF if !self.guarded => Some(Stand::Holder),
            WARD if self.fillers.ward => Some(Stand::Ward),
            TYPED if self.fillers.typed => Some(Stand::Typed),
            INVITED if self.fillers.invited => Some(Stand::Invited),
            _ => {
                let known = self.fillers.at_hand.iter().find(|known| known.subject.to_string() == tick)?;
                Some(Stand::AtHand(known.subject, known.child))
            }
        }
    }

    fn choices(&self, own: &[Slug], casting: &Casting<'_>) -> Vec<Choice> {
        let choice = |value: &str, label: String, hint: Option<String>| Choice { value: value.to_owned(), label, hint };
        let mut choices = Vec::new();
        if !self.guarded {
            let name = own.first().map(|role| role_of(casting.platform, role).0).unwrap_or_default();
            let hint = fill("who-self-hint", &[("role", &name)]);
            choices.push(choice(SELF, fill("who-self", &[("role", &self.name)]), Some(hint)));
        }
        for (nth, known) in self.fillers.at_hand.iter().enumerate() {
            let label = fill("who-at-hand", &[("role", &self.name), ("record", &casting.told(known))]);
            let value = if casting.bare { nth.to_string() } else { known.subject.to_string() };
            choices.push(choice(&value, label, None));
        }
        if self.fillers.ward {
            choices.push(choice(WARD, say("who-ward"), Some(say("who-ward-hint"))));
        }
        if self.fillers.typed {
            choices.push(choice(TYPED, say("who-typed"), None));
        }
        if self.fillers.invited {
            choices.push(choice(INVITED, say("who-invited"), Some(say("who-invited-hint"))));
        }
        choices
    }
}

/// The kinds of which there may be several.
fn stand_of(tick: &str) -> Option<Stand> {
    match tick {
        WARD => Some(Stand::Ward),
        TYPED => Some(Stand::Typed),
        INVITED => Some(Stand::Invited),
        _ => None,
    }
}

/// The product that is chosen: the only one, or the one named.
fn chosen_of<'s>(products: &'s [Slug], chosen: &[(String, String)]) -> Option<&'s Slug> {
    if let [only] = products {
        return Some(only);
    }
    let named = chosen.iter().find(|(key, _)| key == "product").map(|(_, value)| value.as_str())?;
    products.iter().find(|one| one.as_str() == named)
}

/// How many of a kind the form asks about.
fn counted(form: &Form, role: &Slug, tick: &str) -> usize {
    let kind = format!("{role}.{tick}");
    let count = form.one(&format!("count.{kind}")).and_then(|count| count.parse::<usize>().ok()).unwrap_or(1);
    let more = usize::from(form.one("add") == Some(kind.as_str()));
    (count + more).clamp(1, MANY)
}

/// A role, and whether somebody types it for another.
type Typed = (Slug, bool);

/// The roles that a function asks about: of organisations, and of people.
fn roles(platform: &Platform, function: &Function) -> (Vec<Typed>, Vec<Typed>) {
    let mut roles: Vec<Typed> = Vec::new();
    for group in typed_groups(function) {
        let Ok(role) = group.of.text.parse::<Slug>() else { continue };
        match roles.iter_mut().find(|(known, _)| *known == role) {
            Some((_, typed_by)) => *typed_by |= !group.typed_by.is_empty(),
            None => roles.push((role, !group.typed_by.is_empty())),
        }
    }
    roles.into_iter().partition(|(role, _)| role_of(platform, role).1)
}

/// The roles in which somebody stands, or comes to stand by filling the function in.
pub(super) fn own_roles(platform: &Platform, standing: &Standing, function: &Function) -> Vec<Slug> {
    own(platform, standing, function, &roles(platform, function).1)
}

/// The roles that the holder has by filling the function in: those that nobody types for another. Of several, those in
/// which the holder stands already, else the first of the function's users; where all are typed for others, the user's.
fn own(platform: &Platform, standing: &Standing, function: &Function, natural: &[Typed]) -> Vec<Slug> {
    let is_user = |role: &Slug| function.users.iter().any(|user| user.text == role.as_str());
    let stands = |role: &Slug| standing.parts.iter().any(|(_, _, held)| held == role);
    let alone: Vec<&Slug> = natural.iter().filter(|(_, typed_by)| !typed_by).map(|(role, _)| role).collect();
    let best = alone.iter().copied().find(|role| is_user(role) && stands(role));
    let best = best.or_else(|| alone.iter().copied().find(|role| is_user(role))).or_else(|| alone.first().copied());
    if let Some(role) = best {
        return vec![role.clone()];
    }
    let persons = &platform.tables.program().policy.persons;
    let users = function.users.iter().filter_map(|user| persons.iter().find(|one| one.id.as_str() == user.text));
    let users = users.filter(|one| one.kind.value == PersonKind::Natural).map(|one| one.id.value.clone());
    let users: Vec<Slug> = users.collect();
    let held = users.iter().find(|role| stands(role)).or(users.first()).cloned();
    held.into_iter().collect()
}

/// The products among which one chooses: those to which the function is limited; else all, where the record that it makes
/// is made for single products too.
fn products(platform: &Platform, function: &Function) -> Vec<Slug> {
    let policy = &platform.tables.program().policy;
    let limited: Vec<Slug> = function.products.iter().filter_map(|product| product.text.parse().ok()).collect();
    let made = |other: &&Function| {
        !other.products.is_empty()
            && other.makes.as_ref().map(|made| &made.text) == function.makes.as_ref().map(|made| &made.text)
    };
    if !limited.is_empty() || !policy.functions.iter().any(|other| made(&other)) {
        return limited;
    }
    policy.products.iter().map(|product| product.id.value.clone()).collect()
}

impl Cast {
    /// The choice as a query, to be repeated with the form.
    pub(crate) fn query(&self) -> String {
        let product = self.product.iter().map(|product| ("product".to_owned(), product.to_string()));
        let ticks = self.ticks.iter().map(|(role, tick)| (format!("who.{role}"), tick.clone()));
        let all: Vec<String> = std::iter::once(("go".to_owned(), "1".to_owned()))
            .chain(product)
            .chain(ticks)
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        all.join("&")
    }

    /// How many of each kind the form asks about, to come back with it: name and number.
    pub(crate) fn counts(&self) -> Vec<(String, String)> {
        let many = self.ticks.iter().filter(|(_, tick)| stand_of(tick).is_some());
        let count = |(role, tick): &(Slug, String)| {
            let same = |member: &&Member| Some(member.stand) == stand_of(tick) && member.roles.first() == Some(role);
            (format!("count.{role}.{tick}"), self.members.iter().filter(same).count().to_string())
        };
        many.map(count).collect()
    }

    /// What the button says and posts that asks about one more like this member; none before the last of them.
    pub(crate) fn more(&self, place: usize) -> Option<String> {
        let member = self.members.get(place)?;
        let tick = match member.stand {
            Stand::Ward => WARD,
            Stand::Typed => TYPED,
            Stand::Invited => INVITED,
            Stand::Holder | Stand::AtHand(..) | Stand::Organisation => return None,
        };
        let same = |other: &Member| other.stand == member.stand && other.roles == member.roles;
        let count = self.members.iter().filter(|other| same(other)).count();
        let last = !self.members.iter().skip(place + 1).any(same);
        Some(format!("{}.{tick}", member.roles.first()?)).filter(|_| last && count < MANY)
    }
}
