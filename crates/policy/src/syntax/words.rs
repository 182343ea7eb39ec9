//! The closed lists of words that the language knows.

use super::declare::words;

words! {
    /// What is done with personal information (PIPL art. 4): the actions of a question.
    Action {
        /// Taking it in, from the subject or a source.
        Collect = "collect",
        /// Putting it on a screen or paper.
        Show = "show",
        /// Working with it inside the house.
        Use = "use",
        /// Giving it to another handler (提供).
        Share = "share",
        /// Having it processed by somebody under instruction (委托处理).
        Entrust = "entrust",
        /// Handing it over for good (转让), as in a merger.
        Transfer = "transfer",
        /// Making it public (公开披露).
        Disclose = "disclose",
        /// Letting it leave the country (出境).
        Export = "export",
        /// Building a picture of a person.
        Profile = "profile",
        /// Advertising to a person.
        Market = "market",
        /// Deciding by machine alone.
        Automate = "automate",
        /// Keeping it.
        Retain = "retain",
    }

    /// What a function is to the service (GB/T 35273 annex C; design §3).
    FunctionKind {
        /// What the customer comes for.
        Basic = "basic",
        /// An extra that can be left out.
        Additional = "additional",
        /// Demanded by law.
        Statutory = "statutory",
        /// Keeping the service safe.
        Security = "security",
        /// Advertising.
        Marketing = "marketing",
    }

    /// The closed list of grounds of PIPL art. 13.
    Basis {
        /// (1) consent.
        Consent = "consent",
        /// (2) concluding or performing a contract to which the individual is a party.
        Contract = "contract",
        /// (2) human-resources management under lawful rules or a collective contract.
        HumanResources = "human-resources",
        /// (3) statutory duty or obligation.
        Statutory = "statutory",
        /// (4) public-health event, or emergency protecting life, health or property.
        Emergency = "emergency",
        /// (5) news reporting and supervision by public opinion, within reason.
        News = "news",
        /// (6) information the individual or the law made public, within reason.
        Published = "published",
        /// (7) other cases by law or administrative regulation.
        OtherLaw = "other-law",
    }

    /// The form of a consent (GB/T 42574).
    Form {
        /// Explicit, may stand among others.
        General = "general",
        /// Separate (单独同意).
        Separate = "separate",
        /// Written (书面同意).
        Written = "written",
    }

    /// Whether an item is a condition of the function.
    Need {
        /// The text makes it a condition.
        Required = "required",
        /// The text says that it may be left out.
        Optional = "optional",
        /// A condition under the circumstance that `when` names.
        Conditional = "conditional",
    }

    /// How an item comes in.
    Trigger {
        /// The person gives it.
        Given = "given",
        /// The machine takes it.
        Automatic = "automatic",
        /// Somebody else hands it in; `source` says who.
        Source = "source",
    }

    /// Who hands data in that does not come from the person.
    SourceClass {
        /// A company of the same group.
        Affiliate = "affiliate",
        /// A company that one works with.
        Partner = "partner",
        /// A credit agency (征信机构).
        CreditAgency = "credit-agency",
        /// Somebody who lawfully holds such data.
        DataHolder = "data-holder",
        /// Somebody who verifies identities.
        IdentityVerifier = "identity-verifier",
        /// Registers and publications open to all.
        PublicRecord = "public-record",
        /// The device or the vehicle.
        Device = "device",
        /// Another person, such as an applicant who knows the insured.
        Person = "person",
    }

    /// By what right somebody types the data of another.
    Authority {
        /// Each person's own consent is asked.
        OwnConsent = "own-consent",
        /// Whoever types must make sure that he is authorised; his word is taken.
        Assured = "assured",
        /// Typing counts as being authorised.
        Deemed = "deemed",
        /// A guardian consents.
        Guardian = "guardian",
    }

    /// How far refusing reaches.
    Reach {
        /// This function only.
        ThisFunction = "this-function",
        /// The purchase at hand.
        Purchase = "purchase",
        /// Every insurance service.
        AllInsurance = "all-insurance",
        /// The account.
        Account = "account",
        /// Nothing: every function goes on.
        Nowhere = "none",
    }

    /// When the system asks for a device permission.
    Moment {
        /// When the application is first used.
        FirstUse = "first-use",
        /// When the feature is used that needs it.
        WhenUsed = "when-used",
    }

    /// Natural persons are subjects; organisations hold plain items.
    PersonKind {
        /// A natural person, a subject.
        Natural = "natural",
        /// A company or other body, no subject.
        Organisation = "organisation",
    }

    /// What else is done with items beyond collecting (design §3).
    UseKind {
        /// Building a picture of a person.
        Profile = "profile",
        /// Choosing what a person sees.
        Personalise = "personalise",
        /// Advertising.
        Market = "market",
        /// Deciding by machine.
        Automate = "automate",
        /// Counting.
        Statistics = "statistics",
        /// Using data after de-identification.
        DeIdentified = "de-identified",
        /// Checking with a third party.
        Check = "check",
        /// Taking in data from a source.
        Inbound = "inbound",
        /// Improving or running the service.
        Service = "service",
    }

    /// Who receives (design §3).
    RecipientClass {
        /// A company of the same group, or a part of the same house.
        Affiliate = "affiliate",
        /// Processes under instruction (受托方).
        Processor = "processor",
        /// Decides for itself.
        Handler = "handler",
        /// An insurance agency or broker.
        Agency = "agency",
        /// An insurer.
        Insurer = "insurer",
        /// Code of a third party inside the application.
        Sdk = "sdk",
        /// An advertiser.
        Advertiser = "advertiser",
        /// A health service.
        HealthService = "health-service",
        /// Courts, police, regulators and bodies they name.
        Authority = "authority",
        /// Takes over in a merger or sale.
        Acquirer = "acquirer",
        /// Everybody.
        Public = "public",
        /// Named by no more than a class.
        Unnamed = "unnamed",
    }

    /// The terms under which a recipient receives.
    Regime {
        /// On the customer's choice and instruction.
        ChosenByCustomer = "chosen-by-customer",
        /// Under the handler's instruction.
        Entrusted = "entrusted",
        /// Under its own responsibility.
        Independent = "independent",
        /// Within the house or group.
        Internal = "internal",
        /// By demand of law.
        Legal = "legal",
        /// Only a virtual number reaches it.
        VirtualNumber = "virtual-number",
        /// Only aggregates.
        Aggregates = "aggregates",
    }

    /// What a recipient must not do with what it gets, or must do in the end.
    Limit {
        /// No lists are made of it.
        NoList = "no-list",
        /// No copies.
        NoCopy = "no-copy",
        /// Nothing is exported from the system in which it is shown.
        NoExport = "no-export",
        /// Nothing is handed on.
        NoOnward = "no-onward",
        /// Everything comes back in the end.
        Return = "return",
        /// Everything is deleted in the end.
        Delete = "delete",
        /// The handler may come and look.
        Inspection = "inspection",
    }

    /// How items reach a recipient.
    Method {
        /// Sent.
        Push = "push",
        /// The recipient asks.
        Pull = "pull",
        /// Collected by the recipient's own code.
        Embedded = "embedded",
    }

    /// What is left of a person in a datum (GB/T 37964; design §3).
    Level {
        /// As it is.
        Clear = "clear",
        /// Partly covered on display.
        Masked = "masked",
        /// Encrypted or pseudonymous: re-identifiable with a key.
        Pseudonymous = "pseudonymous",
        /// De-identified: not identifiable without more; still personal information by law.
        DeIdentified = "de-identified",
        /// Anonymised: not restorable.
        Anonymised = "anonymised",
        /// Counts and sums.
        Aggregate = "aggregate",
    }

    /// A life event of a record, from the closed list of design §3.
    Event {
        /// The record begins.
        Opened = "opened",
        /// Cover begins.
        InForceFrom = "in-force-from",
        /// Cover ends by its term.
        InForceUntil = "in-force-until",
        /// The matter ended for a reason.
        Ended = "ended",
        /// The business relation with the person ended.
        RelationEnded = "relation-ended",
        /// A transaction is completed.
        TransactionCompleted = "transaction-completed",
        /// A claim or dispute begins.
        ClaimOpened = "claim-opened",
        /// A claim or dispute ends.
        ClaimClosed = "claim-closed",
        /// Called off.
        Cancelled = "cancelled",
    }

    /// A legal floor under a record class (law catalogue §3.5).
    Floor {
        /// Insurance Act art. 87: contract end + 5 years (cover up to a year) or + 10 years.
        InsuranceFile = "insurance-file",
        /// Anti-Money-Laundering Act art. 34: relation or transaction end + 10 years.
        AntiMoneyLaundering = "anti-money-laundering",
        /// E-Commerce Act art. 31: transaction complete + 3 years.
        ECommerce = "e-commerce",
        /// Sales traceability: + 5 or + 10 years.
        Traceability = "traceability",
        /// PIPL art. 56 and Network Data Regulation art. 12: 3 years.
        ProcessingRecord = "processing-record",
        /// Cybersecurity Act: 6 months.
        NetworkLog = "network-log",
    }

    /// A right of the subject (PIPL art. 44–50).
    RightKind {
        /// Look at it.
        Access = "access",
        /// Get a copy.
        Copy = "copy",
        /// Have it moved elsewhere.
        Port = "port",
        /// Have it corrected.
        Correct = "correct",
        /// Have it completed.
        Supplement = "supplement",
        /// Have it deleted.
        Delete = "delete",
        /// Take a consent back.
        Withdraw = "withdraw",
        /// Have processing limited.
        Restrict = "restrict",
        /// Refuse a kind of processing.
        Object = "object",
        /// Close the account.
        CloseAccount = "close-account",
        /// Have the rules explained.
        Explain = "explain",
        /// Complain.
        Complain = "complain",
    }

    /// Who may exercise a right for the subject.
    Delegate {
        /// Somebody with a mandate.
        Agent = "agent",
        /// The guardian of a minor.
        Guardian = "guardian",
        /// A close relative (PIPL art. 49).
        Relative = "relative",
        /// The company for which the person works or stands.
        Company = "company",
    }

    /// Whether the published grounds of refusal are all there are.
    RefusalList {
        /// No others.
        Closed = "closed",
        /// Others, too ("including but not limited to").
        Open = "open",
    }

    /// A ground on which the law bears a refusal (PIPL art. 18, 35, 45, 47, 50; GB/T 35273 8.7).
    LawGround {
        /// Law demands secrecy, from the subject, too.
        Secrecy = "secrecy",
        /// Telling would hinder a state organ in its duty.
        StateDuty = "state-duty",
        /// What is asked to be deleted must be kept by law.
        LegalRetention = "legal-retention",
        /// Who asks could not prove who he is.
        IdentityUnproven = "identity-unproven",
        /// Asked again and again without reason, or at a cost out of all proportion.
        Excessive = "excessive",
        /// It would harm rights of others, or trade secrets.
        RightsOfOthers = "rights-of-others",
        /// Investigation, prosecution, trial and execution.
        CriminalJustice = "criminal-justice",
    }

    /// Unit of a clock.
    Unit {
        /// 工作日 on the State Council's calendar.
        WorkingDays = "working-days",
        /// Calendar days.
        Days = "days",
        /// Hours.
        Hours = "hours",
        /// Months.
        Months = "months",
        /// Years.
        Years = "years",
    }

    /// When a clock starts.
    Start {
        /// The request arrives.
        Receipt = "receipt",
        /// Identity is verified.
        IdentityVerified = "identity-verified",
        /// The account is closed.
        Cancellation = "cancellation",
        /// An incident is found.
        Discovery = "discovery",
        /// The end of operation is decided.
        EndOfOperation = "end-of-operation",
    }

    /// What must have happened when a clock runs out.
    Done {
        /// An answer is given.
        Answer = "answer",
        /// The thing asked is done.
        Complete = "complete",
        /// Checked and handled.
        CheckAndHandle = "check-and-handle",
        /// Data is deleted or anonymised.
        Delete = "delete",
        /// People are told.
        Notify = "notify",
    }

    /// How a right can be exercised or a person told.
    Route {
        /// On the page, by oneself.
        SelfService = "self-service",
        /// By telephone.
        Phone = "phone",
        /// By e-mail.
        Email = "email",
        /// By letter.
        Letter = "letter",
        /// By fax.
        Fax = "fax",
        /// By a form on the web.
        WebForm = "web-form",
        /// By online customer service.
        OnlineService = "online-service",
        /// At the counter.
        Counter = "counter",
        /// Pop-up in the application.
        PopUp = "pop-up",
        /// Push message.
        Push = "push",
        /// Short message.
        Sms = "sms",
        /// Public announcement.
        Announcement = "announcement",
        /// By the way that each message gives.
        InMessage = "in-message",
        /// Promised, and the text does not tell how.
        Unstated = "unstated",
    }

    /// What can change about a text and what it describes (GB/T 35273 5.5; PIPL art. 14, 17, 23).
    Change {
        /// Purposes.
        Purpose = "purpose",
        /// The manner of processing.
        Manner = "manner",
        /// Kinds of items.
        Items = "items",
        /// The model of the service: purposes, kinds of items or manner of use.
        ServiceModel = "service-model",
        /// Ownership or organisation: a merger, a sale, insolvency.
        Ownership = "ownership",
        /// Who receives.
        Recipients = "recipients",
        /// Rights of the subject and how they are exercised.
        Rights = "rights",
        /// The unit in charge, contacts, ways to complain.
        Contact = "contact",
        /// An assessment that shows a high risk.
        HighRisk = "high-risk",
        /// Rights of the subject become fewer.
        RightsCut = "rights-cut",
        /// Anything else.
        Other = "other",
    }

    /// Which older texts can still be read.
    Archive {
        /// The one before.
        Previous = "previous",
        /// Every one.
        All = "all",
    }

    /// Handler kind, which chooses regimes of law.
    HandlerKind {
        /// Life insurer.
        LifeInsurer = "life-insurer",
        /// Property insurer.
        PropertyInsurer = "property-insurer",
        /// Broker.
        Broker = "broker",
        /// Agency.
        Agency = "agency",
        /// Technology platform.
        Platform = "platform",
        /// Reinsurer.
        Reinsurer = "reinsurer",
    }

    /// The 13 categories of GB/T 35273 annex A.
    Category {
        /// 个人基本资料
        Basic = "basic",
        /// 个人身份信息
        Identity = "identity",
        /// 个人生物识别信息
        Biometric = "biometric",
        /// 网络身份标识信息
        NetworkIdentity = "network-identity",
        /// 个人健康生理信息
        Health = "health",
        /// 个人教育工作信息
        EducationWork = "education-work",
        /// 个人财产信息
        Property = "property",
        /// 个人通信信息
        Communication = "communication",
        /// 联系人信息
        Contacts = "contacts",
        /// 个人上网记录
        BrowsingLog = "browsing-log",
        /// 个人常用设备信息
        Device = "device",
        /// 个人位置信息
        Location = "location",
        /// 其他信息
        Other = "other",
    }

    /// The sensitive classes: PIPL art. 28, GB/T 35273 annex B, GB/T 45574 annex A.
    Sensitive {
        /// 生物识别
        Biometric = "biometric",
        /// 宗教信仰
        Religion = "religion",
        /// 特定身份
        SpecificIdentity = "specific-identity",
        /// 医疗健康
        Health = "health",
        /// 金融账户
        FinancialAccount = "financial-account",
        /// 财产 (35273 only)
        Property = "property",
        /// 身份信息: numbers and images of documents
        IdentityDocument = "identity-document",
        /// 行踪轨迹
        Whereabouts = "whereabouts",
        /// 网络身份标识 (as some policies define)
        NetworkIdentity = "network-identity",
        /// 不满十四周岁未成年人的个人信息
        Child = "child",
        /// 其他: credit reports, criminal records, communications, contacts, browsing
        Other = "other",
    }

    /// Level of JR/T 0171-2020.
    FinancialLevel {
        /// Internal information.
        C1 = "c1",
        /// Identifies a person or shows finances.
        C2 = "c2",
        /// Authenticates: never shown, shared or logged.
        C3 = "c3",
    }
}
