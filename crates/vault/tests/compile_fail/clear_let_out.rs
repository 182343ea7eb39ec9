//! A value leaves custody only with the store's word that its act is on the ledger, and looking at it lets nothing out.

fn released(value: model::Clear<String>) -> String {
    value.release()
}

fn looked_at(value: &model::Clear<String>) -> String {
    value.within(|text| text.clone())
}

fn main() {}
