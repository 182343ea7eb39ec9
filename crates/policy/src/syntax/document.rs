//! The printed document: its numbering, and what it refers to. Nothing is decided by it; rules about the text itself read it.

use super::declare::tables;
use super::function::Function;
use super::policy::Channel;
use super::shape::{At, Ref, Stated};

tables! {
    /// The printed document.
    Document "the document" {
        /// Titles of parts that bear no number: a preamble, annexes.
        headings: Vec<At<String>>,
        /// Where it says to what it applies.
        clause: Vec<At<String>>,
        /// Channels to which it says that it applies, where it lists them.
        channels: Vec<Ref<Channel>>,
        /// Whether that list is open ("and whatever form comes").
        channels_open = "channels-open": Option<At<bool>>,
        /// The clauses that the print marks, in bold or otherwise; `"nothing"` where a reader finds no marks.
        marked: Option<Stated<Vec<String>>>,
        /// Its numbered series.
        series: Vec<Series>,
        /// What it refers to within itself.
        references = "reference": Vec<Reference>,
        /// Words on whose meaning something hangs, or that our own words elsewhere do not show.
        terms = "term": Vec<Term>,
        /// What it says is done, in passing.
        activities = "activity": Vec<Activity>,
    }

    /// One numbered series.
    Series "a series" {
        /// The clause in which it stands; absent: it is that of the chapters.
        clause: Option<At<String>>,
        /// Its numbers as printed and in their order, holes and all, with spaces between them.
        numbers: Option<At<String>>,
        /// How many entries bear no number.
        unnumbered: Option<At<u32>>,
        /// How many entries the text announces.
        announced: Option<At<u32>>,
    }

    /// A reference.
    Reference "a reference" {
        /// The clause in which it stands.
        clause: At<String>,
        /// As printed, in short.
        words: At<String>,
        /// The clause or heading to which it leads; `"nothing"` where a reader finds nothing there, or nothing of the sort.
        to: Stated<String>,
        /// What it announces of that place and a reader does not find there.
        lacks: Vec<At<String>>,
    }

    /// A word on whose meaning something hangs: who is meant, what is covered, what may be done; or one that the law has
    /// left behind.
    Term "a term" {
        /// The clause in which it stands.
        clause: At<String>,
        /// As printed.
        words: At<String>,
        /// The clauses that say what it means; `"nothing"` where a reader finds none. Left out where nothing hangs on it.
        defined: Option<Stated<Vec<String>>>,
    }

    /// Something that the text says is done, in passing.
    Activity "an activity" {
        /// The clause in which it is mentioned.
        clause: At<String>,
        /// As printed, in short.
        words: At<String>,
        /// The function in whose course it is done; `"nothing"` where the text describes none.
        by: Stated<Ref<Function>>,
    }
}
