//! A permit cannot be copied.

fn copied(permit: &policy::decide::Permit) -> policy::decide::Permit {
    permit.clone()
}

fn main() {
    let _: policy::decide::Permit = Default::default();
}
