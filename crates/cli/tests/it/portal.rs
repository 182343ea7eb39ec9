//! A browser without script: it keeps a cookie, follows where it is sent and fills the forms that it is shown.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

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
    fn problems(&self) -> &str {
        let begins = ["class=\"problems\"", "class=\"problem\"", "<title>"].into_iter();
        let found = begins.filter_map(|begins| self.text.split_once(begins)).map(|(_, rest)| rest).next();
        found.unwrap_or(&self.text).split("</div>").next().unwrap_or_default()
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
    Some(value.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#39;", "'").replace("&amp;", "&"))
}

/// A browser of one visitor.
pub(crate) struct Browser {
    agent: ureq::Agent,
    origin: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(origin: &str) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        Self { agent, origin: origin.to_owned(), cookies: BTreeMap::new() }
    }

    pub(crate) fn get(&mut self, path: &str) -> Page {
        self.request("GET", path, "")
    }

    fn request(&mut self, method: &str, path: &str, body: &str) -> Page {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.origin))
            .header("sec-fetch-site", "same-origin");
        if !jar.is_empty() {
            request = request.header("cookie", jar.join("; "));
        }
        if method == "POST" {
            request =
                request.header("content-type", "application/x-www-form-urlencoded").header("origin", &self.origin);
        }
        let mut response = self.agent.run(request.body(body.as_bytes().to_vec()).unwrap()).unwrap();
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = response.status().as_u16();
        if (300..400).contains(&status) {
            let to = response.headers().get("location").unwrap().to_str().unwrap().to_owned();
            return self.request("GET", &to, "");
        }
        let text = response.body_mut().read_to_string().unwrap();
        assert!(status < 500, "{method} {path}: {text}");
        Page { status, path: path.to_owned(), text }
    }

    /// Sends the form whose action ends with `action`: what is hidden in it, yes to every question, and `typed`.
    pub(crate) fn send(&mut self, page: &Page, action: &str, typed: &[(&str, &str)]) -> Page {
        self.submit(page, |form| form.ends_with(action), typed, true)
    }

    /// Sends the form whose action has `action` in it: what is hidden in it, and `typed` alone.
    pub(crate) fn choose(&mut self, page: &Page, action: &str, typed: &[(&str, &str)]) -> Page {
        self.submit(page, |form| form.contains(action), typed, false)
    }

    fn submit(&mut self, page: &Page, is: impl Fn(&str) -> bool, typed: &[(&str, &str)], agree: bool) -> Page {
        let forms = page.forms();
        let found = forms.iter().find(|(action, _)| is(action));
        let (action, controls) = found.unwrap_or_else(|| {
            let actions: Vec<&String> = forms.iter().map(|(action, _)| action).collect();
            panic!("no such form on {} ({}): {actions:?}", page.path, page.status)
        });
        let mut fields: Vec<(String, String)> = Vec::new();
        for control in controls {
            let hidden = control.kind == "hidden";
            let yes =
                agree && control.kind == "radio" && control.name.starts_with("consent.") && control.value == "yes";
            if hidden || yes {
                fields.push((control.name.clone(), control.value.clone()));
            }
        }
        for (name, value) in typed {
            assert!(controls.iter().any(|control| control.name == *name), "the form of {action} has no {name}");
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.request("POST", action, &body.join("&"))
    }

    /// Types the code that the demo's telephone shows on the page.
    pub(crate) fn log_in_with_code(&mut self, page: &Page) {
        let (_, hint) = page
            .text
            .split_once("id=\"f-code-hint\"")
            .unwrap_or_else(|| panic!("no code on {} ({}): {}", page.path, page.status, page.problems()));
        let code: String = hint.chars().skip_while(|sign| !sign.is_ascii_digit()).take(6).collect();
        let home = self.send(page, "/login/code", &[("code", &code)]);
        assert_eq!((home.status, home.path.as_str()), (200, "/p/haigang/home"), "{}", home.problems());
    }

    /// Downloads a receipt of one's own.
    pub(crate) fn keep_receipt(&mut self, folder: &Path, leaf: &str) {
        let receipt = self.get(&format!("/p/haigang/receipts/{leaf}/download"));
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
