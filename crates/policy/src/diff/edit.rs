//! Exact edits between the canonical facts of two files: what was added, taken away, or says something else now.
//!
//! Facts have no order, so neither have edits. Members of a list are paired by what they are called, and where they are called
//! nothing, by what they have in common; pairing decides how short an edit reads, never whether it is right.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::syntax::facts;

/// How one value becomes another.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// It was not there.
    Added(Value),
    /// It is there no more.
    Removed(Value),
    /// It says something else.
    Changed(Value, Value),
    /// Keys of a table differ.
    Table(BTreeMap<String, Self>),
    /// Members of a list differ: each with what it was, unless it is new.
    List(Vec<(Option<Value>, Self)>),
}

/// One difference that has no parts: where, and what stood and stands there.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf<'e> {
    /// The keys that lead there. A member of a list is called by its id, kind or role, if it has one.
    pub path: Vec<String>,
    /// What stood there.
    pub was: Option<&'e Value>,
    /// What stands there.
    pub now: Option<&'e Value>,
    /// Whether it is one member of a list.
    pub member: bool,
}

/// Keys by which the tables of a list are told apart.
const NAMES: [&str; 6] = ["id", "kind", "of", "class", "route", "name"];

/// The edit that makes `now` of `was`; `None` when they are equal.
pub fn between(was: &Value, now: &Value) -> Option<Edit> {
    if was == now {
        return None;
    }
    Some(match (was, now) {
        (Value::Object(was), Value::Object(now)) => Edit::Table(tables(was, now)),
        (Value::Array(was), Value::Array(now)) => Edit::List(lists(was, now)),
        _ => Edit::Changed(was.clone(), now.clone()),
    })
}

fn tables(was: &Map<String, Value>, now: &Map<String, Value>) -> BTreeMap<String, Edit> {
    let gone = was.iter().filter(|(key, _)| !now.contains_key(*key));
    let gone = gone.map(|(key, value)| (key.clone(), Edit::Removed(value.clone())));
    let rest = now.iter().filter_map(|(key, value)| {
        let edit = match was.get(key) {
            None => Edit::Added(value.clone()),
            Some(before) => between(before, value)?,
        };
        Some((key.clone(), edit))
    });
    gone.chain(rest).collect()
}

fn lists(was: &[Value], now: &[Value]) -> Vec<(Option<Value>, Edit)> {
    // Only what is called the same can be the same table in another form.
    let mut by_name: BTreeMap<_, (Vec<&Value>, Vec<&Value>)> = BTreeMap::new();
    for gone in was.iter().filter(|member| !now.contains(member)) {
        by_name.entry(name(gone)).or_default().0.push(gone);
    }
    for new in now.iter().filter(|member| !was.contains(member)) {
        by_name.entry(name(new)).or_default().1.push(new);
    }
    let mut edits = Vec::new();
    for (name, (mut gone, mut new)) in by_name {
        while let Some((before, after)) = nearest(&gone, &new).filter(|_| name.is_some()) {
            edits.extend(between(before, after).map(|edit| (Some(before.clone()), edit)));
            gone.retain(|member| *member != before);
            new.retain(|member| *member != after);
        }
        edits.extend(gone.into_iter().map(|member| (Some(member.clone()), Edit::Removed(member.clone()))));
        edits.extend(new.into_iter().map(|member| (None, Edit::Added(member.clone()))));
    }
    edits
}

/// The key by which a table is told apart, and what stands there.
fn name(table: &Value) -> Option<(&'static str, String)> {
    let map = table.as_object()?;
    NAMES.iter().find_map(|key| Some((*key, map.get(*key)?.to_string())))
}

/// The two tables that have most in common.
fn nearest<'v>(gone: &[&'v Value], new: &[&'v Value]) -> Option<(&'v Value, &'v Value)> {
    let alike = |a: &Value, b: &Value| {
        let (Value::Object(a), Value::Object(b)) = (a, b) else { return 0 };
        a.iter().filter(|(key, value)| b.get(*key) == Some(value)).count()
    };
    let pairs = gone.iter().flat_map(|before| new.iter().map(move |after| (*before, *after)));
    // The first of equals, so that the same two files always give the same edit.
    pairs.reduce(|best, pair| if alike(pair.0, pair.1) > alike(best.0, best.1) { pair } else { best })
}

impl Edit {
    /// What becomes of a value; `None` when the edit was made for another one.
    pub fn apply(&self, to: &Value) -> Option<Value> {
        match (self, to) {
            (Self::Changed(was, now), to) => (was == to).then(|| now.clone()),
            (Self::Table(keys), Value::Object(map)) => {
                let mut map = map.clone();
                for (key, edit) in keys {
                    match edit {
                        Self::Added(now) if !map.contains_key(key) => map.insert(key.clone(), now.clone()),
                        Self::Removed(was) if map.get(key) == Some(was) => map.remove(key),
                        Self::Added(_) | Self::Removed(_) => return None,
                        within => {
                            let after = within.apply(map.get(key)?)?;
                            map.insert(key.clone(), after)
                        }
                    };
                }
                Some(Value::Object(map))
            }
            (Self::List(edits), Value::Array(members)) => {
                let mut members = members.clone();
                for (was, edit) in edits {
                    if let Some(was) = was {
                        let place = members.iter().position(|member| member == was)?;
                        members.remove(place);
                    }
                    match (was, edit) {
                        (None, Self::Added(now)) => members.push(now.clone()),
                        (Some(_), Self::Removed(_)) => {}
                        (Some(was), within) => members.push(within.apply(was)?),
                        (None, _) => return None,
                    }
                }
                Some(facts::set(members.into_iter()))
            }
            _ => None,
        }
    }

    /// Every difference by itself, in the order of the keys.
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut leaves = Vec::new();
        self.collect(&mut Vec::new(), false, &mut leaves);
        leaves
    }

    fn collect<'e>(&'e self, path: &mut Vec<String>, member: bool, to: &mut Vec<Leaf<'e>>) {
        let mut leaf = |was, now| to.push(Leaf { path: path.clone(), was, now, member });
        match self {
            Self::Added(now) => leaf(None, Some(now)),
            Self::Removed(was) => leaf(Some(was), None),
            Self::Changed(was, now) => leaf(Some(was), Some(now)),
            Self::Table(keys) => {
                for (key, edit) in keys {
                    // That something is said, and what, is one step.
                    let step = key != "said";
                    if step {
                        path.push(key.clone());
                    }
                    edit.collect(path, member && !step, to);
                    if step {
                        path.pop();
                    }
                }
            }
            Self::List(edits) => {
                for (was, edit) in edits {
                    let of = match edit {
                        Self::Added(now) => Some(now),
                        _ => was.as_ref(),
                    };
                    let called = of.and_then(called).map(str::to_owned);
                    path.extend(called.clone());
                    edit.collect(path, true, to);
                    if called.is_some() {
                        path.pop();
                    }
                }
            }
        }
    }
}

/// What a table is called in the list that it stands in.
pub(super) fn called(table: &Value) -> Option<&str> {
    let map = table.as_object()?;
    NAMES.iter().find_map(|key| map.get(*key)?.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tables_of_a_list_are_paired_by_name_and_then_by_likeness() {
        let was = json!([{"id": "a", "items": ["x"]}, {"of": "p", "items": ["x"], "need": "required"}, {"of": "p", "items": ["z"]}]);
        let now = json!([{"id": "a", "items": ["x", "y"]}, {"of": "p", "items": ["x", "y"], "need": "required"}]);
        let edit = between(&was, &now).unwrap();
        let told: Vec<(String, Option<&Value>, Option<&Value>)> =
            edit.leaves().into_iter().map(|leaf| (leaf.path.join("."), leaf.was, leaf.now)).collect();
        assert_eq!(
            told,
            [
                ("a.items".to_owned(), None, Some(&json!("y"))),
                ("p.items".to_owned(), None, Some(&json!("y"))),
                ("p".to_owned(), Some(&json!({"of": "p", "items": ["z"]})), None),
            ]
        );
        assert_eq!(edit.apply(&was), Some(facts::set(now.as_array().unwrap().iter().cloned())));
        assert_eq!(edit.apply(&now), None, "an edit fits the value that it was made for");
    }
}
