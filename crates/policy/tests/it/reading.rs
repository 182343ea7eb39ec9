//! Reading: every mistake of a file in one run, each at its token, and nothing after a mistake lost.

use shouyue_policy::Loaded;

use crate::sample;

/// What was said of the policy file: code, the words under the carets, the message.
fn said(loaded: &Loaded, text: &str) -> Vec<(&'static str, String, String)> {
    loaded
        .findings
        .iter()
        .filter(|finding| !finding.code.starts_with("L02"))
        .map(|finding| {
            let place = finding.places.first().unwrap();
            let under = text.get(place.span.start as usize..place.span.end as usize).unwrap();
            (finding.code, under.to_owned(), finding.message.english.clone())
        })
        .filter(|(code, ..)| code.starts_with('L'))
        .collect()
}

/// Changes one line of the sample and gives what is said then.
fn changed(line: &str, to: &str) -> Vec<(&'static str, String, String)> {
    let text = sample::policy();
    assert!(text.contains(line), "the sample has a line `{line}`");
    let text = text.replacen(line, to, 1);
    said(&sample::read(&text, None), &text)
}

#[track_caller]
fn one(line: &str, to: &str, code: &str, under: &str) -> String {
    let said = changed(line, to);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert_eq!((said[0].0, said[0].1.as_str()), (code, under));
    said[0].2.clone()
}

#[test]
fn each_mistake_is_told_at_its_token() {
    one("platform = \"minghu\"", "platform = \"明湖\"", "L0104", "\"明湖\"");
    one("kind = \"life-insurer\"", "kind = \"life-insuror\"", "L0108", "\"life-insuror\"");
    one("updated = 2025-06-01", "updated = \"2025-06-01\"", "L0103", "\"2025-06-01\"");
    one("updated = 2025-06-01", "updated = 07:32:00", "L0103", "07:32:00");
    one("number = 1", "number = -1", "L0103", "-1");
    one("party = true", "party = \"yes\"", "L0103", "\"yes\"");
    one("title = \"明湖保险隐私政策\"", "title = \"\"", "L0111", "\"\"");
    one("title = \"明湖保险隐私政策\"", "titel = 1\ntitle = \"明湖\"", "L0102", "titel");
    one("clause = [\"一(三)\"]", "clause = [\"一(三)\", 3]", "L0103", "3");
    one("service = \"明湖服务平台\"\n", "", "L0105", "[policy]");
}

#[test]
fn silence_is_checked() {
    one("silent = [\"version\"]", "silent = [\"version\", \"titel\"]", "L0106", "\"titel\"");
    one("silent = [\"version\"]", "silent = [\"version\", \"updated\"]", "L0107", "\"updated\"");
    let text = sample::policy().replacen("silent = [\"version\"]", "", 1);
    let loaded = sample::read(&text, None);
    let warning = loaded.findings.iter().find(|finding| finding.code == "L0201").unwrap();
    assert_eq!(warning.message.english, "`version` is not stated, and nobody confirmed that the text is silent");
    assert_eq!(warning.element.as_deref(), Some("policy"));
    assert!(loaded.program.is_some(), "silence is a warning, not an error");
}

#[test]
fn suggestions_are_near() {
    let text = sample::policy().replacen("of = \"被保险人\"", "of = \"被保险\"", 1).replacen("basis = ", "bases = ", 1);
    let loaded = sample::read(&text, None);
    let mends: Vec<_> = loaded
        .findings
        .iter()
        .filter(|f| f.code != "L0201")
        .filter_map(|f| f.mend.as_ref().map(|mend| mend.english.as_str()))
        .collect();
    assert_eq!(mends, ["did you mean `basis`?", "did you mean `被保险人`?"]);
}

#[test]
fn many_mistakes_are_told_together_and_the_rest_is_kept() {
    let text = sample::policy()
        .replacen("[handler]", "[handle]", 1)
        .replacen("name = \"投保企业\"", "name = 投保企业", 1)
        .replacen("id = \"claim\"", "id = \"Claim\"", 1)
        .replacen("items = [\"diagnosis\"]", "items = [\"诊短\"]", 1)
        .replacen("unit = \"working-days\"", "unit = \"workdays\"", 1);
    let loaded = sample::read(&text, None);
    let codes: Vec<_> = said(&loaded, &text).into_iter().map(|(code, under, _)| format!("{code} {under}")).collect();
    insta::assert_debug_snapshot!(codes, @r#"
    [
        "L0102 handle",
        "L0105 handler",
        "L0105 handler",
        "L0101 投保企业",
        "L0304 \"诊短\"",
        "L0104 \"Claim\"",
        "L0304 \"claim\"",
        "L0304 \"claim\"",
        "L0304 \"claim\"",
        "L0304 \"claim\"",
        "L0108 \"workdays\"",
        "L0304 \"claim\"",
        "L0304 \"claim\"",
    ]
    "#);
}

#[test]
fn what_is_not_toml_hides_nothing_else() {
    let text = sample::policy().replacen("service = \"明湖服务平台\"", "service = \"明湖服务平台", 1);
    let text = text.replacen("kind = \"basic\"", "kind = \"basik\"", 1);
    let codes: Vec<_> =
        said(&sample::read(&text, None), &text).into_iter().map(|(code, under, _)| (code, under)).collect();
    assert_eq!(codes[0].0, "L0101");
    assert!(codes.contains(&("L0108", "\"basik\"".to_owned())), "{codes:?}");
    assert_eq!(codes.len(), 2, "{codes:?}");
}

#[test]
fn sizes_and_depths_are_limited() {
    let large = "#".repeat(shouyue_policy::syntax::BYTES_MAX + 1);
    let loaded = sample::read(&large, None);
    assert_eq!(loaded.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["L0112"]);

    for deep in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{ b = ".repeat(100_000)),
        format!("[{}]", vec!["a"; 100_000].join(".")),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
    ] {
        let loaded = sample::read(&deep, None);
        assert!(loaded.findings.iter().any(|finding| finding.code == "L0113"));
        assert!(loaded.program.is_none());
    }

    let unknown = sample::policy() + "[[sdk]]\nitems = [" + &"\"x\",".repeat(200_000) + "]\n";
    let loaded = sample::read(&unknown, None);
    assert!(loaded.findings.iter().any(|finding| finding.code == "L0114"));

    let many = "x = 1\n".repeat(20_000);
    let loaded = sample::read(&many, None);
    assert!(loaded.findings.iter().any(|finding| finding.code == "L0114"));
    assert!(loaded.findings.len() < shouyue_policy::report::FINDINGS_MAX + 10);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_welcome() {
    let text = format!("\u{feff}{}", sample::policy().replace('\n', "\r\n"));
    assert_eq!(said(&sample::read(&text, None), &text), []);
    let text = text.replacen("kind = \"basic\"", "kind = \"basik\"", 1);
    let said = said(&sample::read(&text, None), &text);
    assert_eq!((said[0].0, said[0].1.as_str()), ("L0108", "\"basik\""));
}
