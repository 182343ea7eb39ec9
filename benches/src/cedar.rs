//! The same questions, asked of `cedar-policy`: one `permit` for each group of items of a slice, whose condition is every
//! demand of both sides. Cedar answers yes or no, so what we mask counts as a yes; reasons, masks, grounds and obligations
//! it is not asked for. Eight items are eight authorisations. Requests, contexts and policies are made beforehand; in the
//! pre-sliced run the caller also hands over only the policies of the slice.

use std::fmt::Write as _;
use std::hint::black_box;
use std::str::FromStr as _;

use anyhow::{Context as _, Result};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use policy::compile::{Check, Row, Tables};
use policy::question::{Outcome, Side};
use policy::terms::key::Settling;

use crate::Compared;
use crate::facts::Facts;
use crate::workload::{Question, Slice, Workload};
use race::{Lane, some};

/// Questions of one turn; the peer is slow.
const TIMED: usize = 16;
/// The whole set is slower by another two powers of ten.
const TIMED_WHOLE: usize = 1;
/// One in so many questions is put to the whole set when answers are compared.
const COMPARED_WHOLE: usize = 16;

pub(crate) struct Peer {
    authorizer: Authorizer,
    entities: Entities,
    whole: PolicySet,
    /// By slice.
    sliced: Vec<PolicySet>,
    questions: Vec<Asked>,
}

/// One question: its slice, and a request for each item that the slice knows.
struct Asked {
    slice: usize,
    requests: Vec<Option<Request>>,
}

impl Peer {
    pub(crate) fn of(tables: &Tables, workload: &Workload<'_>) -> Result<Self> {
        let facts = Facts::of(tables);
        let write = |(number, slice): (usize, &Slice<'_>)| policies(number, slice, &facts);
        let texts: Vec<String> = workload.slices.iter().enumerate().map(write).collect();
        let parse = |text: &String| PolicySet::from_str(text).with_context(|| text.clone());
        let asked = workload.questions.iter().map(|question| Asked::of(question, workload, &facts));
        Ok(Self {
            authorizer: Authorizer::new(),
            entities: Entities::empty(),
            whole: parse(&texts.concat())?,
            sliced: texts.iter().map(parse).collect::<Result<_>>()?,
            questions: asked.collect::<Result<_>>()?,
        })
    }

    /// Answers to every question by the slices, and to some by the whole set, beside ours. A policy that cannot be
    /// evaluated is a mismatch.
    pub(crate) fn compare(&self, workload: &Workload<'_>) -> Result<[Compared; 2]> {
        let (mut by_slice, mut by_whole) = (Compared::default(), Compared::default());
        for (number, (asked, question)) in self.questions.iter().zip(&workload.questions).enumerate() {
            let slice = self.sliced.get(asked.slice).context("a question without a slice")?;
            for (request, ours) in asked.requests.iter().zip(&question.outcomes) {
                let Some(request) = request else { continue };
                by_slice.see(self.permits(request, slice) == Some(*ours != Outcome::Withheld));
                if number.is_multiple_of(COMPARED_WHOLE) {
                    by_whole.see(self.permits(request, &self.whole) == Some(*ours != Outcome::Withheld));
                }
            }
        }
        Ok([by_slice, by_whole])
    }

    fn permits(&self, request: &Request, policies: &PolicySet) -> Option<bool> {
        let answer = self.authorizer.is_authorized(request, policies, &self.entities);
        (answer.diagnostics().errors().count() == 0).then_some(answer.decision() == Decision::Allow)
    }

    /// With only the policies of the slice.
    pub(crate) fn sliced(&self) -> Lane<'_> {
        self.lane(TIMED, |asked| &self.sliced[asked.slice])
    }

    /// With all policies.
    pub(crate) fn whole(&self) -> Lane<'_> {
        self.lane(TIMED_WHOLE, |_| &self.whole)
    }

    fn lane<'a>(&'a self, timed: usize, policies: impl Fn(&Asked) -> &'a PolicySet + 'a) -> Lane<'a> {
        Lane::new(timed, move |round| {
            for asked in some(&self.questions, timed, round) {
                for request in asked.requests.iter().flatten() {
                    black_box(self.authorizer.is_authorized(request, policies(asked), &self.entities).decision());
                }
            }
        })
    }
}

impl Asked {
    fn of(question: &Question, workload: &Workload<'_>, facts: &Facts) -> Result<Self> {
        let slice = &workload.slices[question.slice];
        let told = facts.told(slice, question, &workload.subjects[question.subject]);
        let context =
            Context::from_pairs(told.into_iter().map(|(name, is)| (name, RestrictedExpression::new_bool(is))))?;
        let request = |group: &Option<usize>| {
            let Some(group) = group else { return Ok(None) };
            let (user, action) = (uid("User", "u")?, uid("Action", &format!("s{}", question.slice))?);
            Ok(Some(Request::new(user, action, uid("Group", &format!("g{group}"))?, context.clone(), None)?))
        };
        Ok(Self { slice: question.slice, requests: question.groups.iter().map(request).collect::<Result<_>>()? })
    }
}

fn uid(kind: &str, id: &str) -> Result<EntityUid> {
    Ok(EntityUid::from_type_name_and_id(EntityTypeName::from_str(kind)?, EntityId::new(id)))
}

fn policies(number: usize, slice: &Slice<'_>, facts: &Facts) -> String {
    let mut text = String::new();
    for (group, (published, law)) in slice.groups.iter().enumerate() {
        let by_policy = passes(published, Side::Published, facts);
        let by_law = passes(law, Side::Law, facts);
        let whens = match slice.settling {
            Settling::Stricter => vec![format!("{by_policy} && {by_law}")],
            Settling::Published => vec![by_policy],
            Settling::Grant => vec![by_policy, by_law],
        };
        for when in whens {
            let head = format!("principal, action == Action::\"s{number}\", resource == Group::\"g{group}\"");
            let _ = writeln!(text, "permit({head}) when {{ {when} }};");
        }
    }
    text
}

/// Every demand that would withhold.
fn passes(row: &Row, side: Side, facts: &Facts) -> String {
    let demands = row.checks.iter().filter(|check| check.cause.becomes() == Outcome::Withheld);
    either(demands.map(|check| demand(check, side, facts)), " && ", "true")
}

fn demand(check: &Check, side: Side, facts: &Facts) -> String {
    let terms = check.gate.terms().iter().map(|term| {
        let must = term.must.bits().map(|bit| format!("context.{}", facts.name(bit, side)));
        let must_not = term.must_not.bits().map(|bit| format!("!context.{}", facts.name(bit, side)));
        format!("({})", either(must.chain(must_not), " && ", "true"))
    });
    let gate = format!("({})", either(terms, " || ", "false"));
    if check.fails_when { format!("!{gate}") } else { gate }
}

/// The parts, joined; of none, what that means.
fn either(parts: impl Iterator<Item = String>, with: &str, none: &str) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { none.to_owned() } else { parts.join(with) }
}
