//! `shouyue prove`: a claim over everything that a policy permits, or a question that breaks it.

use std::io::Write;

use desk::ports::Clock as _;
use model::calendar::{day_in_shanghai, midnight_in_shanghai};
use policy::claim::{self, Came, On, Proof};
use policy::compile::Tables;
use serde_json::{Value, json};

use crate::options::{self, Misused, Side};
use crate::system::SystemClock;
use crate::{Outcome, folder};

pub(crate) fn run(prove: &options::Prove, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let written = folder::newest(&prove.path)?;
    let tables = written.tables()?;
    let came = if prove.claims.is_empty() {
        let files = written.suite()?.claims;
        if files.is_empty() {
            return Err(Misused("no claims lie beside the policy: write one here, in quotes".to_owned()).into());
        }
        files.iter().flat_map(|file| claim::run(&tables, file)).collect()
    } else {
        typed(prove, &tables)?
    };
    if prove.format.json {
        let list: Vec<Value> = came.iter().map(value).collect();
        writeln!(out, "{:#}", Value::Array(list))?;
    } else {
        for one in &came {
            write!(out, "{}", text(one))?;
        }
    }
    Ok(if came.iter().all(Came::passed) { Outcome::Fine } else { Outcome::Found })
}

/// The claims of the command line.
fn typed(prove: &options::Prove, tables: &Tables) -> anyhow::Result<Vec<Came>> {
    let side = match prove.side {
        Side::Effect => On::Effect,
        Side::Published => On::Published,
        Side::Law => On::Law,
    };
    let day = prove.on.unwrap_or_else(|| day_in_shanghai(SystemClock::default().now()));
    let at = midnight_in_shanghai(day)?;
    let one = |text: &String| {
        let proof = claim::prove(tables, text, side, at).map_err(|why| Misused(why.to_string()))?;
        Ok(Came { text: text.clone(), side, holds: true, why: String::new(), proof: Ok(proof) })
    };
    prove.claims.iter().map(one).collect()
}

fn text(one: &Came) -> String {
    let side = one.side.word();
    match &one.proof {
        Err(why) => format!("unread  {} [{side}]\n        {why}\n", one.text),
        Ok(Proof { witness: None, checked }) if checked.rows == 0 => {
            format!("holds   {} [{side}]\n        the policy declares nothing of the kind\n", one.text)
        }
        Ok(Proof { witness: None, checked }) => {
            format!(
                "holds   {} [{side}]\n        nothing against it in {} rows of {} flows\n",
                one.text, checked.rows, checked.flows
            )
        }
        Ok(Proof { witness: Some(witness), .. }) => {
            let expected = if one.holds { "" } else { ", as it should" };
            format!(
                "fails   {} [{side}]{expected}\n        {} is {} (published: {}, law: {}) in answer to\n        {}\n",
                one.text,
                witness.item,
                witness.outcome,
                witness.published,
                witness.law,
                witness.json()
            )
        }
    }
}

fn value(one: &Came) -> Value {
    let proof = one.proof.as_ref();
    let witness = proof.ok().and_then(|proof| proof.witness.as_ref());
    let mut json = json!({
        "claim": one.text, "side": one.side, "holds": witness.is_none() && proof.is_ok(), "expected": one.holds,
        "rows": proof.map_or(0, |proof| proof.checked.rows), "flows": proof.map_or(0, |proof| proof.checked.flows),
    });
    if let (Value::Object(map), Some(witness)) = (&mut json, witness) {
        let answer = json!({"item": witness.item, "outcome": witness.outcome, "published": witness.published, "law": witness.law});
        map.insert("witness".to_owned(), json!({"question": witness.json(), "answer": answer}));
    }
    if let (Value::Object(map), Err(why)) = (&mut json, proof) {
        map.insert("error".to_owned(), why.to_string().into());
    }
    json
}
