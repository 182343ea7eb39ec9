//! The printed document: its numbering, and what it refers to. Nothing is decided by it; rules about the text itself read it.

use super::declare::tables;
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
        /// Its numbered series.
        series: Vec<Series>,
        /// What it refers to within itself.
        references = "reference": Vec<Reference>,
        /// Terms as printed that our words elsewhere do not show.
        terms = "term": Vec<Term>,
    }

    /// A term as printed.
    Term "a term" {
        /// The clause in which it stands.
        clause: At<String>,
        /// As printed.
        words: At<String>,
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
    }
}
