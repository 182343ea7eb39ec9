//! How a customer stands: roles and consents, and what that opens. Nothing of a record is read for it.

use std::collections::{BTreeMap, BTreeSet};

use desk::collect::typed_groups;
use desk::consent::{ConsentView, Cooling};
use desk::{Platform, consent, identity, retain, seat, verify};
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug, SubjectId};
use policy::syntax::{Basis, Function, Kind, PersonKind, Share};
use policy::terms::Scope;

use super::cast::own_roles;
use super::enter::registers;
use super::receivers::ground;
use crate::pages::parts::{Link, Reason, Unverified};
use crate::pages::portal::FunctionState;
use crate::session::{Customer, Visit};
use crate::told::elements;
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::{fill, say};

/// A customer's roles, records and consents.
pub(crate) struct Standing {
    /// Record, class and role of every part that is held.
    pub(crate) parts: Vec<(RecordId, Slug, Slug)>,
    /// Every consent, withdrawn ones too.
    pub(crate) consents: Vec<ConsentView>,
    /// What was refused and is not asked for again yet (rule R14).
    cooling: Vec<Cooling>,
    /// Whether the house knows who it is.
    pub(super) verified: bool,
    /// What a check of the operation file found to hold.
    pub(super) holds: BTreeMap<String, bool>,
    /// Whether there is an account: a guest who joined by an invitation has none, and begins nothing.
    pub(crate) account: bool,
}

impl Standing {
    /// Of a customer, now.
    pub(crate) async fn of(customer: &Customer) -> Result<Self, Trouble> {
        Self::of_subject(&customer.visit, customer.subject).await
    }

    /// Of who is logged in on a page that others visit too.
    pub(crate) async fn of_subject(visit: &Visit, subject: SubjectId) -> Result<Self, Trouble> {
        let (house, platform) = (&visit.app.house, &visit.platform);
        let plan = retain::plan(house, platform, subject).await?;
        let held = verify::stands(house, platform, subject).await?;
        let checks = platform.tables.program().operation.checks.iter();
        let holds = |check: &policy::syntax::Check| {
            held.iter().any(|one| one.check == check.id.value && one.holds == Some(true))
        };
        let holds = checks.filter(|check| holds(check)).map(|check| (check.fact.text.clone(), true)).collect();
        let parts = plan.parts.into_iter().map(|part| (part.record, part.class, part.role));
        Ok(Self {
            parts: parts.collect(),
            consents: consent::list(house, platform, subject).await?,
            cooling: consent::cooling(house, platform, subject).await?,
            verified: identity::is_verified(house, platform, subject).await?,
            holds,
            account: seat::has_account(house, platform, subject).await?,
        })
    }

    /// Whether a consent to a scope stands.
    pub(crate) fn stands(&self, scope: &Scope) -> bool {
        self.consents.iter().any(|given| given.scope == scope.id && given.stands)
    }

    /// The functions that concern somebody in these roles, without those by which one registers.
    pub(crate) fn functions<'p>(&self, platform: &'p Platform) -> Vec<&'p Function> {
        let roles: BTreeSet<&str> = self.parts.iter().map(|(_, _, role)| role.as_str()).collect();
        let mine = |function: &&Function| {
            let users = function.users.iter().map(|user| user.text.as_str());
            function.users.is_empty() || users.clone().any(|user| roles.contains(user)) || begins(platform, function)
        };
        let functions = platform.tables.program().policy.functions.iter().filter(|_| self.account).filter(mine);
        let here = |function: &&Function| !registers(platform, function) && is_offered(platform, function);
        functions.filter(here).filter(|function| is_done_here(platform, function)).collect()
    }

    /// Whether a scope is the person's to decide: of a role in which they stand, or come to stand by what is open to them.
    /// For the roles of others nobody decides.
    pub(crate) fn concerns(&self, platform: &Platform, scope: &Scope) -> bool {
        let functions = &platform.tables.program().policy.functions;
        let open = self.functions(platform);
        let open = open.into_iter().chain(functions.iter().filter(|one| registers(platform, one)));
        let own: BTreeSet<Slug> = open.flat_map(|one| own_roles(platform, self, one)).collect();
        let is_own = |role: &Slug| own.contains(role) || self.parts.iter().any(|(_, _, held)| held == role);
        scope.persons.is_empty() || scope.persons.iter().any(is_own)
    }

    /// Functions that the person went through, in whose course a party is still to be chosen: until then nobody gets what was
    /// filled in.
    pub(crate) fn unchosen<'p>(&self, platform: &'p Platform) -> Vec<&'p Function> {
        let program = platform.tables.program();
        let gone_through = |function: &&Function| {
            let made = function.makes.as_ref();
            made.is_some_and(|made| self.parts.iter().any(|(_, class, _)| class.as_str() == made.text))
        };
        let chosen = |function: &Function| {
            let shares = program.policy.shares.iter();
            let mut shares = shares.filter(|share| share.functions.iter().any(|one| one.text == function.id.as_str()));
            shares.any(|share| {
                let of_share = |scope: &&Scope| scope.kind == Kind::Share && scope.element == share.id.value;
                platform.tables.scopes().iter().filter(of_share).any(|scope| scope.per_party && self.stands(scope))
            })
        };
        let functions = program.policy.functions.iter().filter(|function| chooses_party(platform, function));
        functions.filter(gone_through).filter(|function| !chosen(function)).collect()
    }

    /// Scopes of a function without a consent that stands: of what it takes, where it rests on consent.
    pub(crate) fn open_scopes<'p>(&self, platform: &'p Platform, function: &Function) -> Vec<&'p Scope> {
        asked_scopes(platform, function).filter(|scope| !self.stands(scope)).collect()
    }

    /// Until when a scope that was refused is not asked on the way (rule R14).
    pub(crate) fn cools(&self, scope: &Scope) -> Option<Date> {
        self.cooling.iter().find(|one| one.scope == scope.id).map(|one| day_in_shanghai(one.until))
    }

    /// What a function asks for and was refused, as long as that is not asked again (rule R14).
    pub(crate) fn refused(&self, platform: &Platform, function: &Function) -> BTreeSet<Slug> {
        let refused =
            asked_scopes(platform, function).filter(|scope| self.cools(scope).is_some() && !self.stands(scope));
        refused.flat_map(|scope| scope.items.iter().cloned()).collect()
    }

    /// Whether nothing that a function asks for was ever decided.
    fn is_undecided(&self, platform: &Platform, function: &Function) -> bool {
        let decided = |scope: &Scope| {
            let given = self.consents.iter().any(|given| given.scope == scope.id);
            given || self.cools(scope).is_some()
        };
        !asked_scopes(platform, function).any(decided)
    }

    /// Whether a function can be used, and if not, why and what would open it.
    pub(crate) fn state(&self, platform: &Platform, function: &Function) -> FunctionState {
        let href = way(platform, function);
        let mut open = self.open_scopes(platform, function);
        // Without the general consent the others make no difference yet.
        if let Some(general) = open.iter().copied().find(|scope| scope.class.is_none()) {
            open = vec![general];
        }
        let reasons: Vec<Reason> = open.iter().map(|scope| missing(platform, scope)).collect();
        if reasons.is_empty() && !self.verified && identity::is_asked_by(platform, function) {
            let Unverified { text, ways } = super::identity::notice(platform, &identity::ways(platform));
            let reasons = vec![Reason { text, ..Reason::default() }];
            return FunctionState::Closed { reasons, mend: ways.into_iter().next() };
        }
        if reasons.is_empty() {
            return FunctionState::Available { href };
        }
        // R14: what was refused is not asked again on the way; who has changed their mind finds it where choices are.
        let mut general = open.iter().filter(|scope| scope.class.is_none());
        if let Some((scope, until)) = general.find_map(|scope| Some((scope, self.cools(scope)?))) {
            let text = fill("cooled-down", &[("until", &until.to_string())]);
            let label = say("decide-oneself");
            let mend = Link { label, href: format!("/p/{}/choices/{}", platform.id, scope.id) };
            let reasons = vec![Reason { text, ..Reason::default() }];
            return FunctionState::Closed { reasons, mend: Some(mend) };
        }
        if open.iter().any(|scope| scope.class.is_none()) && !asks_on_the_way(platform, function) {
            let decide =
                Link { label: say("decide"), href: format!("/p/{}/functions/{}", platform.id, function.id.value) };
            return FunctionState::Closed { reasons, mend: Some(decide) };
        }
        if self.is_undecided(platform, function) {
            return FunctionState::Asking { href };
        }
        FunctionState::Limited { href, reasons }
    }
}

/// Whether one comes to stand in the role of a function's users by filling it in: by applying one becomes an applicant.
fn begins(platform: &Platform, function: &Function) -> bool {
    let user = |role: &str| function.users.iter().any(|user| user.text == role);
    let natural = |role: &str| {
        let persons = &platform.tables.program().policy.persons;
        persons.iter().any(|one| one.id.as_str() == role && one.kind.value == PersonKind::Natural)
    };
    let mut groups = typed_groups(function).filter(|group| group.typed_by.is_empty());
    function.makes.is_some() && groups.any(|group| user(&group.of.text) && natural(&group.of.text))
}

/// Whether a function is offered on this portal's channel.
pub(crate) fn is_offered(platform: &Platform, function: &Function) -> bool {
    let here = platform.portal_channel();
    let is_here = |channel: &str| here.as_ref().is_some_and(|here| here.as_str() == channel);
    function.channels.is_empty() || function.channels.iter().any(|channel| is_here(&channel.text))
}

/// Scopes that a function asks for: of what it takes, where it rests on consent.
pub(crate) fn asked_scopes<'p>(platform: &'p Platform, function: &Function) -> impl Iterator<Item = &'p Scope> {
    let by_consent = matches!(function.basis.said(), Some(Basis::Consent) | None);
    let own = move |scope: &&Scope| by_consent && scope.kind == Kind::Function && scope.element == function.id.value;
    // A function that shows records asks for consent to that too, though it takes nothing.
    let asks = |scope: &&Scope| !scope.items.is_empty() || !function.reads.is_empty();
    platform.tables.scopes().iter().filter(own).filter(asks)
}

/// Where a function asks for consent in its own course, the way in is the function itself.
fn asks_on_the_way(platform: &Platform, function: &Function) -> bool {
    face_scope(platform, function).is_some() || typed_groups(function).next().is_some()
}

/// Whether there is anything to do or to decide about a function on these pages. What takes by itself, or from others,
/// and rests on another ground than consent, leaves nothing to either.
pub(crate) fn is_done_here(platform: &Platform, function: &Function) -> bool {
    typed_groups(function).next().is_some()
        || !function.reads.is_empty()
        || chooses_party(platform, function)
        || sends(platform, function)
        || asked_scopes(platform, function).next().is_some()
}

fn missing(platform: &Platform, scope: &Scope) -> Reason {
    let title = elements::title(platform, &scope.id);
    Reason {
        text: fill("consent-open", &[("scope", &title)]),
        clause: scope.clause.first().map(|number| clause(platform, number)),
        ..Reason::default()
    }
}

/// Where a function leads.
pub(crate) fn way(platform: &Platform, function: &Function) -> String {
    let base = format!("/p/{}", platform.id);
    let id = &function.id.value;
    if let Some(scope) = face_scope(platform, function) {
        return format!("{base}/consent/{}", scope.id);
    }
    if desk::pay::pays(platform, function) {
        return format!("{base}/payments");
    }
    let takes = typed_groups(function).next().is_some();
    // Who also chooses a party in the course of a form finds that in the privacy centre.
    if chooses_party(platform, function) && !takes {
        return format!("{base}/agencies#{id}");
    }
    if sends(platform, function) && !takes {
        return format!("{base}/send");
    }
    if !function.reads.is_empty() && !takes {
        return format!("{base}/records?function={id}");
    }
    // What goes on by itself once it is agreed to is looked after where consents are.
    if takes { format!("{base}/functions/{id}") } else { format!("{base}/consents") }
}

/// The scope for the face of a function that asks for nothing else.
pub(crate) fn face_scope<'p>(platform: &'p Platform, function: &Function) -> Option<&'p Scope> {
    let program = platform.tables.program();
    let is_face = |item: &str| program.items.get(item).is_some_and(|facts| facts.face);
    let mut items = typed_groups(function).flat_map(|group| &group.items).peekable();
    items.peek()?;
    if !items.all(|item| is_face(&item.text)) {
        return None;
    }
    let own = |scope: &&Scope| scope.kind == Kind::Function && scope.element == function.id.value;
    let mut scopes = platform.tables.scopes().iter().filter(own);
    scopes.find(|scope| scope.class.is_some() && scope.items.iter().any(|item| is_face(item.as_str())))
}

/// Whether in the course of a function the customer chooses a party, and consents to that.
pub(crate) fn chooses_party(platform: &Platform, function: &Function) -> bool {
    let policy = &platform.tables.program().policy;
    policy.shares.iter().any(|share| {
        let mut scopes = platform.tables.scopes().iter();
        let chosen =
            scopes.any(|scope| scope.kind == Kind::Share && scope.element == share.id.value && scope.per_party);
        let in_course = share.functions.iter().any(|one| one.text == function.id.as_str());
        chosen && in_course && ground(platform, share).is_none() && !is_delivered(platform, share)
    })
}

/// Whether the house itself carries what is shared, as the operation file says.
pub(crate) fn is_delivered(platform: &Platform, share: &Share) -> bool {
    platform.tables.program().operation.deliveries.iter().any(|one| one.share.text == share.id.as_str())
}

/// Whether in the course of a function a copy is sent to whom the customer names.
fn sends(platform: &Platform, function: &Function) -> bool {
    let in_course = |share: &&Share| share.functions.iter().any(|one| one.text == function.id.as_str());
    platform.tables.program().policy.shares.iter().filter(in_course).any(|share| is_delivered(platform, share))
}
