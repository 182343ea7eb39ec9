//! What a policy processes altogether, gone through once: every document that says how much it is says the same number.

use std::collections::BTreeSet;

use policy::syntax::{Item, Ref, Share};

use crate::wording::Wording;

/// Ids, each once, in the order in which they are first named.
#[derive(Debug, Default)]
pub(crate) struct Processed {
    /// Items that are taken, handed over, or taken by somebody else's code.
    pub(crate) items: Vec<String>,
    /// Of these, what is sensitive.
    pub(crate) sensitive: BTreeSet<String>,
    /// Recipients that a share or embedded code names.
    pub(crate) receivers: Vec<String>,
}

impl Processed {
    pub(crate) fn of(say: Wording<'_>) -> Self {
        let policy = &say.program.policy;
        let mut all = Self::default();
        let groups = policy.functions.iter().filter_map(|function| function.collects.said()).flatten();
        let inbound = policy.uses.iter().filter(|used| !used.sources.is_empty());
        let taken = groups
            .flat_map(|group| &group.items)
            .chain(inbound.flat_map(|used| &used.items))
            .chain(policy.permissions.iter().flat_map(|permission| &permission.items))
            .chain(policy.trackers.iter().flat_map(|tracker| &tracker.items))
            .chain(say.program.operation.alternatives.iter().flat_map(|choice| &choice.items));
        let handed = policy.shares.iter().flat_map(|share| handed(say, share));
        let embedded = policy.sdks.iter().filter_map(|sdk| sdk.items.said()).flatten();
        for item in taken.chain(handed).chain(embedded) {
            all.item(say, &item.text);
        }
        let shares = policy.shares.iter().map(|share| &share.recipient.text);
        for receiver in shares.chain(policy.sdks.iter().map(|sdk| &sdk.recipient.text)) {
            if !all.receivers.contains(receiver) {
                all.receivers.push(receiver.clone());
            }
        }
        all
    }

    fn item(&mut self, say: Wording<'_>, id: &str) {
        if self.items.iter().any(|known| known == id) || !say.program.items.contains_key(id) {
            return;
        }
        self.items.push(id.to_owned());
        if say.class(id).is_some() {
            self.sensitive.insert(id.to_owned());
        }
    }
}

/// What a share hands over: the items that it names, and those of the records that it names.
pub(crate) fn handed<'p>(say: Wording<'p>, share: &'p Share) -> Vec<&'p Ref<Item>> {
    let policy = &say.program.policy;
    let mut items: Vec<&Ref<Item>> = share.items.said().into_iter().flatten().collect();
    for class in &share.records {
        let record = policy.records.iter().filter(|record| record.id.as_str() == class.text);
        items.extend(record.flat_map(|record| &record.holds).flat_map(|held| &held.items));
        let makers =
            policy.functions.iter().filter(|one| one.makes.as_ref().is_some_and(|made| made.text == class.text));
        let groups = makers.filter_map(|function| function.collects.said()).flatten();
        items.extend(groups.flat_map(|group| &group.items));
    }
    items
}
