//! What a single element must mean to make sense, and what elements must mean together.

use std::collections::{BTreeMap, BTreeSet};

use super::Program;
use super::items::STRICTEST;
use crate::codes;
use crate::finding::{Finding, Severity, Source, Span};
use crate::syntax::{
    Action, At, Collect, Condition, Kind, Need, Operation, PersonKind, Policy, Standard, Stated, Trigger, quoted,
};

/// The version of the language that this crate speaks.
const LANGUAGE: u32 = 1;

/// Nobody stands for somebody who stands for somebody, so often.
const CHAIN_MAX: usize = 8;

/// Reports into one file.
struct Check<'a> {
    source: &'a Source,
    findings: &'a mut Vec<Finding>,
}

impl Check<'_> {
    /// Reports `code` with its usual words of mending. A stand-in has no place and was reported before.
    fn report(&mut self, code: &'static str, span: Span, message: String, label: &str) {
        if span == Span::default() {
            return;
        }
        let severity = if code.starts_with("L02") { Severity::Warning } else { Severity::Error };
        let mut finding = Finding::new(code, severity, message).at(self.source, span, label);
        finding.mend = codes::explain(code).map(|code| code.mend.to_owned());
        self.findings.push(finding);
    }

    fn language(&mut self, said: &At<u32>) {
        if said.value != LANGUAGE {
            let message = format!("language {} is unknown here", said.value);
            self.report("L0401", said.span, message, "not a version that this program speaks");
        }
    }
}

/// Checks a resolved program.
pub(super) fn check(program: &Program, policy: &Source, operation: &Source, findings: &mut Vec<Finding>) {
    let mut check = Check { source: policy, findings };
    check.language(&program.policy.language);
    check.persons(&program.policy);
    check.functions(&program.policy);
    check.conditions(&program.policy);
    check.ways_out(&program.policy);
    check.lengths(&program.policy);
    check.records(&program.policy);
    check.promises(&program.policy);
    let mut check = Check { source: operation, findings };
    check.language(&program.operation.language);
    check.operation(&program.operation, program);
}

/// Checks the standards of a vocabulary.
pub(super) fn standards(standards: &[Standard], source: &Source, findings: &mut Vec<Finding>) {
    let mut check = Check { source, findings };
    for standard in standards {
        if let Some(until) = &standard.until
            && until.value <= standard.from.value
        {
            let message = format!("the standard `{}` ends before it begins", standard.name.value);
            check.report("L0402", until.span, message, "not later than `from`");
        }
    }
}

impl Check<'_> {
    fn persons(&mut self, policy: &Policy) {
        let by_id: BTreeMap<&str, _> = policy.persons.iter().map(|person| (person.id.as_str(), person)).collect();
        for person in &policy.persons {
            let Some(of) = &person.of else { continue };
            let Some(whole) = by_id.get(of.text.as_str()) else { continue };
            if whole.kind.value != PersonKind::Organisation {
                let message =
                    format!("`{}` stands for `{}`, which is no organisation", person.name.value, whole.name.value);
                self.report("L0406", of.span, message, "a natural person");
            }
            let up = |of: &str| by_id.get(of).and_then(|person| person.of.as_ref()).map(|of| of.text.as_str());
            let chain = std::iter::successors(Some(of.text.as_str()), |of| up(of)).take(CHAIN_MAX);
            if chain.count() == CHAIN_MAX {
                let message = format!("`{}` stands for nobody in the end", person.name.value);
                self.report("L0407", of.span, message, "leads back, or too far");
            }
        }
    }

    fn functions(&mut self, policy: &Policy) {
        for function in &policy.functions {
            for group in function.collects.said().into_iter().flatten() {
                self.group(group);
            }
        }
        for permission in &policy.permissions {
            let mut seen = BTreeSet::new();
            for mode in &permission.modes {
                if !seen.insert(mode.id.as_str()) {
                    let message =
                        format!("the permission `{}` has two modes `{}`", permission.name.value, mode.id.value);
                    self.report("L0301", mode.id.span, message, "here again");
                }
            }
        }
    }

    fn group(&mut self, group: &Collect) {
        if let Stated::Said(need) = &group.need
            && need.value == Need::Conditional
            && group.when.is_none()
        {
            self.report("L0408", need.span, "a conditional need without a condition".to_owned(), "on what?");
        }
        if let Stated::Said(trigger) = &group.trigger
            && trigger.value == Trigger::Source
            && group.source.is_none()
        {
            self.report("L0409", trigger.span, "items from a source that is not named".to_owned(), "from whom?");
        }
        if group.items.is_empty() {
            self.report("L0410", group.span.0, "a collect group without items".to_owned(), "collects nothing");
        }
    }

    fn conditions(&mut self, policy: &Policy) {
        let groups = policy.functions.iter().flat_map(|function| function.collects.said().into_iter().flatten());
        let all = groups
            .map(|group| &group.when)
            .chain(policy.uses.iter().map(|one| &one.when))
            .chain(policy.exceptions.iter().map(|exception| &exception.when))
            .chain(policy.shares.iter().map(|share| &share.when));
        for when in all.flatten() {
            self.condition(&when.value, when.span);
        }
    }

    fn condition(&mut self, condition: &Condition, span: Span) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                if parts.is_empty() {
                    self.report("L0411", span, "a condition without parts".to_owned(), "`all` or `any` of nothing");
                }
                for part in parts {
                    self.condition(part, span);
                }
            }
            Condition::Not(part) => self.condition(part, span),
            Condition::SamePerson(roles) => {
                if let [one, other] = roles.as_slice()
                    && one == other
                {
                    let message = format!("`{}` is always the same person as itself", quoted(&one.text));
                    self.report("L0412", other.span, message, "the same role");
                }
            }
            Condition::AgeUnder(0) => {
                self.report("L0413", span, "nobody is younger than nothing".to_owned(), "no age");
            }
            Condition::AgeUnder(_) | Condition::Product(_) | Condition::Channel(_) | Condition::Fact(_) => {}
        }
    }

    fn ways_out(&mut self, policy: &Policy) {
        for share in &policy.shares {
            let out = matches!(share.act.value, Action::Share | Action::Entrust | Action::Transfer | Action::Export);
            if !out {
                let message = format!("`{}` is no way out to a recipient", share.act.value);
                self.report("L0414", share.act.span, message, "not a way out");
            }
        }
        for exception in &policy.exceptions {
            if exception.acts.is_empty() {
                let message = format!("the exception `{}` belongs to no act", exception.name.value);
                self.report("L0415", exception.id.span, message, "from what?");
            }
        }
    }

    fn lengths(&mut self, policy: &Policy) {
        let clocks = policy.clocks.iter().map(|clock| &clock.length);
        let periods = policy.retentions.iter().filter_map(|retention| retention.period.said());
        for length in clocks.chain(periods).filter(|length| length.count.value == 0) {
            self.report("L0416", length.count.span, "a length of nothing".to_owned(), "at least 1");
        }
    }

    fn records(&mut self, policy: &Policy) {
        let made: BTreeSet<&str> = policy
            .functions
            .iter()
            .filter_map(|function| function.makes.as_ref())
            .map(|makes| makes.text.as_str())
            .collect();
        for record in &policy.records {
            let made = made.contains(record.id.as_str());
            if !made && record.holds.is_empty() {
                let message = format!("no function makes `{}`, and it lists nothing that it holds", record.name.value);
                self.report("L0202", record.id.span, message, "an empty record class");
            }
        }
    }

    fn promises(&mut self, policy: &Policy) {
        for promise in &policy.promises {
            if promise.control.said().is_none() && promise.evidence.said().is_none() {
                let message = format!("nothing keeps the promise `{}`", promise.id.value);
                self.report("L0203", promise.id.span, message, "neither control nor evidence");
            }
        }
    }

    fn operation(&mut self, operation: &Operation, program: &Program) {
        let platform = &program.policy.policy.platform;
        if operation.platform.value != platform.value {
            let message =
                format!("this file is for `{}`, the policy for `{}`", operation.platform.value, platform.value);
            self.report("L0417", operation.platform.span, message, "another platform");
        }
        let sensitivity = &operation.switches.sensitivity;
        let known = sensitivity.value == STRICTEST
            || program.standards.iter().any(|standard| standard.id.as_str() == sensitivity.value);
        if !known {
            let message = format!("no standard is called `{}`", quoted(sensitivity));
            self.report("L0418", sensitivity.span, message, "not a standard of the vocabulary");
        }
        for party in &operation.parties {
            let class = program.policy.recipients.iter().find(|one| one.id.as_str() == party.recipient.text);
            if class.is_some_and(|class| !class.chosen.as_ref().is_some_and(|chosen| chosen.value)) {
                let name = program.names.name_of(Kind::Recipient, &party.recipient.text);
                let message = format!("customers do not choose parties of `{name}`");
                self.report("L0419", party.recipient.span, message, "not `chosen`");
            }
        }
        for choice in &operation.enforcements {
            if choice.by.value != "policy" {
                let message = format!("`{}` cannot be enforced alone", quoted(&choice.by));
                self.report("L0420", choice.by.span, message, "only `policy`");
            }
            if !program.names.entries().any(|entry| entry.id.as_str() == choice.element.value) {
                let message = format!("no element has the id `{}`", quoted(&choice.element));
                self.report("L0304", choice.element.span, message, "named here");
            }
        }
        for acknowledged in &operation.acknowledged {
            if !codes::is_code(&acknowledged.code) {
                let message = format!("`{}` is no code of a finding", quoted(&acknowledged.code));
                self.report("L0421", acknowledged.code.span, message, "not a code");
            }
        }
    }
}
