//! The vocabulary that comes with the crate can carry what policies name.

use std::collections::{BTreeMap, BTreeSet};

use model::field::{Mask, Validator};
use shouyue_policy::syntax::{Category, Sensitive, Vocabulary, read};

fn vocabulary() -> Vocabulary {
    let (vocabulary, findings) = read::<Vocabulary>(&shouyue_policy::vocabulary());
    assert_eq!(findings, []);
    vocabulary.unwrap()
}

#[test]
fn the_vocabulary_has_every_category_and_known_forms() {
    let items = vocabulary().items;
    assert!(items.len() >= 120, "{} items", items.len());
    let categories: BTreeSet<Category> = items.iter().filter_map(|item| Some(item.category.as_ref()?.value)).collect();
    assert_eq!(categories.len(), Category::ALL.len());
    for item in &items {
        let of = &item.id.value;
        let validator = item.validator.as_ref().unwrap_or_else(|| panic!("{of} has no validator"));
        let mask = item.mask.as_ref().unwrap_or_else(|| panic!("{of} has no mask"));
        assert!(validator.value.parse::<Validator>().is_ok(), "{of}: {}", validator.value);
        assert!(mask.value.parse::<Mask>().is_ok(), "{of}: {}", mask.value);
        assert!(item.category.is_some(), "{of} has no category");
        let organisation = item.organisation.as_ref().is_some_and(|flag| flag.value);
        assert_eq!(item.level.is_none(), organisation, "{of}: people's items have a level, organisations' none");
    }
}

#[test]
fn no_two_items_share_a_name() {
    let mut bearers = BTreeMap::<String, BTreeSet<String>>::new();
    for item in vocabulary().items {
        let names: BTreeSet<&String> =
            item.aliases.iter().map(|alias| &alias.value).chain([&item.name.value]).collect();
        for name in names {
            bearers.entry(name.to_lowercase()).or_default().insert(item.id.value.to_string());
        }
    }
    bearers.retain(|_, items| items.len() > 1);
    assert!(bearers.is_empty(), "{bearers:?}");
}

#[test]
fn standards_list_items_that_exist_and_have_a_class() {
    let vocabulary = vocabulary();
    let classes: BTreeMap<String, Option<Sensitive>> = vocabulary
        .items
        .iter()
        .map(|item| (item.id.value.to_string(), item.class.as_ref().map(|class| class.value)))
        .collect();
    for standard in &vocabulary.standards {
        let listed: BTreeSet<&String> = standard.sensitive.iter().map(|item| &item.value).collect();
        assert_eq!(listed.len(), standard.sensitive.len(), "{} lists an item twice", standard.id.value);
        for item in listed {
            let class = classes.get(item).unwrap_or_else(|| panic!("{} lists unknown {item}", standard.id.value));
            assert!(class.is_some(), "{} lists {item}, which has no class", standard.id.value);
        }
    }
}

#[test]
fn the_number_of_an_identity_card_left_the_list_and_its_photograph_entered() {
    let standards = vocabulary().standards;
    let lists = |standard: &str, item: &str| {
        let standard = standards.iter().find(|one| one.id.value.as_str() == standard).unwrap();
        standard.sensitive.iter().any(|one| one.value == item)
    };
    assert!(lists("gbt-35273", "id-number") && lists("jrt-0171", "id-number"));
    assert!(!lists("gbt-45574", "id-number") && lists("gbt-45574", "id-image"));
}
