//! Edits as an editor makes them: one passage of the file for another.

use anyhow::{Context as _, Result};

/// One of them.
pub(crate) struct Edit {
    pub(crate) name: &'static str,
    /// What stands before the passage: it is the first one after this.
    after: &'static str,
    from: &'static str,
    to: &'static str,
    /// Whether facts change, and not the layout only.
    pub(crate) changes: bool,
}

impl Edit {
    /// The text with the edit made.
    pub(crate) fn of(&self, text: &str) -> Result<String> {
        let missing = || format!("{}: the file has no `{}` after `{}`", self.name, self.from, self.after);
        let start = text.find(self.after).with_context(missing)?;
        let (before, rest) = text.split_at(start);
        let place = rest.find(self.from).with_context(missing)?;
        let (between, rest) = rest.split_at(place);
        Ok([before, between, self.to, rest.strip_prefix(self.from).with_context(missing)?].concat())
    }
}

/// What is tried.
pub(crate) const EDITS: &[Edit] = &[
    Edit { name: "a comment", after: "", from: "language = 1", to: "language = 1 # of this file", changes: false },
    Edit {
        name: "a function renamed",
        after: "id = \"apply\"",
        from: "name = \"",
        to: "name = \"Online ",
        changes: true,
    },
    Edit { name: "a period changed", after: "id = \"requests\"", from: "count = 15", to: "count = 10", changes: true },
    Edit {
        name: "an item added to a function",
        after: "id = \"apply\"",
        from: "\"id-validity\",",
        to: "\"id-validity\", \"email\",",
        changes: true,
    },
    Edit {
        name: "a purpose added to a function",
        after: "id = \"apply\"",
        from: "purposes = [\"insurance-business\"]",
        to: "purposes = [\"insurance-business\", \"registration\"]",
        changes: true,
    },
    Edit {
        name: "a channel named for a function",
        after: "id = \"apply\"",
        from: "kind = \"basic\"",
        to: "kind = \"basic\"\nchannels = [\"website\", \"mini-program\"]",
        changes: true,
    },
    Edit {
        name: "a condition taken away",
        after: "id = \"apply\"",
        from: "when = { fact = \"real-name-verified\" }\n",
        to: "",
        changes: true,
    },
    Edit {
        name: "a separate consent for a function",
        after: "id = \"apply\"",
        from: "consent = \"general\"",
        to: "consent = \"separate\"",
        changes: true,
    },
    Edit {
        name: "the guardian's consent no longer asked",
        after: "[minors]",
        from: "guardian = true",
        to: "guardian = false",
        changes: true,
    },
    Edit { name: "another age of minors", after: "[minors]", from: "age = 18", to: "age = 16", changes: true },
];
