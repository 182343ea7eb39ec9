//! A value in custody cannot be serialised.

fn written(value: &model::Clear<String>) -> String {
    serde_json::to_string(value).unwrap()
}

fn main() {}
