//! The map: everything of the policy is on it, nothing is cut off, the same bytes in every run.

use std::collections::BTreeSet;

use shouyue_render::map::{Colours, svg};
use shouyue_render::{Which, document};

use crate::house::{all, yunfan};
use crate::notice::well_formed;

#[test]
fn the_drawing_shows_every_function_and_item_and_receiver() {
    for written in all() {
        let tables = written.load();
        let program = tables.program();
        let drawing = svg(&tables, Colours::System);
        // Names are broken into lines; all that is left after the tags is their signs in order.
        let signs: String =
            drawing.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect();
        let signs: String = signs.split_whitespace().collect();
        let shown = |name: &str| {
            let name: String = name.replace('&', "&#38;").replace('<', "&#60;").split_whitespace().collect();
            signs.contains(&name)
        };
        let functions = program.policy.functions.iter().map(|one| one.name.value.clone());
        let records = program.policy.records.iter().map(|one| one.name.value.clone());
        let shares = program.policy.shares.iter().map(|share| &share.recipient.text);
        let receivers = program.policy.recipients.iter().filter(|one| shares.clone().any(|of| of == one.id.as_str()));
        let receivers: Vec<_> = receivers.map(|one| one.name.value.clone()).collect();
        for name in functions.chain(records).chain(receivers) {
            assert!(shown(&name), "{}: {name}", written.name);
        }
        let groups = program.policy.functions.iter().filter_map(|function| function.collects.said()).flatten();
        for item in groups.flat_map(|group| &group.items) {
            assert!(
                shown(program.names.name_of(policy::syntax::Kind::Item, &item.text)),
                "{}: {}",
                written.name,
                item.text
            );
        }
        assert!(shown(&tables.fingerprint().to_string()) && shown(&tables.policy().to_string()));
    }
}

#[test]
fn the_drawing_is_well_formed_reads_aloud_and_needs_nothing() {
    for written in all() {
        let tables = written.load();
        let drawing = svg(&tables, Colours::System);
        let ids = well_formed(&drawing.replace("viewBox", "view").replace("<style>", "<style>\n"));
        assert_eq!(ids, BTreeSet::from(["map-title".to_owned(), "map-told".to_owned()]));
        assert!(drawing.contains("role=\"img\"") && drawing.contains("<desc id=\"map-told\">"));
        for forbidden in ["<script", "@import", "url(", "href", "@font-face", " style=\"", " on"] {
            assert!(!drawing.contains(forbidden), "{}: {forbidden}", written.name);
        }
        assert_eq!(drawing, svg(&written.load(), Colours::System), "{}", written.name);
        assert!(!svg(&tables, Colours::Light).contains("<style"));
    }
}

#[test]
fn nothing_is_drawn_outside_the_drawing() {
    for written in all() {
        let drawing = svg(&written.load(), Colours::Light);
        let number = |tag: &str, key: &str| -> Option<f64> {
            tag.split_once(&format!(" {key}=\""))?.1.split('"').next()?.parse().ok()
        };
        let mut tags = drawing.split('<').skip(1);
        let root = tags.next().unwrap();
        let (wide, high) = (number(root, "width").unwrap(), number(root, "height").unwrap());
        for tag in tags {
            let (Some(x), Some(y)) = (number(tag, "x"), number(tag, "y")) else { continue };
            let (own, tall) = (number(tag, "width").unwrap_or(0.0), number(tag, "height").unwrap_or(0.0));
            assert!(x >= 0.0 && y >= 0.0 && x + own <= wide && y + tall <= high, "{}: <{tag}", written.name);
        }
    }
}

#[test]
fn what_is_sensitive_is_marked_in_words_and_not_by_colour_alone() {
    let drawing = svg(&yunfan().load(), Colours::Light);
    for item in ["诊断证明", "银行卡信息"] {
        assert!(drawing.contains(&format!("◆{item}")), "{item}");
    }
    assert!(!drawing.contains("◆手机号码") && drawing.contains("手机号码"));
}

#[test]
fn the_table_beside_the_drawing_says_the_same() {
    for written in all() {
        let tables = written.load();
        let markdown = document(&tables, Which::Map).markdown();
        let rows = markdown.lines().filter(|line| line.starts_with("| ")).count();
        assert!(rows > tables.program().policy.functions.len(), "{}", written.name);
    }
}

#[test]
fn the_drawing_is_so() {
    let tables = yunfan().load();
    let drawing = svg(&tables, Colours::System);
    let drawing = drawing
        .replace(&tables.fingerprint().to_string(), "[tables]")
        .replace(&tables.policy().to_string(), "[policy]");
    insta::with_settings!({prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
        insta::assert_snapshot!("map", drawing);
    });
}
