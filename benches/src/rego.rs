//! The same questions, asked of `regorus`, compiled to bytecode: one program for each slice, which gives for each group of
//! its items whether it is withheld, masked or clear. Reasons, grounds and obligations it is not asked for. Inputs are made
//! beforehand and hold only what the slice reads; the group of each item is looked up beforehand, too.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hint::black_box;

use anyhow::{Context as _, Result, anyhow};
use policy::compile::{Check, Row, Tables};
use policy::question::{Code, Outcome, Side};
use policy::terms::key::{Cause, Settling};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};

use crate::Compared;
use crate::facts::Facts;
use crate::workload::{Slice, Workload};
use race::{Lane, some};

/// Questions of one turn; the peer is slow.
const TIMED: usize = 64;

pub(crate) struct Peer {
    /// By slice: a machine with its program.
    machines: Vec<RefCell<RegoVM>>,
    questions: Vec<Asked>,
}

struct Asked {
    slice: usize,
    input: Value,
}

impl Peer {
    pub(crate) fn of(tables: &Tables, workload: &Workload<'_>) -> Result<Self> {
        let facts = Facts::of(tables);
        let machines = workload.slices.iter().enumerate().map(|(number, slice)| {
            let text = Module::of(number, slice, &facts);
            Ok(RefCell::new(machine(number, &text).with_context(|| text.clone())?))
        });
        let questions = workload.questions.iter().map(|question| {
            let subject = &workload.subjects[question.subject];
            let told = facts.told(&workload.slices[question.slice], question, subject);
            let input = Value::from_json_str(&serde_json::to_string(&told)?)?;
            Ok(Asked { slice: question.slice, input })
        });
        Ok(Self { machines: machines.collect::<Result<_>>()?, questions: questions.collect::<Result<_>>()? })
    }

    /// Its answers to every question beside ours.
    pub(crate) fn compare(&self, workload: &Workload<'_>) -> Result<Compared> {
        let mut compared = Compared::default();
        for (asked, question) in self.questions.iter().zip(&workload.questions) {
            let answer = self.ask(asked)?;
            for (group, ours) in question.groups.iter().zip(&question.outcomes) {
                let Some(group) = *group else { continue };
                compared.see(answer[group].as_i64().ok() == Some(number_of(*ours)));
            }
        }
        Ok(compared)
    }

    fn ask(&self, asked: &Asked) -> Result<Value> {
        let mut machine = self.machines[asked.slice].borrow_mut();
        machine.set_input(asked.input.clone());
        machine.execute().map_err(|why| anyhow!("{why:?}"))
    }

    /// Evaluated, and the answer for each item read from the result. That every question can be evaluated, the
    /// comparison has shown.
    pub(crate) fn lane<'a>(&'a self, workload: &'a Workload<'_>) -> Lane<'a> {
        Lane::new(TIMED, move |round| {
            let questions = some(&self.questions, TIMED, round).zip(some(&workload.questions, TIMED, round));
            for (asked, question) in questions {
                let Ok(answer) = self.ask(asked) else { continue };
                question.groups.iter().flatten().for_each(|group| drop(black_box(answer[*group].as_i64())));
            }
        })
    }
}

fn machine(number: usize, text: &str) -> Result<RegoVM> {
    let mut engine = Engine::new();
    engine.add_policy(format!("s{number}.rego"), text.to_owned())?;
    let entry: Rc<str> = format!("data.s{number}.answer").into();
    let compiled = engine.compile_with_entrypoint(&entry)?;
    let program = Compiler::compile_from_policy(&compiled, &[&entry]).map_err(|why| anyhow!("{why:?}"))?;
    let mut machine = RegoVM::new();
    machine.load_program(program);
    Ok(machine)
}

/// An outcome, as the programs below say it.
const fn number_of(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Withheld => 0,
        Outcome::Masked => 1,
        Outcome::Clear => 2,
    }
}

/// Writes each demand once, whichever groups make it.
struct Module<'f> {
    facts: &'f Facts,
    text: String,
    /// The rule for each demand, and whether it reads what the law counts for itself.
    known: BTreeMap<(bool, Check), String>,
}

impl<'f> Module<'f> {
    fn of(number: usize, slice: &Slice<'_>, facts: &'f Facts) -> String {
        let text = format!("package s{number}\nimport rego.v1\n");
        let mut module = Self { facts, text, known: BTreeMap::new() };
        let mut answers = Vec::new();
        for (group, (published, law)) in slice.groups.iter().enumerate() {
            let (published, law) = ((*published, Side::Published), (*law, Side::Law));
            answers.push(match slice.settling {
                Settling::Stricter => module.outcome(format!("o{group}"), &[published, law]),
                Settling::Published => module.outcome(format!("o{group}"), &[published]),
                Settling::Grant => {
                    let by_policy = module.outcome(format!("p{group}"), &[published]);
                    let by_law = module.outcome(format!("l{group}"), &[law]);
                    format!("max([{by_policy}, {by_law}])")
                }
            });
        }
        let _ = writeln!(module.text, "answer := [{}]", answers.join(", "));
        module.text
    }

    /// Writes the rule of that name: the strictest outcome of any demand that fails.
    fn outcome(&mut self, name: String, sides: &[(&Row, Side)]) -> String {
        let mut failing: BTreeMap<Outcome, BTreeSet<String>> = BTreeMap::new();
        for (row, side) in sides {
            for check in &row.checks {
                let fails = self.fails(check, *side);
                failing.entry(check.cause.becomes()).or_default().insert(fails);
            }
        }
        let mut ladder = String::new();
        for (outcome, rules) in failing {
            let any = format!("any{}{name}", number_of(outcome));
            for rule in rules {
                let _ = writeln!(self.text, "{any} if {rule}");
            }
            let _ = write!(ladder, "{} if {any} else := ", number_of(outcome));
        }
        let _ = writeln!(self.text, "{name} := {ladder}{}", number_of(Outcome::Clear));
        name
    }

    /// The rule that holds when a demand fails, written when it is first asked for.
    fn fails(&mut self, check: &Check, side: Side) -> String {
        let own = side == Side::Law && check.gate.reads().bits().any(|bit| self.facts.is_two_sided(bit));
        // Why it fails makes no difference here.
        let key = (own, Check { cause: Cause::of(Code::NotDeclared), ..check.clone() });
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let fails = format!("c{}", self.known.len());
        let holds = if check.fails_when { fails.clone() } else { format!("h{}", self.known.len()) };
        for term in check.gate.terms() {
            let must = term.must.bits().map(|bit| format!("input.{}", self.facts.name(bit, side)));
            let must_not = term.must_not.bits().map(|bit| format!("not input.{}", self.facts.name(bit, side)));
            let literals: Vec<String> = must.chain(must_not).collect();
            let body = if literals.is_empty() { "true".to_owned() } else { literals.join("; ") };
            let _ = writeln!(self.text, "{holds} if {{ {body} }}");
        }
        if check.gate.terms().is_empty() {
            let _ = writeln!(self.text, "{holds} if {{ false }}");
        }
        if !check.fails_when {
            let _ = writeln!(self.text, "{fails} if not {holds}");
        }
        self.known.insert(key, fails.clone());
        fails
    }
}
