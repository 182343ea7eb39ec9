//! Which clauses the elements of a file carry, and where they stand.

use crate::finding::Span;
use crate::resolve::folded;
use crate::syntax::{At, Here, Policy};

/// One element that names clauses.
struct Element<'p> {
    /// Where its table stands.
    here: Here,
    /// What to point at.
    head: Span,
    clauses: &'p [At<String>],
}

/// The elements of a policy file that name clauses; of several in one clause the one that says most of it comes first.
pub(super) struct Places<'p>(Vec<Element<'p>>);

/// Lists of elements, each with the field to point at.
macro_rules! elements {
    ($policy:ident; $($list:ident . $head:ident),* $(,)?) => {
        std::iter::empty()
            $(.chain($policy.$list.iter().map(|one| Element { here: one.span, head: one.$head.span, clauses: &one.clause })))*
    };
}

/// Tables that stand once; the clause is pointed at, where there is one.
macro_rules! tables {
    ($policy:ident; $($table:ident),* $(,)?) => {
        [$({
            let one = &$policy.$table;
            let head = one.clause.first().map_or(one.span.0, |clause| clause.span);
            Element { here: one.span, head, clauses: &one.clause }
        }),*]
    };
}

impl<'p> Places<'p> {
    pub(super) fn of(policy: &'p Policy) -> Self {
        let listed = elements! { policy;
            functions.id, uses.id, shares.id, disclosures.id, recipients.id, sdks.id, sources.id, permissions.id,
            trackers.id, rights.kind, clocks.id, retentions.id, promises.id, exceptions.id, refusals.id, purposes.id,
            records.id,
        };
        let tables = tables! { policy; update, minors, export, storage, handler, policy };
        let others = elements! { policy; statements.id, channels.id, products.id, persons.id, items.id };
        let document = policy.document.iter().map(|document| {
            let head = document.channels.first().map_or(document.span.0, |channel| channel.span);
            Element { here: document.span, head, clauses: &document.clause }
        });
        Self(listed.chain(tables).chain(others).chain(document).collect())
    }

    /// The clauses of the element in which a place lies.
    pub(super) fn clauses(&self, place: Span) -> &'p [At<String>] {
        let before = self.0.iter().filter(|element| element.here.0.start <= place.start);
        before.max_by_key(|element| element.here.0.start).map_or(&[], |element| element.clauses)
    }

    /// Where an element stands that carries a clause, other than the one at `not`.
    pub(super) fn carrying(&self, clause: &str, not: Span) -> Option<Span> {
        let carries = |element: &&Element<'_>| element.clauses.iter().any(|one| folded(one) == folded(clause));
        self.0.iter().filter(|element| element.head != not).find(carries).map(|element| element.head)
    }
}
