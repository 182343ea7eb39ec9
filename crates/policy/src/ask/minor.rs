//! What may not be done with a minor's items, or only with a guardian or a manager.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use serde::Serialize;

use super::flows::{Cell, Flow, Which, list};
use crate::claim::region::{Choice, Lacks, Region};
use crate::claim::{On, Probe};
use crate::compile::{self, Tables};
use crate::syntax::PersonKind;
use crate::terms::literal::Who;

/// What a minor's age changes; compared is what may be done with a grown-up's items. Nobody relies on an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MinorFlows {
    /// The age in full years.
    pub age: u16,
    /// The day whose law was asked.
    pub day: Date,
    /// What is never done, whoever consents.
    pub never: Vec<Flow>,
    /// What is done only when a guardian consents.
    pub with_guardian: Vec<Flow>,
    /// What staff may do only with a manager's approval.
    pub with_approval: Vec<Flow>,
}

/// What a person of this age may not do.
pub fn minor(tables: &Tables, age: u16, now: Timestamp) -> MinorFlows {
    let day = day_in_shanghai(now);
    let natural = tables.program().policy.persons.iter().zip(0..);
    let natural = natural.filter(|(person, _)| person.kind.value == PersonKind::Natural).map(|(_, place)| place);
    let nobody_excepted = Lacks { exceptions: Choice::NotIn(BTreeSet::new()), ..Lacks::default() };
    let anybody =
        Region { persons: Choice::In(natural.collect()), lacks: nobody_excepted.clone(), ..Region::default() };
    let of_age = Region { from_age: Some(age), under_age: Some(age.saturating_add(1)), ..anybody.clone() };
    let grown = Region { from_age: Some(tables.program().law.ages().minor), ..anybody };
    let alone = Region { lacks: Lacks { guardian: true, ..nobody_excepted.clone() }, ..of_age.clone() };
    let staff = |region: &Region| Region {
        who: Some(Who::Staff),
        lacks: Lacks { approval: true, ..nobody_excepted.clone() },
        ..region.clone()
    };
    let only_there = |there: &Region, here: &Region| {
        let [there, here] = [there, here].map(|region| RefCell::new(Probe::new(tables, region, On::Effect, now)));
        list(tables, &Between { there, here }, day)
    };
    MinorFlows {
        age,
        day,
        never: only_there(&grown, &of_age),
        with_guardian: only_there(&of_age, &alone),
        with_approval: only_there(&staff(&grown), &staff(&of_age)),
    }
}

/// What one region permits and the other does not.
struct Between<'t> {
    there: RefCell<Probe<'t>>,
    here: RefCell<Probe<'t>>,
}

impl<'t> Which<'t> for Between<'t> {
    fn flow(&self, _: &compile::Flow) -> bool {
        true
    }

    fn cell(&self, cell: &Cell<'t>) -> bool {
        let permits = |probe: &RefCell<Probe<'t>>| probe.borrow_mut().permits(cell.flow, cell.item, cell.channel);
        permits(&self.there) && !permits(&self.here)
    }
}
