//! Writes every page with sample data into a folder, to be looked at in a browser: `cargo run -p shouyue-web --example gallery -- <folder>`.

use std::{env, fs, io, path::PathBuf};

use shouyue_web::assets;

#[path = "../tests/it/sample/mod.rs"]
#[expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "sample data, shared with the tests"
)]
mod sample;

fn main() -> io::Result<()> {
    let folder =
        env::args_os().nth(1).map(PathBuf::from).ok_or_else(|| io::Error::other("name a folder to write to"))?;
    fs::create_dir_all(folder.join("assets"))?;
    let themes: Vec<_> = assets::Theme::new("haigang", "#0b6a8f").into_iter().collect();
    for page in sample::all() {
        for link in page.html.split('"').filter_map(|part| part.strip_prefix(assets::PREFIX)) {
            if let Some(asset) = assets::find(link, &themes) {
                fs::write(folder.join("assets").join(link), asset.bytes)?;
            }
        }
        fs::write(folder.join(page.name).with_extension("html"), page.html.replace(assets::PREFIX, "assets/"))?;
    }
    Ok(())
}
