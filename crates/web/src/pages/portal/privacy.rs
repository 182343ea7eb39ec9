//! The privacy centre (隐私中心): one menu to everything, the policy's text, its versions, what it announces.

use askama::Template;

use crate::pages::PolicyHtml;
use crate::pages::parts::{Clause, Day, Fact, Link};
use crate::pages::shell::{Place, Portal};

/// The menu.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/privacy_centre.html")]
pub struct PrivacyCentre {
    /// Around it.
    pub shell: Portal,
    /// The rights, as the policy and the law give them.
    pub rights: Vec<RightLine>,
    /// The person may choose an agency.
    pub agencies: bool,
    /// Where to complain, beside the contacts of the shell: authorities, courts, as the policy or the law names them.
    pub remedy: Vec<String>,
    /// Current version, in words.
    pub version: String,
}

/// One right and how it is used.
#[derive(Debug, Clone, Default)]
pub struct RightLine {
    /// Its name.
    pub name: String,
    /// The way that the policy names.
    pub how: String,
    /// The way here, if there is one.
    pub link: Option<Link>,
    /// By when it is answered.
    pub within: String,
    /// Where the policy says so; none: from the law.
    pub clause: Option<Clause>,
    /// Where the law says so.
    pub article: String,
}

/// The text of a policy version.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/policy_text.html")]
pub struct PolicyText {
    /// Around it.
    pub shell: Portal,
    /// Title as published.
    pub title: String,
    /// Date of the update, if the text bears one.
    pub updated: Option<Day>,
    /// Date of effect, if the text bears one.
    pub effective: Option<Day>,
    /// In force in this installation since.
    pub since: Option<Day>,
    /// Fingerprint of the shown text.
    pub fingerprint: String,
    /// Whether it is in force.
    pub stage: VersionStage,
    /// Table of contents.
    pub contents: Vec<TocEntry>,
    /// The text, made by our renderer; its headings carry the clause numbers as anchors.
    pub body: PolicyHtml,
}

/// An entry of the contents.
#[derive(Debug, Clone, Default)]
pub struct TocEntry {
    /// Number and heading.
    pub label: String,
    /// Anchor in the text, without `#`.
    pub anchor: String,
}

/// All versions.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/policy_archive.html")]
pub struct PolicyArchive {
    /// Around it.
    pub shell: Portal,
    /// Newest first.
    pub versions: Vec<VersionLine>,
}

/// How far a version has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VersionStage {
    /// 即将施行
    Announced,
    /// 当前版本
    #[default]
    InForce,
    /// 已被取代
    Archived,
    /// 未施行
    Replaced,
}

/// One version.
#[derive(Debug, Clone, Default)]
pub struct VersionLine {
    /// Id for the path.
    pub id: String,
    /// How far it has come.
    pub stage: VersionStage,
    /// Its name.
    pub label: String,
    /// Date of the update.
    pub updated: Option<Day>,
    /// Date of effect.
    pub effective: Option<Day>,
    /// In force here from this day on.
    pub since: Option<Day>,
    /// Until then, as far as is known.
    pub until: Option<Day>,
    /// What changed against the version before it, in words.
    pub changes: Vec<String>,
    /// Fingerprint of the shown text, which leads to it.
    pub fingerprint: String,
}

/// What flows where, drawn from the policy in force; the drawing's colours are those of the page.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/policy_map.html")]
pub struct PolicyMap {
    /// Around it.
    pub shell: Portal,
    /// SVG, as `render` draws it: no script, no style, nothing that a policy said unescaped.
    pub drawing: String,
}

/// What the policy announces, before anything is collected: both lists, permissions, SDKs.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/policy_lists.html")]
pub struct PolicyLists {
    /// Around it.
    pub shell: Portal,
    /// What may be collected.
    pub collects: Vec<PlannedCollection>,
    /// With whom it may be shared.
    pub shares: Vec<PlannedShare>,
    /// Device permissions.
    pub permissions: Vec<PermissionLine>,
    /// SDKs and APIs of others.
    pub sdks: Vec<SdkLine>,
}

/// What one function may collect.
#[derive(Debug, Clone, Default)]
pub struct PlannedCollection {
    /// The function.
    pub function: String,
    /// What for.
    pub purpose: String,
    /// Items that are asked.
    pub items: Vec<String>,
    /// Those of them that are sensitive.
    pub sensitive: Vec<String>,
    /// What follows from refusing.
    pub refused: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

/// With whom something may be shared.
#[derive(Debug, Clone, Default)]
pub struct PlannedShare {
    /// Who.
    pub recipient: String,
    /// What for.
    pub purpose: String,
    /// What.
    pub items: String,
    /// On which condition.
    pub condition: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

/// A device permission.
#[derive(Debug, Clone, Default)]
pub struct PermissionLine {
    /// Its name.
    pub name: String,
    /// What for.
    pub purpose: String,
    /// What closing it stops.
    pub closed: String,
    /// Where the policy says so.
    pub clause: Option<Clause>,
}

/// An SDK or API of someone else.
#[derive(Debug, Clone, Default)]
pub struct SdkLine {
    /// Its name.
    pub name: String,
    /// Who provides it.
    pub provider: String,
    /// What it does.
    pub does: String,
    /// What it collects, or that the text does not say.
    pub facts: Vec<Fact>,
}
