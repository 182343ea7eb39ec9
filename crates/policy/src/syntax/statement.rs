//! What the sentences of a text say that compile to nothing.

use super::declare::words;

words! {
    /// What a statement that compiles to nothing says; checked by law rules all the same.
    StatementKind {
        /// Going on using the service is taken for consent.
        ContinuedUseIsConsent = "continued-use-is-consent",
        /// The user bears a risk.
        UserBearsRisk = "user-bears-risk",
        /// De-identified data is said to be no personal information.
        DeIdentifiedIsFree = "de-identified-is-free",
        /// Advice to the user.
        Advice = "advice",
        /// A declaration of good will.
        Declaration = "declaration",
        /// Scope or structure of the text.
        Scope = "scope",
        /// Liability.
        Liability = "liability",
        /// Typography of the text.
        Typography = "typography",
        /// A definition of a term.
        Definition = "definition",
        /// Two sentences of the text that cannot both hold; encoded is the one that promises more.
        Contradiction = "contradiction",
        /// Something done, or not done, is taken for consent.
        DeemedConsent = "deemed-consent",
        /// The application page narrows what the text lists.
        PageNarrows = "page-narrows",
        /// Somebody else's policy holds.
        ThirdParty = "third-party",
        /// A promise that neither a control nor evidence fits.
        Promise = "promise",
        /// The text itself says that the reader agrees.
        StatedConsent = "stated-consent",
        /// An authorisation that lasts as long as the service is used.
        LastingAuthorisation = "lasting-authorisation",
        /// Whoever disagrees with any part is refused the whole.
        AllOrNothing = "all-or-nothing",
        /// What still tells of a person is said to be anonymous, or no personal information.
        NotPersonal = "not-personal",
        /// A purpose, or what is collected for it, is left open.
        OpenPurpose = "open-purpose",
        /// How whoever exercises a right is verified.
        Verification = "verification",
        /// What is held is said to be safe.
        Safe = "safe",
        /// What is held is said not to be safe in the end.
        Unsafe = "unsafe",
    }
}
