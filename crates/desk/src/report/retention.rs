//! What is kept, how long and by which floor (rules R27, R46, R47), and what went out and stays on record (rule R27).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use model::Slug;
use model::act::Life;
use model::calendar::day_in_shanghai;
use model::deadline::{Span, floor_end_after};
use policy::law::LegalFloor;
use policy::syntax::{Floor, Kind};
use serde::Serialize;
use store::{LeafRow, PartErased, RecordStanding};

use super::table::{Cell, Table};
use super::{Fault, PAGE, each_leaf, faults};
use crate::leaf::Act;
use crate::{House, Platform, Refusal, evidence, retain};

/// Acts by which something leaves the company: their leaves are the record that is kept of it.
const OUT: [Act; 3] = [Act::Share, Act::Disclose, Act::Deliver];

/// The report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Retention {
    /// The day as of which it is.
    pub today: Date,
    /// Every record class, by id.
    pub classes: Vec<ClassKept>,
    /// The leaves of what went out.
    pub evidence: Evidence,
}

/// How the records of one class stand. Every record is in one of `live`, `storage_only` and `erased`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClassKept {
    /// Class.
    pub class: String,
    /// Its name; empty where the policy no longer declares the class.
    pub name: String,
    /// In use.
    pub live: u64,
    /// Stored and secured, and nothing else.
    pub storage_only: u64,
    /// Erased, or without a key that would open anything of it.
    pub erased: u64,
    /// To be erased today.
    pub due: u64,
    /// To have been erased before today, and still there.
    pub overdue: u64,
    /// Kept, with no day known on which it is to go: the purpose lives, a claim is open, or a floor has not begun.
    pub undated: u64,
    /// Parts that were erased before the day on which the floors let them go.
    pub early: u64,
    /// The longest floor.
    pub floor: Option<FloorKept>,
    /// The first day on which something of it is to be erased.
    pub first: Option<Date>,
    /// The last day.
    pub last: Option<Date>,
}

/// A floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FloorKept {
    /// By its word of the language.
    pub floor: String,
    /// How long, for cover beyond a year.
    pub length: Span,
    /// Where the law says so.
    pub article: String,
}

/// The leaves of acts by which something left the company.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The floor under them.
    pub floor: Option<FloorKept>,
    /// The oldest day whose leaves are kept whole.
    pub kept_from: Option<Date>,
    /// Leaves that are whole.
    pub whole: u64,
    /// When the oldest of them was.
    pub oldest: Option<Timestamp>,
    /// Leaves that were emptied after the floor.
    pub emptied: u64,
    /// Leaves that are empty although the floor runs.
    pub emptied_early: u64,
}

impl Retention {
    pub(super) fn faults(&self) -> Vec<Fault> {
        let sum = |of: fn(&ClassKept) -> u64| self.classes.iter().map(of).sum();
        let undeclared = self.classes.iter().filter(|class| class.name.is_empty());
        faults([
            ("overdue", sum(|class| class.overdue)),
            ("erased-early", sum(|class| class.early)),
            ("undeclared", undeclared.map(|class| class.live + class.storage_only).sum()),
            ("emptied-early", self.evidence.emptied_early),
        ])
    }

    pub(super) fn tables(&self) -> Vec<Table> {
        let heads = vec![
            "class",
            "live",
            "storage-only",
            "due",
            "overdue",
            "undated",
            "erased",
            "early",
            "floor",
            "article",
            "first",
            "last",
        ];
        let row = |class: &ClassKept| {
            let name = if class.name.is_empty() { &class.class } else { &class.name };
            let (length, article) = told(class.floor.as_ref());
            let counts =
                [class.live, class.storage_only, class.due, class.overdue, class.undated, class.erased, class.early];
            let counts = counts.into_iter().map(Cell::Count);
            let dates = [length, article, class.first.into(), class.last.into()];
            std::iter::once(Cell::Text(name.clone())).chain(counts).chain(dates).collect()
        };
        let evidence = &self.evidence;
        let (length, article) = told(evidence.floor.as_ref());
        let facts = vec![
            ("whole", evidence.whole.into()),
            ("oldest", evidence.oldest.into()),
            ("floor", length),
            ("article", article),
            ("kept-from", evidence.kept_from.into()),
            ("emptied", evidence.emptied.into()),
            ("emptied-early", evidence.emptied_early.into()),
        ];
        vec![Table::new("classes", heads, self.classes.iter().map(row).collect()), Table::facts("evidence", facts)]
    }
}

fn told(floor: Option<&FloorKept>) -> (Cell, Cell) {
    (floor.map(|floor| floor.length).into(), floor.map(|floor| floor.article.as_str()).into())
}

/// Counts rows, one by one.
struct Inventory<'p> {
    platform: &'p Platform,
    today: Date,
    classes: BTreeMap<Slug, ClassKept>,
}

impl<'p> Inventory<'p> {
    fn new(platform: &'p Platform, today: Date) -> Self {
        let mut inventory = Self { platform, today, classes: BTreeMap::new() };
        for class in &platform.tables.program().policy.records {
            inventory.class(&class.id.value);
        }
        inventory
    }

    fn class(&mut self, id: &Slug) -> &mut ClassKept {
        let (platform, today) = (self.platform, self.today);
        self.classes.entry(id.clone()).or_insert_with(|| {
            let names = &platform.tables.program().names;
            let name =
                names.entry(Kind::Record, id.as_str()).map(|_| names.name_of(Kind::Record, id.as_str()).to_owned());
            let floors = retain::floors(platform, id).into_iter();
            let longest = floors.filter_map(|floor| platform.tables.program().law.floor(floor, today));
            let longest = longest.max_by_key(|floor| floor_end_after(today, floor.long).ok());
            let (class, name) = (id.to_string(), name.unwrap_or_default());
            ClassKept { class, name, floor: longest.map(kept), ..ClassKept::default() }
        })
    }

    fn take(&mut self, row: &RecordStanding) {
        let (platform, today) = (self.platform, self.today);
        let class = self.class(&row.state.class);
        match row.state.life {
            Life::Live if row.keys > 0 => class.live += 1,
            Life::StorageOnly if row.keys > 0 => class.storage_only += 1,
            Life::Live | Life::StorageOnly | Life::Erased => {
                class.erased += 1;
                return;
            }
        }
        let dates = retain::dates_of(platform, &row.state, row.opened, today);
        let Some(due) = dates.and_then(|dates| dates.erase_due) else {
            class.undated += 1;
            return;
        };
        class.due += u64::from(due == today);
        class.overdue += u64::from(due < today);
        class.first = Some(class.first.map_or(due, |first| first.min(due)));
        class.last = Some(class.last.map_or(due, |last| last.max(due)));
    }

    /// What was erased against the day that its record's dates name now; a class without a floor has none to hold.
    fn erased(&mut self, part: &PartErased) {
        let (platform, today, state) = (self.platform, self.today, &part.record.state);
        let class = self.class(&state.class);
        let dates = retain::dates_of(platform, state, part.record.opened, today);
        let free = dates.and_then(|dates| dates.erase_not_before).filter(|_| class.floor.is_some());
        class.early += u64::from(free.is_some_and(|free| day_in_shanghai(part.at) < free));
    }
}

fn kept(floor: &LegalFloor) -> FloorKept {
    FloorKept { floor: floor.floor.word().to_owned(), length: floor.long, article: floor.cite.clone() }
}

impl Evidence {
    fn take(&mut self, leaf: &LeafRow) {
        if !OUT.iter().any(|act| act.word() == leaf.kind) {
            return;
        }
        if !leaf.entry.is_empty() {
            self.whole += 1;
            self.oldest = Some(self.oldest.map_or(leaf.at, |oldest| oldest.min(leaf.at)));
        } else if self.kept_from.is_none_or(|from| day_in_shanghai(leaf.at) >= from) {
            self.emptied_early += 1;
        } else {
            self.emptied += 1;
        }
    }
}

pub(super) async fn read(house: &House, platform: &Platform, at: Timestamp) -> Result<Retention, Refusal> {
    let today = day_in_shanghai(at);
    let mut inventory = Inventory::new(platform, today);
    let mut after = None;
    loop {
        let page = house.store.report_records(&platform.id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.state.id;
        for row in &page {
            inventory.take(row);
        }
    }
    let mut after = 0;
    loop {
        let page = house.store.report_erased(&platform.id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.sequence;
        for part in &page {
            inventory.erased(part);
        }
    }
    let floor = platform.tables.program().law.floor(Floor::ProcessingRecord, today);
    let kept_from = evidence::kept_from(house, platform).map(day_in_shanghai);
    let mut evidence = Evidence { floor: floor.map(kept), kept_from, ..Evidence::default() };
    each_leaf(house, platform, 0, |leaf| evidence.take(leaf)).await?;
    Ok(Retention { today, classes: inventory.classes.into_values().collect(), evidence })
}
