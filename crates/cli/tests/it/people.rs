//! What invented people send, and to what text they say yes.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use policy::Sources;
use policy::compile::Tables;
use policy::syntax::Form;
use serde_json::{Value, json};
use testkit::{Person, haigang};

/// The policy that every test publishes, compiled as the server compiles it.
pub(crate) fn tables() -> &'static Tables {
    static TABLES: OnceLock<Arc<Tables>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let (policy, operation) = haigang();
        policy::load(&Sources { policy: &policy, operation: Some(&operation) }).tables.unwrap()
    })
}

/// A yes to a scope's text of today, in the form that the scope asks for.
pub(crate) fn yes(scope: &str, party: Option<&str>) -> Value {
    let declared = tables().scopes().iter().find(|known| known.id == scope).unwrap();
    let text = match party {
        Some(party) => render::consent::text_for(tables(), scope, party),
        None => render::consent::text_of(tables(), scope),
    };
    let artefact = if declared.form == Form::General { "tick" } else { "separate" };
    json!({
        "scope": scope, "party": party, "artefact": artefact, "policy": "undated", "text": text.unwrap().text.to_string(),
    })
}

/// Everything that an agency may be granted.
pub(crate) fn grants(party: &str) -> Value {
    let shares = tables().scopes().iter().filter(|scope| scope.per_party);
    json!({ "consents": shares.map(|scope| yes(&scope.id, Some(party))).collect::<Vec<_>>() })
}

/// A person registers.
pub(crate) fn registration(person: &Person) -> Value {
    let scopes =
        ["collect.register", "collect.register.identity-document", "collect.query-account", "collect.query-policy"];
    json!({
        "function": "register",
        "persons": [{ "person": "registrant", "fields": person.fields() }],
        "consents": scopes.map(|scope| yes(scope, None)),
    })
}

/// A company registers; somebody is its contact.
pub(crate) fn company(contact: &Person, number: &str) -> Value {
    let scopes = ["collect.register-company", "collect.register-company.identity-document", "collect.query-account"];
    json!({
        "function": "register-company",
        "persons": [
            { "person": "company", "fields": {
                "company-name": "云麓织造有限公司",
                "company-certificate-code": "91990101MA9900AB12",
                "company-certificate-number": "91990101MA9900AB12",
            } },
            { "person": "company-contact", "fields": {
                "contact-name": contact.name,
                "contact-phone": contact.phone,
                "company-contact-id-number": number,
                "contact-email": "typed@yunlu.example",
            } },
        ],
        "consents": scopes.map(|scope| yes(scope, None)),
    })
}

/// Who somebody is, in the fields of a role on the portal.
pub(crate) fn person_fields<'p>(role: &str, who: &'p Person) -> Vec<(String, &'p str)> {
    let fields = [
        ("name", who.name.as_str()),
        ("id-type", "居民身份证"),
        ("id-number", &who.number),
        ("sex", &who.sex),
        ("birth-date", &who.birth),
    ];
    fields.map(|(item, value)| (format!("{role}.{item}"), value)).into()
}

/// The core system hands in a policy in force, of which somebody is applicant and insured.
pub(crate) fn policy_of(person: &Person) -> Value {
    json!({
        "class": "policy", "in_force_from": "2026-01-01", "in_force_until": "2045-12-31",
        "people": [{ "roles": ["applicant", "insured"], "fields": person.policy_fields() }],
    })
}

/// The same number with another check character.
pub(crate) fn with_bad_checksum(person: &Person) -> String {
    let (digits, check) = person.number.split_at(17);
    format!("{digits}{}", if check == "0" { "1" } else { "0" })
}

/// The people of the demo: every value that its script types, by item.
pub(crate) fn demo_values() -> BTreeMap<String, Vec<String>> {
    let script = std::fs::read_to_string(crate::installation::repository().join("platforms/haigang/demo.json"));
    let script: Value = serde_json::from_str(&script.unwrap()).unwrap();
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    gather(&script["steps"], &mut values);
    values
}

fn gather(value: &Value, into: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| gather(one, into)),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::Object(fields) if name == "fields" => {
                        for (item, text) in fields {
                            into.entry(item.clone()).or_default().push(text.as_str().unwrap().to_owned());
                        }
                    }
                    other => gather(other, into),
                }
            }
        }
        _ => {}
    }
}
