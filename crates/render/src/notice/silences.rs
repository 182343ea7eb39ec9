//! On what the text is silent, slot by slot, and what follows from it (design invariant 6).

use policy::label::label;
use policy::syntax::{Action, At, Basis, Form, Kind, Level, Policy, RecipientClass, Share, Stated};

use crate::document::Table;
use crate::labels::{entry, named};
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
        let reading = entry("reading", &here).or_else(|| entry("reading", silence.slot));
        let reading = reading.unwrap_or_else(|| named("reading", "otherwise")).to_owned();
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

/// What a share stands on that states neither ground nor consent: whoever is entrusted, on the ground of the functions;
/// whoever takes a business over, on the grounds that there are (PIPL art. 22).
fn leans_on(policy: &Policy, share: &Share) -> Option<&'static str> {
    if share.basis.said().is_some() || share.consent.said().is_some() {
        return None;
    }
    let recipient = policy.recipients.iter().find(|one| one.id.as_str() == share.recipient.text);
    let acquirer = recipient.is_some_and(|one| one.class.value == RecipientClass::Acquirer);
    match share.act.value {
        Action::Entrust if !share.functions.is_empty() => Some("basis_entrusted"),
        Action::Transfer if acquirer => Some("basis_taken_over"),
        _ => None,
    }
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

    /// Silence on ground and consent, which are read together: what follows from the one depends on what is said of the
    /// other, and on whether the data are still about a person.
    fn ground(
        &mut self,
        table: &'static str,
        element: &str,
        basis: &Stated<Basis>,
        consent: &Stated<Form>,
        level: Option<&At<Level>>,
    ) {
        let nobody = level.is_some_and(|level| matches!(level.value, Level::Anonymised | Level::Aggregate));
        match (basis.said(), consent.is_nothing()) {
            (None, _) if nobody => self.add(table, "basis_of_nobody", element),
            (None, true) => self.add(table, "basis_unasked", element),
            (None, false) => self.add(table, "basis", element),
            (Some(_), _) => {}
        }
        let commanded =
            matches!(basis.said(), Some(Basis::Statutory | Basis::Emergency | Basis::News | Basis::OtherLaw));
        if consent.is_silent() && !nobody {
            self.add(table, if commanded { "consent_commanded" } else { "consent" }, element);
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
            self.ground("function", &function.name, &function.basis, &function.consent, None);
            slots!(self, "function", &function.name, function, [refused, collects]);
            for group in function.collects.said().into_iter().flatten() {
                slots!(self, "collect", &function.name, group, [need, trigger, sensitive]);
            }
        }
        for permission in &policy.permissions {
            slots!(self, "permission", &permission.name, permission, [off_withdraws, switch]);
        }
        for used in &policy.uses {
            self.ground("use", &used.name, &used.basis, &used.consent, used.level.as_ref());
            if used.items.is_empty() && used.functions.is_empty() {
                self.add("use", "used_items", &used.name);
            }
            slots!(self, "use", &used.name, used, [opt_out]);
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
            match leans_on(policy, share) {
                Some(slot) => self.add("share", slot, &share.name),
                None => self.ground("share", &share.name, &share.basis, &share.consent, share.level.as_ref()),
            }
            slots!(self, "share", &share.name, share, [purpose, method, document]);
            if share.items.is_silent() && share.records.is_empty() {
                self.add("share", "items", &share.name);
            }
        }
        for disclosure in &policy.disclosures {
            let level = disclosure.level.as_ref();
            self.ground("disclosure", &disclosure.name, &disclosure.basis, &disclosure.consent, level);
            slots!(self, "disclosure", &disclosure.name, disclosure, [items, document, masked]);
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
