//! A decision is advice; only a permit opens.

use policy::question::Answer;
use shouyue_vault::{PartName, PlatformKeys, Sealed};

fn opened(keys: &PlatformKeys, advice: Answer, name: &PartName, values: &[Sealed]) {
    let _ = keys.open(advice, name, None, values);
}

fn main() {}
