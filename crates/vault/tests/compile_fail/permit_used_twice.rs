//! One permit is one act: the vault consumes it.

use policy::decide::Permit;
use shouyue_vault::{PartName, PlatformKeys, Sealed};

fn twice(keys: &PlatformKeys, permit: Permit, name: &PartName, values: &[Sealed]) {
    let _ = keys.open(permit, name, None, values);
    let _ = keys.open(permit, name, None, values);
}

fn main() {}
