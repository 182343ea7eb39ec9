//! `shouyue ask`: what a policy does with an item, a recipient, a function or a consent.

use std::io::Write;

use anyhow::anyhow;
use desk::ports::Clock as _;
use policy::ask::{self, AskError, Text};
use serde::Serialize;

use crate::options::{Ask, Misused};
use crate::system::SystemClock;
use crate::{Outcome, folder};

pub(crate) fn run(asked: &Ask, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let written = folder::newest(&asked.path)?;
    let tables = written.load().tables.ok_or_else(|| {
        anyhow!("{} does not compile: run `shouyue check {}`", written.policy.name, asked.path.display())
    })?;
    let now = SystemClock.now();
    let json = asked.format.json;
    if let Some(name) = &asked.item {
        return print(ask::item(&tables, name, now), json, out);
    }
    if let Some(name) = &asked.recipient {
        return print(ask::recipient(&tables, name, now), json, out);
    }
    if let Some(name) = &asked.function {
        return print(ask::function(&tables, name, now), json, out);
    }
    if let Some(id) = &asked.scope {
        return print(ask::scope(&tables, id, now), json, out);
    }
    Err(Misused("name what to ask about: --item, --recipient, --function or --scope".to_owned()).into())
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
    use std::path::Path;

    use super::*;
    use crate::options::Format;

    fn about(item: &str, json: bool) -> anyhow::Result<String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../platforms/haigang");
        let format = Format { json };
        let asked = Ask { path, item: Some(item.to_owned()), recipient: None, function: None, scope: None, format };
        let mut out = Vec::new();
        run(&asked, &mut out)?;
        Ok(String::from_utf8(out)?)
    }

    #[test]
    fn one_answer_for_people_and_for_programs() {
        let text = about("证件号码", false).unwrap();
        assert!(text.starts_with("证件号码 id-number\n"), "{text}");
        let json: serde_json::Value = serde_json::from_str(&about("证件号码", true).unwrap()).unwrap();
        assert_eq!(json["item"]["id"], "id-number");
        let flows = json["flows"].as_array().unwrap().len();
        assert_eq!(text.matches("\n  published ").count() + text.matches("\n  both ").count(), flows);
    }

    #[test]
    fn a_name_that_leads_nowhere_is_wrong_usage() {
        let why = about("人脸", false).unwrap_err();
        assert!(why.is::<Misused>() && why.to_string().contains("人脸影像"), "{why}");
    }
}
