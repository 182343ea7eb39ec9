//! What a single element must mean to make sense, and what elements must mean together.

mod questionnaire;

use std::collections::{BTreeMap, BTreeSet};

use super::Program;
use super::items::STRICTEST;
use crate::codes;
use crate::decide::DO_NOT_TRACK;
use crate::finding::{Finding, Severity, Source, Span};
use crate::syntax::{
    Action, At, Check as OutsideCheck, CheckBy, Collect, Condition, Delivery, Event, Function, Login, Method, Mode,
    Need, Operation, Payment, PersonKind, Policy, Recipient, Record, Ref, Regime, Role, Share, Standard, Stated,
    Trigger, quoted,
};

/// The version of the language that this crate speaks.
const LANGUAGE: u32 = 1;

/// Nobody stands for somebody who stands for somebody, so often.
const CHAIN_MAX: usize = 8;

/// What a check by real name compares: items of the vocabulary.
const NAMED: [&str; 2] = ["name", "id-number"];

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
        finding.mend = codes::explain(code).map(|code| code.mend.into());
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
    check.sources(&program.policy);
    check.conditions(&program.policy);
    check.exceptions(&program.policy);
    check.requests(&program.policy);
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
                self.read_off(mode, policy);
            }
        }
    }

    /// What is read off a picture fills in what somebody would type.
    fn read_off(&mut self, mode: &Mode, policy: &Policy) {
        let Some(reads) = mode.reads_text.as_ref().filter(|reads| reads.value) else { return };
        let typed = |group: &Collect| matches!(group.trigger.said(), Some(Trigger::Given) | None);
        let asks = |function: &Function| function.collects.said().into_iter().flatten().any(typed);
        let named = |function: &&Function| mode.functions.iter().any(|named| named.text == function.id.as_str());
        let functions: Vec<&Function> = policy.functions.iter().filter(named).collect();
        // A name that leads nowhere was reported before.
        if functions.len() == mode.functions.len() && !functions.into_iter().any(asks) {
            let message = format!("nothing is typed where the mode `{}` reads text", mode.id.value);
            self.report("L0437", reads.span, message, "fills in nothing");
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
            && group.sources.is_empty()
        {
            self.report("L0409", trigger.span, "items from a source that is not named".to_owned(), "from whom?");
        }
        if !group.typed_by.is_empty() && group.authority.is_none() {
            let message = "others may type these items, and nobody said by what right".to_owned();
            self.report("L0205", group.span.0, message, "`authority` is missing beside `typed-by`");
        }
        if group.items.is_empty() {
            self.report("L0410", group.span.0, "a collect group without items".to_owned(), "collects nothing");
        }
    }

    fn sources(&mut self, policy: &Policy) {
        for source in &policy.sources {
            if let Stated::Said(beyond) = &source.beyond
                && source.within.is_none()
            {
                let message = format!("nothing tells what goes beyond the authorisation of `{}`", source.name.value);
                self.report("L0423", beyond.span, message, "beyond what?");
            }
        }
        if let Stated::Said(honoured) = &policy.do_not_track
            && honoured.value
            && !policy.facts.iter().any(|fact| fact.id.as_str() == DO_NOT_TRACK)
        {
            let message = format!("nothing tells whether a browser asks not to be tracked: no fact `{DO_NOT_TRACK}`");
            self.report("L0426", honoured.span, message, "honoured when?");
        }
    }

    /// Lists may each begin at one: a number is said once in the list of an act.
    fn exceptions(&mut self, policy: &Policy) {
        let mut seen = BTreeSet::new();
        for exception in &policy.exceptions {
            let twice = exception.acts.iter().find(|act| !seen.insert((act.value, exception.number.value)));
            if let Some(act) = twice {
                let message = format!("two exceptions for `{}` bear the number {}", act.value, exception.number.value);
                self.report("L0425", exception.number.span, message, "here again");
            }
        }
    }

    fn requests(&mut self, policy: &Policy) {
        let cases = policy.rights.iter().flat_map(|right| right.grounds.iter().chain(&right.blocks));
        let refusals = policy.refusals.iter().filter_map(|refusal| refusal.when.as_ref());
        for when in cases.map(|case| &case.when).chain(refusals) {
            self.condition(&when.value, when.span);
        }
        if let (Stated::Nothing(span), false) = (&policy.refusal_list, policy.refusals.is_empty()) {
            self.report("L0428", *span, "no ground of refusal, and some listed".to_owned(), "none?");
        }
    }

    fn conditions(&mut self, policy: &Policy) {
        let groups = policy.functions.iter().flat_map(|function| function.collects.said().into_iter().flatten());
        let all = groups
            .map(|group| &group.when)
            .chain(policy.uses.iter().map(|one| &one.when))
            .chain(policy.exceptions.iter().flat_map(|exception| [&exception.when, &exception.article_when]))
            .chain(policy.shares.iter().map(|share| &share.when));
        for when in all.flatten() {
            self.condition(&when.value, when.span);
            let of_records = |atom: &Condition| matches!(atom, Condition::InForce(_) | Condition::OpenClaim(_));
            if when.value.atoms().into_iter().any(of_records) {
                let message = "a condition on records of the subject, where no request is answered".to_owned();
                self.report("L0424", when.span, message, "for rights only");
            }
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
            Condition::AgeUnder(_)
            | Condition::Product(_)
            | Condition::Channel(_)
            | Condition::Fact(_)
            | Condition::InForce(_)
            | Condition::OpenClaim(_) => {}
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
        for suspension in &operation.suspended {
            if suspension.recipient.is_some() == suspension.party.is_some() {
                let message = "a suspension names one recipient, or one party".to_owned();
                self.report("L0427", suspension.span.0, message, "whom?");
            }
        }
        for made in &operation.checks {
            self.made(made, program);
        }
        for role in &operation.roles {
            self.partner(role, operation, &program.policy);
        }
        for delivery in &operation.deliveries {
            self.delivered(delivery, &program.policy);
        }
        for choice in &operation.enforcements {
            if choice.by.value != "policy" {
                let message = format!("`{}` cannot be enforced alone", quoted(&choice.by));
                self.report("L0420", choice.by.span, message, "only `policy`");
            }
            self.known(&choice.element, program);
        }
        for assessment in &operation.assessments {
            for activity in &assessment.activities {
                self.known(activity, program);
            }
        }
        self.logins(operation, &program.policy);
        self.payments(operation, &program.policy);
        self.services(operation, &program.policy);
        self.cancels(operation, &program.policy);
        self.questionnaires(operation, program);
        for acknowledged in &operation.acknowledged {
            if !codes::is_code(&acknowledged.code) {
                let message = format!("`{}` is no code of a finding", quoted(&acknowledged.code));
                self.report("L0421", acknowledged.code.span, message, "not a code");
            }
        }
    }

    /// An id that stands without a kind is that of some element.
    fn known(&mut self, element: &At<String>, program: &Program) {
        if !program.names.entries().any(|entry| entry.id.as_str() == element.value) {
            let message = format!("no element has the id `{}`", quoted(element));
            self.report("L0304", element.span, message, "named here");
        }
    }

    /// A party's people are no staff, and are there to call.
    fn partner(&mut self, role: &Role, operation: &Operation, policy: &Policy) {
        let Some(party) = &role.party else { return };
        let powers = role.clear_view.value || role.minors.value || role.minds_partners() || role.files();
        if powers || !role.functions.is_empty() {
            let message = format!("`{}` is a role of an outside party, and may do what staff may", quoted(&role.name));
            self.report("L0432", role.id.span, message, "more than the cases handed to it");
        }
        // A name that leads nowhere was reported before.
        let Some(known) = operation.parties.iter().find(|one| one.id.as_str() == party.text) else { return };
        let virtually =
            |one: &Recipient| one.id.as_str() == known.recipient.text && one.regime.value == Regime::VirtualNumber;
        if !policy.recipients.iter().any(virtually) {
            let message = format!("nobody is reached through `{}` by a virtual number", known.name.value);
            self.report("L0433", party.span, message, "not a party of such a recipient");
        }
    }

    /// A check must be able to come to a result, and its result to count.
    fn made(&mut self, made: &OutsideCheck, program: &Program) {
        let policy = &program.policy;
        let fact = policy.facts.iter().find(|fact| fact.id.as_str() == made.fact.text);
        if let Some(fact) = fact.filter(|fact| fact.attested.value != "system") {
            let message = format!("`{}` is attested by `{}`", fact.name.value, quoted(&fact.attested));
            self.report("L0430", made.fact.span, message, "no check attests it");
        }
        let takes_face = || {
            let function = policy.functions.iter().find(|one| one.id.as_str() == made.function.text);
            let groups = function.into_iter().flat_map(|function| function.collects.said().into_iter().flatten());
            let mut items = groups.flat_map(|group| &group.items);
            items.any(|item| program.items.get(item.text.as_str()).is_some_and(|item| item.face))
        };
        let pushed = |share: &Ref<Share>| {
            let share = policy.shares.iter().find(|one| one.id.as_str() == share.text);
            let holds = |share: &Share, id: &str| share.items.said().into_iter().flatten().any(|item| item.text == id);
            share.is_some_and(|share| NAMED.iter().all(|id| holds(share, id)))
        };
        let sound = match made.by.value {
            CheckBy::Face => takes_face(),
            CheckBy::RealName => made.share.as_ref().is_some_and(pushed),
        };
        if !sound {
            let message = format!("nothing can be checked by `{}` here", made.by.value);
            self.report("L0430", made.by.span, message, "of what, and with whom?");
        }
    }

    /// What the house sends by itself goes where the person wants it, and its condition is the house's to attest.
    fn delivered(&mut self, delivery: &Delivery, policy: &Policy) {
        // A name that leads nowhere was reported before.
        let share = policy.shares.iter().find(|share| share.id.as_str() == delivery.share.text);
        let is_chosen = |share: &Share| {
            let mut recipients = policy.recipients.iter();
            let recipient = recipients.find(|recipient| recipient.id.as_str() == share.recipient.text);
            recipient.and_then(|recipient| recipient.chosen.as_ref()).is_some_and(|chosen| chosen.value)
        };
        let goes = |share: &Share| share.method.said() == Some(&Method::Push) && is_chosen(share);
        if let Some(share) = share.filter(|share| !goes(share)) {
            let message = format!("`{}` is not sent to whom the person chooses", quoted(&share.name));
            self.report("L0434", delivery.share.span, message, "pushed, to a chosen recipient");
        }
        let fact = delivery.fact.as_ref();
        let fact =
            fact.and_then(|named| policy.facts.iter().find(|fact| fact.id.as_str() == named.text).zip(Some(named)));
        if let Some((fact, named)) = fact.filter(|(fact, _)| fact.attested.value != "system") {
            let message = format!("`{}` is attested by `{}`", fact.name.value, quoted(&fact.attested));
            self.report("L0434", named.span, message, "not the house's to attest");
        }
    }

    fn logins(&mut self, operation: &Operation, policy: &Policy) {
        let mut seen = BTreeSet::new();
        for login in &operation.logins {
            if !seen.insert(login.id.as_str()) {
                let message = format!("two ways to come in bear the id `{}`", login.id.value);
                self.report("L0301", login.id.span, message, "here again");
            }
            if login.claims.is_empty() {
                let message = format!("`{}` is told nothing", quoted(&login.name));
                self.report("L0431", login.span.0, message, "no claims");
            }
            self.claims(login, policy);
        }
    }

    fn payments(&mut self, operation: &Operation, policy: &Policy) {
        let mut paid = BTreeSet::new();
        for payment in &operation.payments {
            if payment.classes.is_empty() {
                self.report("L0435", payment.span.0, "nothing is paid".to_owned(), "no classes");
            }
            for class in &payment.classes {
                if !paid.insert(class.text.as_str()) {
                    let message = format!("records of class `{}` are paid twice", class.text);
                    self.report("L0435", class.span, message, "here again");
                }
            }
            if let Some(event) = &payment.event
                && !payment.classes.iter().all(|class| knows_any(policy, class, &[event.value]))
            {
                let message = format!("a class that is paid knows no event `{}`", event.value);
                self.report("L0435", event.span, message, "not declared by the class");
            }
            if let Some(status) = payment.status.as_ref().filter(|status| !told_so(payment, &status.text, policy)) {
                let message = format!("nobody is told `{}` here", status.text);
                self.report("L0435", status.span, message, "not collected by itself in the function");
            }
        }
    }

    /// A request is made by a function, about what is in force for a time.
    fn services(&mut self, operation: &Operation, policy: &Policy) {
        for service in &operation.services {
            // A name that leads nowhere was reported before.
            let function = policy.functions.iter().find(|one| one.id.as_str() == service.function.text);
            if function.is_some_and(|function| function.makes.is_none()) {
                let message = format!("`{}` makes no request", service.function.text);
                self.report("L0436", service.function.span, message, "makes no record");
            }
            let made = function.and_then(|function| function.makes.as_ref());
            if made.is_some_and(|made| !knows_any(policy, made, &Event::DECIDE_REQUEST)) {
                let message = format!("what `{}` makes can never be decided", service.function.text);
                self.report("L0436", service.function.span, message, "makes a record that nothing ends");
            }
            if service.classes.is_empty() {
                self.report("L0436", service.span.0, "nothing is serviced".to_owned(), "no classes");
            }
            for class in &service.classes {
                if !knows_any(policy, class, &[Event::InForceFrom]) {
                    let message = format!("records of class `{}` are never in force", class.text);
                    self.report("L0436", class.span, message, "knows no event `in-force-from`");
                }
                if !knows_any(policy, class, &Event::ENDS_COVER) {
                    let message = format!("records of class `{}` cannot be ended", class.text);
                    self.report("L0436", class.span, message, "knows no event that ends a cover");
                }
            }
        }
    }

    /// The text has the right that is exercised by cancelling, and the records know the event.
    fn cancels(&mut self, operation: &Operation, policy: &Policy) {
        for cancel in &operation.cancels {
            if !policy.rights.iter().any(|right| right.kind.value == cancel.right.value) {
                let message = format!("the text has no right `{}`", cancel.right.value);
                self.report("L0438", cancel.right.span, message, "not in the text");
            }
            if cancel.classes.is_empty() {
                self.report("L0438", cancel.span.0, "nothing is cancelled".to_owned(), "no classes");
            }
            for class in cancel.classes.iter().filter(|class| !knows_any(policy, class, &[Event::Cancelled])) {
                let message = format!("records of class `{}` cannot be cancelled", class.text);
                self.report("L0438", class.span, message, "knows no event `cancelled`");
            }
        }
    }

    fn claims(&mut self, login: &Login, policy: &Policy) {
        // A name that leads nowhere, and a group without its source, were reported before.
        let function = policy.functions.iter().find(|function| function.id.as_str() == login.function.text);
        let Some(function) = function else { return };
        let nameless = |group: &Collect| group.sources.is_empty() && group.trigger.said() == Some(&Trigger::Source);
        let lost = |source: &str| !policy.sources.iter().any(|one| one.id.as_str() == source);
        if function.collects.said().into_iter().flatten().any(nameless)
            || login.source.as_ref().is_some_and(|source| lost(&source.text))
        {
            return;
        }
        let role = login.person(policy).map(|role| role.text.as_str());
        let own = || login.groups(policy).filter(|group| Some(group.of.text.as_str()) == role);
        for claim in &login.claims {
            if !own().flat_map(|group| &group.items).any(|item| item.text == claim.item.text) {
                let message = format!("`{}` does not take this item so", function.id.value);
                self.report("L0429", claim.item.span, message, "not collected from there");
            }
        }
    }
}

/// Whether a class knows one of these events. A name that leads nowhere was reported before.
fn knows_any(policy: &Policy, class: &Ref<Record>, events: &[Event]) -> bool {
    let class = policy.records.iter().find(|one| one.id.as_str() == class.text);
    class.is_none_or(|class| class.events.iter().any(|known| events.contains(&known.value)))
}

/// Whether a payment's function collects an item by itself; a name that leads nowhere was reported before.
fn told_so(payment: &Payment, status: &str, policy: &Policy) -> bool {
    let Some(function) = &payment.function else { return false };
    let Some(function) = policy.functions.iter().find(|one| one.id.as_str() == function.text) else { return true };
    let groups = function.collects.said().into_iter().flatten();
    let mut by_itself = groups.filter(|group| group.trigger.said() == Some(&Trigger::Automatic));
    by_itself.any(|group| group.items.iter().any(|item| item.text == status))
}
