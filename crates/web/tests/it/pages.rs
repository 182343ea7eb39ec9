//! What every page keeps, checked on every page.

use std::collections::{BTreeMap, BTreeSet};

use shouyue_web::assets::{self, Theme};
use shouyue_web::pages::Template;
use shouyue_web::pages::parts::{Choice, Clause, Day, Fact, Field, FieldKind, Form, Moment, Reason, Status};
use shouyue_web::pages::portal::{ConsentLine, Consents, Register};
use shouyue_web::pages::shell::{Csrf, Portal};

use crate::html::{Tag, tags};
use crate::sample;

fn each(check: impl Fn(&str, &str, &[Tag])) {
    for page in sample::all() {
        check(page.name, &page.html, &tags(&page.html));
    }
}

fn controls(tags: &[Tag]) -> impl Iterator<Item = &Tag> {
    tags.iter()
        .filter(|tag| ["input", "select", "textarea"].contains(&tag.name.as_str()) && tag.get("type") != Some("hidden"))
}

#[test]
fn the_policy_of_content_security_holds_no_page_back() {
    each(|page, _, tags| {
        for tag in tags {
            assert!(!tag.is("style"), "{page}: an inline sheet");
            for name in tag.attributes.keys() {
                assert!(name != "style" && !name.starts_with("on"), "{page}: <{} {name}>", tag.name);
            }
            for link in ["href", "src", "action", "formaction"].iter().filter_map(|name| tag.get(name)) {
                assert!(link.starts_with(['/', '#']) && !link.starts_with("//"), "{page}: {link}");
            }
            if tag.is("script") {
                assert_eq!((tag.get("type"), tag.get("src").is_some()), (Some("module"), true), "{page}");
            }
        }
    });
}

#[test]
fn each_page_says_its_language_and_has_one_heading_and_a_title_of_its_own() {
    let mut titles = BTreeSet::new();
    for page in sample::all() {
        let tags = tags(&page.html);
        assert_eq!(tags[0].get("lang"), Some("zh-CN"), "{}", page.name);
        assert_eq!(tags.iter().filter(|tag| tag.is("h1")).count(), 1, "{}", page.name);
        assert_eq!(tags.iter().filter(|tag| tag.is("main")).count(), 1, "{}", page.name);
        let title = page.html.split("<title>").nth(1).and_then(|rest| rest.split(" · ").next()).unwrap();
        assert!(!title.trim().is_empty(), "{}", page.name);
        titles.insert(title.to_owned());
    }
    assert!(titles.len() > 30, "titles tell pages apart: {titles:?}");
}

#[test]
fn headings_go_down_one_step_at_a_time() {
    each(|page, _, tags| {
        let mut last = 0;
        for level in tags.iter().filter_map(|tag| tag.name.strip_prefix('h')?.parse::<u8>().ok()) {
            // The summary of what was wrong stands before the page's own heading.
            assert!(level <= last + 1 || last == 0, "{page}: h{level} after h{last}");
            last = level;
        }
    });
}

#[test]
fn ids_are_unique_and_every_reference_has_its_target() {
    each(|page, _, tags| {
        let mut ids = BTreeSet::new();
        for id in tags.iter().filter_map(|tag| tag.get("id")) {
            assert!(ids.insert(id), "{page}: #{id} twice");
        }
        for tag in tags {
            let lists =
                ["aria-describedby", "aria-labelledby", "for", "data-copy"].iter().filter_map(|name| tag.get(name));
            for id in
                lists.flat_map(str::split_whitespace).chain(tag.get("href").and_then(|href| href.strip_prefix('#')))
            {
                assert!(ids.contains(id), "{page}: <{}> points at #{id}", tag.name);
            }
        }
    });
}

#[test]
fn each_control_has_a_label_and_each_choice_a_legend() {
    each(|page, html, tags| {
        let labelled: BTreeSet<_> =
            tags.iter().filter(|tag| tag.is("label")).filter_map(|tag| tag.get("for")).collect();
        for control in controls(tags) {
            let id = control.get("id").unwrap_or_else(|| panic!("{page}: a control without an id"));
            assert!(labelled.contains(id), "{page}: #{id} has no label");
            assert!(control.get("placeholder").is_none(), "{page}: #{id}: a placeholder is no label");
            match control.get("type") {
                Some("radio") => assert!(control.inside.iter().any(|tag| tag == "fieldset"), "{page}: #{id}"),
                Some("checkbox") => panic!("{page}: #{id}: yes and no are two radios, never a box"),
                Some("file") => {}
                _ => assert!(control.get("autocomplete").is_some(), "{page}: #{id} says no autocomplete"),
            }
        }
        let count = |needle: &str| html.matches(needle).count();
        assert_eq!(count("<fieldset"), count("<legend"), "{page}");
    });
}

#[test]
fn each_form_posts_with_the_token_and_none_sits_in_another() {
    each(|page, _, tags| {
        for (at, form) in tags.iter().enumerate().filter(|(_, tag)| tag.is("form")) {
            assert_eq!(form.get("method"), Some("post"), "{page}");
            assert!(form.form.is_none(), "{page}: a form in a form");
            let token = tags.iter().filter(|tag| tag.form == Some(at) && tag.get("name") == Some("csrf"));
            let values: Vec<_> = token.map(|tag| (tag.get("type"), tag.get("value"))).collect();
            assert_eq!(values, [(Some("hidden"), Some("c3a1f0"))], "{page}");
        }
    });
}

#[test]
fn no_consent_is_ticked_and_both_answers_are_alike() {
    let mut seen = 0;
    each(|page, html, tags| {
        let mut answers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for control in controls(tags).filter(|tag| tag.get("name").is_some_and(|name| name.starts_with("consent."))) {
            assert!(control.get("checked").is_none(), "{page}");
            answers.entry(control.get("name").unwrap()).or_default().push(control.get("value").unwrap());
        }
        for (scope, values) in &answers {
            assert_eq!(values, &["yes", "no"], "{page}: {scope}");
        }
        assert_eq!(html.matches("class=\"two\"").count(), answers.len(), "{page}");
    });
    for page in sample::all() {
        seen += page.html.matches("name=\"consent.").count();
    }
    assert!(seen >= 12, "the samples ask for consent");
}

#[test]
fn the_three_answers_to_a_sensitive_processing_weigh_the_same() {
    let page = sample::all().into_iter().find(|page| page.name == "p04-face-consent").unwrap();
    let buttons: Vec<_> =
        tags(&page.html).into_iter().filter(|tag| tag.is("button") && tag.get("name") == Some("choice")).collect();
    let classes: BTreeSet<_> = buttons.iter().map(|tag| tag.get("class")).collect();
    let values: Vec<_> = buttons.iter().filter_map(|tag| tag.get("value")).collect();
    assert_eq!((values, classes.len()), (vec!["agree", "other", "back"], 1));
}

#[test]
fn what_was_wrong_is_announced_linked_and_keeps_what_was_typed() {
    let page = sample::all().into_iter().find(|page| page.name == "p02-register-person-errors").unwrap();
    let tags = tags(&page.html);
    assert_eq!(tags.iter().filter(|tag| tag.get("role") == Some("alert")).count(), 1);
    for target in ["#f-phone", "#f-document-number", "#c-collect.register.identity"] {
        assert!(tags.iter().any(|tag| tag.is("a") && tag.get("href") == Some(target)), "{target}");
    }
    let phone = tags.iter().find(|tag| tag.get("id") == Some("f-phone")).unwrap();
    assert_eq!(phone.get("aria-invalid"), Some("true"));
    assert_eq!(phone.get("aria-describedby"), Some("f-phone-error f-phone-hint"));
    let name = tags.iter().find(|tag| tag.get("id") == Some("f-name")).unwrap();
    assert_eq!((name.get("value"), name.get("aria-invalid")), (Some("林见山"), None));
}

#[test]
fn results_are_announced() {
    for name in ["p08-granted", "p08-revoked", "p09-clear-shown", "p10-withdrawn", "p11-closed", "p12-receipt"] {
        let page = sample::all().into_iter().find(|page| page.name == name).unwrap();
        assert!(tags(&page.html).iter().any(|tag| tag.get("role") == Some("status")), "{name}");
    }
}

#[test]
fn pages_are_small() {
    each(|page, html, _| assert!(html.len() < 60_000, "{page}: {} bytes", html.len()));
}

#[test]
fn every_asset_that_a_page_names_is_there() {
    let themes = [Theme::new("haigang", "#0b6a8f").unwrap()];
    each(|page, html, _| {
        for file in html.split('"').filter_map(|part| part.strip_prefix(assets::PREFIX)) {
            let asset = assets::find(file, &themes).unwrap_or_else(|| panic!("{page}: {file}"));
            assert!(asset.cache_control.contains("immutable"), "{page}: {file}");
        }
    });
}

#[test]
fn everything_stands_within_four_taps_of_the_home_page() {
    let pages: BTreeMap<&str, Vec<Tag>> = sample::all().into_iter().map(|page| (page.name, tags(&page.html))).collect();
    let links = |page: &str| -> BTreeSet<String> {
        pages[page].iter().filter_map(|tag| tag.get("href")).map(|href| href.replace("/p/haigang", "")).collect()
    };
    let (home, centre) = (links("p06-home"), links("p13-privacy-centre"));
    assert!(home.contains("/privacy") && home.contains("/mine") && home.contains("/consents"));
    for wanted in [
        "/mine",
        "/mine/shared",
        "/consents",
        "/agencies",
        "/close",
        "/receipts",
        "/policy",
        "/policy/archive",
        "/lists#collect",
        "/lists#permissions",
        "/lists#sdk",
    ] {
        assert!(centre.contains(wanted), "{wanted}");
    }
    assert!(links("p10-consents").iter().any(|href| href.ends_with("/withdraw")), "withdrawing takes three taps");
}

#[test]
fn no_page_puts_a_personal_value_into_a_link() {
    each(|page, _, tags| {
        for link in ["href", "action"].iter().flat_map(|name| tags.iter().filter_map(move |tag| tag.get(name))) {
            for value in ["林", "100****", "9991011990", "%E6"] {
                assert!(!link.contains(value), "{page}: {link}");
            }
        }
    });
}

const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)>' &amp; {{ 7 }} </textarea></title>";

#[test]
fn hostile_words_stay_words() {
    let field = |kind| Field {
        name: "x".into(),
        label: HOSTILE.into(),
        kind,
        value: HOSTILE.into(),
        hint: Some(HOSTILE.into()),
        error: Some(HOSTILE.into()),
        why: Some(HOSTILE.into()),
        ..Field::default()
    };
    let choice = || vec![Choice { value: HOSTILE.into(), label: HOSTILE.into(), hint: Some(HOSTILE.into()) }];
    let shell = || Portal {
        base: "/p/x".into(),
        platform: HOSTILE.into(),
        handler: HOSTILE.into(),
        theme: "/assets/theme-x.0.css".into(),
        csrf: Csrf(HOSTILE.into()),
        visitor: Some(HOSTILE.into()),
        contacts: vec![Fact { label: HOSTILE.into(), value: HOSTILE.into() }],
        status: Some(Status { text: HOSTILE.into(), ..Status::default() }),
        ..Portal::default()
    };
    for kind in [
        FieldKind::Text,
        FieldKind::LongText,
        FieldKind::Radio(choice()),
        FieldKind::Select(choice()),
        FieldKind::File(HOSTILE.into()),
    ] {
        let page = Register { shell: shell(), form: Form::of(vec![field(kind)]), ..Register::default() };
        assert_harmless(&page.render().unwrap());
    }
    let line = ConsentLine {
        title: HOSTILE.into(),
        purpose: HOSTILE.into(),
        items: vec![HOSTILE.into()],
        clause: Some(Clause { label: HOSTILE.into(), href: Some(format!("/p/x/policy#{HOSTILE}")) }),
        ..ConsentLine::default()
    };
    assert_harmless(&Consents { shell: shell(), again: Vec::new(), consents: vec![line] }.render().unwrap());
}

fn assert_harmless(html: &str) {
    for tag in tags(html) {
        assert!(!tag.is("img"), "an image came in");
        assert!(!tag.is("script") || tag.get("src").is_some(), "a script came in");
        assert!(tag.attributes.keys().all(|name| !name.starts_with("on")), "an event came in");
    }
}

#[test]
fn a_secret_is_never_written_back() {
    for kind in [FieldKind::Passphrase { new: true }, FieldKind::OneTimeCode] {
        let field = Field { name: "s".into(), kind, value: "open sesame".into(), ..Field::default() };
        assert!(!field.render().unwrap().contains("open sesame"));
    }
}

#[test]
fn instants_are_shown_in_the_time_of_shanghai() {
    let moment = Moment("2026-02-28T16:05:00Z".parse().unwrap());
    insta::assert_snapshot!(moment.render().unwrap(), @r#"<time datetime="2026-02-28T16:05:00Z">2026年3月1日 00:05</time>"#);
    let day = Day("2026-12-01".parse().unwrap());
    insta::assert_snapshot!(day.render().unwrap(), @r#"<time datetime="2026-12-01">2026年12月1日</time>"#);
}

#[test]
fn a_reason_names_clause_article_and_code() {
    let reason = Reason {
        text: "没有单独同意".into(),
        code: Some("consent-missing".into()),
        clause: Some(Clause { label: "一(二)".into(), href: Some("/p/x/policy#一(二)".into()) }),
        article: Some("个人信息保护法第二十九条".into()),
        next: Some("在单独的页面上决定".into()),
    };
    insta::assert_snapshot!(reason.render().unwrap(), @r#"<span class="reason">没有单独同意 <a class="clause" href="/p/x/policy#一(二)">政策 一(二)</a> <span class="article">个人信息保护法第二十九条</span> <code class="code">consent-missing</code></span>"#);
}
