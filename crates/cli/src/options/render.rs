//! What can be typed for a document.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args)]
pub(crate) struct Render {
    /// Platform folder or policy file
    pub(crate) path: PathBuf,
    /// Which document
    #[arg(long, value_enum, default_value = "notice")]
    pub(crate) document: Document,
    /// In which form
    #[arg(long, visible_alias = "format", value_enum, default_value = "html")]
    pub(crate) to: Form,
    /// The program that sets PDF; without it: shouyue-pdf, beside this program or on the path
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) typesetter: Option<PathBuf>,
}

/// Documents.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Document {
    /// The privacy notice
    Notice,
    /// The notice under one screen of what matters
    Layered,
    /// 个人信息收集清单
    Collected,
    /// 第三方共享清单
    Shared,
    /// Embedded code of third parties, channel by channel
    Sdks,
    /// 小程序用户隐私保护指引; as JSON what its console takes in
    MiniProgram,
    /// Record of processing activities
    Activities,
    /// Retention schedule
    Retention,
    /// Rights, routes and clocks
    Rights,
    /// Promises, controls, evidence and state
    Promises,
    /// 单独同意矩阵
    Consents,
    /// What flows where, drawn
    Map,
}

/// Forms of a document.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// HTML
    Html,
    /// Markdown
    Markdown,
    /// The document as data
    Json,
    /// The map as a drawing of its own
    Svg,
    /// PDF/A, by shouyue-pdf
    Pdf,
}
