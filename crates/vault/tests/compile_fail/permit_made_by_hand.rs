//! Only the decision code makes a permit: its fields are private and it has no constructor.

use policy::decide::Permit;

fn forged(real: Permit) -> Permit {
    Permit { items: Vec::new(), ..real }
}

fn main() {}
