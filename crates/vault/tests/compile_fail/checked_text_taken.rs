//! The text of a checked value is for the vault alone.

fn text_of(value: &shouyue_vault::field::Normal) -> String {
    value.expose().to_owned()
}

fn main() {}
