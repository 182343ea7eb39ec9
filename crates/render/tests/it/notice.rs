//! The notice: complete, well-formed, the same in every run.

use std::collections::BTreeSet;

use shouyue_render::clause_anchor;
use shouyue_render::notice::notice;
use shouyue_render::{STYLESHEET, Style};

use crate::house::{all, yunfan};

/// The names of tags in order, after checking that they nest and that nothing else looks like one.
pub(crate) fn well_formed(html: &str) -> BTreeSet<String> {
    const EMPTY: &[&str] = &["meta", "link", "br"];
    let (mut open, mut ids) = (Vec::new(), BTreeSet::new());
    let mut rest = html.strip_prefix("<!DOCTYPE html>\n").unwrap_or(html);
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>') || open.last() == Some(&"style"), "a bare > in {text:?}");
        let (tag, after) = after.split_once('>').expect("every tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "before {:?}", rest.chars().take(80).collect::<String>());
            continue;
        }
        let name = tag.split(' ').next().unwrap();
        assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "<{tag}>");
        assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
        assert!(!tag.contains(" style="), "an inline style: <{tag}>");
        if let Some((_, value)) = tag.split_once(" id=\"") {
            let id = value.split('"').next().unwrap();
            assert!(ids.insert(id.to_owned()), "two elements have the id {id}");
        }
        if !EMPTY.contains(&name) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    ids
}

#[test]
fn every_clause_has_its_one_anchor() {
    for written in all() {
        let tables = written.load();
        let notice = notice(&tables);
        let ids = well_formed(&notice.fragment());
        for clause in written.clauses() {
            let anchor = clause_anchor(&clause);
            assert!(ids.contains(&anchor), "{}: no anchor for {clause}", written.name);
            let in_markdown = notice.markdown().matches(&format!("<a id=\"{anchor}\"></a>")).count();
            assert_eq!(in_markdown, 1, "{}: anchors for {clause} in Markdown", written.name);
        }
        // And no link leads nowhere.
        for target in notice.fragment().split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(ids.contains(target), "{}: nothing at #{target}", written.name);
        }
    }
}

#[test]
fn the_document_is_one_well_formed_page() {
    for written in all() {
        let notice = notice(&written.load());
        well_formed(&notice.page(Style::Linked("/notice.css?a=1&b=\"2\"")));
        let whole = notice.page(Style::Inside);
        well_formed(&whole);
        assert!(whole.contains(STYLESHEET) && !STYLESHEET.contains('<'));
        assert!(whole.contains(&notice.fragment()));
    }
}

#[test]
fn the_days_after_which_no_backup_restores_what_was_erased_are_told() {
    for days in ["30", "17"] {
        let written = yunfan().operated("backup-days = 30", &format!("backup-days = {days}"));
        let told = format!("信息删除满{days}日后，任何备份都不能再恢复它。");
        assert!(notice(&written.load()).markdown().contains(&told), "{days}");
    }
}

#[test]
fn the_same_program_gives_the_same_bytes() {
    for written in all() {
        let (one, two) = (notice(&written.load()), notice(&written.load()));
        assert_eq!(one, two);
        assert_eq!(one.markdown(), two.markdown());
    }
}

#[test]
fn names_are_escaped() {
    let notice = notice(&yunfan().load());
    assert!(notice.fragment().contains("云帆旅行保险&#60;测试&#62;有限公司"));
    assert!(!notice.fragment().contains("<测试>"));
    assert!(notice.markdown().contains("云帆旅行保险\\<测试\\>有限公司"));
}

#[test]
fn every_element_is_in_the_notice() {
    for written in all() {
        let tables = written.load();
        let program = tables.program();
        let html = notice(&tables).fragment();
        let escaped = |text: &str| text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
        for entry in program.names.entries() {
            // The vocabulary's own items are not the text's; facts and clocks are told in the words of others.
            use policy::syntax::Kind;
            let told_otherwise =
                [Kind::Item, Kind::Fact, Kind::Clock, Kind::Promise, Kind::Retention, Kind::Right, Kind::Statement];
            if !told_otherwise.contains(&entry.kind) {
                assert!(html.contains(&escaped(&entry.name)), "{}: {:?} {}", written.name, entry.kind, entry.name);
            }
        }
        for text in program
            .policy
            .promises
            .iter()
            .map(|promise| &promise.text)
            .chain(program.policy.statements.iter().map(|one| &one.text))
        {
            assert!(html.contains(&escaped(text)), "{}: {}", written.name, text.value);
        }
        for print in [tables.policy(), tables.fingerprint()] {
            assert!(html.contains(&print.to_string()));
        }
    }
}

#[test]
fn no_word_of_the_language_shows_through() {
    for written in all() {
        let html = notice(&written.load()).fragment();
        let mut text = String::new();
        for piece in html.split('<').skip(1) {
            text.push_str(piece.split_once('>').unwrap().1);
        }
        for word in
            ["rights_cut", "use_only", "do_not_track", "opt_out", "closed-world", "-consent", "working-days", "{", "}"]
        {
            assert!(!text.contains(word), "{}: `{word}` in the notice", written.name);
        }
    }
}

#[test]
fn the_notice_reads_so() {
    insta::with_settings!({prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
        let tables = yunfan().load();
        let text = notice(&tables).markdown();
        let text = text.replace(&tables.fingerprint().to_string(), "[tables]").replace(&tables.policy().to_string(), "[policy]");
        insta::assert_snapshot!("notice", text);
    });
}
