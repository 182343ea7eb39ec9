//! What the handler owes: promises, storage and retention, the rights of the subject and their clocks.

use model::{Slug, deadline};

use super::condition::Condition;
use super::declare::tables;
use super::function::{Function, Record};
use super::recipient::Recipient;
use super::shape::{At, Ref, Stated};
use super::vocabulary::Item;
use super::words::{Delegate, Done, LawGround, Level, RightKind, Route, Start, Unit};

tables! {
    /// One promise (承诺).
    Promise "a promise" {
        /// Id.
        id: At<Slug>,
        /// In our words.
        text: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// The control of this software that keeps it.
        control: Stated<String>,
        /// The evidence that somebody must file.
        evidence: Stated<String>,
        /// How often, in months.
        every_months = "every-months": Option<At<u32>>,
        /// Items that it says go to nobody, with or without consent.
        withholds: Vec<Ref<Item>>,
        /// The recipients to whom alone they do not go; without items: to whom nothing goes.
        withheld_from = "withheld-from": Vec<Ref<Recipient>>,
        /// Ways by which it says that people are told of something.
        tells: Vec<At<Route>>,
        /// What it says is left of the person in all that is held.
        level: Option<At<Level>>,
        /// Words with which it takes itself back, as printed, in short.
        hedge: Option<At<String>>,
    }

    /// Where data is kept.
    Storage "storage" {
        /// Place, as published.
        place: Stated<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// What happens when the service ends.
        end_of_service = "end-of-service": Stated<String>,
        /// What happens to backups.
        backups: Stated<String>,
        /// How long before the end of the service people are told.
        end_notice = "end-notice": Stated<Length>,
        /// Security level claimed.
        security_level = "security-level": Stated<String>,
    }

    /// How long something is kept.
    Retention "a retention rule" {
        /// Id.
        id: At<Slug>,
        /// Where.
        clause: Vec<At<String>>,
        /// Record classes that it covers; empty: all.
        classes: Vec<Ref<Record>>,
        /// A period with a figure.
        period: Stated<Length>,
        /// Criteria without a figure, the longest of which counts.
        longest_of = "longest-of": Vec<At<String>>,
        /// Whether the text says "shortest necessary".
        shortest: Option<At<bool>>,
        /// What happens after.
        after: Stated<String>,
        /// Laws that the text names as going first.
        laws: Vec<At<String>>,
    }

    /// A length of time.
    Length "a length" {
        /// How many.
        count: At<u32>,
        /// Of what.
        unit: At<Unit>,
    }

    /// A named clock.
    Clock "a clock" {
        /// Id.
        id: At<Slug>,
        /// Where.
        clause: Vec<At<String>>,
        /// How long.
        length: Length,
        /// From when.
        starts: Stated<Start>,
        /// What must have happened by then.
        done: At<Done>,
        /// Overrun that the text permits itself.
        overrun: Stated<String>,
    }

    /// A right of the subject.
    Right "a right" {
        /// Which.
        kind: At<RightKind>,
        /// Where.
        clause: Vec<At<String>>,
        /// How to exercise it.
        routes: Stated<Vec<Route>>,
        /// Ways that its sentence announces before it gives those of `routes`.
        announced: Vec<At<Route>>,
        /// Path on the page or number to call.
        path: Option<At<String>>,
        /// Clock that runs.
        clock: Stated<Ref<Clock>>,
        /// Proof of identity asked.
        identity: Stated<String>,
        /// Fee.
        fee: Stated<String>,
        /// Items left out.
        excludes: Vec<Ref<Item>>,
        /// Functions whose items are left out.
        excludes_functions = "excludes-functions": Vec<Ref<Function>>,
        /// Who may exercise it for the subject.
        delegate: Stated<Vec<Delegate>>,
        /// Cases in which alone the text grants it, any one of them; none: it grants it always.
        grounds = "ground": Vec<RightCase>,
        /// Cases in which it has to wait, any one of them.
        blocks = "block": Vec<RightCase>,
        /// Laws that go first.
        laws: Vec<At<String>>,
        /// What follows from it.
        effect: Option<At<String>>,
        /// Words with which it is left to the handler's own judgement, as printed, in short.
        hedge: Option<At<String>>,
    }

    /// One case in which a right is granted, or has to wait.
    RightCase "a case" {
        /// Short name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// When it is there.
        when: At<Condition>,
        /// Items to which it is limited; empty: all.
        items: Vec<Ref<Item>>,
    }

    /// A ground of refusal.
    Refusal "a refusal ground" {
        /// Id.
        id: At<Slug>,
        /// Number in the published list; absent where the ground stands in running text.
        number: Option<At<u32>>,
        /// Name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// The rights that may be refused on it; empty: all.
        rights: Vec<At<RightKind>>,
        /// Its own condition.
        when: Option<At<Condition>>,
        /// The ground of law that carries it; not stated where none does.
        law: Stated<LawGround>,
    }
}

impl Length {
    /// The length as the calendar counts it.
    pub fn span(&self) -> deadline::Span {
        let unit = match self.unit.value {
            Unit::WorkingDays => deadline::Unit::WorkingDays,
            Unit::Days => deadline::Unit::Days,
            Unit::Hours => deadline::Unit::Hours,
            Unit::Months => deadline::Unit::Months,
            Unit::Years => deadline::Unit::Years,
        };
        deadline::Span::new(self.count.value, unit)
    }
}
