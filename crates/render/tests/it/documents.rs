//! Every document of every policy: whole, well-formed, tied to what is enforced, the same in every run.

use std::collections::BTreeSet;

use policy::syntax::Form;
use serde_json::Value;
use shouyue_render::map::{Colours, svg};
use shouyue_render::{Style, Which, document};

use crate::house::{all, yunfan};
use crate::notice::well_formed;

#[test]
fn every_document_is_well_formed_and_says_what_it_was_made_from() {
    for written in all() {
        let tables = written.load();
        for which in Which::ALL {
            let document = document(&tables, which);
            let ids = well_formed(&document.page(Style::Inside));
            let (fragment, markdown) = (document.fragment(), document.markdown());
            for target in fragment.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                assert!(ids.contains(target), "{} {which:?}: nothing at #{target}", written.name);
                assert!(markdown.contains(&format!("<a id=\"{target}\"></a>")), "{which:?}: nothing at #{target}");
            }
            let version = tables.program().policy.policy.version.said().cloned();
            let version = version.unwrap_or_else(|| "公布文本未作说明".to_owned());
            for print in [tables.policy().to_string(), tables.fingerprint().to_string(), version] {
                assert!(fragment.contains(&print) && markdown.contains(&print), "{} {which:?}: {print}", written.name);
            }
        }
    }
}

#[test]
fn no_key_shows_through() {
    for written in all() {
        let tables = written.load();
        for which in Which::ALL {
            let markdown = document(&tables, which).markdown();
            for line in markdown.lines() {
                let label = line.trim_start_matches(['#', '-', ' ']).split('：').next().unwrap();
                let key = !label.is_empty() && label.bytes().all(|b| b.is_ascii_lowercase() || b"-_.".contains(&b));
                assert!(!key, "{} {which:?}: {line}", written.name);
                assert!(!line.contains(['{', '}']), "{} {which:?}: {line}", written.name);
            }
        }
    }
}

#[test]
fn the_same_policy_gives_the_same_documents() {
    for written in all() {
        let (one, two) = (written.load(), written.load());
        for which in Which::ALL {
            assert_eq!(document(&one, which), document(&two, which), "{} {which:?}", written.name);
        }
    }
}

#[test]
fn the_data_form_holds_what_is_read() {
    for written in all() {
        let tables = written.load();
        for which in Which::ALL {
            let document = document(&tables, which);
            let data: Value = serde_json::from_str(&document.json()).unwrap();
            assert_eq!(data["form"], 1);
            assert_eq!(data["title"], document.title());
            assert_eq!(data["print"]["tables"], tables.fingerprint().to_string());
            let sections = data["sections"].as_array().unwrap();
            assert_eq!(sections.len(), document.fragment().matches("<section").count());
            assert_eq!(sections.last().unwrap()["anchor"], "s-prints");
        }
    }
}

#[test]
fn what_matters_fits_on_one_screen() {
    for written in all() {
        let layered = document(&written.load(), Which::Layered).markdown();
        let screen = layered.split("\n## ").nth(1).unwrap();
        let lines: Vec<_> = screen.lines().filter(|line| line.starts_with("- ")).collect();
        assert_eq!(lines.len(), 11);
        // Nobody should have to scroll for these.
        let first = ["谁在处理", "为了什么", "处理什么", "敏感信息", "怎样撤回", "怎样联系"];
        assert!(lines.iter().zip(first).all(|(line, label)| line.contains(label)), "{}: {screen}", written.name);
        for line in lines {
            assert!(line.contains("](#s-"), "{}: {line} leads nowhere", written.name);
            let said = line.split('[').next().unwrap().chars().count();
            assert!(said <= 110, "{}: {said} signs in {line}", written.name);
        }
        let whole = document(&written.load(), Which::Notice).markdown();
        let (_, rest) = layered.split_once("## <a id=\"s-about\">").unwrap();
        assert!(whole.ends_with(rest), "{}: the whole follows", written.name);
    }
}

#[test]
fn the_contents_of_the_layered_notice_stand_behind_its_screen() {
    for written in all() {
        let tables = written.load();
        let at = |which: Which, sign: &str| document(&tables, which).fragment().find(sign).unwrap();
        let (screen, contents) = (at(Which::Layered, "id=\"s-screen\""), at(Which::Layered, "<nav"));
        assert!(screen < contents && contents < at(Which::Layered, "id=\"s-about\""), "{}", written.name);
        assert!(at(Which::Notice, "<nav") < at(Which::Notice, "<section"), "{}", written.name);
    }
}

/// The number before a word.
fn number(text: &str, before: &str) -> Option<usize> {
    let (said, _) = text.split_once(before)?;
    let digits = said.trim_end_matches(|sign: char| sign.is_ascii_digit());
    said.strip_prefix(digits)?.parse().ok()
}

#[test]
fn the_layered_notice_and_the_map_say_the_same_numbers() {
    for written in all() {
        let tables = written.load();
        let layered = document(&tables, Which::Layered).markdown();
        let line = |label: &str| layered.lines().find(|line| line.contains(label)).unwrap();
        let map = svg(&tables, Colours::Light);
        let told = map.split_once("<desc id=\"map-told\">").unwrap().1.split_once("</desc>").unwrap().0;
        let (functions, items) = (number(line("处理什么"), "项业务功能"), number(line("处理什么"), "项信息"));
        assert!(functions.is_some() && items.is_some(), "{layered}");
        assert_eq!(functions, number(told, "项业务功能"), "{}", written.name);
        assert_eq!(items, number(told, "项信息"), "{}", written.name);
        assert_eq!(number(line("敏感信息"), "项："), number(told, "项，按类别分组"), "{}", written.name);
        assert_eq!(number(line("提供给谁"), "个接收方"), number(told, "个接收方"), "{}", written.name);
    }
}

#[test]
fn the_record_of_activities_has_them_all() {
    for written in all() {
        let tables = written.load();
        let policy = &tables.program().policy;
        let html = document(&tables, Which::Activities).fragment();
        let functions = policy.functions.iter().map(|one| format!("id=\"function-{}\"", one.id.value));
        let uses = policy.uses.iter().map(|one| format!("id=\"use-{}\"", one.id.value));
        let shares = policy.shares.iter().map(|one| format!("id=\"share-{}\"", one.id.value));
        for id in functions.chain(uses).chain(shares) {
            assert!(html.contains(&id), "{}: {id}", written.name);
        }
        for assessment in &tables.program().operation.assessments {
            assert!(html.contains(&assessment.file.value), "{}", written.name);
        }
    }
}

#[test]
fn embedded_code_stands_under_its_channel() {
    let mut seen = 0;
    for written in all() {
        let tables = written.load();
        let policy = &tables.program().policy;
        let markdown = document(&tables, Which::Sdks).markdown();
        for sdk in &policy.sdks {
            let heading = format!("<a id=\"channel-{}\"></a>", sdk.channel.text);
            let section = markdown.split("\n## ").find(|section| section.starts_with(&heading)).unwrap();
            let name = sdk.name.split(['_', '&', '<', '*']).next().unwrap();
            assert!(section.contains(name), "{}: {}", written.name, sdk.name.value);
            seen += 1;
        }
    }
    assert!(seen > 3);
}

#[test]
fn a_mini_program_declares_each_kind_once() {
    let mut seen = 0;
    for written in all() {
        let tables = written.load();
        let document = document(&tables, Which::MiniProgram);
        let has_one = tables.program().policy.channels.iter().any(|channel| channel.name.contains("小程序"));
        assert_eq!(document.data().is_some(), has_one, "{}", written.name);
        let Some(data) = document.data() else { continue };
        let data: Value = serde_json::from_str(&data).unwrap();
        let settings = data["body"]["setting_list"].as_array().unwrap();
        let keys: BTreeSet<_> = settings.iter().map(|setting| setting["privacy_key"].as_str().unwrap()).collect();
        assert_eq!(keys.len(), settings.len(), "{}", written.name);
        assert!(settings.iter().all(|setting| !setting["privacy_text"].as_str().unwrap().is_empty()));
        assert_eq!(data["print"]["policy"], tables.policy().to_string());
        seen += settings.len();
    }
    assert!(seen > 20);
}

#[test]
fn what_is_asked_on_another_channel_is_not_declared() {
    let mut written = yunfan();
    let phone = "items = [\"name\", \"phone\"]";
    let key = |policy: &str| {
        let mut changed = yunfan();
        policy.clone_into(&mut changed.policy);
        document(&changed.load(), Which::MiniProgram).data().unwrap().contains("PhoneNumber")
    };
    assert!(key(&written.policy));
    let when = "when = { not = { same-person = [\"reporter\", \"insured\"] } }";
    let elsewhere = format!(
        "{}\n{phone}",
        "when = { all = [{ channel = \"app\" }, { same-person = [\"reporter\", \"insured\"] }] }"
    );
    written.policy = written.policy.replace(&format!("{when}\n{phone}"), &elsewhere);
    assert!(!key(&written.policy));
}

#[test]
fn every_separate_consent_says_what_makes_it_so() {
    for written in all() {
        let tables = written.load();
        let markdown = document(&tables, Which::Consents).markdown();
        let matrix = markdown.split("\n## ").nth(1).unwrap();
        let rows: Vec<_> = matrix.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
        let separate = tables.scopes().iter().filter(|scope| scope.form != Form::General).count();
        assert_eq!(rows.len(), separate, "{}", written.name);
        for row in rows {
            assert!(row.contains('●'), "{}: {row}", written.name);
        }
        // Marks under the reasons: few enough columns to stand beside each other on paper; on a telephone each row is a card.
        assert!(matrix.lines().find(|line| line.starts_with("| ")).unwrap().matches(" | ").count() <= 8, "{matrix}");
        let html = document(&tables, Which::Consents).fragment();
        assert_eq!(
            html.matches("<table class=\"matrix cards\">").count(),
            usize::from(separate > 0),
            "{}",
            written.name
        );
    }
}

#[test]
fn the_documents_read_so() {
    let tables = yunfan().load();
    // The notice has a snapshot of its own; of the layered one only the screen is new.
    let whole = [Which::Notice, Which::Layered];
    let mut text = document(&tables, Which::Layered).markdown();
    text.truncate(text.find("\n## <a id=\"s-about\">").unwrap());
    for which in Which::ALL.into_iter().filter(|which| !whole.contains(which)) {
        let document = document(&tables, which);
        let markdown = document.markdown();
        let body = markdown.split("\n## <a id=\"s-prints\">").next().unwrap();
        text.extend(["\n", body]);
        if which == Which::MiniProgram {
            let data: Value = serde_json::from_str(&document.data().unwrap()).unwrap();
            text.extend(["\n", &serde_json::to_string_pretty(&data["body"]).unwrap(), "\n"]);
        }
    }
    insta::with_settings!({prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
        insta::assert_snapshot!("documents", text);
    });
}

/// What `shouyue-pdf` is tested with: it imports nothing of ours, so the two agree by these files alone.
#[test]
fn the_data_form_is_so() {
    let tables = yunfan().load();
    for (name, which) in [("data_activities", Which::Activities), ("data_map", Which::Map)] {
        let data = document(&tables, which).json();
        let (policy, own) = (tables.policy().to_string(), tables.fingerprint().to_string());
        let data = data.replace(&policy, "sha256:0f0f").replace(&own, "sha256:a5a5");
        insta::with_settings!({prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
            insta::assert_snapshot!(name, data);
        });
    }
}
