//! Single changes of a question: which ones make a literal true or false, and how they are told.

use jiff::{Span, Timestamp};
use model::act::{Artefact, GivenBy};
use model::calendar::day_in_shanghai;

use super::Change;
use crate::claim::setting::{Setter, Setting, artefact};
use crate::compile::{Flow, Tables};
use crate::question::{Actor, Processing, Side, Subject};
use crate::syntax::Kind;
use crate::terms::asked::Asked;
use crate::terms::literal::{Literal, Who, small};

/// At most so many parties are proposed.
const PARTIES: usize = 3;

/// What can be changed about questions of one program.
pub(super) struct Changes<'t> {
    pub(super) tables: &'t Tables,
    pub(super) at: Timestamp,
}

/// What a setting is about: two of the same slot cannot both be made.
pub(super) const fn slot(setting: &Setting) -> (u8, u16) {
    match setting {
        Setting::Actor(_) => (0, 0),
        Setting::Born(_) => (1, 0),
        Setting::Consent(i, _) | Setting::Withdrawn(i) => (2, *i),
        Setting::Life(_) => (3, 0),
        Setting::Account(_) => (4, 0),
        Setting::Document(_) => (5, 0),
        Setting::Party(_) => (6, 0),
        Setting::Fact(i, _) => (7, *i),
        Setting::Same(_) => (8, 0),
        Setting::Product(_) => (9, 0),
        Setting::Off(i, _) => (10, *i),
        Setting::Exception(_) => (11, 0),
        Setting::OptedOut(i, _) => (12, *i),
        Setting::Function(_) => (13, 0),
        Setting::Purpose(_) => (14, 0),
        Setting::Recipient(_) => (15, 0),
        Setting::Channel(_) => (16, 0),
    }
}

/// Whether a second setting of the slot adds to the first instead of undoing it: it was made from the question as changed.
pub(super) const fn grows(setting: &Setting) -> bool {
    matches!(setting, Setting::Actor(_) | Setting::Same(_) | Setting::Consent(..))
}

/// Smaller changes to the same end: of a consent by two, that of either.
pub(super) fn less(setting: &Setting) -> Vec<Setting> {
    match setting {
        Setting::Consent(place, given) if given.len() > 1 => {
            given.iter().map(|one| Setting::Consent(*place, vec![*one])).collect()
        }
        _ => Vec::new(),
    }
}

impl Changes<'_> {
    /// The changes that make a literal true, or not true, on a side. None: it cannot be changed by asking otherwise.
    pub(super) fn attaining(
        &self,
        question: &Processing,
        asked: &Asked,
        flow: &Flow,
        (literal, wanted, side): (Literal, bool, Side),
    ) -> Vec<Vec<Setting>> {
        let proposed = self.proposed(question, asked, flow, literal, wanted);
        let bit = self.tables.alphabet().bit(literal);
        let attains = |settings: &Vec<Setting>| {
            let setter = Setter { tables: self.tables, at: self.at };
            let mut with = question.clone();
            for setting in settings {
                setter.set(setting, &mut with);
            }
            self.has(&with, bit, side) == Some(wanted)
        };
        proposed.into_iter().filter(attains).collect()
    }

    /// Whether a bit is set for a question.
    fn has(&self, question: &Processing, bit: u16, side: Side) -> Option<bool> {
        let standing = Setter { tables: self.tables, at: self.at }.project(question)?;
        Some(if side == Side::Published { standing.published.has(bit) } else { standing.law.has(bit) })
    }

    fn proposed(
        &self,
        question: &Processing,
        asked: &Asked,
        flow: &Flow,
        literal: Literal,
        wanted: bool,
    ) -> Vec<Vec<Setting>> {
        let one = |setting: Setting| vec![vec![setting]];
        match (literal, wanted) {
            (Literal::Granted(scope), true) => self.consents(question, flow, scope),
            (
                Literal::By(_) | Literal::Approved | Literal::ClearView | Literal::RoleAllowed | Literal::RoleMinors,
                _,
            ) => self.actors(question, literal, wanted),
            (Literal::DocumentShown, true) => one(Setting::Document(true)),
            (Literal::PartyNamed, true) => self.parties(flow),
            (Literal::Fact(fact, yes), _) => one(Setting::Fact(fact, Some(yes == wanted))),
            (Literal::Same(pair, yes), _) => one(Setting::Same(Some(self.same(question, pair, yes == wanted)))),
            (Literal::Product(product, yes), _) => {
                let products = 0..small(self.tables.program().policy.products.len());
                products
                    .filter(|one| (*one == product) == (yes == wanted))
                    .map(|one| vec![Setting::Product(Some(one))])
                    .collect()
            }
            (Literal::Under(age, yes), _) => self.age(question, age, yes == wanted),
            (Literal::Off(permission), false) => one(Setting::Off(permission, false)),
            (Literal::Claimed(exception), true) if asked.exception.is_none() => {
                one(Setting::Exception(Some(exception)))
            }
            (Literal::Claimed(_), false) => one(Setting::Exception(None)),
            (Literal::OptedOut(place), false) => one(Setting::OptedOut(place, false)),
            // What was consented to stays so; a closed account and an ended record do not come back by asking.
            _ => Vec::new(),
        }
    }

    /// Whose consent would count: the person's own, a guardian's, both; where the age must be known, with the age.
    fn consents(&self, question: &Processing, flow: &Flow, place: u16) -> Vec<Vec<Setting>> {
        let Some(scope) = self.tables.scopes().get(usize::from(place)) else { return Vec::new() };
        let how = artefact(scope.form);
        let by = |given: &[GivenBy]| Setting::Consent(place, given.iter().map(|by| (*by, how)).collect());
        let (own, guardian) = (GivenBy::Oneself, GivenBy::Guardian);
        let given = [by(&[own]), by(&[guardian]), by(&[own, guardian])];
        let parties = if scope.per_party && question.party.is_none() { self.parties(flow) } else { vec![Vec::new()] };
        let minor = self.tables.program().law.ages().minor;
        let unknown = is_age_unknown(question);
        let mut ways: Vec<Vec<Setting>> = Vec::new();
        for party in &parties {
            for consent in &given {
                ways.push([party.as_slice(), std::slice::from_ref(consent)].concat());
            }
            if unknown && let (Some(age), [own, ..]) = (self.born(minor.saturating_add(16)), &given) {
                ways.push([party.as_slice(), &[age, own.clone()]].concat());
            }
        }
        ways
    }

    fn born(&self, years: u16) -> Option<Setting> {
        let since = Span::new().try_years(years).and_then(|span| span.try_days(10)).ok()?;
        Some(Setting::Born(Some(day_in_shanghai(self.at).checked_sub(since).ok()?)))
    }

    /// An unknown age becomes known; a known one stays.
    fn age(&self, question: &Processing, place: u16, under: bool) -> Vec<Vec<Setting>> {
        let years = self.tables.alphabet().ages.get(usize::from(place)).copied().unwrap_or_default();
        if !is_age_unknown(question) {
            return Vec::new();
        }
        let years = if under { years.saturating_sub(1) } else { years.saturating_add(16) };
        self.born(years).into_iter().map(|age| vec![age]).collect()
    }

    fn parties(&self, flow: &Flow) -> Vec<Vec<Setting>> {
        let program = self.tables.program();
        let recipient = flow.recipient.and_then(|place| program.policy.recipients.get(usize::from(place)));
        let Some(recipient) = recipient else { return Vec::new() };
        let parties = program.operation.parties.iter().zip(0..);
        let own = parties.filter(|(party, _)| party.recipient.text == recipient.id.as_str());
        own.map(|(_, place)| vec![Setting::Party(Some(place))]).take(PARTIES).collect()
    }

    /// The pairs that are one person, with or without this one.
    fn same(&self, question: &Processing, pair: u16, same: bool) -> Vec<u16> {
        let alphabet = self.tables.alphabet();
        let groups = question.facts.same_person.as_deref().unwrap_or_default();
        let within =
            |group: &[String], place: u16| group.iter().any(|text| alphabet.place(Kind::Person, text) == Some(place));
        let pairs = (0..).zip(&alphabet.pairs);
        let known = pairs.filter(|(_, (a, b))| groups.iter().any(|group| within(group, *a) && within(group, *b)));
        let mut all: Vec<u16> = known.map(|(place, _)| place).filter(|place| *place != pair).collect();
        all.extend(same.then_some(pair));
        all
    }

    /// Others who could act: staff in another role, with approval, with a clear view; the subject; a system.
    fn actors(&self, question: &Processing, literal: Literal, wanted: bool) -> Vec<Vec<Setting>> {
        let roles = self.tables.program().operation.roles.iter().map(|role| role.id.to_string());
        let actors: Vec<Actor> = match (&question.actor, literal) {
            (Actor::Staff { role, clear_view, .. }, Literal::Approved) => {
                vec![Actor::Staff { role: role.clone(), approved: wanted, clear_view: *clear_view }]
            }
            (Actor::Staff { role, approved, .. }, Literal::ClearView) => {
                vec![Actor::Staff { role: role.clone(), approved: *approved, clear_view: wanted }]
            }
            (Actor::Staff { approved, clear_view, .. }, Literal::RoleAllowed | Literal::RoleMinors) => {
                roles.map(|role| Actor::Staff { role, approved: *approved, clear_view: *clear_view }).collect()
            }
            (_, Literal::By(Who::Subject)) if wanted => vec![Actor::Subject],
            (_, Literal::By(Who::System)) if wanted => vec![Actor::System],
            (Actor::Staff { .. }, Literal::By(Who::Staff)) if !wanted => vec![Actor::Subject],
            _ => Vec::new(),
        };
        actors.into_iter().map(|actor| vec![Setting::Actor(actor)]).collect()
    }

    /// A change in words.
    pub(super) fn words(&self, setting: &Setting) -> Change {
        let program = self.tables.program();
        let (policy, names) = (&program.policy, &program.names);
        macro_rules! called {
            ($list:expr, $kind:ident, $place:expr) => {{
                let id = $place.and_then(|place: u16| $list.get(usize::from(place))).map(|one| one.id.to_string());
                id.map_or_else(
                    || "none".to_owned(),
                    |id| {
                        let name = names.name_of(Kind::$kind, &id);
                        if name == id { id } else { format!("{name} {id}") }
                    },
                )
            }};
        }
        let (what, text) = match setting {
            Setting::Actor(actor) => return acting(actor),
            Setting::Born(Some(_)) if self.is_grown(setting) => ("age", "the age is known: grown up".to_owned()),
            Setting::Born(_) => ("age", "the age is known: a minor".to_owned()),
            Setting::Consent(place, given) => ("consent", self.consent(*place, given)),
            Setting::Withdrawn(_) => ("consent", "the consent is withdrawn".to_owned()),
            Setting::Life(_) => ("record", "the record lives".to_owned()),
            Setting::Account(_) => ("account", "the account is open".to_owned()),
            Setting::Document(_) => ("document", "a document is shown".to_owned()),
            Setting::Party(place) => {
                ("party", format!("it goes to {} by name", called!(program.operation.parties, Party, *place)))
            }
            Setting::Fact(place, value) => {
                let is = if *value == Some(true) { "is so" } else { "is not so" };
                ("fact", format!("attested: {} {is}", called!(policy.facts, Fact, Some(*place))))
            }
            Setting::Same(pairs) => ("same-person", self.pairs(pairs.as_deref().unwrap_or_default())),
            Setting::Product(place) => ("product", format!("about {}", called!(policy.products, Product, *place))),
            Setting::Off(place, _) => {
                ("permission", format!("{} is on", called!(policy.permissions, Permission, Some(*place))))
            }
            Setting::Exception(Some(place)) => {
                ("exception", format!("relying on {}", called!(policy.exceptions, Exception, Some(*place))))
            }
            Setting::Exception(None) => ("exception", "relying on no exception".to_owned()),
            Setting::OptedOut(..) => ("objection", "the objection is taken back".to_owned()),
            Setting::Function(place) => {
                ("function", format!("in the course of {}", called!(policy.functions, Function, *place)))
            }
            Setting::Purpose(place) => ("purpose", format!("for {}", called!(policy.purposes, Purpose, *place))),
            Setting::Recipient(place) => ("recipient", format!("to {}", called!(policy.recipients, Recipient, *place))),
            Setting::Channel(place) => ("channel", format!("over {}", called!(policy.channels, Channel, *place))),
        };
        Change { what, text }
    }

    fn is_grown(&self, setting: &Setting) -> bool {
        let Setting::Born(Some(born)) = setting else { return false };
        let minor = self.tables.program().law.ages().minor;
        !model::age::is_under(Some((*born).into()), minor, day_in_shanghai(self.at))
    }

    fn consent(&self, place: u16, given: &[(GivenBy, Artefact)]) -> String {
        let Some(scope) = self.tables.scopes().get(usize::from(place)) else { return String::new() };
        let by = given.iter().map(|(by, _)| match by {
            GivenBy::Oneself => "the person",
            GivenBy::Guardian => "a guardian",
            GivenBy::Other => "somebody else",
        });
        let by = by.collect::<Vec<_>>().join(" and by ");
        format!("{} ({}), given by {by}", scope.id, scope.form)
    }

    fn pairs(&self, pairs: &[u16]) -> String {
        let persons = &self.tables.program().policy.persons;
        let id = |place: &u16| persons.get(usize::from(*place)).map(|one| one.id.to_string()).unwrap_or_default();
        let told = |place: &u16| {
            let pair = self.tables.alphabet().pairs.get(usize::from(*place));
            pair.map(|(a, b)| format!("{} and {}", id(a), id(b))).unwrap_or_default()
        };
        if pairs.is_empty() {
            "known: no two roles are one person".to_owned()
        } else {
            format!("known to be one person: {}", pairs.iter().map(told).collect::<Vec<_>>().join("; "))
        }
    }
}

fn is_age_unknown(question: &Processing) -> bool {
    matches!(&question.subject, Subject::Inline(subject) if subject.born.is_none())
}

fn acting(actor: &Actor) -> Change {
    let (what, text) = match actor {
        Actor::Staff { role, approved, clear_view } => {
            let approved = if *approved { ", with a manager's approval" } else { "" };
            let clear = if *clear_view { ", asking for a clear view" } else { "" };
            ("actor", format!("staff acts in the role {role}{approved}{clear}"))
        }
        Actor::Subject => ("actor", "the person acts".to_owned()),
        Actor::System => ("actor", "a system acts".to_owned()),
        Actor::Party { party } => ("actor", format!("the party {party} acts")),
    };
    Change { what, text }
}
