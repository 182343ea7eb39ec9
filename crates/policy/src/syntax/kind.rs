//! Kinds of elements, and the names that types give them.

/// Names one kind of element in the type of a [`Ref`](super::Ref).
pub trait Name: std::fmt::Debug + Clone + PartialEq {
    /// The kind.
    const KIND: Kind;
}

/// Declares the kinds: each is a table of the language, named by its type and by its key.
macro_rules! kinds {
    ($($table:ident = $key:literal,)*) => {
        /// What kind of element a name stands for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each variant is the table of that name")]
        pub enum Kind {
            $($table,)*
        }

        impl Kind {
            /// The key of the table in a file, for messages.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$table => $key,)*
                }
            }
        }

        $(impl Name for super::$table {
            const KIND: Kind = Kind::$table;
        })*
    };
}

kinds! {
    Alternative = "alternative",
    Channel = "channel",
    Check = "check",
    Clock = "clock",
    Disclosure = "disclose",
    Exception = "exception",
    Fact = "fact",
    Function = "function",
    Item = "item",
    Party = "party",
    Permission = "permission",
    Person = "person",
    Product = "product",
    Promise = "promise",
    Purpose = "purpose",
    Recipient = "recipient",
    Record = "record",
    Refusal = "refusal",
    Retention = "retention",
    Right = "right",
    Role = "role",
    Sdk = "sdk",
    Share = "share",
    Source = "source",
    Statement = "statement",
    Tracker = "tracker",
    Use = "use",
}
