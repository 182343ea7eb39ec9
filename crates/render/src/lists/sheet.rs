//! Sheets: rows with named columns, and the table that they make.

use crate::document::Table;
use crate::labels::named;
use crate::told::Marks;

/// A row of a sheet.
pub trait Row {
    /// The sheet's name in `locales/zh.toml`.
    const SHEET: &'static str;

    /// Names of the columns there, in the order of [`Row::cells`].
    const COLUMNS: &'static [&'static str];

    /// What stands in the columns.
    fn cells(&self) -> Vec<&str>;

    /// Clauses of the published text that carry the row.
    fn clauses(&self) -> &[String];
}

/// Declares rows: ids for code to join on, then the columns, in the order in which they are printed.
macro_rules! rows {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident $sheet:literal [$( $(#[doc = $key_doc:literal])* $key:ident ),* $(,)?] {
            $( $(#[doc = $field_doc:literal])* $field:ident, )*
        }
    )*) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $( $(#[doc = $key_doc])* pub $key: String, )*
            $( $(#[doc = $field_doc])* pub $field: String, )*
            /// Clauses of the published text that carry the row.
            pub clauses: Vec<String>,
        }

        impl Row for $name {
            const SHEET: &'static str = $sheet;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn cells(&self) -> Vec<&str> {
                vec![$(self.$field.as_str()),*]
            }

            fn clauses(&self) -> &[String] {
                &self.clauses
            }
        }
    )* };
}

rows! {
    /// One item, taken from one role in one place (个人信息收集清单).
    CollectRow "collect" [
        /// Id of the function, permission, tracker, use or alternative.
        element_id,
        /// Id of the item.
        item_id,
        /// Id of the role; empty where the text names none.
        person_id,
    ] {
        /// Kind of place: function, permission, tracker, outside source, alternative way.
        scene,
        /// Its published name.
        element,
        /// Whose.
        person,
        /// Published name of the item.
        item,
        /// Category of GB/T 35273.
        category,
        /// Sensitive class; empty where it is not sensitive.
        sensitive,
        /// Whether it is a condition.
        need,
        /// How it comes in.
        trigger,
        /// Under which condition; empty where there is none.
        condition,
        /// Purposes.
        purpose,
        /// Ground.
        basis,
        /// Form of consent.
        consent,
        /// Consequence of refusing.
        refused,
    }

    /// One flow to one recipient, code of third parties included (第三方共享清单).
    ShareRow "share" [
        /// Id of the share or SDK.
        element_id,
        /// Id of the recipient.
        recipient_id,
    ] {
        /// Who receives, as published, with the parties that can be chosen.
        recipient,
        /// Class.
        recipient_class,
        /// Regime.
        regime,
        /// How to reach it.
        contact,
        /// What is done: share, entrust, transfer, export.
        act,
        /// Name of the flow.
        element,
        /// Whose.
        person,
        /// Which items.
        items,
        /// What is left of the person; empty where nothing is said.
        level,
        /// Purpose.
        purpose,
        /// How it gets there.
        method,
        /// Condition; empty where there is none.
        condition,
        /// Ground.
        basis,
        /// Form of consent.
        consent,
        /// Whether a document must be shown.
        document,
        /// Contract promised with it.
        contract,
        /// Duties at the end.
        exit,
    }

    /// One retention rule, or one record class with its legal floors.
    RetentionRow "retention" [
        /// Id of the rule; the class's where the text has no rule for it.
        element_id,
    ] {
        /// Record classes.
        classes,
        /// Period with a figure.
        period,
        /// Criteria without a figure.
        criteria,
        /// What happens after.
        after,
        /// Laws that the text lets go first.
        laws,
        /// Legal floors, in the newest law that is encoded.
        floors,
    }

    /// One right.
    RightRow "right" [
        /// The word of [`policy::syntax::RightKind`].
        kind,
    ] {
        /// Its name.
        right,
        /// Routes.
        routes,
        /// Path or number.
        path,
        /// Clock.
        clock,
        /// Proof of identity.
        identity,
        /// Fee.
        fee,
        /// What the text leaves out or demands first.
        limits,
        /// What follows.
        effect,
    }

    /// One promise.
    PromiseRow "promise" [
        /// Id.
        element_id,
    ] {
        /// In our words.
        promise,
        /// Control that keeps it.
        control,
        /// Evidence that somebody files.
        evidence,
        /// How often.
        interval,
        /// Kept by a control, shown by evidence, both, or neither.
        state,
    }

    /// One consent scope: what needs which form of consent, apart from what (单独同意矩阵).
    ScopeRow "scope" [
        /// Id of the scope.
        scope_id,
    ] {
        /// Function, use, share or disclosure, with recipient and sensitive class.
        title,
        /// The act.
        act,
        /// Whose.
        person,
        /// Which items.
        items,
        /// Who receives.
        recipient,
        /// Form of consent.
        form,
        /// Whether each chosen party is a consent of its own.
        per_party,
        /// Id, as the interfaces name it.
        scope,
    }
}

/// Rows of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet<R> {
    /// In the order of the policy file.
    pub rows: Vec<R>,
}

impl<R: Row> Sheet<R> {
    /// Chinese title.
    pub fn title(&self) -> &'static str {
        named("sheet", R::SHEET)
    }

    /// Chinese heads of the columns.
    pub fn heads(&self) -> Vec<&'static str> {
        R::COLUMNS.iter().map(|column| named("column", column)).collect()
    }

    pub(crate) fn table(&self, mut marks: impl FnMut(&R) -> Marks) -> Table {
        self.part(R::COLUMNS, &mut marks)
    }

    /// The table of some of the columns.
    pub(crate) fn part(&self, columns: &[&'static str], marks: &mut dyn FnMut(&R) -> Marks) -> Table {
        let lines = self.rows.iter().map(|row| {
            let cells = row.cells();
            let cell = |column: &&'static str| {
                let at = R::COLUMNS.iter().position(|known| known == column);
                at.and_then(|at| cells.get(at)).map(|text| (*text).to_owned()).unwrap_or_default()
            };
            (columns.iter().map(cell).collect(), marks(row))
        });
        Table::new(columns, lines.collect())
    }
}
