//! Lists in pages: a cursor names the last thing that was seen, whatever came or went before it.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{Kind, Problem};

/// Things on a page unless the caller says otherwise.
const USUAL: usize = 50;

/// Most things on a page.
const MOST: usize = 200;

/// Where a page begins and how much is on it.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// `next` of the page before.
    after: Option<String>,
    /// Most things on the page, 1 to 200; 50 when not given.
    limit: Option<usize>,
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct Page<T: ToSchema> {
    /// What is on it.
    pub(super) items: Vec<T>,
    /// `after` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

impl Paging {
    /// For a list that takes more parameters than these.
    pub(super) const fn new(after: Option<String>, limit: Option<usize>) -> Self {
        Self { after, limit }
    }

    /// Most things on the page.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        let limit = self.limit.unwrap_or(USUAL);
        let wrong = || Problem::new(Kind::Malformed, format!("`limit` is 1 to {MOST}"));
        (1..=MOST).contains(&limit).then_some(limit).ok_or_else(wrong)
    }

    /// The cursor, where it reads.
    pub(super) fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        let read = self.after.as_deref().map(str::parse).transpose();
        read.map_err(|_| Problem::new(Kind::Malformed, "`after` is no cursor of this list"))
    }

    /// The page of a whole list whose things are told apart by `id`.
    pub(super) fn of<V, T: ToSchema>(
        &self,
        all: Vec<V>,
        id: impl Fn(&V) -> String,
        body: impl Fn(V) -> T,
    ) -> Result<Page<T>, Problem> {
        let limit = self.limit()?;
        let gone = || Problem::new(Kind::Malformed, "`after` is no cursor of this list");
        let start = match &self.after {
            Some(after) => all.iter().position(|one| id(one) == *after).ok_or_else(gone)? + 1,
            None => 0,
        };
        let more = all.len() > start.saturating_add(limit);
        let shown: Vec<V> = all.into_iter().skip(start).take(limit).collect();
        let next = shown.last().filter(|_| more).map(&id);
        Ok(Page { items: shown.into_iter().map(body).collect(), next })
    }
}
