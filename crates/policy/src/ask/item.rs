//! Everything that is done with an item.

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use serde::Serialize;

use super::called::{AskError, Called, find};
use super::flows::{Cell, Flow, Which, list};
use crate::compile::{self, Tables};
use crate::syntax::{FinancialLevel, Kind, Sensitive};

/// Every flow of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemFlows {
    /// The item.
    pub item: Called,
    /// How it is classed on the day.
    pub sensitivity: Sensitivity,
    /// The day whose law was asked.
    pub day: Date,
    /// Who may receive it, by any flow that is not closed for good.
    pub recipients: Vec<Called>,
    /// The flows, by action.
    pub flows: Vec<Flow>,
}

/// How an item is classed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sensitivity {
    /// Whether a standard in force counts it as sensitive, under the platform's switch.
    pub sensitive: bool,
    /// Its class, where some standard counts it as sensitive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Sensitive>,
    /// Level of JR/T 0171.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<FinancialLevel>,
    /// The mask under which it is shown.
    pub mask: model::field::Mask,
}

/// Everything that is done with one item.
pub(super) struct OfItem(pub(super) u16);

impl<'t> Which<'t> for OfItem {
    fn flow(&self, flow: &compile::Flow) -> bool {
        flow.items.contains(&self.0)
    }

    fn cell(&self, cell: &Cell<'t>) -> bool {
        cell.item == self.0
    }
}

/// Everything that is done with an item, named by id, published name or alias.
///
/// # Errors
/// [`AskError`] when no item, or more than one, is called so.
pub fn item(tables: &Tables, text: &str, now: Timestamp) -> Result<ItemFlows, AskError> {
    let program = tables.program();
    let day = day_in_shanghai(now);
    let item = find(program, Kind::Item, text)?;
    let unknown = || AskError::Unknown { what: Kind::Item.word(), text: text.to_owned(), near: Vec::new() };
    let facts = program.items.get(item.id.as_str()).ok_or_else(unknown)?;
    let flows = tables.alphabet().item(&item.id).map_or_else(Vec::new, |place| list(tables, &OfItem(place), day));
    let mut recipients: Vec<Called> = Vec::new();
    for recipient in flows.iter().filter(|flow| !flow.is_closed()).filter_map(|flow| flow.recipient.as_ref()) {
        if !recipients.contains(recipient) {
            recipients.push(recipient.clone());
        }
    }
    let sensitivity = Sensitivity {
        sensitive: facts.sensitive_on(day, &program.operation.switches.sensitivity),
        class: facts.class,
        level: facts.level,
        mask: facts.mask,
    };
    Ok(ItemFlows { item, sensitivity, day, recipients, flows })
}
