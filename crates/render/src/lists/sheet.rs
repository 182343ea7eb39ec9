//! Sheets: rows with named columns, and the table that they print.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::anchor::clause_anchor;
use crate::labels::{named, phrase};
use crate::markdown;
use crate::told::{Mark, Marks};
use crate::wording::list;

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

/// Rows of one kind, and their table.
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

    /// A titled table as an HTML fragment; clause numbers are links to [`crate::notice`] at `notice`, such as `notice`
    /// or the empty text for the same page.
    pub fn html(&self, notice: &str) -> String {
        let marks = |row: &R| {
            let marks = row.clauses().iter().map(|clause| Mark {
                clause: clause.clone(),
                anchor: clause_anchor(clause),
                here: false,
            });
            Marks(marks.collect())
        };
        let mut table = self.table(marks);
        table.title = Some(self.title());
        let html = table.to_string();
        if notice.is_empty() {
            return html;
        }
        let page = askama::filters::escape(notice, askama::filters::Html).map(|page| page.to_string());
        html.replace("href=\"#c-", &format!("href=\"{}#c-", page.unwrap_or_default()))
    }

    /// The same as Markdown.
    pub fn markdown(&self) -> String {
        markdown::from_html(&self.html(""))
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

/// A table ready to print.
#[derive(Debug, Template)]
#[template(path = "table.html")]
pub(crate) struct Table {
    title: Option<&'static str>,
    heads: Vec<&'static str>,
    clause: Option<&'static str>,
    lines: Vec<Line>,
    /// Heads of the columns on which the text is silent in every line, told once under the table.
    silent: String,
}

impl Table {
    /// A table of these columns, as `locales/zh.toml` names them, and the clauses of each line. Columns in which no line
    /// has anything are left out.
    pub(crate) fn new(columns: &[&'static str], lines: Vec<(Vec<String>, Marks)>) -> Self {
        let used = |at: usize| lines.iter().any(|(texts, _)| texts.get(at).is_some_and(|text| !text.is_empty()));
        let used: Vec<bool> = (0..columns.len()).map(used).collect();
        let heads = columns.iter().map(|column| named("column", column)).zip(&used);
        let heads: Vec<_> = heads.filter(|(_, used)| **used).map(|(head, _)| head).collect();
        let silent = phrase("silent", &[]);
        let line = |(texts, marks): (Vec<String>, Marks)| {
            let texts = texts.into_iter().zip(&used).filter(|(_, used)| **used);
            let cell =
                |(head, (text, _)): (&&'static str, (String, &bool))| Cell { head, silent: text == silent, text };
            Line { cells: heads.iter().zip(texts).map(cell).collect(), marks }
        };
        let lines = lines.into_iter().map(line).collect();
        Self { title: None, lines, heads, clause: Some(named("column", "clause")), silent: String::new() }
    }

    /// The same without the columns in which no line says anything; they are named under the table instead.
    pub(crate) fn told_apart(mut self) -> Self {
        let says = |cell: &Cell| !cell.silent && !cell.text.is_empty();
        let heads = std::mem::take(&mut self.heads);
        let (told, silent): (Vec<_>, Vec<_>) = heads.into_iter().partition(|head| {
            self.lines.iter().any(|line| line.cells.iter().any(|cell| cell.head == *head && says(cell)))
        });
        for line in &mut self.lines {
            line.cells.retain(|cell| told.contains(&cell.head));
        }
        self.heads = told;
        self.silent = list(silent.into_iter().map(str::to_owned));
        self
    }

    /// The same without the column of clauses.
    pub(crate) fn without_clauses(mut self) -> Self {
        self.clause = None;
        self
    }
}

#[derive(Debug)]
struct Line {
    cells: Vec<Cell>,
    marks: Marks,
}

#[derive(Debug)]
struct Cell {
    head: &'static str,
    text: String,
    silent: bool,
}

impl HtmlSafe for Table {}
