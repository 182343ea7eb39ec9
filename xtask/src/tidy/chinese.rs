//! Chinese text is data: it lives in policies, vocabularies, templates and locales, where counsel can read and amend it.
//!
//! Comments may cite an article or a term of the law in its own words; literals of the product may not.

use super::Finding;
use super::tree::Tree;

/// Files whose code must recognise Chinese characters. Path prefix and reason.
const EXEMPT: &[(&str, &str)] =
    &[("crates/vault/src/field/", "validators and masks take apart dates, addresses and numbers as people write them")];

/// Chinese characters in literals or names of the product.
pub(super) fn in_code(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        if EXEMPT.iter().any(|(prefix, _)| file.path.starts_with(prefix)) {
            continue;
        }
        let literals = file.product_literals().filter(|literal| literal.text.chars().any(is_chinese));
        let names = file.code.char_indices().filter(|(at, found)| is_chinese(*found) && !file.is_test(*at));
        let lines = literals.map(|literal| literal.line).chain(names.map(|(at, _)| file.line_of(at)));
        for line in lines {
            let mend = "move it to platforms/, a vocabulary, templates/ or a locale";
            findings.push(Finding::new(&file.path, line, "Chinese text in code", mend));
        }
    }
    findings.dedup();
    findings
}

/// Ideographs, their punctuation and the full-width forms.
fn is_chinese(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn chinese_in_a_literal_is_caught() {
        let text = "//! 个人信息保护法第十三条\nfn a() { b(\"理赔\"); }\nfn c() { d('，'); }\n";
        assert_eq!(
            places(&in_code(&Tree::sample(&[("crates/web/src/a.rs", text)]))),
            ["crates/web/src/a.rs:2", "crates/web/src/a.rs:3"]
        );
    }

    #[test]
    fn tests_and_other_letters_pass() {
        let tests = "//! x\n#[cfg(test)]\nmod tests {\n    fn a() { b(\"理赔\") }\n}\n";
        let tree = Tree::sample(&[
            ("crates/web/src/a.rs", tests),
            ("crates/web/src/b.rs", "const A: &str = \"é → —\";"),
            ("crates/vault/src/field/a.rs", "const A: char = '年';"),
        ]);
        assert!(in_code(&tree).is_empty());
    }
}
