//! What a value must look like, and how it may be shown: two closed lists.
//!
//! A vocabulary names, for each item, one [`Validator`] and one [`Mask`] by their stable kebab-case ids. The ids
//! are written into policy files, tables and receipts, so an id is never renamed or reused.
//!
//! Pure words: `vault::field` does the checking and the masking.

/// An id that stands in none of the closed lists.
///
/// The offending text is not repeated: it may have been typed into the wrong box by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown {list}: use one of the ids that the vocabulary reference lists")]
pub struct UnknownId {
    /// Which list was asked: `validator`, `mask`, `unit`.
    pub list: &'static str,
}

/// Declares an enum whose variants are known outside by fixed ids.
macro_rules! closed_list {
    (
        $(#[$outer:meta])*
        $name:ident as $list:literal {
            $($(#[$inner:meta])* $variant:ident = $id:literal,)+
        }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$inner])* #[serde(rename = $id)] $variant,)+
        }

        impl $name {
            /// Every member, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable id, as written in files.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.id())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::field::UnknownId;

            fn from_str(id: &str) -> Result<Self, Self::Err> {
                match id {
                    $($id => Ok(Self::$variant),)+
                    _ => Err($crate::field::UnknownId { list: $list }),
                }
            }
        }
    };
}
pub(crate) use closed_list;

closed_list! {
    /// What kind of value an item holds, hence how it is checked and brought to one form before it is sealed.
    Validator as "validator" {
        /// Resident identity card number, 15 or 18 characters, with date and checksum (GB 11643-1999).
        ResidentId = "resident-id",
        /// Mainland mobile number, 11 digits.
        Mobile = "mobile",
        /// Mainland fixed line with area code, or a 400/800/95 service number.
        Landline = "landline",
        /// Either a mobile or a fixed line.
        Phone = "phone",
        /// Bank card number, 12 to 19 digits with Luhn check digit (GB/T 14504, ISO/IEC 7812-1).
        BankCard = "bank-card",
        /// Unified social credit code (GB 32100-2015), or the older nine-character organisation code (GB 11714-1997).
        CreditCode = "credit-code",
        /// Passport number, of any country.
        Passport = "passport",
        /// Travel or residence permit of a person from Hong Kong, Macau or Taiwan, or a foreigner's residence card.
        Permit = "permit",
        /// Officer's or soldier's card.
        OfficerCard = "officer-card",
        /// An identity document whose kind is not stated.
        Document = "document",
        /// Vehicle plate, including new-energy plates (GA 36-2018).
        Plate = "plate",
        /// Vehicle identification number, 17 characters (GB 16735-2019).
        Vin = "vin",
        /// E-mail address, the practical subset of RFC 5321.
        Email = "email",
        /// A day: `2020-01-02`, `20200102`, `2020/1/2` or in Chinese characters.
        Date = "date",
        /// A natural person's name.
        Name = "name",
        /// An organisation's name.
        OrganisationName = "organisation-name",
        /// A postal address or place.
        Address = "address",
        /// A number that some system gave: policy, claim, order, account, device.
        Identifier = "identifier",
        /// A password, a verification code, a card check value: kept as typed.
        Secret = "secret",
        /// Free text.
        Text = "text",
        /// A picture, kept as an attachment; typed, it is the reference of one that another system keeps.
        Image = "image",
        /// A paper, photographed or as PDF, kept as an attachment; typed, a reference.
        Paper = "paper",
        /// A recording of sound or film, kept as an attachment; typed, a reference.
        Recording = "recording",
    }
}

closed_list! {
    /// How a value is shown to someone who may see it only in part.
    ///
    /// The strict convention is the default of each kind ([`Validator::default_mask`]); the commoner, looser ones
    /// are alternatives that a platform must choose by name. Whatever does not have the expected shape is shown
    /// as [`Mask::Fixed`].
    Mask as "mask" {
        /// Nothing of the value, not even that there is one: the page shows its own placeholder.
        Hidden = "hidden",
        /// Six stars, whatever the length.
        Fixed = "fixed",
        /// The surname, compound surnames whole; the rest starred.
        NameSurname = "name-surname",
        /// The first character, whatever the surname; the rest starred.
        NameFirst = "name-first",
        /// The last character only.
        NameFirstHidden = "name-first-hidden",
        /// Identity number: first and last character.
        Id1x1 = "id-1-1",
        /// Identity number: first one, last two.
        Id1x2 = "id-1-2",
        /// Identity number: first three, last four.
        Id3x4 = "id-3-4",
        /// Identity number: first six, last four. Shows the region of registration.
        Id6x4 = "id-6-4",
        /// Mobile number: first three, last four.
        Mobile3x4 = "mobile-3-4",
        /// Fixed line: area code and last four.
        Landline = "landline",
        /// Fixed line: area code and last two.
        LandlineLast2 = "landline-last-2",
        /// Fixed line: last four only.
        LandlineLast4 = "landline-last-4",
        /// Mobile numbers as [`Mask::Mobile3x4`], fixed lines as [`Mask::Landline`].
        Phone = "phone",
        /// Bank card: last four.
        CardLast4 = "card-last-4",
        /// Bank card: first four, last four.
        Card4x4 = "card-4-4",
        /// Bank card: first six, last four. The most that card rules let anyone show.
        Card6x4 = "card-6-4",
        /// E-mail: first character, then the domain.
        Email = "email",
        /// Address: down to the district or county.
        AddressDistrict = "address-district",
        /// Address: first six characters.
        AddressFirst6 = "address-first-6",
        /// Plate: province, letter and last two.
        Plate = "plate",
        /// Plate: first three, last one.
        Plate3x1 = "plate-3-1",
        /// Passport or other document: first one, last two.
        Document1x2 = "document-1-2",
        /// Passport or other document: first one, last three.
        Document1x3 = "document-1-3",
        /// Passport or other document: first two, last three.
        Document2x3 = "document-2-3",
        /// Officer's card, permits of Hong Kong, Macau and Taiwan: first two, last two.
        Officer2x2 = "officer-2-2",
        /// Policy, claim and other business numbers: last four.
        Last4 = "last-4",
        /// The whole value.
        None = "none",
    }
}

impl Validator {
    /// The mask to use where neither vocabulary nor platform names one: the strict convention of the kind.
    pub const fn default_mask(self) -> Mask {
        match self {
            Self::ResidentId => Mask::Id1x1,
            Self::Mobile => Mask::Mobile3x4,
            Self::Landline => Mask::Landline,
            Self::Phone => Mask::Phone,
            Self::BankCard => Mask::CardLast4,
            Self::CreditCode | Self::Identifier | Self::Vin => Mask::Last4,
            Self::Passport | Self::Document => Mask::Document1x2,
            Self::Permit | Self::OfficerCard => Mask::Officer2x2,
            Self::Plate => Mask::Plate,
            Self::Email => Mask::Email,
            Self::Name => Mask::NameSurname,
            Self::OrganisationName => Mask::None,
            Self::Address => Mask::AddressDistrict,
            Self::Date | Self::Secret | Self::Text => Mask::Fixed,
            Self::Image | Self::Paper | Self::Recording => Mask::Hidden,
        }
    }
}

impl Mask {
    /// The stricter of two masks, for when two verdicts disagree.
    ///
    /// A mask is stricter when it shows fewer characters; between masks that show equally many, the one earlier in
    /// [`Mask::ALL`] wins, so that the answer does not depend on the order of the arguments.
    #[must_use]
    pub fn heavier(self, other: Self) -> Self {
        if (self.shows_at_most(), self) <= (other.shows_at_most(), other) { self } else { other }
    }

    /// The most characters of a value that this mask may show.
    ///
    /// An e-mail's domain, an address's district and an area code have no fixed length: they count as sixteen,
    /// thirty-two and four.
    pub const fn shows_at_most(self) -> u32 {
        match self {
            Self::Hidden | Self::Fixed => 0,
            Self::NameFirst | Self::NameFirstHidden => 1,
            Self::NameSurname | Self::Id1x1 => 2,
            Self::Id1x2 | Self::Document1x2 => 3,
            Self::CardLast4
            | Self::Last4
            | Self::LandlineLast4
            | Self::Plate
            | Self::Plate3x1
            | Self::Document1x3
            | Self::Officer2x2 => 4,
            Self::Document2x3 => 5,
            Self::LandlineLast2 | Self::AddressFirst6 => 6,
            Self::Id3x4 | Self::Mobile3x4 => 7,
            Self::Landline | Self::Phone | Self::Card4x4 => 8,
            Self::Id6x4 | Self::Card6x4 => 10,
            Self::Email => 17,
            Self::AddressDistrict => 32,
            Self::None => u32::MAX,
        }
    }
}

#[cfg(test)]
mod tests;
