//! `shouyue ask`: what a policy does with an item, a recipient, a function or a consent; what it closes, and what would open it.

use std::io::Write;

use desk::ports::Clock as _;
use policy::ask::{self, AskError, Text};
use policy::question::{Processing, Question, Subject};
use serde::Serialize;

use crate::options::{Ask, Misused};
use crate::system::SystemClock;
use crate::{Outcome, folder};

pub(crate) fn run(asked: &Ask, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let tables = folder::newest(&asked.path)?.tables()?;
    let tables = &*tables;
    let now = SystemClock::default().now();
    let json = asked.format.json;
    if let Some(name) = &asked.item {
        return print(ask::item(tables, name, now), json, out);
    }
    if let Some(name) = &asked.recipient {
        return print(ask::recipient(tables, name, now), json, out);
    }
    if let Some(name) = &asked.function {
        return print(ask::function(tables, name, now), json, out);
    }
    if let Some(id) = &asked.scope {
        return print(ask::scope(tables, id, now), json, out);
    }
    if let Some(item) = &asked.without_consent {
        return print(ask::unasked(tables, item.as_deref(), now), json, out);
    }
    if let Some(id) = &asked.withdraw {
        return print(ask::withdraw(tables, id, now), json, out);
    }
    if let Some(age) = asked.minor {
        return print(Ok(ask::minor(tables, age, now)), json, out);
    }
    if let Some(name) = &asked.function_off {
        return print(ask::function_off(tables, name, now), json, out);
    }
    if asked.strict {
        return print(Ok(ask::strict(tables, now)), json, out);
    }
    if let Some(question) = &asked.mend {
        return print(Ok(ask::mend(tables, &processing(question)?, now)), json, out);
    }
    Err(Misused("name what to ask about: `shouyue ask --help` lists it".to_owned()).into())
}

/// A question about processing, of the command line or of standard input.
fn processing(text: &str) -> anyhow::Result<Processing> {
    let text = if text == "-" { std::io::read_to_string(std::io::stdin())? } else { text.to_owned() };
    match serde_json::from_str(&text) {
        Ok(Question::Processing(question)) if matches!(question.subject, Subject::Inline(_)) => Ok(*question),
        Ok(_) => {
            Err(Misused("only a question about processing, with its subject written out, can be mended".to_owned())
                .into())
        }
        Err(why) => Err(Misused(format!("no question: {why}")).into()),
    }
}

fn print<T: Serialize + Text>(found: Result<T, AskError>, json: bool, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let found = found
        .map_err(|why| Misused(format!("{why} (names stand in the policy, scopes in `shouyue schema --scopes`)")))?;
    if json {
        writeln!(out, "{:#}", serde_json::to_value(&found)?)?;
    } else {
        write!(out, "{}", found.text())?;
    }
    Ok(Outcome::Fine)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::options::{Command, Options};

    fn about(words: &[&str]) -> anyhow::Result<String> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../platforms/haigang");
        let options = Options::try_parse_from([&["shouyue", "ask", path], words].concat())?;
        let Command::Ask(asked) = options.command else { panic!("another command") };
        let mut out = Vec::new();
        run(&asked, &mut out)?;
        Ok(String::from_utf8(out)?)
    }

    #[test]
    fn one_answer_for_people_and_for_programs() {
        let text = about(&["--item", "证件号码"]).unwrap();
        assert!(text.starts_with("证件号码 id-number\n"), "{text}");
        let json: serde_json::Value = serde_json::from_str(&about(&["--item", "证件号码", "--json"]).unwrap()).unwrap();
        assert_eq!(json["item"]["id"], "id-number");
        let flows = json["flows"].as_array().unwrap().len();
        assert_eq!(text.matches("\n  published ").count() + text.matches("\n  both ").count(), flows);
    }

    #[test]
    fn every_option_answers_for_people_and_for_programs() {
        let question = r#"{"ask":"processing","platform":"haigang","action":"collect","function":"register",
            "person":"registrant","items":["phone"],"subject":{"born":"1990-05-01"}}"#;
        for words in [
            &["--without-consent"][..],
            &["--without-consent", "证件号码"],
            &["--withdraw", "collect.register"],
            &["--minor"],
            &["--minor", "17"],
            &["--function-off", "用户注册"],
            &["--strict"],
            &["--mend", question],
        ] {
            let text = about(words).unwrap();
            assert!(text.lines().count() > 3, "{words:?}: {text}");
            let json = about(&[words, &["--json"]].concat()).unwrap();
            assert!(serde_json::from_str::<serde_json::Value>(&json).unwrap().is_object(), "{words:?}");
        }
    }

    #[test]
    fn a_name_that_leads_nowhere_is_wrong_usage() {
        let why = about(&["--item", "人脸"]).unwrap_err();
        assert!(why.is::<Misused>() && why.to_string().contains("人脸影像"), "{why}");
        assert!(about(&["--mend", "{}"]).unwrap_err().is::<Misused>());
    }
}
