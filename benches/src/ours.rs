//! Ours: a posed question and a subject's digits give, item by item, both verdicts, the stricter, and all reasons as bits;
//! and for the whole question the three effects, the ground and the obligations.

use std::hint::black_box;

use policy::compile::Tables;
use policy::decide::Judged;

use crate::workload::{ITEMS, Workload};
use race::Lane;

/// Each question waits for the answer before: the address of its subject hangs on it.
pub(crate) fn latency<'a>(tables: &'a Tables, workload: &'a Workload<'_>) -> Lane<'a> {
    let zero = black_box(0_usize);
    Lane::new(workload.posed.len(), move |_| {
        let mut into = [Judged::UNDECLARED; ITEMS];
        let mut before = 0;
        for (subject, posed) in &workload.posed {
            let subject = &workload.subjects[subject + (before & zero)];
            let together = tables.judge(posed, &subject.digits, &mut into);
            before = together.effect as usize + into[ITEMS - 1].outcome as usize;
        }
        black_box((before, into));
    })
}

/// Each question on its own: the processor may begin one before another ends.
pub(crate) fn throughput<'a>(tables: &'a Tables, workload: &'a Workload<'_>) -> Lane<'a> {
    Lane::new(workload.posed.len(), move |_| pass(tables, workload))
}

/// One pass over all questions.
pub(crate) fn pass(tables: &Tables, workload: &Workload<'_>) {
    let mut into = [Judged::UNDECLARED; ITEMS];
    for (subject, posed) in &workload.posed {
        let subject = &workload.subjects[*subject];
        black_box(tables.judge(posed, &subject.digits, &mut into));
        black_box(&mut into);
    }
}
