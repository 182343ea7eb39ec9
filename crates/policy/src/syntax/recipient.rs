//! Who receives, and what leaves the house or is made public.

use model::Slug;

use super::condition::Condition;
use super::declare::tables;
use super::function::{Function, Record};
use super::policy::{Channel, Person, Purpose};
use super::shape::{At, Ref, Stated};
use super::vocabulary::Item;
use super::words::{Action, Basis, Form, Level, Limit, Method, RecipientClass, Regime};

tables! {
    /// A recipient (接收方).
    Recipient "a recipient" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Class.
        class: At<RecipientClass>,
        /// Regime.
        regime: At<Regime>,
        /// Contact.
        contact: Stated<String>,
        /// Whether it is overseas.
        overseas: Option<At<bool>>,
        /// How people exercise their rights against it; told of whoever is overseas (PIPL art. 39; rule R37).
        rights: Option<Stated<String>>,
        /// Whether customers choose the very party (this agency): then each party is a grant of its own.
        chosen: Option<At<bool>>,
        /// Contract promised with it.
        contract: Stated<String>,
        /// What it must not do with what it gets, or must do in the end.
        limits: Vec<At<Limit>>,
        /// Duties at the end, as published.
        exit: Stated<Vec<String>>,
    }

    /// One flow to a recipient.
    Share "a share" {
        /// Id.
        id: At<Slug>,
        /// Name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// share, entrust, transfer or export.
        act: At<Action>,
        /// To whom.
        recipient: Ref<Recipient>,
        /// Functions in whose course it happens; empty: no particular one.
        functions: Vec<Ref<Function>>,
        /// Purpose.
        purpose: Stated<Ref<Purpose>>,
        /// Whose items.
        of: Vec<Ref<Person>>,
        /// Which items; not stated: the narrowest reading, none.
        items: Stated<Vec<Ref<Item>>>,
        /// Records of these classes whose items are meant, beside `items`.
        records: Vec<Ref<Record>>,
        /// What is left of the person.
        level: Option<At<Level>>,
        /// Condition.
        when: Option<At<Condition>>,
        /// Legal ground.
        basis: Stated<Basis>,
        /// Form of consent.
        consent: Stated<Form>,
        /// Form of consent for sensitive items, where the text asks for more.
        sensitive_consent = "sensitive-consent": Option<At<Form>>,
        /// How it reaches them.
        method: Stated<Method>,
        /// Whether a document must be shown first.
        document: Stated<bool>,
    }

    /// One case of making public.
    Disclosure "a disclosure" {
        /// Id.
        id: At<Slug>,
        /// Name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Whose items.
        of: Vec<Ref<Person>>,
        /// Which items; not stated: none.
        items: Stated<Vec<Ref<Item>>>,
        /// What is left of the person.
        level: Option<At<Level>>,
        /// Legal ground.
        basis: Stated<Basis>,
        /// Form of consent.
        consent: Stated<Form>,
        /// Whether a document must be shown first.
        document: Stated<bool>,
        /// Whether items are masked.
        masked: Stated<bool>,
    }

    /// An entry of an SDK or API list.
    Sdk "an SDK" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Channel.
        channel: Ref<Channel>,
        /// Who receives.
        recipient: Ref<Recipient>,
        /// What it is for.
        text: At<String>,
        /// Which items it takes.
        items: Stated<Vec<Ref<Item>>>,
        /// Endpoints or links, as printed.
        link: Stated<String>,
    }
}
