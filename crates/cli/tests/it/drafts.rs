//! A draft by the program: kept by the running server, listed beside versions, shown, dropped, published.

use std::fs;

use serde_json::Value;

use crate::installation::{Installation, repository};

#[test]
fn a_draft_is_kept_listed_shown_and_published_by_its_fingerprint() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let folder = at.folder().join("later/haigang");
    fs::create_dir_all(&folder).unwrap();
    for name in ["2027-03-01.toml", "operation.toml"] {
        fs::copy(repository().join("platforms/haigang/later").join(name), folder.join(name)).unwrap();
    }
    let put = at.admin(&["draft", "put", folder.to_str().unwrap()]).fine();
    assert!(put.starts_with("2027-03-01 draft     checked ") && put.contains(": 0 errors, "), "{put}");
    let (_, print) = put.trim_end().rsplit_once("tables sha256:").unwrap();
    let listed = at.admin(&["versions", "haigang"]).fine();
    assert!(listed.contains("undated    in-force") && listed.ends_with(&put), "{listed}");
    let all: Value = serde_json::from_str(&at.admin(&["versions", "haigang", "--json"]).fine()).unwrap();
    let stages: Vec<&str> = all.as_array().unwrap().iter().map(|one| one["stage"].as_str().unwrap()).collect();
    assert_eq!(stages, ["in-force", "draft"]);
    let public = server.caller("").get("policies").good();
    assert_eq!(public["items"].as_array().unwrap().len(), 1, "nobody outside sees it: {public}");

    let named: String = print.chars().take(12).collect();
    let named = named.as_str();
    let shown = at.admin(&["draft", "show", "haigang", named]).fine();
    assert!(shown.starts_with(&put) && shown.contains("haigang undated → 2027-03-01"), "{shown}");
    let whole: Value = serde_json::from_str(&at.admin(&["draft", "show", "haigang", named, "--json"]).fine()).unwrap();
    let placed = |one: &&Value| one["answered"] == false && one["line"].is_u64();
    let placed = whole["findings"].as_array().unwrap().iter().filter(placed).count();
    assert!(shown.contains("\nWhat was found: no errors, "), "{shown}");
    assert_eq!(shown.lines().filter(|line| line.starts_with("    line ")).count(), placed);
    assert!(shown.contains("\nWhat it would change, against the tables sha256:"), "{shown}");
    let next = format!("  shouyue draft publish haigang {named}: ");
    assert!(shown.lines().last().unwrap().starts_with(&next), "{shown}");
    let source = at.admin(&["draft", "show", "haigang", named, "--source"]).fine();
    assert_eq!(source, fs::read_to_string(folder.join("2027-03-01.toml")).unwrap());
    assert!(at.admin(&["draft", "show", "haigang", named, "--notice"]).fine().contains("</section>"));
    assert!(whole["findings"].is_array() && whole["tables"] == format!("sha256:{print}"), "{whole}");

    let done = at.admin(&["draft", "publish", "haigang", named]).fine();
    assert!(done.starts_with("haigang is "), "{done}");
    let listed = at.admin(&["versions", "haigang"]).fine();
    assert!(listed.contains("2027-03-01 ") && !listed.contains(" draft "), "{listed}");
    let gone = at.admin(&["draft", "drop", "haigang", named]);
    assert!(gone.status == 1 && gone.out.contains("no such draft"), "{gone:?}");
    at.admin(&["draft", "put", folder.to_str().unwrap()]).fine();
    assert_eq!(at.admin(&["draft", "drop", "haigang", named]).fine(), "done\n");
    server.stop();
}
