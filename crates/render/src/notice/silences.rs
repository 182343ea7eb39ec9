//! On what the text is silent, slot by slot, and what follows from it (design invariant 6).

use policy::syntax::{Kind, Policy};

use crate::labels::{entry, label, named};
use crate::lists::Table;
use crate::told::Marks;
use crate::wording::{Wording, list, tidy};

/// One slot of one table of the language, and the elements that leave it open.
struct Silence {
    table: &'static str,
    slot: &'static str,
    elements: Vec<String>,
}

/// Every silence of the policy, in the order of the notice.
pub(super) fn table(say: Wording<'_>) -> Table {
    let mut found = Found(Vec::new());
    let policy = &say.program.policy;
    found.text(policy);
    found.processing(say, policy);
    found.flows(policy);
    found.keeping(say, policy);
    let lines = found.0.into_iter().map(|silence| {
        let here = format!("{}.{}", silence.table, silence.slot);
        let reading = entry("reading", &here).or_else(|| entry("reading", silence.slot)).unwrap_or_default().to_owned();
        let cells = vec![
            named("table", silence.table).to_owned(),
            named("slot", silence.slot).to_owned(),
            list(silence.elements),
            reading,
        ];
        (cells, Marks::default())
    });
    Table::new(&["table", "slot", "elements", "reading"], lines.collect()).without_clauses()
}

struct Found(Vec<Silence>);

/// Notes the slots of an element that are silent.
macro_rules! slots {
    ($to:ident, $table:literal, $name:expr, $element:expr, [$($slot:ident),* $(,)?]) => {
        $( if $element.$slot.is_silent() { $to.add($table, stringify!($slot), $name); } )*
    };
}

impl Found {
    fn add(&mut self, table: &'static str, slot: &'static str, element: &str) {
        let element = tidy(element);
        match self.0.iter_mut().find(|known| known.table == table && known.slot == slot) {
            Some(known) if known.elements.contains(&element) => {}
            Some(known) => known.elements.push(element),
            None => {
                let elements = if element.is_empty() { Vec::new() } else { vec![element] };
                self.0.push(Silence { table, slot, elements });
            }
        }
    }

    fn text(&mut self, policy: &Policy) {
        slots!(self, "header", "", policy.policy, [updated, effective, version]);
        slots!(self, "handler", "", policy.handler, [email, address, website, officer, affiliates, complaint_bodies]);
        slots!(self, "policy", "", policy, [do_not_track, refusal_list]);
        for product in &policy.products {
            slots!(self, "product", &product.name, product, [longer_than_a_year, anti_money_laundering]);
        }
    }

    fn processing(&mut self, say: Wording<'_>, policy: &Policy) {
        for function in &policy.functions {
            slots!(self, "function", &function.name, function, [basis, consent, refused, collects]);
            for group in function.collects.said().into_iter().flatten() {
                slots!(self, "collect", &function.name, group, [need, trigger, sensitive]);
            }
        }
        for permission in &policy.permissions {
            slots!(self, "permission", &permission.name, permission, [off_withdraws, switch]);
        }
        for used in &policy.uses {
            slots!(self, "use", &used.name, used, [basis, consent, opt_out]);
        }
        for exception in &policy.exceptions {
            slots!(self, "exception", &exception.name, exception, [article]);
        }
        for source in &policy.sources {
            slots!(self, "source", &source.name, source, [consent, beyond]);
        }
        for refusal in &policy.refusals {
            slots!(self, "refusal", &refusal.name, refusal, [law]);
        }
        for tracker in &policy.trackers {
            slots!(self, "tracker", &tracker.name, tracker, [refusal, limited]);
        }
        for sdk in &policy.sdks {
            slots!(self, "sdk", &say.named(Kind::Sdk, sdk.id.as_str()), sdk, [items, link]);
        }
    }

    fn flows(&mut self, policy: &Policy) {
        for recipient in &policy.recipients {
            slots!(self, "recipient", &recipient.name, recipient, [contact, contract, exit]);
        }
        for share in &policy.shares {
            slots!(self, "share", &share.name, share, [purpose, basis, consent, method, document]);
            if share.items.is_silent() && share.records.is_empty() {
                self.add("share", "items", &share.name);
            }
        }
        for disclosure in &policy.disclosures {
            slots!(self, "disclosure", &disclosure.name, disclosure, [items, basis, consent, document, masked]);
        }
    }

    fn keeping(&mut self, say: Wording<'_>, policy: &Policy) {
        for promise in &policy.promises {
            // A promise is kept by a control or shown by evidence; only where both are missing is something missing.
            if promise.control.is_silent() && promise.evidence.is_silent() {
                self.add("promise", "evidence", &promise.text);
            }
        }
        slots!(self, "storage", "", policy.storage, [place, end_of_service, end_notice, backups, security_level]);
        for rule in &policy.retentions {
            let name = rule.clause.first().map_or(rule.id.as_str(), |clause| clause.value.as_str());
            slots!(self, "retention", name, rule, [period, after]);
        }
        for clock in &policy.clocks {
            slots!(self, "clock", &say.clock(clock.id.as_str()), clock, [starts, overrun]);
        }
        for right in &policy.rights {
            slots!(self, "right", &label(right.kind.value), right, [routes, clock, identity, fee, delegate]);
        }
        slots!(self, "minors", "", policy.minors, [age, guardian, use_only, wrongly_collected, dedicated]);
        slots!(self, "export", "", policy.export, [may, procedure, consent]);
        slots!(
            self,
            "update",
            "",
            policy.update,
            [major, major_notice, notice, before_effect, consent_again, rights_cut_needs_consent, election, archive]
        );
    }
}
