//! What customers of each platform actually do, over HTTP against the program, each receipt verified offline.

mod anrun;
mod haigang;
mod jd_allianz;
mod juqianbao;
mod yihui_xicheng;

use crate::calls::verify_all;
use crate::installation::{Installation, Server};
use crate::portal::Browser;

/// Logs an account of the demo in.
pub(crate) fn customer(server: &Server, phone: &str) -> Browser {
    let mut browser = Browser::new(server);
    let page = browser.get("/login");
    let page = browser.choose(&page, "/login", &[("phone", phone)]);
    browser.log_in_with_code(&page);
    browser
}

/// Every receipt of these people, verified by the command line with nothing but the key, once the server is gone.
fn receipts_verify(at: &Installation, server: Server, people: &mut [&mut Browser]) {
    let folder = at.folder().join("receipts");
    for browser in people {
        let list = browser.get("/receipts");
        let leaves = list.numbers("/receipts/");
        assert!(leaves.len() >= 2, "{leaves:?}");
        for leaf in &leaves {
            browser.keep_receipt(&folder, leaf);
        }
    }
    let key = server.key();
    server.stop();
    verify_all(&folder, &key).fine();
}
