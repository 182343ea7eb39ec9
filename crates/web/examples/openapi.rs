//! Writes the OpenAPI document of `/v1`: `cargo run -p shouyue-web --example openapi > docs/openapi.json`.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let text = serde_json::to_string_pretty(&shouyue_web::api::document())?;
    writeln!(io::stdout(), "{text}")
}
