//! The policy file: what an insurer's published text says, element by element.
//!
//! Every slot of type [`Stated`] is three-valued: said, said that there is none (`"nothing"`), or not stated. `clause`
//! gives the published clause numbers that carry an element; they become anchors in the rendered notice.

use jiff::civil::Date;
use model::Slug;

use super::declare::tables;
use super::document::Document;
use super::duty::{Clock, Length, Promise, Refusal, Retention, Right, Storage};
use super::function::{Exception, Function, Permission, Record, Source, Tracker, Use};
use super::recipient::{Disclosure, Recipient, Sdk, Share};
use super::shape::{At, Ref, Stated};
use super::statement::StatementKind;
use super::vocabulary::Item;
use super::words::{Archive, Category, Change, Form, HandlerKind, PersonKind, RefusalList, Route, Sensitive};

tables! {
    /// A whole policy file.
    Policy "a policy" {
        /// Version of the language: 1.
        language: At<u32>,
        /// Title, platform, dates.
        policy: Header,
        /// The personal information handler (个人信息处理者).
        handler: Handler,
        /// Channels on which the service is offered.
        channels = "channel": Vec<Channel>,
        /// Products that narrow what is processed.
        products = "product": Vec<Product>,
        /// Roles in which people and organisations appear.
        persons = "person": Vec<Person>,
        /// Items that the vocabulary lacks, and published names for those that it has.
        items = "item": Vec<Item>,
        /// Facts that conditions refer to.
        facts = "fact": Vec<Fact>,
        /// Purposes, declared once with their published meaning.
        purposes = "purpose": Vec<Purpose>,
        /// Record classes (业务记录): what functions make and others read.
        records = "record": Vec<Record>,
        /// Business functions (业务功能).
        functions = "function": Vec<Function>,
        /// Sources of data that does not come from the person.
        sources = "source": Vec<Source>,
        /// Device permissions.
        permissions = "permission": Vec<Permission>,
        /// What else is done with items: analysis, marketing, checks, inbound data.
        uses = "use": Vec<Use>,
        /// Cases in which the text needs no consent, as numbered there.
        exceptions = "exception": Vec<Exception>,
        /// Cookies, beacons and the like.
        trackers = "tracker": Vec<Tracker>,
        /// Whether a browser's Do-Not-Track is honoured: trackers then ask for the fact `do-not-track`.
        do_not_track = "do-not-track": Stated<bool>,
        /// Who receives.
        recipients = "recipient": Vec<Recipient>,
        /// What reaches whom: sharing, entrusting, transfer, export.
        shares = "share": Vec<Share>,
        /// What is made public.
        disclosures = "disclose": Vec<Disclosure>,
        /// SDK and API lists.
        sdks = "sdk": Vec<Sdk>,
        /// Promises of protection, each tied to a control or to evidence.
        promises = "promise": Vec<Promise>,
        /// Where data is kept.
        storage: Storage,
        /// How long, by record class or item.
        retentions = "retention": Vec<Retention>,
        /// Named clocks.
        clocks = "clock": Vec<Clock>,
        /// Rights of the subject.
        rights = "right": Vec<Right>,
        /// Grounds on which a request may be refused, as numbered in the text.
        refusals = "refusal": Vec<Refusal>,
        /// Whether these are all; `"nothing"` where the text says that it refuses on no ground.
        refusal_list = "refusal-list": Stated<RefusalList>,
        /// Minors.
        minors: Minors,
        /// Sending abroad.
        export: Export,
        /// Changes of the text.
        update: Update,
        /// Statements that compile to nothing but are checked.
        statements = "statement": Vec<Statement>,
        /// The printed document: its numbering, and what it refers to.
        document: Option<Document>,
    }

    /// Title, platform and dates of the text.
    Header "the header" {
        /// Title of the text.
        title: At<String>,
        /// Platform id.
        platform: At<Slug>,
        /// Published name of the service.
        service: At<String>,
        /// Other names that the text uses for the service.
        aliases: Vec<At<String>>,
        /// Where the text says so.
        clause: Vec<At<String>>,
        /// Update date.
        updated: Stated<Date>,
        /// Effective date.
        effective: Stated<Date>,
        /// Version number.
        version: Stated<String>,
    }

    /// The handler.
    Handler "the handler" {
        /// Registered name.
        name: At<String>,
        /// Kind, which chooses the regimes of law.
        kind: At<HandlerKind>,
        /// Other names in the text.
        aliases: Vec<At<String>>,
        /// Where.
        clause: Vec<At<String>>,
        /// Ways to reach it.
        contacts = "contact": Vec<Contact>,
        /// Responsible units and officers.
        units = "unit": Vec<Responsible>,
        /// Electronic mail address.
        email: Stated<String>,
        /// Postal address.
        address: Stated<String>,
        /// Website.
        website: Stated<String>,
        /// Named officer for personal information (个人信息保护负责人).
        officer: Stated<String>,
        /// Affiliates that the text counts in.
        affiliates: Stated<String>,
        /// Outside bodies to complain to.
        complaint_bodies = "complaint-bodies": Stated<Vec<String>>,
    }

    /// One way to reach the handler.
    Contact "a contact" {
        /// Kind of way.
        route: At<Route>,
        /// Number or address, as printed.
        value: At<String>,
        /// Rights and matters that it is for.
        serves = "for": Vec<At<String>>,
        /// Where.
        clause: Vec<At<String>>,
        /// The clause that speaks of several of its kind.
        several: Option<At<String>>,
    }

    /// A responsible unit or officer.
    Responsible "a responsible unit" {
        /// Name as published.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
    }

    /// A channel.
    Channel "a channel" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
    }

    /// A product.
    Product "a product" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Whether cover lasts longer than a year (Insurance Act art. 87).
        longer_than_a_year = "longer-than-a-year": Stated<bool>,
        /// Whether anti-money-laundering duties apply.
        anti_money_laundering = "anti-money-laundering": Stated<bool>,
    }

    /// A role in which people or organisations appear.
    Person "a person" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Natural person or organisation.
        kind: At<PersonKind>,
        /// The organisation for which a contact or employee stands.
        of: Option<Ref<Person>>,
        /// Whether the role is a party to the insurance contract (PIPL art. 13(2); default no, law catalogue §8.2).
        party: Option<At<bool>>,
        /// Where.
        clause: Vec<At<String>>,
    }

    /// A typed fact that conditions may ask for; unknown unless somebody attests it.
    Fact "a fact" {
        /// Id.
        id: At<Slug>,
        /// What it says, in Chinese.
        name: At<String>,
        /// Who attests it: the subject, staff, a system.
        attested: At<String>,
    }

    /// A purpose (处理目的).
    Purpose "a purpose" {
        /// Id.
        id: At<Slug>,
        /// Short name.
        name: At<String>,
        /// Meaning, in our own words after the published text.
        text: At<String>,
        /// Where.
        clause: Vec<At<String>>,
    }

    /// What the text says of minors.
    Minors "minors" {
        /// Where.
        clause: Vec<At<String>>,
        /// Age below which its rule holds.
        age: Stated<u32>,
        /// Whether a guardian must consent to an account.
        guardian: Stated<bool>,
        /// When data of minors may be used or disclosed.
        use_only = "use-only": Stated<Vec<String>>,
        /// What happens to data taken without a guardian.
        wrongly_collected = "wrongly-collected": Stated<String>,
        /// Whether there are dedicated rules for children.
        dedicated: Stated<bool>,
    }

    /// Sending abroad.
    Export "export" {
        /// Where.
        clause: Vec<At<String>>,
        /// Whether it may happen at all.
        may: Stated<bool>,
        /// What is done first.
        procedure: Stated<String>,
        /// Form of consent.
        consent: Stated<Form>,
    }

    /// Changes of the text.
    Update "updates" {
        /// Where.
        clause: Vec<At<String>>,
        /// Changes that the text calls major.
        major: Stated<Vec<Change>>,
        /// Whether that list is open ("including but not limited to").
        major_open = "major-open": Option<At<bool>>,
        /// How people are told of major changes.
        major_notice = "major-notice": Stated<Vec<Route>>,
        /// How people are told of every change.
        notice: Stated<Vec<Route>>,
        /// Whether any one of the routes is enough.
        any_one_of = "any-one-of": Option<At<bool>>,
        /// Whether they are told before it takes effect.
        before_effect = "before-effect": Stated<bool>,
        /// How long before.
        lead: Option<Stated<Length>>,
        /// Changes that need a new consent.
        consent_again = "consent-again": Stated<Vec<Change>>,
        /// Whether rights are cut with consent only.
        rights_cut_needs_consent = "rights-cut-needs-consent": Stated<bool>,
        /// Whether the newer text holds where it is better for the person.
        election: Stated<bool>,
        /// Which older texts can still be read.
        archive: Stated<Archive>,
        /// Where they can be read.
        archive_place = "archive-place": Option<At<String>>,
        /// Whether the text lists what changed since the one before.
        lists_changes = "lists-changes": Option<At<bool>>,
    }

    /// A statement that compiles to nothing.
    Statement "a statement" {
        /// Id.
        id: At<Slug>,
        /// Kind.
        kind: At<StatementKind>,
        /// In our words.
        text: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Categories that a definition counts as personal information.
        categories: Vec<At<Category>>,
        /// Classes that a definition counts as sensitive.
        sensitive: Vec<At<Sensitive>>,
        /// Ways of writing to the handler against which advice warns.
        against: Vec<At<Route>>,
    }
}
