//! Every page once, filled with invented people: for the tests that look at the markup and for the gallery that people look at.
//!
//! Region code 999101 does not exist, nor do telephone numbers that begin with 100.

mod agency;
mod centre;
mod console;
mod enter;
mod home;
mod mine;
mod rules;
mod staff;
mod way;

use shouyue_web::pages::Template;
use shouyue_web::pages::parts::{Clause, Day, Fact, Link, Moment, Reason, ReceiptLink, Shown};

/// A page of the gallery.
pub(crate) struct Sample {
    /// File name without ending.
    pub(crate) name: &'static str,
    /// The whole document.
    pub(crate) html: String,
}

/// All of them.
pub(crate) fn all() -> Vec<Sample> {
    let portal = [enter::all(), way::all(), home::all(), agency::all(), mine::all(), centre::all(), rules::all()];
    portal.into_iter().chain([console::all(), staff::all()]).flatten().collect()
}

fn sample(name: &'static str, page: &impl Template) -> Sample {
    Sample { name, html: page.render().expect(name) }
}

fn at(text: &str) -> Moment {
    Moment(text.parse().expect("an instant"))
}

fn day(text: &str) -> Day {
    Day(text.parse().expect("a day"))
}

fn fact(label: &str, value: &str) -> Fact {
    Fact { label: label.into(), value: value.into() }
}

fn link(label: &str, href: &str) -> Link {
    Link { label: label.into(), href: href.into() }
}

fn words(text: &str) -> Vec<String> {
    text.split('、').map(String::from).collect()
}

fn clause(label: &str) -> Clause {
    Clause { label: label.into(), href: Some(format!("/p/haigang/policy#{label}")) }
}

fn receipt(number: &str) -> ReceiptLink {
    ReceiptLink { number: number.into(), href: format!("/p/haigang/receipts/{number}") }
}

fn masked(text: &str) -> Shown {
    Shown::Masked(text.into())
}

fn reason(text: &str, in_clause: Option<&str>, article: Option<&str>) -> Reason {
    Reason { text: text.into(), clause: in_clause.map(clause), article: article.map(String::from), ..Reason::default() }
}
