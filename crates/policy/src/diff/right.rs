//! Rights that are granted otherwise. What becomes of a request hangs on who makes it for the subject, on the items that it is about, on
//! the ground of refusal that it is met with, and on what is known: of facts, ages, roles that are one person, and records. An answer is
//! put together of parts that read one of these each, and every part leaves its own reasons; so it is enough to go through the plain
//! request with all that can be known, and through each other one for itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use model::Slug;
use model::act::{Life, RecordState};
use model::calendar::day_in_shanghai;

use super::axis::{born, one_person, together};
use super::other::{Alike, Answered, Other, Pair, facts};
use super::say::Say;
use crate::ask::Called;
use crate::claim::setting::record;
use crate::compile::Tables;
use crate::question::{Code, Facts, Grant, Question, RightAsked, RightVerdict, Subject};
use crate::syntax::{Condition, Delegate, Kind, LawGround, Right, RightKind, Shape as _};

/// A duty to keep that ran out so many months ago stands in nobody's way.
const MONTHS: i32 = 12 * 60;

/// Nobody lists a ground of this name.
const UNLISTED: &str = "unlisted";

/// A request for a right, without what is known of who makes it. The plain one comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Request<'r> {
    /// Who makes it; `None`: the subject.
    by: Option<Delegate>,
    /// What it is about; nothing: everything.
    items: [Option<&'r str>; 2],
    /// The ground that it is met with.
    refusal: Option<&'r str>,
}

/// Everything that can be known where a request is made; `None` where that is too much.
type Cases = Option<Vec<Vec<Say>>>;

/// What both versions answer, and the question that shows it.
type Shown = ([String; 2], Question);

/// A request that is answered otherwise.
struct Differing<'r> {
    request: Request<'r>,
    /// Names of what it is about, and of what is in the same lists.
    items: Vec<Called>,
    /// `None`: it may be.
    shown: Option<Shown>,
}

/// What conditions ask of the records of a class.
#[derive(Debug, Clone, Copy, Default)]
struct AskedOf {
    in_force: bool,
    open_claim: bool,
}

/// Items of which a right says the same in each version, by what it says.
type Classes<'r> = BTreeMap<Vec<bool>, Vec<&'r str>>;

impl<'t> Pair<'t> {
    /// Every right, and every request for it.
    pub(super) fn rights(&self) -> Vec<Answered> {
        let mut alike = Alike::new();
        for right in RightKind::ALL.iter().copied().filter(|right| !self.are_alike(*right)) {
            let called = || Called { id: right.word().to_owned(), name: right.word().to_owned() };
            for Differing { request, items, shown } in Granting::of(self, right).differing() {
                let items: Vec<[String; 2]> = items.into_iter().map(|item| [item.id, item.name]).collect();
                let (said, question) = shown.unzip();
                alike.add((request.by, items, request.refusal.map(str::to_owned), said), called(), question);
            }
        }
        alike.told(|(_, items, _, said), elements, question| Answered {
            ask: Other::Right,
            elements,
            items: items.into_iter().map(|[id, name]| Called { id, name }).collect(),
            said,
            question,
        })
    }

    /// Whether all that an answer about a right hangs on is the same, but for its days.
    fn are_alike(&self, right: RightKind) -> bool {
        let [was, is] = self.both().map(|tables| {
            let (stated, policy) = (stated(tables, right), &tables.program().policy);
            let refusals = (facts(&policy.refusals), policy.refusal_list.facts());
            (stated.map(|right| (right.facts(), excluded(tables, right))), refusals, tables.overruns(right))
        });
        was == is && self.freed_otherwise(right).is_empty()
    }

    /// The classes of records that must be kept otherwise by law, where a right hangs on that.
    fn freed_otherwise(&self, right: RightKind) -> Vec<&'t Slug> {
        let all = self.both().map(|tables| tables.program().policy.records.iter().map(|one| &one.id.value));
        let classes: BTreeSet<&Slug> = all.into_iter().flatten().collect();
        let deletes = matches!(right, RightKind::Delete | RightKind::CloseAccount);
        let otherwise = |class: &&Slug| self.old.unfree(class.as_str()) != self.new.unfree(class.as_str());
        classes.into_iter().filter(|_| deletes).filter(otherwise).collect()
    }
}

/// One right in two versions.
struct Granting<'p, 't> {
    pair: &'p Pair<'t>,
    right: RightKind,
    stated: [Option<&'t Right>; 2],
}

impl<'p, 't> Granting<'p, 't> {
    fn of(pair: &'p Pair<'t>, right: RightKind) -> Self {
        Self { pair, right, stated: pair.both().map(|tables| stated(tables, right)) }
    }

    /// Every request that is answered otherwise.
    fn differing(&self) -> Vec<Differing<'t>> {
        let known = self.known();
        let plain = self.plain(known.as_deref());
        let about = self.about(known.as_deref().unwrap_or_default(), plain.is_none());
        plain.into_iter().chain(self.delegated()).chain(about).chain(self.refused()).collect()
    }

    /// The subject itself asks about everything.
    fn plain(&self, known: Option<&[Vec<Say>]>) -> Option<Differing<'t>> {
        let request = Request::default();
        let Some(known) = known else { return Some(Differing { request, items: Vec::new(), shown: None }) };
        let kept = self.pair.freed_otherwise(self.right).into_iter().flat_map(|class| self.kept(class));
        self.differs(request, Vec::new(), known.iter().cloned().chain(kept.map(|say| vec![say])))
    }

    /// Everybody else who can ask, for somebody of any age.
    fn delegated(&self) -> Vec<Differing<'t>> {
        let ages = self.pair.both().map(|tables| tables.program().law.ages().minor);
        let ages = born(ages, day_in_shanghai(self.pair.at));
        let asked = Delegate::ALL.iter().map(|by| Request { by: Some(*by), ..Request::default() });
        let found = asked.map(|request| self.differs(request, Vec::new(), ages.iter().map(|age| vec![age.clone()])));
        found.flatten().collect()
    }

    /// Every class of items, and two of them together where that shows what neither does: a case that is always there makes up for
    /// one that is not, but grants nothing that is granted anyway.
    fn about(&self, known: &[Vec<Say>], plainly_alike: bool) -> Vec<Differing<'t>> {
        let classes = self.classes();
        let called = |item: &&str| super::name::called(self.pair.old, self.pair.new, Kind::Item, item);
        let asked = |items, named| {
            let request = Request { items, ..Request::default() };
            self.differs(request, named, known.iter().cloned())
        };
        let mut found = Vec::new();
        let mut others: Vec<&str> = Vec::new();
        for items in classes.values() {
            match asked([items.first().copied(), None], items.iter().map(called).collect()) {
                Some(differing) => found.push(differing),
                None => others.extend(items.first()),
            }
        }
        for (place, one) in others.iter().enumerate().filter(|_| plainly_alike) {
            let pairs = others.iter().skip(place + 1);
            found.extend(pairs.filter_map(|two| asked([Some(*one), Some(*two)], [one, two].map(called).into())));
        }
        found
    }

    /// Every ground that either version lists or the law knows, and one that nobody does.
    fn refused(&self) -> Vec<Differing<'t>> {
        let lists = self.pair.both().map(|tables| tables.program().policy.refusals.iter());
        let listed: Vec<_> = lists.into_iter().flatten().collect();
        let named = listed.iter().map(|one| one.id.as_str()).chain(LawGround::ALL.iter().map(|ground| ground.word()));
        let named: BTreeSet<&str> = named.chain([UNLISTED]).collect();
        let asked = named.into_iter().filter_map(|refusal| {
            let request = Request { refusal: Some(refusal), ..Request::default() };
            let when = listed.iter().filter(|one| one.id.as_str() == refusal).filter_map(|one| one.when.as_ref());
            match self.knowing(when.map(|at| &at.value)) {
                Some(cases) => self.differs(request, Vec::new(), cases),
                None => Some(Differing { request, items: Vec::new(), shown: None }),
            }
        });
        asked.collect()
    }

    /// The first case in which a request is answered otherwise, and not because the plain one is.
    fn differs<'r>(
        &self,
        request: Request<'r>,
        items: Vec<Called>,
        cases: impl IntoIterator<Item = Vec<Say>>,
    ) -> Option<Differing<'r>> {
        let plain = Request::default();
        let shown = cases.into_iter().find_map(|case| {
            let (asked, [was, is]) = self.heard(&request, &case);
            if was == is {
                return None;
            }
            if request != plain {
                let (_, [before, after]) = self.heard(&plain, &case);
                if before != after && was.beyond(&before) == is.beyond(&after) {
                    return None;
                }
            }
            Some(([was.said, is.said], Question::Right(Box::new(asked))))
        })?;
        Some(Differing { request, items, shown: Some(shown) })
    }

    fn heard(&self, request: &Request<'_>, case: &[Say]) -> (RightAsked, [Heard; 2]) {
        let at = self.pair.at;
        let mut asked = RightAsked {
            platform: self.pair.platform(),
            at: Some(at),
            right: self.right,
            by: request.by.map_or("self", Delegate::word).to_owned(),
            since: day_in_shanghai(at),
            items: request.items.into_iter().flatten().map(str::to_owned).collect(),
            refusal: request.refusal.map(str::to_owned),
            subject: Subject::default(),
            facts: Facts::default(),
        };
        for say in case {
            say.to_request(&mut asked, at);
        }
        let heard = self.pair.both().map(|tables| Heard::of(tables, &asked));
        (asked, heard)
    }

    /// Everything that the cases of the right ask about.
    fn known(&self) -> Cases {
        let cases = self.stated.into_iter().flatten().flat_map(|right| right.grounds.iter().chain(&right.blocks));
        self.knowing(cases.map(|case| &case.when.value))
    }

    /// Everything that can be known of what conditions ask about.
    fn knowing<'c>(&self, conditions: impl IntoIterator<Item = &'c Condition>) -> Cases {
        let (mut said, mut pairs, mut ages) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut classes: BTreeMap<&str, AskedOf> = BTreeMap::new();
        for atom in conditions.into_iter().flat_map(Condition::atoms) {
            match atom {
                Condition::Fact(fact) => {
                    said.insert(&fact.text);
                }
                Condition::AgeUnder(years) => {
                    ages.insert(u16::try_from(*years).unwrap_or(u16::MAX));
                }
                Condition::SamePerson(roles) => {
                    if let [one, other] = roles.as_slice() {
                        let (one, other) = (&one.text, &other.text);
                        pairs.insert([one.min(other).clone(), one.max(other).clone()]);
                    }
                }
                Condition::InForce(class) => classes.entry(&class.text).or_default().in_force = true,
                Condition::OpenClaim(class) => classes.entry(&class.text).or_default().open_claim = true,
                // A request names neither product nor channel, and what joins others is no atom.
                _ => {}
            }
        }
        let mut axes: Vec<Vec<Say>> = Vec::new();
        if !ages.is_empty() {
            axes.push(born(ages, day_in_shanghai(self.pair.at)));
        }
        if !pairs.is_empty() {
            axes.push(one_person(pairs)?);
        }
        axes.extend(
            said.into_iter().map(|fact| [None, Some(true), Some(false)].map(|is| Say::Fact(fact.clone(), is)).into()),
        );
        axes.extend(classes.into_iter().filter_map(|(class, asked)| Some(self.held(&class.parse().ok()?, asked))));
        together(axes)
    }

    /// What can be held of a class: nothing, something in force, something with an open claim, and both, as far as that is asked.
    fn held(&self, class: &Slug, asked: AskedOf) -> Vec<Say> {
        let today = Some(day_in_shanghai(self.pair.at));
        let one = |(in_force, open_claim)| RecordState {
            in_force_until: today.filter(|_| in_force),
            ended: today.filter(|_| !in_force),
            open_claim,
            ..record(class.clone(), Life::Live)
        };
        let all = [(true, false), (false, true), (true, true)].into_iter();
        let told = all.filter(|(in_force, open)| (asked.in_force || !in_force) && (asked.open_claim || !open));
        let held = told.map(|case| Say::Held(class.clone(), Some(one(case))));
        std::iter::once(Say::Held(class.clone(), None)).chain(held).collect()
    }

    /// A record of a class that ended in any month in which a duty to keep it can have begun, however long its cover was; and one of
    /// which nobody knows when it ended.
    fn kept(&self, class: &Slug) -> Vec<Say> {
        let today = day_in_shanghai(self.pair.at);
        let unknown = record(class.clone(), Life::Live);
        let days = (0..MONTHS).filter_map(|months| today.checked_sub(Span::new().months(months)).ok());
        let ended = days.flat_map(|day| {
            let ended = RecordState { ended: Some(day), ..record(class.clone(), Life::Live) };
            let covered = [1, 3].map(|years| {
                let from = day.checked_sub(Span::new().years(years)).and_then(jiff::civil::Date::tomorrow).ok();
                RecordState { in_force_from: from, in_force_until: Some(day), ..ended.clone() }
            });
            std::iter::once(ended).chain(covered)
        });
        let all = std::iter::once(unknown).chain(ended);
        all.map(|record| Say::Held(class.clone(), Some(record))).collect()
    }

    /// The items that the right names in either version and both know, those together that stand in the same lists.
    fn classes(&self) -> Classes<'t> {
        let named = self.pair.both().into_iter().zip(self.stated).filter_map(|(tables, right)| Some((tables, right?)));
        let excluded: Vec<_> = named.map(|(tables, right)| excluded(tables, right)).collect();
        let rights = self.stated.into_iter().flatten();
        let cases: Vec<_> = rights.flat_map(|right| right.grounds.iter().chain(&right.blocks)).collect();
        let limits = cases.iter().flat_map(|case| &case.items).map(|item| item.text.as_str());
        let items: BTreeSet<&str> = excluded.iter().flatten().copied().chain(limits).collect();
        let is_known = |tables: &Tables, item: &str| {
            tables.program().names.find(Kind::Item, item).is_ok_and(|found| found.as_str() == item)
        };
        let mut classes = Classes::new();
        for item in items.into_iter().filter(|item| self.pair.both().iter().all(|tables| is_known(tables, item))) {
            let left_out = excluded.iter().map(|list| list.contains(item));
            let limited = cases.iter().map(|case| case.items.iter().any(|one| one.text == item));
            classes.entry(left_out.chain(limited).collect()).or_default().push(item);
        }
        classes
    }
}

/// What a version says to a request: all of it, but days and clauses, which are compared for themselves.
#[derive(Debug, PartialEq, Eq)]
struct Heard {
    said: String,
    /// Those of the text, and those of the law.
    reasons: [BTreeSet<String>; 2],
}

impl Heard {
    fn of(tables: &Tables, asked: &RightAsked) -> Self {
        let at = asked.at.unwrap_or_default();
        let Subject::Inline(subject) = &asked.subject else {
            return Self { said: String::new(), reasons: [BTreeSet::new(), BTreeSet::new()] };
        };
        let known = subject.born.as_deref().and_then(|born| born.parse().ok());
        let answer = tables.right(asked, &subject.state, known, at);
        let [text, law] = [&answer.published, &answer.law].map(|verdict| (verdict.effect, reasons(verdict)));
        let joined = |why: &BTreeSet<String>| why.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let side = |(effect, why): &(Grant, BTreeSet<String>)| match joined(why) {
            why if why.is_empty() => effect.to_string(),
            why => format!("{effect}, {why}"),
        };
        let said = if text != law {
            format!("{} (text: {}; law: {})", answer.effect, side(&text), side(&law))
        } else if text.1.is_empty() {
            answer.effect.to_string()
        } else {
            format!("{} ({})", answer.effect, joined(&text.1))
        };
        Self { said, reasons: [text.1, law.1] }
    }

    /// What it says that another does not.
    fn beyond(&self, other: &Self) -> [BTreeSet<String>; 2] {
        let [[text, law], [other_text, other_law]] = [&self.reasons, &other.reasons];
        [text - other_text, law - other_law]
    }
}

/// Why, in the words of the wire; what is in the way by its name. That a granted right stands in the law says nothing.
fn reasons(verdict: &RightVerdict) -> BTreeSet<String> {
    let told = verdict.reasons.iter().filter(|reason| !matches!(reason.code, Code::RightInLaw | Code::Blocked));
    let told = told.map(|reason| match &reason.fact {
        Some(fact) => format!("{} {fact}", reason.code),
        None => reason.code.to_string(),
    });
    told.chain(verdict.blocked_by.iter().cloned()).collect()
}

fn stated(tables: &Tables, right: RightKind) -> Option<&Right> {
    tables.program().policy.rights.iter().find(|one| one.kind.value == right)
}

/// The items that a right leaves out, one by one or with a function.
fn excluded<'t>(tables: &'t Tables, right: &'t Right) -> BTreeSet<&'t str> {
    let named = |id: &str| right.excludes_functions.iter().any(|function| function.text == id);
    let functions = tables.program().policy.functions.iter().filter(|function| named(function.id.as_str()));
    let groups = functions.filter_map(|function| function.collects.said()).flatten();
    let items = right.excludes.iter().chain(groups.flat_map(|group| &group.items));
    items.map(|item| item.text.as_str()).collect()
}
