//! Kinds of elements, and the names that types give them.

/// What kind of element a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is the table of that name")]
pub enum Kind {
    Alternative,
    Channel,
    Clock,
    Disclosure,
    Exception,
    Fact,
    Function,
    Item,
    Party,
    Permission,
    Person,
    Product,
    Promise,
    Purpose,
    Recipient,
    Record,
    Refusal,
    Retention,
    Right,
    Role,
    Sdk,
    Share,
    Statement,
    Tracker,
    Use,
}

impl Kind {
    /// The key of the table in a file, for messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Alternative => "alternative",
            Self::Channel => "channel",
            Self::Clock => "clock",
            Self::Disclosure => "disclose",
            Self::Exception => "exception",
            Self::Fact => "fact",
            Self::Function => "function",
            Self::Item => "item",
            Self::Party => "party",
            Self::Permission => "permission",
            Self::Person => "person",
            Self::Product => "product",
            Self::Promise => "promise",
            Self::Purpose => "purpose",
            Self::Recipient => "recipient",
            Self::Record => "record",
            Self::Refusal => "refusal",
            Self::Retention => "retention",
            Self::Right => "right",
            Self::Role => "role",
            Self::Sdk => "sdk",
            Self::Share => "share",
            Self::Statement => "statement",
            Self::Tracker => "tracker",
            Self::Use => "use",
        }
    }
}

/// Names one kind of element in the type of a [`Ref`](super::Ref).
pub trait Name: std::fmt::Debug + Clone + PartialEq {
    /// The kind.
    const KIND: Kind;
}

macro_rules! named {
    ($($table:ident),* $(,)?) => { $(
        impl Name for super::$table {
            const KIND: Kind = Kind::$table;
        }
    )* };
}

named!(
    Alternative,
    Channel,
    Clock,
    Disclosure,
    Exception,
    Fact,
    Function,
    Item,
    Party,
    Permission,
    Person,
    Product,
    Promise,
    Purpose,
    Recipient,
    Record,
    Refusal,
    Retention,
    Right,
    Role,
    Sdk,
    Share,
    Statement,
    Tracker,
    Use,
);
