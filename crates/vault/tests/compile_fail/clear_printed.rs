//! A value in custody cannot be printed.

fn printed(value: model::Clear<String>) -> String {
    format!("{value:?} {value}")
}

fn main() {}
