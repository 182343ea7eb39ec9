//! The lists: rows to join on, tables to read.

use std::collections::BTreeSet;

use shouyue_render::lists::{Row, Sheet, collected, promised, retained, rights, scopes, shared};

use crate::house::{all, yunfan};

fn sound<R: Row>(sheet: &Sheet<R>) {
    assert!(!sheet.title().is_ascii());
    assert!(sheet.heads().iter().all(|head| !head.is_ascii()), "{:?}", sheet.heads());
    for row in &sheet.rows {
        assert_eq!(row.cells().len(), R::COLUMNS.len());
    }
}

#[test]
fn every_row_fills_its_columns() {
    for written in all() {
        let tables = written.load();
        let program = tables.program();
        sound(&collected(program));
        sound(&shared(program));
        sound(&retained(program));
        sound(&rights(program));
        sound(&promised(program));
        sound(&scopes(&tables));
    }
}

#[test]
fn the_collection_list_has_every_item_of_every_function() {
    for written in all() {
        let tables = written.load();
        let listed: BTreeSet<(String, String, String)> = collected(tables.program())
            .rows
            .into_iter()
            .map(|row| (row.element_id, row.person_id, row.item_id))
            .collect();
        for function in &tables.program().policy.functions {
            for group in function.collects.said().into_iter().flatten() {
                for item in &group.items {
                    let key = (function.id.to_string(), group.of.text.clone(), item.text.clone());
                    assert!(listed.contains(&key), "{}: {key:?}", written.name);
                }
            }
        }
    }
}

#[test]
fn the_sharing_list_has_every_share_and_sdk() {
    for written in all() {
        let tables = written.load();
        let policy = &tables.program().policy;
        let rows = shared(tables.program()).rows;
        assert_eq!(rows.len(), policy.shares.len() + policy.sdks.len());
        assert!(rows.iter().all(|row| !row.recipient.is_empty() && !row.items.is_empty() && !row.contact.is_empty()));
    }
}

#[test]
fn rows_say_who_what_and_why() {
    let tables = yunfan().load();
    let row = collected(tables.program()).rows.into_iter().find(|row| row.item_id == "phone").unwrap();
    assert_eq!(row.person, "报案人");
    assert_eq!(row.condition, "报案人与被保险人不是同一人");
    assert_eq!(row.need, "公布文本未作说明");
    assert_eq!(row.basis, "订立、履行个人作为一方当事人的合同所必需");
    assert_eq!(row.clauses, ["一(二)2"]);
    let row = shared(tables.program()).rows.remove(0);
    assert_eq!(row.items, "姓名、诊断证明（敏感：医疗健康）");
    assert_eq!(row.consent, "单独同意");
}
