//! What a code means, at the console: the words of `shouyue explain`, and the way there from every finding.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use desk::draft::{self, Draft, Offer};
use model::Slug;
use policy::finding::{Language, Source};
use policy::report::{every_code, explain, explanation};

use super::browser::{Browser, Page, Town};
use super::centre::platforms;
use super::consoles::clerk;
use super::guard;
use super::versions::later;

/// An operation file that answers for nothing.
fn unanswered(operation: &Source) -> Source {
    let blocks = operation.text.split("\n[[acknowledge]]");
    // What stands behind an acknowledgement up to the next table is its own.
    let kept = blocks.enumerate().map(|(nth, block)| if nth == 0 { block } else { after_block(block) });
    Source::new(operation.name.clone(), kept.collect::<String>())
}

fn after_block(block: &str) -> &str {
    block.find("\n[").and_then(|next| block.get(next..)).unwrap_or("\n")
}

async fn put(town: &Town, id: &str, (policy, operation): (Source, Source)) -> Draft {
    let house = &town.bench.house;
    let notice = "<p>notice</p>".to_owned();
    let text = policy::shown::fingerprint(&notice);
    let kept = draft::put(house, Offer { policy, operation, notice, text }).await.unwrap();
    assert!(draft::list(house, &id.parse::<Slug>().unwrap()).await.unwrap().contains(&kept));
    kept
}

fn path_of(draft: &Draft) -> String {
    format!("/console/drafts/{}", draft.tables.short())
}

/// What a reader sees of a page, with one space between words and none of the marks that stand for quotes.
fn words(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
    }
    for (escaped, sign) in [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")] {
        text = text.replace(escaped, sign);
    }
    plain(&text)
}

fn plain(text: &str) -> String {
    text.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Holds a page against what the program prints of the code.
fn says_what_explain_says(code: &str, page: &Page) {
    let seen = words(&page.body);
    let says = |what: &str| assert!(seen.contains(&plain(what)), "{code}: {what}\n{seen}");
    let explained = explain(code, Language::English).unwrap();
    let mut lines = explained.lines();
    says(lines.next().unwrap().strip_prefix(code).unwrap());
    for line in lines {
        if let Some(example) = line.strip_prefix("    ") {
            says(example);
            continue;
        }
        match line.split_once(':') {
            Some(("in the text", said)) => says(said.rsplit_once(" (").unwrap().0),
            Some(("in the system" | "why" | "to mend it", said)) => says(said),
            Some(("in the system, planned and not there yet", said)) => {
                says(said);
                assert!(seen.contains("在系统中（尚未实现）"), "{code}: as if it were there");
            }
            Some(("by", said)) => {
                let (cite, force) = said.rsplit_once(" (in force since ").unwrap();
                says(cite);
                let from = force.get(..10).unwrap();
                assert!(page.says(&format!("datetime=\"{from}\"")), "{code}: {from}");
            }
            Some(("silent where the law reports the same element", others)) => {
                let link = |other: &str| format!("/console/rules/{}", other.trim());
                assert!(others.split(',').all(|other| page.links("/console/rules/").contains(&link(other))), "{code}");
            }
            Some(("wrong" | "right", "")) | None => assert!(line.is_empty() || seen.contains("示例"), "{code}: {line}"),
            Some(_) => panic!("{code}: what is this? {line}"),
        }
    }
    let unsure = explained.matches(", to be confirmed by counsel").count();
    assert_eq!(seen.matches("待法务确认").count(), unsure, "{code}");
}

/// Each part of a rule stands in Chinese, and then in English that is marked as such. Codes of the language have none.
fn says_it_in_chinese_first(code: &str, page: &Page) {
    let known = explanation(code).unwrap();
    let Some(chinese) = known.chinese else { return assert!(code.starts_with('L'), "{code}") };
    let seen = words(&page.body);
    let parts = [
        (chinese.compile.as_deref(), known.compile),
        (chinese.run.as_deref(), known.run),
        (chinese.why.as_deref(), known.why),
        (chinese.mend.as_deref(), known.mend),
        (Some(chinese.title.as_str()), Some(known.title)),
    ];
    for (first, then) in parts {
        let Some(first) = first else { continue };
        let both = plain(&format!("{first} {}", then.unwrap_or_default()));
        assert!(seen.contains(&both), "{code}: {both}\n{seen}");
    }
    let title = format!("<h1>{code} {} <small class=\"also\"><span lang=\"en\">", chinese.title);
    assert!(page.says(&title), "{code}: {title}");
}

#[tokio::test]
async fn every_code_has_a_page_with_the_words_of_explain() {
    let town = Town::haigang().await;
    let mut staff = clerk(&town, &[]).await;
    let list = staff.get("/console/rules").await;
    guard::holds("/console/rules", list);
    let listed = list.links("/console/rules/");
    let titles = words(&list.body);
    for code in every_code() {
        let path = format!("/console/rules/{code}");
        assert!(listed.contains(&path), "{path}");
        let page = staff.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        guard::holds(&path, page);
        says_what_explain_says(code, page);
        says_it_in_chinese_first(code, page);
        let title = explanation(code).unwrap().chinese.map_or("", |chinese| &chinese.title);
        assert!(titles.contains(title), "{code} in the list: {title}");
    }
    assert_eq!(staff.get("/console/rules/r41").await.status, StatusCode::OK, "as the command takes it");
}

#[tokio::test]
async fn a_code_that_is_none_is_no_page_and_says_how_to_go_on() {
    let town = Town::haigang().await;
    let mut staff = clerk(&town, &[]).await;
    for (asked, near) in [("R410", &["/console/rules/R41"][..]), ("X1", &[]), ("R4%22%3E", &[])] {
        let page = staff.get(&format!("/console/rules/{asked}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{asked}");
        assert!(page.says("没有编号为") && page.links("/console/rules").contains(&"/console/rules".to_owned()));
        assert_eq!(page.links("/console/rules/"), near, "{asked}");
    }
}

/// Every finding of a page and of the pages to which it leads for more of a code.
async fn all_of(staff: &mut Browser<'_>, path: &str) -> (usize, usize) {
    let page = staff.get(path).await;
    guard::holds(path, page);
    assert_eq!(page.status, StatusCode::OK, "{path}");
    let open = |page: &Page| page.body.matches("<li class=\"finding\">").count();
    let quiet = |page: &Page| page.body.matches("<li class=\"finding quiet\">").count();
    assert_eq!(quiet(page), 0, "what somebody answers for is told on demand");
    let codes: BTreeSet<String> = page.links(path).into_iter().filter(|link| link.contains("?code=")).collect();
    let codes: BTreeSet<&str> = codes.iter().map(|link| link.split('#').next().unwrap()).collect();
    let in_part: Vec<String> = page.links("/console/rules/");
    let here: Vec<&str> = in_part.iter().map(|link| link.trim_start_matches("/console/rules/")).collect();
    let mut seen = (0, 0);
    let unfolded = |code: &str| codes.iter().any(|link| link.ends_with(&format!("?code={code}")));
    for section in page.body.split("<section class=\"of-code\">").skip(1) {
        let code = section.split("/console/rules/").nth(1).unwrap().split('"').next().unwrap();
        assert!(here.contains(&code));
        if !unfolded(code) {
            seen.0 += section.matches("<li class=\"finding\">").count();
        }
    }
    for link in codes {
        let mut next = Some(link.replace("&#38;", "&"));
        while let Some(link) = next {
            let page = staff.get(&link).await;
            guard::holds(&link, page);
            seen = (seen.0 + open(page), seen.1 + quiet(page));
            let more = page.links(path).into_iter().find(|link| link.contains("from="));
            next = more.map(|more| more.replace("&#38;", "&").split('#').next().unwrap().to_owned());
        }
    }
    seen
}

#[tokio::test]
async fn findings_of_a_draft_show_their_lines_and_lead_to_their_rules() {
    let town = Town::haigang().await;
    let (policy, operation) = later();
    let kept = put(&town, "haigang", (policy, unanswered(&operation))).await;
    assert!(kept.errors > 0, "nobody answers for what is wrong: {kept:?}");
    let whole = draft::find(&town.bench.house, &"haigang".parse().unwrap(), &kept.tables.to_string()).await.unwrap();
    let mut staff = clerk(&town, &[]).await;
    let page = staff.get(&path_of(&kept)).await;
    assert!(page.says("<h3><span class=\"chip stop\">错误</span>") && page.says("怎样改：") && page.says("依据："));
    assert!(page.says("<code>2026-09-01.toml</code> 第 ") && page.says("<code>operation.toml</code> 第 "));
    // Of each code the first one stands there, with its words, its line and its place in it; the gravest first.
    let seen = words(&page.body);
    let mut codes = BTreeSet::new();
    let errors = whole.findings.iter().filter(|found| found.severity == "error");
    for found in errors.filter(|found| codes.insert(&found.code)) {
        let spot = &found.places[0];
        for said in [&found.message_zh, &spot.label_zh, &found.mend_zh] {
            assert!(seen.contains(&plain(said.as_deref().unwrap())), "{found:?}");
        }
        let text = if spot.file == draft::File::Policy { &whole.texts.source } else { &whole.texts.operation };
        let marked = text.get(usize::try_from(spot.start).unwrap()..usize::try_from(spot.end).unwrap()).unwrap();
        assert!(seen.contains(&plain(marked.lines().next().unwrap())), "{marked}");
    }
    assert!(page.says("<mark>") && page.says("<span lang=\"en\">"));
    let mut titles = 0;
    for (code, known) in codes.iter().filter_map(|code| Some((code, explanation(code)?))) {
        let Some(chinese) = known.chinese else { continue };
        let head = format!("<code>{code}</code></a> <span>{} <small class=\"also\"><span lang=\"en\">", chinese.title);
        assert!(page.says(&head), "{head}");
        titles += 1;
    }
    assert!(titles > 5, "{titles}");
    assert!(page.links(&path_of(&kept)).contains(&format!("{}/changes", path_of(&kept))));
    let rules: BTreeSet<String> = page.links("/console/rules/").into_iter().collect();
    let codes: BTreeSet<String> = whole
        .findings
        .iter()
        .filter(|found| !found.answered)
        .map(|found| format!("/console/rules/{}", found.code))
        .collect();
    assert_eq!(rules, codes);
    let changes = staff.get(&format!("{}/changes", path_of(&kept))).await;
    guard::holds("changes", changes);
    assert!(words(&changes.body).contains(whole.changes.lines().next().unwrap()), "{}", changes.body);
    let one = rules.first().unwrap().clone();
    let page = staff.get(&one).await;
    assert_eq!(page.status, StatusCode::OK);
    let code = one.trim_start_matches("/console/rules/");
    assert!(page.links(&path_of(&kept)).iter().any(|link| link.contains(&format!("?code={code}"))), "and back");
    assert_eq!(all_of(&mut staff, &path_of(&kept)).await, (whole.findings.len(), 0));
}

#[tokio::test]
async fn no_finding_is_lost_however_many_there_are() {
    for (id, policy, operation) in platforms() {
        let town = Town::of((policy.clone(), operation.clone())).await;
        let mut staff = clerk(&town, &[]).await;
        let loaded = policy::load(&policy::Sources { policy: &policy, operation: Some(&operation) });
        let answered = loaded.findings.iter().filter(|finding| finding.acknowledged.is_some()).count();
        let open = loaded.findings.len() - answered;
        assert_eq!(all_of(&mut staff, "/console/policy/findings").await, (open, answered), "{id}");
        let kept = put(&town, id, (policy, unanswered(&operation))).await;
        let (open, answered) = all_of(&mut staff, &path_of(&kept)).await;
        assert!(open > 100 && answered == 0, "{id}: {open} open, {answered} answered");
        guard::holds("/console/rules", staff.get("/console/rules").await);
    }
}

#[tokio::test]
async fn the_list_counts_what_is_in_force_and_what_is_in_the_newest_draft() {
    let town = Town::haigang().await;
    let mut staff = clerk(&town, &[]).await;
    assert!(!staff.get("/console/rules").await.says("草稿"));
    let (policy, operation) = later();
    let kept = put(&town, "haigang", (policy.clone(), unanswered(&operation))).await;
    let loaded = policy::load_proved(&policy::Sources { policy: &policy, operation: Some(&unanswered(&operation)) });
    let page = staff.get("/console/rules").await;
    let body = page.body.clone();
    assert!(page.says("草稿是最新的一份") && page.links(&path_of(&kept)).len() > 1);
    for code in every_code() {
        let count = loaded.findings.iter().filter(|finding| finding.code == code).count();
        let said = format!("href=\"{}?code={code}#findings\">{count} 条</a>", path_of(&kept));
        assert_eq!(body.contains(&said), count > 0, "{code}: {said}");
    }
    let policy = staff.get("/console/policy").await;
    assert!(policy.links("/console/").contains(&"/console/rules".to_owned()));
    assert!(policy.links("/console/").contains(&"/console/policy/findings".to_owned()));
}
