//! The reference interpreter: what the language means, slow and plain.
//!
//! It reads the [`Program`] and one assignment of literals and says what each side rules, rule by rule in the order of
//! the catalogue (`docs/law.md`); a comment `R10` marks the code of rule 10. It shares with the tables only the literals
//! ([`Alphabet`]) and the keys. [`crate::prove`] compares the two on every row; random policies and questions are put
//! to both in tests.
//!
//! # What a ruling is
//!
//! Three-valued for each item: clear, masked, withheld. It begins clear, and every objection makes it stricter; the
//! objections are the causes. Conditions are Kleene's: a false one withholds, an unknown one withholds and names the
//! facts that are unknown. What is declared nowhere has no ruling at all, and is withheld on both sides.
//!
//! # Where the sources leave a choice
//!
//! A choice that a careful privacy lawyer would make, and that can be found again here:
//!
//! - A condition (`when`), the channels and products of a function bind both sides: what the text does not tell is
//!   processing without notice (PIPL art. 7, 17), so the law denies it too.
//! - The sensitive scope comes on top of the element's own: separate consent for the bank card does not replace consent
//!   to the function.
//! - Contract, human resources and published information free from consent, but (switch `separate-beyond-consent`) not
//!   from separate consent for sensitive items and third parties. Statutory duty, emergency, news and other law do.
//! - Entrusting and transfer ask for no consent of their own (PIPL art. 21, 22): where the text gives them no ground,
//!   the function's ground and scopes carry them too. Out of the country they do not: there every way out needs the
//!   element's own consent (PIPL art. 39), where consent is the ground or the switch asks for it beside another.
//! - R35 and R36 take the operation file at its word: a route that is declared and in date, and the numbers beside it,
//!   decide, whatever the ground. What is anonymised is about nobody, and neither are sums: they need none.
//! - R15 asks that a page tells necessity and impact wherever a sensitive item is worked with or leaves; showing does not
//!   need it. A flow outside any function is told by any page.
//! - R10 on showing: others need the separate consent, the subject may always look at what the function took.
//! - R17: a guardian consents for a child even where the ground is contract, never where the law itself commands. The
//!   text's own rule for minors works the same way on the published side, below the text's age.
//! - A birth date nobody knows: the person counts as a child for separate consents and as a minor for staff; a general
//!   consent of one's own counts, because the age cannot be known before anything is collected.
//! - R46 spares what rests on statutory duty, keeping itself, and the subject's own look at what is held.
//! - R56 masks whatever is shown to anybody but the subject. A promise of the text to mask covers the subject too.
//!   A permitted clear view opens both: it is an act of its own, with a reason on the ledger.
//! - R57 spares biometrics that are entrusted for verification; R33 and R10 gate those.
//! - A level beyond masking (pseudonymous, de-identified, aggregate) never lets the value itself out: mask `hidden`.
//!   Gates stay as they are, because claims of anonymity are not taken at their word (R6).
//! - Organisations have no personal information: for them the law asks only that the act is declared and the staff role
//!   allows it.
//! - The right to look (PIPL art. 45) is declared by law for every item: asked as `show` by the subject, without function
//!   and purpose. Stricter means here: grant before refuse.

mod declared;
mod law;
mod published;
mod told;
mod world;

use jiff::civil::Date;
use model::field::Mask;

use crate::decide::project::Standing;
use crate::question::{Outcome, Side};
use crate::resolve::Program;
use crate::terms::asked::Asked;
use crate::terms::key::{Element, Key, Ruling, Settling};
use crate::terms::lines::Line;
use crate::terms::literal::Alphabet;
use crate::terms::word::Word;

pub(crate) use told::Told;
pub(crate) use world::{Objections, World};

/// What both sides say of one item, and for which key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// The declared flow that answers.
    pub key: Key,
    /// The published policy.
    pub published: Ruling,
    /// The law.
    pub law: Ruling,
    /// What takes effect.
    pub outcome: Outcome,
}

/// One rule: it looks at a world and adds its objections, whatever other rules say.
pub(crate) type Rule = fn(&World<'_>, &mut Objections);

/// What one side rules for a key under the law of a day.
pub fn ruling(program: &Program, alphabet: &Alphabet, day: Date, key: Key, side: Side, word: &Word) -> Option<Ruling> {
    let world = World::new(program, alphabet, day, key)?;
    world.suppose(&Line::of(word));
    Some(object(&world, side, &rules(&world, side)).ruling())
}

/// The rules of one side that apply to a key.
pub(crate) fn rules(world: &World<'_>, side: Side) -> Vec<Rule> {
    match side {
        Side::Published => published::rules(world),
        Side::Law => law::rules(world),
    }
}

/// The objections of these rules.
pub(crate) fn object(world: &World<'_>, side: Side, rules: &[Rule]) -> Objections {
    let mut to = Objections::none(mask(world, side));
    for rule in rules {
        rule(world, &mut to);
    }
    to
}

/// The mask with which a side masks.
pub(crate) fn mask(world: &World<'_>, side: Side) -> Mask {
    match side {
        Side::Published => published::mask(world),
        Side::Law => world.item.mask,
    }
}

/// What both sides say of an item; `None` when no flow declares it.
pub fn decide(
    program: &Program,
    alphabet: &Alphabet,
    day: Date,
    asked: &Asked,
    item: u16,
    standing: &Standing,
) -> Option<Meant> {
    let mut best: Option<Meant> = None;
    for key in declared::keys(program, alphabet, asked, item) {
        let published = ruling(program, alphabet, day, key, Side::Published, &standing.published)?;
        let law = ruling(program, alphabet, day, key, Side::Law, &standing.law)?;
        let alone = enforced_as_published(program, key.element);
        let outcome = Settling::of(key.element, alone).outcome(published.outcome, law.outcome);
        let meant = Meant { key, published, law, outcome };
        let rank = |meant: &Meant| (meant.outcome, meant.published.outcome, meant.law.outcome);
        if best.as_ref().is_none_or(|best| rank(&meant) > rank(best)) {
            best = Some(meant);
        }
    }
    best
}

fn enforced_as_published(program: &Program, element: Element) -> bool {
    let policy = &program.policy;
    let at = usize::from;
    let id = match element {
        Element::Function(i) => policy.functions.get(at(i)).map(|one| &one.id),
        Element::Use(i) => policy.uses.get(at(i)).map(|one| &one.id),
        Element::Tracker(i) => policy.trackers.get(at(i)).map(|one| &one.id),
        Element::Share(i) => policy.shares.get(at(i)).map(|one| &one.id),
        Element::Disclosure(i) => policy.disclosures.get(at(i)).map(|one| &one.id),
        Element::Record(_) | Element::Access => None,
    };
    let named = |id: &str| program.operation.enforcements.iter().any(|choice| choice.element.value == id);
    id.is_some_and(|id| named(id.as_str()))
}
