//! A browser without script: it keeps a cookie, follows where it is sent and fills the forms that it is shown.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::installation::Server;

/// The media type of a form without files.
const FORM: &str = "application/x-www-form-urlencoded";

/// What stands between the parts of a form with files.
const SEAM: &str = "----seam";

/// A page.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Page {
    /// The forms of the page: where each goes, and its controls with what stands in them.
    fn forms(&self) -> Vec<(String, Vec<Control>)> {
        let pieces = self.text.split("<form").skip(1);
        let whole = pieces.map(|piece| piece.split("</form>").next().unwrap());
        let form = |piece: &str| (attribute(piece.split('>').next().unwrap(), "action"), controls(piece));
        whole.map(form).map(|(action, controls)| (action.unwrap_or_else(|| self.path.clone()), controls)).collect()
    }

    /// What the page says is wrong, or else its title.
    pub(crate) fn problems(&self) -> &str {
        let begins = ["class=\"problems\"", "class=\"problem\"", "<title>"].into_iter();
        let found = begins.filter_map(|begins| self.text.split_once(begins)).map(|(_, rest)| rest).next();
        found.unwrap_or(&self.text).split("</div>").next().unwrap_or_default()
    }

    /// Whether it says this.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// Where its links lead that have `within` in their address.
    pub(crate) fn links(&self, within: &str) -> Vec<String> {
        let hrefs = self.text.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        hrefs
            .filter(|href| href.contains(within))
            .map(|href| href.replace("&amp;", "&").replace("&#38;", "&"))
            .collect()
    }

    /// The address in the page that gives a link to pass on.
    pub(crate) fn link_to_pass_on(&self) -> String {
        let (_, rest) = self.text.split_once("/join/").unwrap_or_else(|| panic!("no link: {}", self.problems()));
        let secret: String =
            rest.chars().take_while(|sign| sign.is_ascii_alphanumeric() || "-_".contains(*sign)).collect();
        format!("/join/{secret}")
    }

    /// Numbers that links on the page end with, after a prefix.
    pub(crate) fn numbers(&self, prefix: &str) -> Vec<String> {
        let after = self.text.split(prefix).skip(1);
        let mut found: Vec<String> =
            after.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect()).collect();
        found.retain(|number: &String| !number.is_empty());
        found.sort();
        found.dedup();
        found
    }
}

struct Control {
    name: String,
    value: String,
    kind: String,
}

fn controls(form: &str) -> Vec<Control> {
    let tags = form
        .split('<')
        .skip(1)
        .filter(|tag| ["input", "button", "select", "textarea"].iter().any(|name| tag.starts_with(name)));
    let control = |tag: &str| {
        let tag = tag.split('>').next().unwrap();
        let kind = attribute(tag, "type").unwrap_or_else(|| tag.split_whitespace().next().unwrap().to_owned());
        Some(Control { name: attribute(tag, "name")?, value: attribute(tag, "value").unwrap_or_default(), kind })
    };
    tags.filter_map(control).collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let begins = format!(" {name}=\"");
    let (_, rest) = tag.split_once(&begins)?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&#34;", "\"")
            .replace("&#38;", "&")
            .replace("&#39;", "'")
            .replace("&amp;", "&"),
    )
}

/// An address without its query.
fn bare(path: &str) -> &str {
    path.split('?').next().unwrap()
}

/// A browser of one visitor.
pub(crate) struct Browser {
    agent: ureq::Agent,
    origin: String,
    /// The path of the platform's pages.
    base: String,
    cookies: BTreeMap<String, String>,
    headers: Vec<(&'static str, &'static str)>,
}

impl Browser {
    pub(crate) fn new(server: &Server) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let base = format!("/p/{}", server.platform);
        Self { agent, origin: server.origin.clone(), base, cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// A page of the platform; of another, or of the console, by its whole path.
    pub(crate) fn get(&mut self, path: &str) -> Page {
        let whole = ["/p/", "/console/"].iter().any(|room| path.starts_with(room));
        let base = if whole { "" } else { self.base.as_str() };
        self.request("GET", &format!("{base}{path}"), (FORM, b""))
    }

    fn request(&mut self, method: &str, path: &str, sent: (&str, &[u8])) -> Page {
        self.try_request(method, path, sent).unwrap()
    }

    fn try_request(&mut self, method: &str, path: &str, (media, body): (&str, &[u8])) -> Result<Page, ureq::Error> {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.origin))
            .header("sec-fetch-site", "same-origin");
        if !jar.is_empty() {
            request = request.header("cookie", jar.join("; "));
        }
        if method == "POST" {
            request = request.header("content-type", media).header("origin", &self.origin);
        }
        for (header, value) in &self.headers {
            request = request.header(*header, *value);
        }
        let mut response = self.agent.run(request.body(body.to_vec())?)?;
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = response.status().as_u16();
        if (300..400).contains(&status) {
            let to = response.headers().get("location").unwrap().to_str().unwrap().to_owned();
            return self.try_request("GET", &to, (FORM, b""));
        }
        let text = response.body_mut().read_to_string()?;
        assert!(status < 500, "{method} {path}: {text}");
        Ok(Page { status, path: path.to_owned(), text })
    }

    /// From now on every request says this.
    pub(crate) fn tells(&mut self, header: &'static str, value: &'static str) {
        self.headers.push((header, value));
    }

    /// Sends the form whose action ends with `action`: what is hidden in it, yes to every question, and `typed`.
    pub(crate) fn send(&mut self, page: &Page, action: &str, typed: &[(&str, &str)]) -> Page {
        self.submit(page, |form| form.ends_with(action), typed, |_| Some("yes"))
    }

    /// Sends the form that the page itself takes: what is hidden in it, an answer to every question, and `typed`.
    pub(crate) fn answer(&mut self, page: &Page, typed: &[(&str, &str)], yes: impl Fn(&str) -> bool) -> Page {
        let answer = |scope: &str| Some(if yes(scope) { "yes" } else { "no" });
        self.submit(page, |form| bare(form) == bare(&page.path), typed, answer)
    }

    /// As [`Self::answer`], with yes to every question.
    ///
    /// # Errors
    /// Nobody answers.
    pub(crate) fn try_answer(&mut self, page: &Page, typed: &[(&str, &str)]) -> Result<Page, ureq::Error> {
        self.try_submit(page, |form| bare(form) == bare(&page.path), typed, |_| Some("yes"))
    }

    /// Sends the form whose action has `action` in it: what is hidden in it, and `typed` alone.
    pub(crate) fn choose(&mut self, page: &Page, action: &str, typed: &[(&str, &str)]) -> Page {
        self.submit(page, |form| form.contains(action), typed, |_| None)
    }

    /// Sends a file with the form that the page itself takes.
    pub(crate) fn upload(&mut self, page: &Page, control: &str, media: &str, content: &[u8]) -> Page {
        let forms = page.forms();
        let (action, controls) = forms.iter().find(|(action, _)| bare(action) == bare(&page.path)).unwrap();
        let mut body = Vec::new();
        for hidden in controls.iter().filter(|control| control.kind == "hidden") {
            let head = format!("--{SEAM}\r\ncontent-disposition: form-data; name=\"{}\"\r\n\r\n", hidden.name);
            body.extend([head.as_bytes(), hidden.value.as_bytes(), b"\r\n"].concat());
        }
        let head = format!(
            "--{SEAM}\r\ncontent-disposition: form-data; name=\"{control}\"; filename=\"a\"\r\ncontent-type: {media}\r\n\r\n"
        );
        body.extend([head.as_bytes(), content, format!("\r\n--{SEAM}--\r\n").as_bytes()].concat());
        self.request("POST", action, (&format!("multipart/form-data; boundary={SEAM}"), &body))
    }

    fn submit(
        &mut self,
        page: &Page,
        is: impl Fn(&str) -> bool,
        typed: &[(&str, &str)],
        answer: impl Fn(&str) -> Option<&'static str>,
    ) -> Page {
        self.try_submit(page, is, typed, answer).unwrap()
    }

    fn try_submit(
        &mut self,
        page: &Page,
        is: impl Fn(&str) -> bool,
        typed: &[(&str, &str)],
        answer: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<Page, ureq::Error> {
        let forms = page.forms();
        let found = forms.iter().find(|(action, _)| is(action));
        let (action, controls) = found.unwrap_or_else(|| {
            let actions: Vec<&String> = forms.iter().map(|(action, _)| action).collect();
            panic!("no such form on {} ({}): {actions:?}", page.path, page.status)
        });
        let mut fields: Vec<(String, String)> = Vec::new();
        for control in controls {
            let hidden = control.kind == "hidden";
            let scope = control.name.strip_prefix("consent.").filter(|_| control.kind == "radio");
            let answered = scope.and_then(&answer).is_some_and(|answer| control.value == answer);
            if hidden || answered {
                fields.push((control.name.clone(), control.value.clone()));
            }
        }
        for (name, value) in typed {
            assert!(controls.iter().any(|control| control.name == *name), "the form of {action} has no {name}");
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.try_request("POST", action, (FORM, body.join("&").as_bytes()))
    }

    /// Types the code that the demo's telephone shows on the page, into the form whose action ends with `action`.
    pub(crate) fn prove(&mut self, page: &Page, action: &str) -> Page {
        let (_, hint) = page
            .text
            .split_once("id=\"f-code-hint\"")
            .unwrap_or_else(|| panic!("no code on {} ({}): {}", page.path, page.status, page.problems()));
        let code: String = hint.chars().skip_while(|sign| !sign.is_ascii_digit()).take(6).collect();
        self.send(page, action, &[("code", &code)])
    }

    /// Logs in by the code.
    pub(crate) fn log_in_with_code(&mut self, page: &Page) {
        let home = self.prove(page, "/login/code");
        assert_eq!(
            (home.status, home.path.as_str()),
            (200, format!("{}/home", self.base).as_str()),
            "{}",
            home.problems()
        );
    }

    /// Downloads a receipt of one's own.
    pub(crate) fn keep_receipt(&mut self, folder: &Path, leaf: &str) {
        let receipt = self.get(&format!("/receipts/{leaf}/download"));
        assert_eq!(receipt.status, 200, "{}", receipt.text);
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(format!("{leaf}.receipt")), receipt.text).unwrap();
    }
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(one).collect()
}
