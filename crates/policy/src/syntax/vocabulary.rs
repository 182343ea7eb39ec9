//! The vocabulary: items with category, sensitivity per standard and date, validator and mask. Data, not code; a platform
//! may add to it in its own file.

use jiff::civil::Date;
use model::Slug;

use super::declare::tables;
use super::shape::At;
use super::words::{Category, FinancialLevel, Sensitive};

tables! {
    /// A vocabulary file.
    Vocabulary "a vocabulary" {
        /// Version of the vocabulary, part of the fingerprint `tables`.
        version: At<String>,
        /// Standards whose lists decide sensitivity.
        standards = "standard": Vec<Standard>,
        /// Items.
        items = "item": Vec<Item>,
    }

    /// A standard that lists sensitive information.
    Standard "a standard" {
        /// Id, such as `gbt-35273`.
        id: At<Slug>,
        /// Full name.
        name: At<String>,
        /// In force from.
        from: At<Date>,
        /// In force until.
        until: Option<At<Date>>,
        /// Items that it counts as sensitive, by id.
        sensitive: Vec<At<String>>,
    }

    /// One kind of personal information (个人信息项).
    Item "an item" {
        /// Id.
        id: At<Slug>,
        /// Chinese name; in a policy file, the published name.
        name: At<String>,
        /// Further names under which policies publish it.
        aliases: Vec<At<String>>,
        /// In a policy file: the vocabulary item that this published name stands for.
        same_as = "as": Option<At<String>>,
        /// Category of GB/T 35273 annex A. Required in the vocabulary and for new items.
        category: Option<At<Category>>,
        /// Sensitive class when a standard counts the item as sensitive.
        class: Option<At<Sensitive>>,
        /// Level of JR/T 0171.
        level: Option<At<FinancialLevel>>,
        /// Validator of the field.
        validator: Option<At<String>>,
        /// Mask on display.
        mask: Option<At<String>>,
        /// Whether it is a face image or template (rule R33).
        face: Option<At<bool>>,
        /// Whether it is genetic information (rule R20).
        genetic: Option<At<bool>>,
        /// Whether it describes an organisation, not a person.
        organisation: Option<At<bool>>,
        /// Whether equality search by keyed token is offered.
        searchable: Option<At<bool>>,
        /// Where a policy publishes it.
        clause: Vec<At<String>>,
    }
}
