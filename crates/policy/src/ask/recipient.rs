//! Everything that a recipient may get.

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use serde::Serialize;

use super::called::{AskError, Called, find};
use super::flows::{Flow, list};
use crate::compile::{self, Tables};
use crate::syntax::{Kind, RecipientClass};
use crate::terms::literal::place;

/// Every flow to a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientFlows {
    /// The recipient.
    pub recipient: Called,
    /// Its class; `unnamed` where the text names nobody.
    pub class: RecipientClass,
    /// Clauses of the published text.
    pub clause: Vec<String>,
    /// Whether customers choose the very party, each a grant of its own.
    pub chosen: bool,
    /// The parties of that class in the operation file.
    pub parties: Vec<Called>,
    /// The day whose law was asked.
    pub day: Date,
    /// The flows, by action; those that never take place among them.
    pub flows: Vec<Flow>,
}

/// Everything that a recipient may get, named by id, published name or clause.
///
/// # Errors
/// [`AskError`] when no recipient, or more than one, is called so.
pub fn recipient(tables: &Tables, text: &str, now: Timestamp) -> Result<RecipientFlows, AskError> {
    let program = tables.program();
    let day = day_in_shanghai(now);
    let recipient = find(program, Kind::Recipient, text)?;
    let recipients = &program.policy.recipients;
    let unknown = || AskError::Unknown { what: Kind::Recipient.word(), text: text.to_owned(), near: Vec::new() };
    let declared = recipients.iter().find(|one| one.id.as_str() == recipient.id).ok_or_else(unknown)?;
    let place = place(recipients.iter().map(|one| &one.id.value), &recipient.id);
    let parties = program.operation.parties.iter().filter(|party| party.recipient.text == recipient.id);
    Ok(RecipientFlows {
        class: declared.class.value,
        clause: declared.clause.iter().map(|clause| clause.value.clone()).collect(),
        chosen: declared.chosen.as_ref().is_some_and(|chosen| chosen.value),
        parties: parties.map(|party| Called::of(program, Kind::Party, party.id.as_str())).collect(),
        flows: list(tables, &|flow: &compile::Flow| place.is_some() && flow.recipient == place, day),
        recipient,
        day,
    })
}
