//! For tests: somebody at a simulated provider's page.

use crate::client::form;
use crate::line::{Line, PATIENCE};

/// Opens an address and gives status and page, or where it leads.
pub(crate) async fn get(origin: &str, address: &str) -> (u16, String) {
    let address = address.split('#').next().unwrap();
    let path = address.strip_prefix(origin).unwrap();
    let reply = Line::new(origin, PATIENCE).get(path, Vec::new()).await.unwrap();
    let to = reply.header("location").map(str::to_owned);
    (reply.status, to.unwrap_or_else(|| String::from_utf8(reply.body).unwrap()))
}

/// Opens the page, answers it as somebody, and gives where the browser is sent.
pub(crate) async fn answer(origin: &str, address: &str, account: &str, word: &str) -> String {
    let (status, page) = get(origin, address).await;
    assert_eq!(status, 200, "{page}");
    let between = |begin: &str| page.split(begin).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (request, action) = (between("name=\"request\" value=\""), between("action=\""));
    let body = form(&[("request", &request), ("account", account), ("answer", word)]).into_bytes();
    let line = Line::new(origin, PATIENCE);
    let reply = line.post(&action, body.into(), |_| Vec::new()).await.unwrap();
    reply.header("location").unwrap().to_owned()
}

/// The parameter of an address.
pub(crate) fn parameter(address: &str, name: &str) -> Option<String> {
    let query = address.split_once('?')?.1;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
