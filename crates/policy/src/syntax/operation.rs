//! The operation file: what the text does not say but the company must choose. It enters the fingerprint `tables`,
//! never `policy`; each choice names the silence or finding that it answers.

use jiff::civil::Date;
use model::Slug;

use super::declare::{tables, words};
use super::function::{Collect, Function, Permission, Record, Source};
use super::policy::{Channel, Fact, Person, Policy};
use super::recipient::{Recipient, Share};
use super::register::{Assessment, Cryptography, ExportRoute, IncidentNotice, IncidentReport};
use super::shape::{At, Here, Ref};
use super::vocabulary::Item;
use super::words::{Event, Floor, RightKind, Trigger};

words! {
    /// How a fact is checked with somebody outside.
    CheckBy {
        /// Name and document number belong together (实名核验).
        RealName = "real-name",
        /// The face is that of the document's holder (人脸比对).
        Face = "face",
    }
}

tables! {
    /// `platforms/<id>/operation.toml`.
    Operation "an operation file" {
        /// Version of the language: 1.
        language: At<u32>,
        /// Platform id.
        platform: At<Slug>,
        /// Ways that need no face where the text names the face only (rule R33).
        alternatives = "alternative": Vec<Alternative>,
        /// Checks with others, and the facts that they attest.
        checks = "check": Vec<Check>,
        /// Items that the text demands and the service does not need (rule R13).
        unneeded = "unneeded": Vec<Unneeded>,
        /// Parties that customers may choose.
        parties = "party": Vec<Party>,
        /// Shares by which the house itself sends a person's copy to a party that the person names.
        deliveries = "delivery": Vec<Delivery>,
        /// Recipients and parties to whom nothing goes for now (rule R63).
        suspended: Vec<Suspension>,
        /// Staff roles and what each may do.
        roles = "role": Vec<Role>,
        /// Ways to come in by an account that somebody else keeps.
        logins = "login": Vec<Login>,
        /// For which records money is taken, and what becomes of them once it is there.
        payments = "payment": Vec<Payment>,
        /// What can be asked for about a cover in force.
        services = "service": Vec<Service>,
        /// What the holder of a record calls off, where the text says that a right is exercised so.
        cancels = "cancel": Vec<Cancel>,
        /// Questions by which an item is given that the text names and does not spell out.
        questionnaires = "questionnaire": Vec<Questionnaire>,
        /// Other masks than the vocabulary's.
        masks = "mask": Vec<MaskChoice>,
        /// Telling necessity and impact of sensitive processing (PIPL art. 30).
        notices = "sensitive-notice": Vec<SensitiveNotice>,
        /// Record classes with floors that the text leaves to the law.
        floors = "floor": Vec<FloorChoice>,
        /// Elements on which the published policy alone is enforced.
        enforcements = "enforcement": Vec<Enforcement>,
        /// Findings that somebody answers for.
        acknowledged = "acknowledge": Vec<Acknowledge>,
        /// Assessments of impact (rule R39).
        assessments = "assessment": Vec<Assessment>,
        /// Routes on which flows leave the country (rules R35, R36).
        routes = "route": Vec<ExportRoute>,
        /// Whom the company tells of an incident (rule R53).
        incidents = "incident": Vec<IncidentReport>,
        /// What those concerned are told of one (rule R54).
        incident_notice = "incident-notice": Option<IncidentNotice>,
        /// How many people the company holds something of, as it last counted (rule R51).
        persons: Option<At<u32>>,
        /// Level of the protection scheme under which the system is filed (等级保护; rule R68).
        protection_level = "protection-level": Option<At<u32>>,
        /// What seals, signs and hashes (rule R68).
        cryptography: Option<At<Cryptography>>,
        /// Days in which a refused consent is not asked again (rule R14).
        cool_down_days = "cool-down-days": At<u32>,
        /// Days after which no backup can restore what was erased (design §2.8).
        backup_days = "backup-days": At<u32>,
        /// Switches of law catalogue §8.
        switches: Switches,
    }

    /// A way without the face.
    Alternative "an alternative" {
        /// Function that asks for the face.
        function: Ref<Function>,
        /// Id.
        id: At<Slug>,
        /// Name.
        name: At<String>,
        /// How it goes.
        text: At<String>,
        /// Items it collects instead.
        items: Vec<Ref<Item>>,
        /// Silence or finding that it answers.
        answers: At<String>,
    }

    /// A check with somebody outside (核验), whose result is kept as a declared fact of the person.
    Check "a check" {
        /// Id.
        id: At<Slug>,
        /// Name, as the page says it.
        name: At<String>,
        /// What is compared with whom, as the page says it.
        text: At<String>,
        /// Fact that it attests.
        fact: Ref<Fact>,
        /// How it is checked.
        by: At<CheckBy>,
        /// Function in whose course it is made.
        function: Ref<Function>,
        /// Share under which the values leave; none: they are compared here, by whoever works under instruction.
        share: Option<Ref<Share>>,
        /// The very party, where the recipient is a class of several.
        party: Option<Ref<Party>>,
        /// Silence or finding that it answers.
        answers: At<String>,
    }

    /// Items demanded without need.
    Unneeded "unneeded items" {
        /// Function.
        function: Ref<Function>,
        /// Items.
        items: Vec<Ref<Item>>,
        /// Why.
        reason: At<String>,
        /// Finding that it answers.
        answers: At<String>,
    }

    /// A party that customers may choose.
    Party "a party" {
        /// Id.
        id: At<Slug>,
        /// Registered name.
        name: At<String>,
        /// Recipient class that it belongs to.
        recipient: Ref<Recipient>,
        /// Contact.
        contact: At<String>,
        /// The contract with it: its number in the company's register (rule R63).
        contract: Option<At<String>>,
        /// Silence that it answers.
        answers: At<String>,
    }

    /// A share by which the house itself sends a copy to the party that the person names (转移, PIPL art. 45).
    Delivery "a delivery" {
        /// The share: pushed, to a recipient that customers choose.
        share: Ref<Share>,
        /// What the text makes a condition and the house can tell: that the party has an address to send to.
        fact: Option<Ref<Fact>>,
        /// Silence or finding that it answers.
        answers: At<String>,
    }

    /// A recipient, or one party of it, to whom nothing goes (rule R63).
    Suspension "a suspension" {
        /// The recipient.
        recipient: Option<Ref<Recipient>>,
        /// Or one party.
        party: Option<Ref<Party>>,
        /// From this day.
        since: At<Date>,
        /// Why.
        reason: At<String>,
        /// Finding that it answers.
        answers: At<String>,
    }

    /// A staff role.
    Role "a role" {
        /// Id.
        id: At<Slug>,
        /// Name.
        name: At<String>,
        /// Functions in whose course it may read.
        functions: Vec<Ref<Function>>,
        /// Whether it may open single values in the clear with a reason.
        clear_view = "clear-view": At<bool>,
        /// Whether it may handle minors' data (rule R18).
        minors: At<bool>,
        /// Whether it hands cases to partners, cuts parties off and lets them in again (rule R63).
        partners: Option<At<bool>>,
        /// Whether it notes what was filed with an authority once a threshold was reached (rules R34, R51).
        filings: Option<At<bool>>,
        /// The outside party whose people sit here: they open cases that were handed to it, and see nothing else.
        party: Option<Ref<Party>>,
        /// Silence that it answers.
        answers: At<String>,
    }

    /// A way to come in by an account that somebody else keeps.
    Login "a log-in" {
        /// Id; it stands in addresses.
        id: At<Slug>,
        /// What its button says.
        name: At<String>,
        /// What is spoken with the provider.
        protocol: At<LoginProtocol>,
        /// Who vouches for the person. Together with the provider's own number of the person this is who the person is:
        /// under another issuer everybody is a stranger.
        issuer: At<String>,
        /// Function in whose course the items are collected.
        function: Ref<Function>,
        /// The function's source of these items; absent: those that it takes by itself.
        source: Option<Ref<Source>>,
        /// Channel on which one comes so, where conditions ask for it.
        channel: Option<Ref<Channel>>,
        /// What the provider tells, and as which items it is collected. What is not here is never asked for.
        claims = "claim": Vec<Claim>,
        /// Silence that it answers.
        answers: At<String>,
    }

    /// One thing that a provider tells of a person.
    Claim "a claim of a log-in" {
        /// The provider's word for it.
        says: At<String>,
        /// The item that it is.
        item: Ref<Item>,
    }

    /// Records for which money is taken: the company's core system says what is due, the customer pays it.
    Payment "a payment" {
        /// Classes of the records that are paid.
        classes: Vec<Ref<Record>>,
        /// Function in whose course one pays, where the text has one.
        function: Option<Ref<Function>>,
        /// The item of that function under which is kept what the payment network tells.
        status: Option<Ref<Item>>,
        /// What the record has come to once it is paid.
        event: Option<At<Event>>,
        /// Silence that it answers.
        answers: At<String>,
    }

    /// Records about which a servicing request can be made while they are in force: to change them, or to end them.
    Service "a service" {
        /// Function that makes the request.
        function: Ref<Function>,
        /// Classes of the records that are serviced.
        classes: Vec<Ref<Record>>,
        /// Silence that it answers.
        answers: At<String>,
    }

    /// Records that their holder cancels, because the text says that a right is exercised so.
    Cancel "a cancellation" {
        /// The right that the text grants by it.
        right: At<RightKind>,
        /// Classes of the records that are cancelled.
        classes: Vec<Ref<Record>>,
        /// Silence that it answers.
        answers: At<String>,
    }

    /// Questions whose answers together are the one value of an item: the text collects them and lists no questions.
    Questionnaire "a questionnaire" {
        /// Function that collects the item.
        function: Ref<Function>,
        /// Whose item it is; absent: everybody's of whom the function collects it.
        of: Option<Ref<Person>>,
        /// The item, given in words.
        item: Ref<Item>,
        /// What stands over the questions.
        title: At<String>,
        /// The questions, in order.
        questions = "question": Vec<Question>,
        /// Silence that it answers.
        answers: At<String>,
    }

    /// One question of a questionnaire.
    Question "a question" {
        /// Id, unique among the questions.
        id: At<Slug>,
        /// The question.
        text: At<String>,
        /// What one chooses from, two at least; none: one answers in words of one's own.
        answers: Vec<At<String>>,
        /// Whether several may be chosen.
        many: Option<At<bool>>,
    }

    /// Another mask for an item.
    MaskChoice "a mask choice" {
        /// Item.
        item: Ref<Item>,
        /// Mask.
        mask: At<String>,
        /// Silence that it answers.
        answers: At<String>,
    }

    /// What a separate consent page must tell.
    SensitiveNotice "a sensitive notice" {
        /// Function.
        function: Ref<Function>,
        /// Items.
        items: Vec<Ref<Item>>,
        /// Why it is needed.
        necessity: At<String>,
        /// What it means for the person's rights and interests.
        impact: At<String>,
        /// Silence that it answers.
        answers: At<String>,
    }

    /// Floors of a record class.
    FloorChoice "a floor choice" {
        /// Record class.
        class: Ref<Record>,
        /// Floors.
        floors: Vec<At<Floor>>,
        /// Whether cover lasts longer than a year, where no product says so.
        longer_than_a_year = "longer-than-a-year": Option<At<bool>>,
        /// Silence that it answers.
        answers: At<String>,
    }

    /// Enforcing the published policy alone on one element.
    Enforcement "an enforcement choice" {
        /// Element id.
        element: At<String>,
        /// `policy`.
        by: At<String>,
        /// Why.
        reason: At<String>,
    }

    /// An acknowledged finding.
    Acknowledge "an acknowledgement" {
        /// Code.
        code: At<String>,
        /// Element id or key that the finding is about; absent: every place.
        element: Option<At<String>>,
        /// Why it stands.
        reason: At<String>,
        /// When decided.
        on: At<Date>,
    }

    /// Switches of law catalogue §8.
    Switches "switches" {
        /// Standards whose lists make an item sensitive: `strictest` or one standard's id.
        sensitivity: At<String>,
        /// Whether insured and beneficiary count as parties to the contract.
        insured_is_party = "insured-is-party": At<bool>,
        /// Separate consent even where the basis is not consent.
        separate_beyond_consent = "separate-beyond-consent": At<bool>,
        /// Device permission whose use is asked in the application, by id.
        asked_in_app = "asked-in-app": Vec<Ref<Permission>>,
        /// Recipients of which customers pick the very party, where the text leaves open who it is.
        picked: Vec<Ref<Recipient>>,
        /// Roles that the company attests to be of age where no birth date is known.
        adults: Vec<Ref<Person>>,
        /// Person role of somebody who registers.
        registrant: Option<Ref<Person>>,
        /// The channel that the portal is; absent: none is named in the portal's questions.
        portal_channel = "portal-channel": Option<Ref<Channel>>,
        /// Silence that these answer.
        answers: Option<At<String>>,
    }
}

words! {
    /// What is spoken with somebody who keeps accounts for others.
    LoginProtocol {
        /// OpenID Connect Core 1.0, authorisation code.
        OpenidConnect = "openid-connect",
        /// The dialect of OAuth 2.0 that WeChat speaks.
        WechatOauth2 = "wechat-oauth2",
    }
}

impl Login {
    /// The groups of the function that this log-in fills: those from its source, or those that come by themselves.
    pub fn groups<'p>(&self, policy: &'p Policy) -> impl Iterator<Item = &'p Collect> {
        let function = policy.functions.iter().find(|function| function.id.as_str() == self.function.text);
        let groups = function.into_iter().flat_map(|function| function.collects.said().into_iter().flatten());
        groups.filter(|group| match (&self.source, group.trigger.said()) {
            (Some(source), Some(Trigger::Source)) => group.sources.iter().any(|one| one.text == source.text),
            (None, trigger) => trigger == Some(&Trigger::Automatic),
            (Some(_), _) => false,
        })
    }

    /// The role whose items come so. Whoever logs in is one person, in one role.
    pub fn person<'p>(&self, policy: &'p Policy) -> Option<&'p Ref<Person>> {
        self.groups(policy).map(|group| &group.of).next()
    }
}

impl Questionnaire {
    /// Whether it asks somebody in this role for this item, in the course of this function.
    pub fn asks(&self, function: &str, role: &str, item: &str) -> bool {
        let of = self.of.as_ref().is_none_or(|of| of.text == role);
        of && self.function.text == function && self.item.text == item
    }
}

impl Question {
    /// Whether several answers may be chosen.
    pub fn takes_many(&self) -> bool {
        self.many.as_ref().is_some_and(|many| many.value)
    }
}

impl Role {
    /// Whether it hands cases to partners, and cuts parties off.
    pub fn minds_partners(&self) -> bool {
        self.partners.as_ref().is_some_and(|minds| minds.value)
    }

    /// Whether it notes what was filed with an authority.
    pub fn files(&self) -> bool {
        self.filings.as_ref().is_some_and(|files| files.value)
    }
}

impl Operation {
    /// What holds where a platform has no operation file: the strictest choice of each switch, no parties, no roles.
    pub fn undecided(platform: &Slug) -> Self {
        Self {
            language: At::made(1),
            platform: At::made(platform.clone()),
            alternatives: Vec::new(),
            checks: Vec::new(),
            unneeded: Vec::new(),
            parties: Vec::new(),
            deliveries: Vec::new(),
            suspended: Vec::new(),
            roles: Vec::new(),
            logins: Vec::new(),
            payments: Vec::new(),
            services: Vec::new(),
            cancels: Vec::new(),
            questionnaires: Vec::new(),
            masks: Vec::new(),
            notices: Vec::new(),
            floors: Vec::new(),
            enforcements: Vec::new(),
            acknowledged: Vec::new(),
            assessments: Vec::new(),
            routes: Vec::new(),
            incidents: Vec::new(),
            incident_notice: None,
            persons: None,
            protection_level: None,
            cryptography: None,
            cool_down_days: At::made(180),
            backup_days: At::made(30),
            switches: Switches {
                sensitivity: At::made("strictest".to_owned()),
                insured_is_party: At::made(false),
                separate_beyond_consent: At::made(true),
                asked_in_app: Vec::new(),
                picked: Vec::new(),
                adults: Vec::new(),
                registrant: None,
                portal_channel: None,
                answers: None,
                span: Here::default(),
            },
            span: Here::default(),
        }
    }
}

impl Event {
    /// What ends a cover, that first which says no more. A transaction that is completed does not: it begins one.
    pub const ENDS_COVER: [Self; 3] = [Self::Ended, Self::RelationEnded, Self::Cancelled];

    /// What a request comes to that is done, that first which says so most exactly; what is declined, in the other order.
    pub const DECIDE_REQUEST: [Self; 3] = [Self::TransactionCompleted, Self::Ended, Self::Cancelled];
}
