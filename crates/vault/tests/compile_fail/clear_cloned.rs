//! A value in custody cannot be copied.

fn copied(value: &model::Clear<String>) -> model::Clear<String> {
    value.clone()
}

fn main() {}
