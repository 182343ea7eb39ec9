//! The policy file: what an insurer's published text says, element by element.
//!
//! Every slot of type [`Stated`] is three-valued: said, said that there is none (`"nothing"`), or not stated. `clause`
//! gives the published clause numbers that carry an element; they become anchors in the rendered notice.

use jiff::civil::Date;
use model::Slug;

use super::condition::Condition;
use super::declare::tables;
use super::kind::{Kind, Name};
use super::shape::{At, Ref, Stated};
use super::vocabulary::Item;
use super::words::{
    Action, Basis, Category, Done, Event, Floor, Form, FunctionKind, HandlerKind, Level, Method, Need, PersonKind,
    Reach, RecipientClass, Regime, RightKind, Route, Sensitive, Start, StatementKind, Trigger, Unit, UseKind,
};

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
        /// Device permissions.
        permissions = "permission": Vec<Permission>,
        /// What else is done with items: analysis, marketing, checks, inbound data.
        uses = "use": Vec<Use>,
        /// Cases in which the text needs no consent, as numbered there.
        exceptions = "exception": Vec<Exception>,
        /// Cookies, beacons and the like.
        trackers = "tracker": Vec<Tracker>,
        /// Whether a browser's Do-Not-Track is honoured.
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
        /// Grounds on which a request may be refused, as numbered in the text; `"nothing"` is not the same as silence.
        refusals = "refusal": Vec<Refusal>,
        /// Whether the text has a list of refusal grounds at all.
        refusal_list = "refusal-list": Stated<bool>,
        /// Minors.
        minors: Minors,
        /// Sending abroad.
        export: Export,
        /// Changes of the text.
        update: Update,
        /// Statements that compile to nothing but are checked.
        statements = "statement": Vec<Statement>,
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

    /// A record class (业务记录).
    Record "a record class" {
        /// Id.
        id: At<Slug>,
        /// Name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Items that such a record holds per role, when the company's own systems hand records in.
        holds = "hold": Vec<Holding>,
        /// Life events that it knows.
        events: Vec<At<Event>>,
        /// Legal floors that apply.
        floors: Vec<At<Floor>>,
    }

    /// Items of one role in a record.
    Holding "the items of one role" {
        /// Whose.
        of: Ref<Person>,
        /// Which.
        items: Vec<Ref<Item>>,
    }

    /// A business function.
    Function "a function" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Kind.
        kind: At<FunctionKind>,
        /// Purposes it serves.
        purposes: Vec<Ref<Purpose>>,
        /// Legal ground.
        basis: Stated<Basis>,
        /// Form of consent that the text asks for.
        consent: Stated<Form>,
        /// Channels on which it is offered; empty: all.
        channels: Vec<Ref<Channel>>,
        /// Products to which it is limited; empty: all.
        products: Vec<Ref<Product>>,
        /// Who uses it.
        users: Vec<Ref<Person>>,
        /// Consequence of refusing what it needs.
        refused: Stated<Refused>,
        /// `"nothing"` when the text promises that it needs no data.
        collects = "collect": Stated<Vec<Collect>>,
        /// What it reads and shows.
        reads: Vec<Read>,
        /// The record class that it makes.
        makes: Option<Ref<Record>>,
        /// Personal opt-out that stops it.
        opt_out = "opt-out": Option<At<bool>>,
    }

    /// Consequence of refusing.
    Refused "a consequence" {
        /// How far it reaches.
        reach: At<Reach>,
        /// In the words of the page.
        text: Option<At<String>>,
    }

    /// A group of items that a function takes from one role.
    Collect "a collect group" {
        /// Whose items.
        of: Ref<Person>,
        /// Under which condition.
        when: Option<At<Condition>>,
        /// Which items.
        items: Vec<Ref<Item>>,
        /// Whether they are a condition of the function.
        need: Stated<Need>,
        /// How they come in.
        trigger: Stated<Trigger>,
        /// From whom, where not from the person.
        source: Option<At<String>>,
        /// Whether the list is open (等).
        open: Option<At<bool>>,
        /// Who may type them for another.
        typed_by = "typed-by": Vec<Ref<Person>>,
        /// Sensitivity as the text declares it for this use.
        sensitive: Stated<bool>,
        /// Form of consent for these items, where it differs from the function's.
        consent: Option<At<Form>>,
        /// Device permission that yields them.
        permission: Option<Ref<Permission>>,
        /// Where.
        clause: Vec<At<String>>,
    }

    /// What a function reads.
    Read "a read" {
        /// Records of this class.
        class: Ref<Record>,
        /// Whose parts.
        of: Vec<Ref<Person>>,
        /// Which items; empty: all that the class holds.
        items: Vec<Ref<Item>>,
        /// To whom it is shown.
        to: Ref<Person>,
    }

    /// A device permission.
    Permission "a permission" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Number in the published list.
        number: Option<At<u32>>,
        /// Where.
        clause: Vec<At<String>>,
        /// What it is used for, one line a mode (photo, video).
        modes = "mode": Vec<Mode>,
        /// Items that it yields by itself.
        items: Vec<Ref<Item>>,
        /// Whether switching it off withdraws the consent.
        off_withdraws = "off-withdraws": Stated<bool>,
        /// Where it is switched off.
        switch: Stated<String>,
        /// Whether the text's introduction announces it.
        announced: Option<At<bool>>,
    }

    /// One use of a permission.
    Mode "a mode" {
        /// Id of the mode.
        id: At<Slug>,
        /// Purpose in our words.
        text: At<String>,
        /// Functions that stop without it.
        functions: Vec<Ref<Function>>,
    }

    /// What else is done with items.
    Use "a use" {
        /// Id.
        id: At<Slug>,
        /// Name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Kind.
        kind: At<UseKind>,
        /// Purpose it serves.
        purpose: Ref<Purpose>,
        /// Functions whose items it may use; empty: those named in `items` wherever they came in.
        functions: Vec<Ref<Function>>,
        /// Items; empty: all items of the functions.
        items: Vec<Ref<Item>>,
        /// Whose.
        of: Vec<Ref<Person>>,
        /// What is left of the person in the data.
        level: Option<At<Level>>,
        /// Condition.
        when: Option<At<Condition>>,
        /// Legal ground.
        basis: Stated<Basis>,
        /// Form of consent.
        consent: Stated<Form>,
        /// Whether, and how, it can be refused later.
        opt_out = "opt-out": Stated<Vec<Route>>,
        /// Source of inbound data.
        source: Option<At<String>>,
    }

    /// A case in which the text needs no consent.
    Exception "an exception" {
        /// Id.
        id: At<Slug>,
        /// Number in the published list.
        number: At<u32>,
        /// Short name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Acts to which the list belongs.
        acts: Vec<At<Action>>,
        /// Its own further condition.
        when: Option<At<Condition>>,
        /// The ground of PIPL art. 13 that carries it; not stated where none does.
        article: Stated<Basis>,
        /// Whether it is the residual clause ("other cases by law"): a separate, argued route.
        residual: Option<At<bool>>,
    }

    /// A cookie, beacon or pixel.
    Tracker "a tracker" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Items it takes.
        items: Vec<Ref<Item>>,
        /// Purpose.
        purpose: Ref<Purpose>,
        /// Whether and how it can be refused or cleared.
        refusal: Stated<String>,
        /// Whether the text limits it to the purpose.
        limited: Stated<bool>,
    }

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
        /// Whether customers choose the very party (this agency): then each party is a grant of its own.
        chosen: Option<At<bool>>,
        /// Contract promised with it.
        contract: Stated<String>,
        /// Duties at the end: return, delete, allow inspection.
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

    /// One promise (承诺).
    Promise "a promise" {
        /// Id.
        id: At<Slug>,
        /// In our words.
        text: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// The control of this software that keeps it.
        control: Stated<String>,
        /// The evidence that somebody must file.
        evidence: Stated<String>,
        /// How often, in months.
        every_months = "every-months": Option<At<u32>>,
    }

    /// Where data is kept.
    Storage "storage" {
        /// Place, as published.
        place: Stated<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// What happens when the service ends.
        end_of_service = "end-of-service": Stated<String>,
        /// What happens to backups.
        backups: Stated<String>,
        /// Security level claimed.
        security_level = "security-level": Stated<String>,
    }

    /// How long something is kept.
    Retention "a retention rule" {
        /// Id.
        id: At<Slug>,
        /// Where.
        clause: Vec<At<String>>,
        /// Record classes that it covers; empty: all.
        classes: Vec<Ref<Record>>,
        /// A period with a figure.
        period: Stated<Length>,
        /// Criteria without a figure, the longest of which counts.
        longest_of = "longest-of": Vec<At<String>>,
        /// Whether the text says "shortest necessary".
        shortest: Option<At<bool>>,
        /// What happens after.
        after: Stated<String>,
        /// Laws that the text names as going first.
        laws: Vec<At<String>>,
    }

    /// A length of time.
    Length "a length" {
        /// How many.
        count: At<u32>,
        /// Of what.
        unit: At<Unit>,
    }

    /// A named clock.
    Clock "a clock" {
        /// Id.
        id: At<Slug>,
        /// Where.
        clause: Vec<At<String>>,
        /// How long.
        length: Length,
        /// From when.
        starts: Stated<Start>,
        /// What must have happened by then.
        done: At<Done>,
        /// Overrun that the text permits itself.
        overrun: Stated<String>,
    }

    /// A right of the subject.
    Right "a right" {
        /// Which.
        kind: At<RightKind>,
        /// Where.
        clause: Vec<At<String>>,
        /// How to exercise it.
        routes: Stated<Vec<Route>>,
        /// Path on the page or number to call.
        path: Option<At<String>>,
        /// Clock that runs.
        clock: Stated<Ref<Clock>>,
        /// Proof of identity asked.
        identity: Stated<String>,
        /// Fee.
        fee: Stated<String>,
        /// Items left out.
        excludes: Vec<Ref<Item>>,
        /// Functions whose items are left out.
        excludes_functions = "excludes-functions": Vec<Ref<Function>>,
        /// Grounds without which the text does not grant it.
        only_when = "only-when": Vec<At<String>>,
        /// Conditions that block it.
        blocked_by = "blocked-by": Vec<At<String>>,
        /// Laws that go first.
        laws: Vec<At<String>>,
        /// What follows from it.
        effect: Option<At<String>>,
    }

    /// A ground of refusal.
    Refusal "a refusal ground" {
        /// Id.
        id: At<Slug>,
        /// Number.
        number: At<u32>,
        /// Name.
        name: At<String>,
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
        major: Stated<Vec<String>>,
        /// How people are told of major changes.
        major_notice = "major-notice": Stated<Vec<Route>>,
        /// How people are told of every change.
        notice: Stated<Vec<Route>>,
        /// Whether any one of the routes is enough.
        any_one_of = "any-one-of": Option<At<bool>>,
        /// Whether they are told before it takes effect.
        before_effect = "before-effect": Stated<bool>,
        /// Whether rights may be cut without consent.
        rights_cut_needs_consent = "rights-cut-needs-consent": Stated<bool>,
        /// What is archived.
        archive: Stated<String>,
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
    }
}

macro_rules! named {
    ($($table:ident),* $(,)?) => { $(
        impl Name for $table {
            const KIND: Kind = Kind::$table;
        }
    )* };
}

named!(
    Channel, Clock, Disclosure, Exception, Fact, Function, Item, Permission, Person, Product, Promise, Purpose,
    Recipient, Record, Refusal, Retention, Right, Sdk, Share, Statement, Tracker, Use,
);
