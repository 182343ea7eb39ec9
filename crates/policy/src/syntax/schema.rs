//! JSON Schema of whole files, from the same declarations as their parsers.

use serde_json::{Map, Value, json};

use super::shape::Shape;

/// The schema of files that hold a `T`, in the dialect of draft 2020-12, for editors and other programs.
///
/// TOML dates are texts of format `date` there, as editors of TOML take them.
pub fn schema<T: Shape>(title: &str) -> Value {
    let mut tables = Map::new();
    let root = T::schema(&mut tables);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "$defs": tables,
    });
    if let (Some(schema), Value::Object(root)) = (schema.as_object_mut(), root) {
        schema.extend(root);
    }
    schema
}
