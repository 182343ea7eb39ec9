//! Names and what elements mean: one small change of the sample, one finding.

use shouyue_policy::finding::Severity;
use shouyue_policy::resolve::NotFound;
use shouyue_policy::syntax::Kind;

use crate::sample;

/// Codes of the language's errors after one change, with the words under all carets.
fn changed(line: &str, to: &str) -> Vec<(&'static str, Vec<String>)> {
    let (mut policy, mut operation) = (sample::policy(), sample::operation());
    assert!(policy.contains(line) || operation.contains(line), "the sample has a line `{line}`");
    if policy.contains(line) {
        policy = policy.replacen(line, to, 1);
    } else {
        operation = operation.replacen(line, to, 1);
    }
    let loaded = sample::read(&policy, Some(&operation));
    let errors = loaded.findings.iter().filter(|f| f.severity == Severity::Error && f.code.starts_with('L'));
    let told = errors.map(|finding| {
        let under = finding.places.iter().map(|place| {
            let text = if &*place.file == "policy.toml" { &policy } else { &operation };
            text.get(place.span.start as usize..place.span.end as usize).unwrap().to_owned()
        });
        (finding.code, under.collect())
    });
    told.collect()
}

/// The finding that is meant is told. Names that lead nowhere may follow from it, nothing else.
#[track_caller]
fn one(line: &str, to: &str, code: &str, under: &[&str]) {
    let said = changed(line, to);
    let under: Vec<String> = under.iter().map(|text| (*text).to_owned()).collect();
    assert!(said.iter().any(|(told, words)| *told == code && *words == under), "{said:#?}");
    assert!(said.iter().all(|(told, _)| *told == code || *told == "L0304"), "{said:#?}");
}

#[test]
fn names_are_unique_and_lead_somewhere() {
    one("id = \"app\"", "id = \"web\"", "L0301", &["\"web\"", "\"web\""]);
    one("name = \"手机应用\"", "name = \"官方网站\"", "L0302", &["\"官方网站\"", "\"官方网站\""]);
    one("of = \"被保险人\"", "of = \"受益人\"", "L0304", &["\"受益人\""]);
    one("as = \"phone\"", "as = \"telephone-number\"", "L0304", &["\"telephone-number\""]);
    one("recipient = \"agency\"\ncontact", "recipient = \"broker\"\ncontact", "L0304", &["\"broker\""]);
    one("source = \"hospital\"    ", "source = \"clinic\"    ", "L0304", &["\"clinic\""]);
    one("element = \"winners\"", "element = \"losers\"", "L0304", &["\"losers\""]);
    assert_eq!(changed("channel = \"app\"", "channel = \"手机 应用\""), [], "spaces inside a name are nothing");
}

#[test]
fn elements_make_sense() {
    one("language = 1\ndo", "language = 2\ndo", "L0401", &["2"]);
    one("validator = \"identifier\"", "validator = \"identifyer\"", "L0403", &["\"identifyer\""]);
    one("mask = \"last-4\"", "mask = \"last-five\"", "L0403", &["\"last-five\""]);
    one("mask = \"fixed\"", "mask = \"fixt\"", "L0403", &["\"fixt\""]);
    one("category = \"other\"\n", "", "L0404", &["\"loyalty-number\""]);
    one("id = \"loyalty-number\"", "id = \"sex\"", "L0405", &["\"sex\""]);
    one("id = \"mobile-number\"", "id = \"sex\"", "L0405", &["\"sex\""]);
    one("of = \"company\"", "of = \"applicant\"", "L0406", &["\"applicant\""]);
    one("kind = \"organisation\"", "kind = \"organisation\"\nof = \"company\"", "L0407", &["\"company\""]);
    one("when = { all =", "#", "L0408", &["\"conditional\""]);
    one("source = [\"就诊医院\"]\n", "", "L0409", &["\"source\""]);
    one("when = { fact = \"disputed\" }", "when = { any = [] }", "L0411", &["{ any = [] }"]);
    one("[\"applicant\", \"insured\"] }", "[\"applicant\", \"投保人\"] }", "L0412", &["\"投保人\""]);
    one("act = \"entrust\"", "act = \"show\"", "L0414", &["\"show\""]);
    one("acts = [\"collect\", \"share\"]", "acts = []", "L0415", &["\"statutory-duty\""]);
    one("count = 15", "count = 0", "L0416", &["0"]);
    one("platform = \"minghu\"\ncool", "platform = \"haigang\"\ncool", "L0417", &["\"haigang\""]);
    one("sensitivity = \"strictest\"", "sensitivity = \"lax\"", "L0418", &["\"lax\""]);
    one("within = \"within-authorisation\"\n", "", "L0423", &["\"separate\""]);
    one(
        "when = { not = { fact = \"disputed\" } }",
        "when = { open-claim = \"claim-file\" }",
        "L0424",
        &["{ open-claim = \"claim-file\" }"],
    );
    one("number = 2\nname = \"法律", "number = 1\nname = \"法律", "L0425", &["1"]);
    one("id = \"do-not-track\"", "id = \"track-me\"", "L0426", &["true"]);
    one("party = \"lakeside\"", "party = \"lakeside\"\nrecipient = \"agency\"", "L0427", &["[[suspended]]"]);
    one("item = \"diagnosis\" }]   #", "item = \"name\" }]   #", "L0429", &["\"name\""]);
    one("source = \"hospital\"    ", "# ", "L0429", &["\"diagnosis\""]);
    one("claim = [{ says", "claim = [] # [{ says", "L0431", &["[[login]]"]);
    one("functions = []\nclear-view = false", "functions = []\nclear-view = true", "L0432", &["\"courier-desk\""]);
    one("functions = []\n", "functions = [\"claim\"]\n", "L0432", &["\"courier-desk\""]);
    one("party = \"swift\" ", "party = \"lakeside\" ", "L0433", &["\"lakeside\""]);
    one("share = \"copy-on-request\"", "share = \"agency-query\"", "L0434", &["\"agency-query\""]);
    one("fact = \"address-known\"  ", "fact = \"disputed\"  ", "L0434", &["\"disputed\""]);
    one("event = \"ended\" ", "event = \"cancelled\" ", "L0435", &["\"cancelled\""]);
    one("classes = [\"claim-file\"] ", "classes = [] ", "L0435", &["[[payment]]"]);
    one("classes = [\"claim-file\"] ", "classes = [\"claim-file\", \"claim-file\"] ", "L0435", &["\"claim-file\""]);
    one("event = \"ended\" ", "function = \"claim\"\nstatus = \"diagnosis\" ", "L0435", &["\"diagnosis\""]);
    let served = |function: &str, classes: &str| {
        format!("[[service]]\nfunction = \"{function}\"\nclasses = [{classes}]\nanswers = \"R\"\n\n[[enforcement]]")
    };
    // Its records are never in force, as the class is written.
    one("[[enforcement]]", &served("claim", "\"claim-file\""), "L0436", &["\"claim-file\""]);
    one("[[enforcement]]", &served("claim", ""), "L0436", &["[[service]]"]);
    one("[\"claim\"], reads-text", "[\"claim-progress\"], reads-text", "L0437", &["true"]);
    let called_off = |right: &str, classes: &str| {
        format!("[[cancel]]\nright = \"{right}\"\nclasses = [{classes}]\nanswers = \"R\"\n\n[[enforcement]]")
    };
    one("[[enforcement]]", &called_off("access", "\"claim-file\""), "L0438", &["\"claim-file\""]);
    one("[[enforcement]]", &called_off("access", ""), "L0438", &["[[cancel]]"]);
    one("refusal-list = \"closed\"", "refusal-list = \"nothing\"", "L0428", &["\"nothing\""]);
    one("by = \"policy\"", "by = \"law\"", "L0420", &["\"law\""]);
    one("code = \"R41\"", "code = \"X41\"", "L0421", &["\"X41\""]);
}

#[test]
fn a_clause_of_several_elements_is_no_name() {
    let text = sample::policy().replacen("clause = [\"一(三)\"]", "clause = [\"一(二)\"]", 1);
    let text = text.replacen("excludes-functions = [\"claim\"]", "excludes-functions = [\"一（二）\"]", 1);
    let loaded = sample::read(&text, None);
    let finding = loaded.findings.iter().find(|finding| finding.code == "L0305").unwrap();
    assert_eq!(
        finding.message.english,
        "`一（二）` means several elements of kind function: `claim`, `claim-progress`"
    );
    assert_eq!(
        finding.mend.as_ref().map(|mend| mend.english.as_str()),
        Some("name one by its id: `claim` (理赔), `claim-progress` (理赔进度查询)")
    );
}

#[test]
fn everything_is_found_by_id_name_alias_clause_and_number() {
    let program = sample::read(&sample::policy(), Some(&sample::operation())).program.unwrap();
    let find = |kind, text| program.names.find(kind, text).map(|id| id.to_string());
    for (kind, text, id) in [
        (Kind::Function, "claim", "claim"),
        (Kind::Function, "理赔", "claim"),
        (Kind::Function, "一（二）", "claim"),
        (Kind::Item, "您的手机号", "phone"),
        (Kind::Item, "mobile-number", "phone"),
        (Kind::Item, "手机号码", "phone"),
        (Kind::Exception, "2", "other-cases"),
        (Kind::Right, "correct", "correct"),
        (Kind::Party, "湖畔保险经纪有限公司", "lakeside"),
    ] {
        assert_eq!(find(kind, text).as_deref(), Ok(id), "{text}");
    }
    let unknown = NotFound::Unknown { kind: Kind::Person, text: "投保仁".into(), nearest: Some("投保人".into()) };
    assert_eq!(find(Kind::Person, "投保仁"), Err(unknown));
    assert_eq!(program.names.name_of(Kind::Item, "phone"), "您的手机号");
    assert_eq!(program.items["phone"].name, "您的手机号");
    assert_eq!(program.items["phone"].mask.id(), "fixed", "the operation file's choice");
}

#[test]
fn a_policy_may_publish_a_name_that_the_vocabulary_gives_to_something_else() {
    // The vocabulary calls `phone` so; this text means the number that another platform knows.
    let text = sample::policy().replacen(
        "name = \"您的手机号\"\nas = \"phone\"",
        "name = \"手机号码\"\nas = \"third-party-phone\"",
        1,
    );
    let names = &sample::read(&text, None).program.unwrap().names;
    assert_eq!(names.find(Kind::Item, "手机号码").unwrap().as_str(), "third-party-phone");
    assert_eq!(names.find(Kind::Item, "phone").unwrap().as_str(), "phone");

    let text = sample::policy().replacen("name = \"您的手机号\"", "name = \"手机号码\"", 1);
    assert!(sample::read(&text, None).program.is_some(), "the vocabulary's own name may be the published one");

    let twice = "id = \"mobile-number\"\nname = \"您的手机号\"\nas = \"phone\"\n\n[[item]]\nid = \"mobile-number\"\nname = \"手机\"\nas = \"phone\"";
    one(
        "id = \"mobile-number\"\nname = \"您的手机号\"\nas = \"phone\"",
        twice,
        "L0301",
        &["\"mobile-number\"", "\"mobile-number\""],
    );
}

#[test]
fn references_become_ids() {
    let program = sample::read(&sample::policy(), Some(&sample::operation())).program.unwrap();
    let share = &program.policy.shares[0];
    assert_eq!(share.recipient.text, "adjuster");
    assert_eq!(program.policy.functions[0].products[0].text, "whole-life");
    assert_eq!(program.operation.masks[0].item.text, "phone");
}

#[test]
fn findings_are_answered_for() {
    let without = sample::policy().replacen("silent = [\"version\"]", "", 1);
    let ack = |code: &str, element: &str| {
        let more = format!(
            "\n[[acknowledge]]\ncode = \"{code}\"\nelement = \"{element}\"\nreason = \"seen\"\non = 2025-05-21\n"
        );
        sample::load(&without, Some(&(sample::operation() + &more)))
    };
    let loaded = ack("L0201", "policy");
    let finding = loaded.findings.iter().find(|finding| finding.code == "L0201").unwrap();
    assert_eq!(finding.acknowledged.as_ref().unwrap().reason, "seen");

    let loaded = ack("L0201", "handler");
    assert!(loaded.findings.iter().any(|finding| finding.code == "L0204"), "it answers nothing, and that is told");

    let broken = without.replacen("kind = \"life-insurer\"", "kind = \"bank\"", 1);
    let more = "\n[[acknowledge]]\ncode = \"L0108\"\nreason = \"seen\"\non = 2025-05-21\n";
    let loaded = sample::load(&broken, Some(&(sample::operation() + more)));
    assert!(loaded.findings.iter().any(|finding| finding.code == "L0422"));
    assert!(loaded.findings.iter().all(|finding| finding.acknowledged.is_none() || finding.code != "L0108"));
}
