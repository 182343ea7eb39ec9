//! Consent texts: what is shown is what is fingerprinted.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use policy::shown::fingerprint;
use shouyue_render::consent::{text_for, text_of, texts_of};

use crate::house::{all, yunfan};

#[test]
fn the_paragraphs_are_the_fingerprinted_bytes() {
    for written in all() {
        let tables = written.load();
        let texts = texts_of(&tables);
        assert_eq!(texts.len(), tables.scopes().len());
        assert_eq!(texts, texts_of(&written.load()), "the same bytes in two runs");
        for text in &texts {
            let mut shown = format!("{}\n", text.title);
            for paragraph in &text.paragraphs {
                assert!(!paragraph.heading.is_empty() && paragraph.heading.chars().count() < 12, "{paragraph:?}");
                writeln!(shown, "{}：{}", paragraph.heading, paragraph.text).unwrap();
            }
            assert_eq!(shown, text.plain);
            assert_eq!(fingerprint(&text.plain), text.text);
            assert_eq!(text_of(&tables, &text.scope).as_ref(), Some(text));
            assert!(!text.plain.contains("。。") && !text.plain.contains("：。"), "{}", text.plain);
        }
        let prints: BTreeSet<_> = texts.iter().map(|text| text.text).collect();
        assert_eq!(prints.len(), texts.len(), "{}: two scopes read the same", written.name);
        assert_eq!(text_of(&tables, "collect.nothing-of-the-kind"), None);
    }
}

#[test]
fn sensitive_scopes_tell_necessity_and_impact() {
    let mut seen = 0;
    for written in all() {
        let tables = written.load();
        for scope in tables.scopes().iter().filter(|scope| scope.class.is_some()) {
            let text = text_of(&tables, &scope.id).unwrap();
            let headings: Vec<_> = text.paragraphs.iter().map(|paragraph| paragraph.heading.as_str()).collect();
            assert!(headings.contains(&"为何必要") && headings.contains(&"对您权益的影响"), "{}", scope.id);
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_chosen_party_is_named() {
    let mut seen = 0;
    for written in all() {
        let tables = written.load();
        for scope in tables.scopes().iter().filter(|scope| scope.per_party) {
            let general = text_of(&tables, &scope.id).unwrap();
            for party in &tables.program().operation.parties {
                let Some(text) = text_for(&tables, &scope.id, party.id.as_str()) else { continue };
                assert!(text.title.contains(&party.name.value) && text.plain.contains(&party.contact.value));
                assert_ne!(text.text, general.text);
                seen += 1;
            }
            assert_eq!(text_for(&tables, &scope.id, "nobody"), None);
        }
        let shared_with_nobody = tables.scopes().iter().find(|scope| !scope.per_party).unwrap();
        for party in &tables.program().operation.parties {
            assert_eq!(text_for(&tables, &shared_with_nobody.id, party.id.as_str()), None);
        }
    }
    assert!(seen > 0);
}

#[test]
fn the_texts_read_so() {
    let texts = texts_of(&yunfan().load());
    let plain: Vec<_> = texts.iter().map(|text| format!("[{}]\n{}", text.scope, text.plain)).collect();
    insta::with_settings!({prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
        insta::assert_snapshot!("consents", plain.join("\n"));
    });
}
