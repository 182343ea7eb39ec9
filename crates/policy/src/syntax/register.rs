//! What the company files, registers and holds ready: assessments of impact, routes abroad, whom an incident is told to and how.
//! The text says nothing of these; the operation file does.

use jiff::civil::Date;

use super::declare::{tables, words};
use super::recipient::Share;
use super::shape::{At, Ref};

words! {
    /// On which route a flow leaves the country (PIPL art. 38; rules R35, R36).
    RouteAbroad {
        /// The security assessment of the cyberspace administration (安全评估).
        SecurityAssessment = "security-assessment",
        /// A certification (个人信息保护认证).
        Certification = "certification",
        /// The standard contract, filed (标准合同).
        StandardContract = "standard-contract",
        /// None is needed: so few people's data leave, and nothing sensitive.
        FewPersons = "few-persons",
        /// None is needed: a contract to which the person is a party cannot be concluded or performed without it.
        Contract = "contract",
        /// None is needed: an emergency of life, health or property.
        Emergency = "emergency",
        /// None is needed: it was collected abroad, and nothing from within was added.
        CollectedAbroad = "collected-abroad",
    }

    /// Under whose rules an incident is told to an authority (rule R53).
    IncidentRegime {
        /// The cyberspace administration.
        Cyberspace = "cyberspace",
        /// The financial regulator.
        FinancialSupervision = "financial-supervision",
        /// The central bank.
        CentralBank = "central-bank",
    }

    /// What a notice of an incident tells those concerned (PIPL art. 57; rule R54), as its template names it.
    IncidentPart {
        /// The kinds of items.
        Items = "items",
        /// The cause.
        Cause = "cause",
        /// The harm that may come of it.
        Harm = "harm",
        /// What the handler did against it.
        Measures = "measures",
        /// What the person can do against it.
        Advice = "advice",
        /// How the handler is reached.
        Contact = "contact",
    }

    /// What seals, signs and hashes (rule R68).
    Cryptography {
        /// AES, Ed25519, SHA-256.
        International = "international",
        /// SM4, SM2, SM3 (国密).
        Guomi = "guomi",
    }
}

tables! {
    /// An assessment of impact (个人信息保护影响评估, PIPL art. 55 and 56; rule R39).
    Assessment "an assessment" {
        /// Functions, uses, shares and publications that it covers, by id.
        activities: Vec<At<String>>,
        /// When it was concluded.
        on: At<Date>,
        /// The last day on which the company relies on it.
        until: At<Date>,
        /// Where the report lies: its number in the company's register.
        file: At<String>,
        /// Silence or finding that it answers.
        answers: At<String>,
    }

    /// The route on which one flow leaves the country (rules R35, R36).
    ExportRoute "a route abroad" {
        /// The flow.
        share: Ref<Share>,
        /// Which route.
        by: At<RouteAbroad>,
        /// Number of the result, certificate or filing.
        file: Option<At<String>>,
        /// Its last day, where it has one.
        until: Option<At<Date>>,
        /// How many people's data leave so in a calendar year, at most.
        persons: At<u32>,
        /// Of how many of these something sensitive leaves.
        sensitive: At<u32>,
        /// Silence or finding that it answers.
        answers: At<String>,
    }

    /// Whom the company tells of an incident under one regime (rule R53).
    IncidentReport "whom an incident is told to" {
        /// The regime.
        regime: At<IncidentRegime>,
        /// The authority in charge of the company.
        to: At<String>,
        /// Number, address or system by which it takes reports.
        by: At<String>,
        /// Silence or finding that it answers.
        answers: At<String>,
    }

    /// What those concerned are told of an incident (rule R54).
    IncidentNotice "a notice of an incident" {
        /// The template; `{items}`, `{cause}`, `{harm}`, `{measures}`, `{advice}` and `{contact}` are filled in.
        text: At<String>,
        /// Silence or finding that it answers.
        answers: At<String>,
    }
}

impl RouteAbroad {
    /// Whether it is granted for a time, after which it is asked for again.
    pub const fn expires(self) -> bool {
        matches!(self, Self::SecurityAssessment | Self::Certification)
    }

    /// Whether the law counts who leaves so: not where it frees a matter from any route.
    pub const fn is_counted(self) -> bool {
        !matches!(self, Self::Contract | Self::Emergency | Self::CollectedAbroad)
    }
}
