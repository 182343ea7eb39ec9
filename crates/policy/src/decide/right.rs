//! `right`: whether a right is granted, by which route, and by when it is answered.

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Account, Born, Life, SubjectState};
use model::calendar::day_in_shanghai;

use super::due::{by_clock, by_law, clock_of, earlier, overrun};
use super::project::known;
use super::render::plain;
use crate::compile::Tables;
use crate::question::{Code, Grant, Reason, RightAnswer, RightAsked, RightVerdict, Side};
use crate::syntax::{
    At, Condition, Delegate, Kind, LawGround, Refusal, RefusalList, Right, RightCase, RightKind, Stated,
};

impl Tables {
    /// Whether a right may be exercised, and by when it is answered.
    ///
    /// The law grants every right of PIPL art. 44–50 and knows three obstacles: a legal floor that still runs (R46: what
    /// would be deleted is restricted instead), a ground of refusal that an article carries (R43), and somebody who is not
    /// entitled. The text may promise more; where it grants less, or refuses on a ground of its own, the law stands
    /// (invariant 4: grant before refuse; of two due dates the earlier). A promise to the subject is none to somebody else:
    /// who is not entitled by law gets nothing.
    pub fn right(&self, asked: &RightAsked, subject: &SubjectState, born: Option<Born>, now: Timestamp) -> RightAnswer {
        let at = asked.at.unwrap_or(now);
        let request = Request { tables: self, asked, subject, born, day: day_in_shanghai(at) };
        let stated = self.program().policy.rights.iter().find(|right| right.kind.value == asked.right);
        let law = request.by_law();
        let published = request.by_policy(stated, &law);
        let kept = law.effect == Grant::Blocked && law.reasons.iter().any(|reason| reason.code == Code::FloorRuns);
        let effect = match (request.is_entitled(), kept) {
            (false, _) => Grant::Refused,
            // Nothing is erased before its floor has run, whatever the text grants (invariant 9).
            (true, true) => published.effect.max(law.effect).min(Grant::Blocked),
            (true, false) => published.effect.max(law.effect),
        };
        let remedy = if effect == Grant::Granted { Vec::new() } else { self.remedy() };
        let routes = stated.and_then(|right| right.routes.said()).cloned().unwrap_or_default();
        RightAnswer {
            right: asked.right,
            effect,
            due: earlier(published.due.clone(), law.due.clone()),
            published,
            law,
            routes,
            path: stated.and_then(|right| right.path.as_ref()).map(|path| path.value.clone()),
            remedy,
            tables: self.fingerprint(),
            as_of: at,
        }
    }

    /// Where to turn after a refusal (R43): the bodies that the text names; the courts always (PIPL art. 50).
    fn remedy(&self) -> Vec<String> {
        let named = self.program().policy.handler.complaint_bodies.said().cloned().unwrap_or_default();
        named.into_iter().chain(std::iter::once("court".to_owned())).collect()
    }

    fn has_floor(&self, class: &str) -> bool {
        let program = self.program();
        program.policy.records.iter().any(|record| record.id.as_str() == class && !record.floors.is_empty())
            || program.operation.floors.iter().any(|choice| choice.class.text == class && !choice.floors.is_empty())
    }
}

/// The rule of the catalogue that gives a right.
const fn rule_of(right: RightKind) -> u8 {
    match right {
        RightKind::Withdraw => 12,
        RightKind::CloseAccount => 50,
        RightKind::Complain => 43,
        _ => 40,
    }
}

impl RightCase {
    /// Where it stands: its own clauses, else those of its right.
    fn clauses<'p>(&'p self, right: &'p Right) -> &'p [At<String>] {
        if self.clause.is_empty() { &right.clause } else { &self.clause }
    }
}

/// One request, with what is known of who makes it.
struct Request<'a> {
    tables: &'a Tables,
    asked: &'a RightAsked,
    subject: &'a SubjectState,
    born: Option<Born>,
    day: Date,
}

impl Request<'_> {
    fn says(&self, code: Code, side: Side, rule: Option<u8>) -> Reason {
        plain(self.tables.program(), code, side, rule, self.day)
    }

    fn by_text(&self, code: Code, clause: &[At<String>]) -> Reason {
        let clause = clause.first().map(|clause| clause.value.clone());
        Reason { clause, ..self.says(code, Side::Published, None) }
    }

    /// Not stated: what the law gives (invariant 6).
    fn by_policy(&self, stated: Option<&Right>, law: &RightVerdict) -> RightVerdict {
        let Some(right) = stated else {
            let reasons = vec![self.says(Code::NotStated, Side::Published, None)];
            return RightVerdict { effect: law.effect, due: None, reasons, blocked_by: Vec::new() };
        };
        let program = self.tables.program();
        let clock = clock_of(program, right.kind.value);
        let mut verdict = RightVerdict {
            effect: Grant::Granted,
            due: clock.and_then(|clock| by_clock(clock, self.asked.since)),
            reasons: Vec::new(),
            blocked_by: Vec::new(),
        };
        self.delegation(right, &mut verdict);
        self.exclusions(right, &mut verdict);
        self.grounds(right, &mut verdict);
        self.refusal(right, &mut verdict);
        self.blocks(right, &mut verdict);
        let clauses = clock.into_iter().flat_map(|clock| overrun(program, clock, self.asked.since));
        verdict.reasons.extend(clauses.filter(|reason| reason.side == Side::Published));
        verdict
    }

    /// Who may act for the subject, by the text; where it is silent, by law.
    fn delegation(&self, right: &Right, to: &mut RightVerdict) {
        let named = Delegate::ALL.iter().find(|delegate| delegate.word() == self.asked.by);
        let entitled = match &right.delegate {
            _ if self.asked.by == "self" => true,
            Stated::Said(list) => named.is_some_and(|named| list.contains(named)),
            Stated::Nothing(_) => false,
            Stated::NotStated { .. } => self.is_entitled(),
        };
        if !entitled {
            to.effect = Grant::Refused;
            to.reasons.push(self.by_text(Code::ConsentByOther, &right.clause));
        }
    }

    fn exclusions(&self, right: &Right, to: &mut RightVerdict) {
        let program = self.tables.program();
        let named = |id: &str| right.excludes_functions.iter().any(|function| function.text == id);
        let functions = program.policy.functions.iter().filter(|function| named(function.id.as_str()));
        let groups = functions.filter_map(|function| function.collects.said()).flatten();
        let mut excluded = right.excludes.iter().chain(groups.flat_map(|group| &group.items));
        let items = self.items();
        if excluded.any(|item| items.contains(&item.text)) {
            to.effect = Grant::Refused;
            to.reasons.push(self.by_text(Code::RightNotGranted, &right.clause));
        }
    }

    /// Where the text grants a right in certain cases only, one of them must be there.
    fn grounds(&self, right: &Right, to: &mut RightVerdict) {
        let grounds: Vec<&RightCase> = right.grounds.iter().filter(|ground| self.concerns(ground)).collect();
        let truths: Vec<Option<bool>> = grounds.iter().map(|ground| self.truth(&ground.when)).collect();
        if grounds.is_empty() || truths.contains(&Some(true)) {
            return;
        }
        to.effect = Grant::Refused;
        if !truths.contains(&None) {
            to.reasons.push(self.by_text(Code::ConditionFalse, &right.clause));
        }
        for ground in grounds {
            to.reasons.extend(self.unknown(&ground.when, ground.clauses(right)));
        }
    }

    /// A case that is limited to items concerns who asks about one of them by name.
    fn concerns(&self, case: &RightCase) -> bool {
        let asked = self.items();
        case.items.is_empty() || case.items.iter().any(|item| asked.contains(&item.text))
    }

    /// Ids of the items asked about; none: all.
    fn items(&self) -> Vec<String> {
        let names = &self.tables.program().names;
        let found = |text: &String| names.find(Kind::Item, text).map(|id| id.to_string()).ok();
        self.asked.items.iter().filter_map(found).collect()
    }

    /// Cases in which it has to wait. One that nobody can tell of yet makes it wait, too.
    fn blocks(&self, right: &Right, to: &mut RightVerdict) {
        for block in right.blocks.iter().filter(|block| self.concerns(block)) {
            let truth = self.truth(&block.when);
            if truth == Some(false) {
                continue;
            }
            to.effect = to.effect.min(Grant::Blocked);
            if truth.is_none() {
                to.reasons.extend(self.unknown(&block.when, block.clauses(right)));
                continue;
            }
            to.blocked_by.push(block.name.value.clone());
            to.reasons.push(self.by_text(Code::Blocked, block.clauses(right)));
        }
    }

    /// The ground of refusal that the handler would rely on: of the list, or beyond it where the list is open. A ground of
    /// which it is not known that it is there is none.
    fn refusal(&self, right: &Right, to: &mut RightVerdict) {
        let Some(claimed) = &self.asked.refusal else { return };
        let reason = |code, clause: &[At<String>]| Reason { fact: Some(claimed.clone()), ..self.by_text(code, clause) };
        let Some(refusal) = self.listed(claimed) else {
            let open = self.tables.program().policy.refusal_list.said() == Some(&RefusalList::Open);
            let code = if open { Code::RightNotGranted } else { Code::GroundNotInList };
            if open {
                to.effect = Grant::Refused;
            }
            return to.reasons.push(reason(code, &right.clause));
        };
        let reason = |code| Reason { fact: Some(refusal.id.to_string()), ..self.by_text(code, &refusal.clause) };
        match refusal.when.as_ref().map_or(Some(true), |when| self.truth(when)) {
            Some(true) => {
                to.effect = Grant::Refused;
                to.reasons.push(reason(Code::RightNotGranted));
            }
            Some(false) => to.reasons.push(reason(Code::ConditionFalse)),
            None => {
                let when = refusal.when.as_ref();
                to.reasons.extend(when.into_iter().flat_map(|when| self.unknown(when, &refusal.clause)));
            }
        }
    }

    /// The refusal of the text that is called so and is meant for this right.
    fn listed(&self, claimed: &str) -> Option<&Refusal> {
        let number = |one: &Refusal| one.number.as_ref().map(|number| number.value.to_string());
        let called = |one: &Refusal| {
            one.id.as_str() == claimed || one.name.value == claimed || number(one).is_some_and(|it| it == claimed)
        };
        let meant = |one: &Refusal| one.rights.is_empty() || one.rights.iter().any(|at| at.value == self.asked.right);
        self.tables.program().policy.refusals.iter().find(|one| called(one) && meant(one))
    }

    fn by_law(&self) -> RightVerdict {
        let program = self.tables.program();
        let right = self.asked.right;
        let mut verdict = RightVerdict {
            effect: Grant::Granted,
            due: by_law(program, right, self.asked.since),
            reasons: Vec::new(),
            blocked_by: Vec::new(),
        };
        if !self.is_entitled() {
            verdict.effect = Grant::Refused;
            verdict.reasons.push(self.says(Code::ConsentByOther, Side::Law, Some(43)));
        }
        let deletes = matches!(right, RightKind::Delete | RightKind::CloseAccount);
        if deletes && self.floor_runs() && program.law.holds("R46", self.day) {
            // An account is closed all the same (R50); what must be kept is kept, restricted.
            if right == RightKind::Delete {
                verdict.effect = verdict.effect.min(Grant::Blocked);
            }
            verdict.reasons.push(self.says(Code::FloorRuns, Side::Law, Some(46)));
        }
        if right == RightKind::CloseAccount && self.subject.account == Account::Closed {
            verdict.reasons.push(self.says(Code::AccountClosed, Side::Law, Some(46)));
        }
        self.refusal_by_law(&mut verdict);
        if verdict.effect == Grant::Granted {
            verdict.reasons.insert(0, self.says(Code::RightInLaw, Side::Law, Some(rule_of(right))));
        }
        let clause = clock_of(program, right).into_iter().flat_map(|clock| overrun(program, clock, self.asked.since));
        verdict.reasons.extend(clause.filter(|reason| reason.side == Side::Law));
        verdict
    }

    /// R43: the law bears a refusal on its own grounds, whether the text lists them or not, and on no others. What must be
    /// kept by law is not refused but restricted (R46).
    fn refusal_by_law(&self, to: &mut RightVerdict) {
        let Some(claimed) = &self.asked.refusal else { return };
        let listed = self.listed(claimed);
        let own = LawGround::ALL.iter().copied().find(|ground| ground.word() == claimed);
        let ground = listed.and_then(|refusal| refusal.law.said().copied()).or(own);
        // A duty to keep stands in the way of deleting, and of nothing else.
        let deletes = matches!(self.asked.right, RightKind::Delete | RightKind::CloseAccount);
        let ground = ground.filter(|ground| *ground != LawGround::LegalRetention || deletes);
        let when = listed.and_then(|refusal| refusal.when.as_ref());
        let reason = |code, rule| Reason { fact: Some(claimed.clone()), ..self.says(code, Side::Law, Some(rule)) };
        match (ground, when.map_or(Some(true), |when| self.truth(when))) {
            (None, _) => to.reasons.push(reason(Code::GroundNotInList, 43)),
            (Some(_), None) => to.reasons.push(reason(Code::FactUnknown, 43)),
            (Some(_), Some(false)) => to.reasons.push(reason(Code::ConditionFalse, 43)),
            (Some(LawGround::LegalRetention), Some(true)) => {
                to.effect = to.effect.min(Grant::Blocked);
                to.reasons.push(reason(Code::FloorRuns, 46));
            }
            (Some(_), Some(true)) => {
                to.effect = Grant::Refused;
                to.reasons.push(reason(Code::RightNotGranted, 43));
            }
        }
    }

    fn floor_runs(&self) -> bool {
        let mut records = self.subject.records.iter().filter(|record| record.life != Life::Erased);
        records.any(|record| {
            let dates = self.tables.retain_record(record, self.day);
            let kept = record.in_force(self.day) || record.open_claim;
            let unfree = dates.erase_not_before.is_none_or(|free| self.day < free);
            kept || unfree && self.tables.has_floor(record.class.as_str())
        })
    }

    /// By law: the subject; a guardian for a minor, or where the age is unknown; a close relative (PIPL art. 49) with its
    /// own proof; whoever has a mandate. A company has none by being the employer.
    fn is_entitled(&self) -> bool {
        let named = Delegate::ALL.iter().copied().find(|delegate| delegate.word() == self.asked.by);
        match named {
            Some(Delegate::Agent | Delegate::Relative) => true,
            Some(Delegate::Guardian) => {
                model::age::is_under(self.born, self.tables.program().law.ages().minor, self.day)
            }
            Some(Delegate::Company) => false,
            None => self.asked.by == "self",
        }
    }

    fn truth(&self, condition: &Condition) -> Option<bool> {
        condition.truth(&|atom| self.atom(atom))
    }

    /// The facts of a condition that nobody knows, where the whole hangs on them.
    fn unknown(&self, condition: &Condition, clause: &[At<String>]) -> Vec<Reason> {
        if self.truth(condition).is_some() {
            return Vec::new();
        }
        let atoms = condition.atoms().into_iter().filter(|atom| self.atom(atom).is_none());
        let named = |atom: &Condition| Reason { fact: atom.asks(), ..self.by_text(Code::FactUnknown, clause) };
        atoms.map(named).collect()
    }

    fn atom(&self, atom: &Condition) -> Option<bool> {
        let live = |class: &str| {
            let class = class.to_owned();
            let records = self.subject.records.iter().filter(|record| record.life != Life::Erased);
            records.filter(move |record| record.class.as_str() == class)
        };
        match atom {
            Condition::InForce(class) => Some(live(&class.text).any(|record| record.in_force(self.day))),
            Condition::OpenClaim(class) => Some(live(&class.text).any(|record| record.open_claim)),
            Condition::Fact(fact) => known(self.subject, &self.asked.facts, &fact.text),
            Condition::AgeUnder(years) => {
                let years = u16::try_from(*years).unwrap_or(u16::MAX);
                self.born.map(|born| model::age::is_under(Some(born), years, self.day))
            }
            Condition::SamePerson(roles) => {
                let groups = self.asked.facts.same_person.as_ref()?;
                let names = &self.tables.program().names;
                let is = |text: &String, role: &str| names.find(Kind::Person, text).is_ok_and(|id| id.as_str() == role);
                let has = |group: &Vec<String>, role: &str| group.iter().any(|text| is(text, role));
                Some(groups.iter().any(|group| roles.iter().all(|role| has(group, &role.text))))
            }
            // A request names neither product nor channel.
            Condition::Product(_) | Condition::Channel(_) => None,
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) => self.truth(atom),
        }
    }
}
