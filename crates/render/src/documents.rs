//! Which documents there are, and the one door to them.

use policy::compile::Tables;

use crate::document::Document;
use crate::{activities, declaration, layered, listed, map, notice, sdks};

/// A document that a policy makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// The privacy notice (隐私政策).
    Notice,
    /// The notice under one screen of what matters (分层告知).
    Layered,
    /// What is collected (个人信息收集清单).
    Collected,
    /// What third parties get (第三方共享清单).
    Shared,
    /// Embedded code of third parties, channel by channel.
    Sdks,
    /// What the console of a mini-program asks for (小程序用户隐私保护指引).
    MiniProgram,
    /// The record of processing activities (个人信息处理活动记录).
    Activities,
    /// How long each class of records is kept (保存期限表).
    Retention,
    /// Rights, routes and clocks.
    Rights,
    /// Promises, with control, evidence and state.
    Promises,
    /// What needs a consent of its own, and why (单独同意矩阵).
    Consents,
    /// Who gives, which function, which items, who receives, how long: drawn, and as a table.
    Map,
}

impl Which {
    /// Every document, in the order of `docs/documents.md`.
    pub const ALL: [Self; 12] = [
        Self::Notice,
        Self::Layered,
        Self::Collected,
        Self::Shared,
        Self::Sdks,
        Self::MiniProgram,
        Self::Activities,
        Self::Retention,
        Self::Rights,
        Self::Promises,
        Self::Consents,
        Self::Map,
    ];
}

/// The document of compiled tables.
pub fn document(tables: &Tables, which: Which) -> Document {
    match which {
        Which::Notice => notice::notice(tables),
        Which::Layered => layered::document(tables),
        Which::Collected => listed::collected(tables),
        Which::Shared => listed::shared(tables),
        Which::Sdks => sdks::document(tables),
        Which::MiniProgram => declaration::document(tables),
        Which::Activities => activities::document(tables),
        Which::Retention => listed::retention(tables),
        Which::Rights => listed::rights(tables),
        Which::Promises => listed::promises(tables),
        Which::Consents => listed::consents(tables),
        Which::Map => map::document(tables),
    }
}
