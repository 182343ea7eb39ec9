//! Keys: what a row of the tables is about, and rulings: what a row says on one side.

use std::collections::BTreeSet;

use model::field::Mask;

use crate::question::{Code, Outcome};
use crate::syntax::{Action, Basis};

/// An element of the policy that declares a flow of items, by its place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// A business function.
    Function(u16),
    /// A use beyond collection.
    Use(u16),
    /// A cookie or beacon.
    Tracker(u16),
    /// A flow to a recipient.
    Share(u16),
    /// A case of making public.
    Disclosure(u16),
    /// Keeping records of a class.
    Record(u16),
    /// The subject's own right to see what is held (PIPL art. 45): declared by law for every item.
    Access,
}

/// Which of two verdicts takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// The stricter.
    Stricter,
    /// That of the published policy alone: the operation file says so.
    Published,
    /// The one that grants: a right is exercised.
    Grant,
}

impl Settling {
    /// For an element.
    pub const fn of(element: Element, published_alone: bool) -> Self {
        match element {
            Element::Access => Self::Grant,
            _ if published_alone => Self::Published,
            _ => Self::Stricter,
        }
    }

    /// What takes effect of two outcomes.
    #[inline]
    pub fn outcome(self, published: Outcome, law: Outcome) -> Outcome {
        match self {
            Self::Stricter => published.min(law),
            Self::Published => published,
            Self::Grant => published.max(law),
        }
    }

    /// The mask that goes with it: the heavier where both sides mask and the stricter counts.
    pub fn mask(self, published: (Outcome, Option<Mask>), law: (Outcome, Option<Mask>)) -> Option<Mask> {
        match self {
            Self::Stricter => Ruling::stricter(published, law).1,
            Self::Grant if law.0 > published.0 => law.1,
            Self::Published | Self::Grant => published.1,
        }
    }
}

/// Which part of the element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The element as a whole.
    Whole,
    /// One collect group of a function.
    Collected(u16),
    /// One read of a function.
    Read(u16),
    /// A share in the course of one function.
    Within(u16),
    /// One collect group of a function, from one of its sources.
    From {
        /// The group.
        group: u16,
        /// The source.
        source: u16,
    },
    /// An inbound use, from one of its sources.
    Source(u16),
}

impl Part {
    /// The collect group that it is of.
    pub const fn group(self) -> Option<u16> {
        match self {
            Self::Collected(group) | Self::From { group, .. } => Some(group),
            Self::Whole | Self::Read(_) | Self::Within(_) | Self::Source(_) => None,
        }
    }

    /// The source from which it comes.
    pub const fn source(self) -> Option<u16> {
        match self {
            Self::From { source, .. } | Self::Source(source) => Some(source),
            Self::Whole | Self::Collected(_) | Self::Read(_) | Self::Within(_) => None,
        }
    }
}

/// What a row is about. Numbers are places in the policy's lists; `item` is the place in the sorted items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// What is done.
    pub action: Action,
    /// The declaring element.
    pub element: Element,
    /// Its part.
    pub part: Part,
    /// In which role the subject stands.
    pub person: u16,
    /// On which channel; `None` when the question names none, or the element holds on all alike.
    pub channel: Option<u16>,
    /// Which item.
    pub item: u16,
}

/// What a reason names besides its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// A declared fact.
    Fact(u16),
    /// Whether two roles are one person.
    Same(u16),
    /// The age.
    Age,
    /// The product.
    Product,
    /// The channel.
    Channel,
    /// The source.
    Source,
    /// An exception.
    Exception(u16),
    /// A device permission.
    Permission(u16),
}

/// Why a ruling is not clear, before it is put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// From the closed list.
    pub code: Code,
    /// The scope that is missing.
    pub scope: Option<u16>,
    /// The fact, exception or permission meant.
    pub named: Option<Named>,
    /// Number of the rule of the law catalogue; `None` for the published policy's own reasons.
    pub rule: Option<u8>,
}

impl Cause {
    /// A cause with no more than its code.
    pub const fn of(code: Code) -> Self {
        Self { code, scope: None, named: None, rule: None }
    }

    /// What becomes of the item for this cause.
    pub const fn becomes(&self) -> Outcome {
        match self.code {
            Code::MaskedByDefault | Code::VirtualNumber => Outcome::Masked,
            _ => Outcome::Withheld,
        }
    }

    /// Names a scope.
    #[must_use]
    pub const fn scope(mut self, scope: u16) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Names a fact, exception or permission.
    #[must_use]
    pub const fn named(mut self, named: Named) -> Self {
        self.named = Some(named);
        self
    }

    /// Names a rule.
    #[must_use]
    pub const fn rule(mut self, rule: u8) -> Self {
        self.rule = Some(rule);
        self
    }
}

/// What one side says of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Clear, masked or withheld.
    pub outcome: Outcome,
    /// The mask, when masked.
    pub mask: Option<Mask>,
    /// Why not clear.
    pub causes: BTreeSet<Cause>,
    /// The ground that carries it; only the law side asks for one.
    pub ground: Option<Basis>,
}

impl Ruling {
    /// Clear, for no reason to the contrary.
    pub const fn clear() -> Self {
        Self { outcome: Outcome::Clear, mask: None, causes: BTreeSet::new(), ground: None }
    }

    /// The stricter of two outcomes and masks; commutative and associative.
    #[must_use]
    pub fn stricter(a: (Outcome, Option<Mask>), b: (Outcome, Option<Mask>)) -> (Outcome, Option<Mask>) {
        let outcome = a.0.min(b.0);
        let mask = match (a.1, b.1) {
            (Some(a), Some(b)) => Some(a.heavier(b)),
            (one, other) => one.or(other),
        };
        (outcome, mask.filter(|_| outcome == Outcome::Masked))
    }
}
