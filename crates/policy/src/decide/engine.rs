//! The questions, answered.

use jiff::Timestamp;
use model::RecordId;
use model::act::{Born, Snapshot, SubjectState};

use super::Permit;
use crate::compile::Tables;
use crate::question::{
    Answer, DueAnswer, DueAsked, Effect, FunctionAnswer, FunctionOpen, FunctionVerdict, Grant, NotAnswerable, Openness,
    Processing, Question, RightAnswer, RightAsked, RightVerdict, Verdict,
};

impl Tables {
    /// Advice: opens nothing, leaves no leaf. The instant is `asked.at`, else `now`.
    pub fn decide(&self, asked: &Processing, subject: &SubjectState, born: Option<Born>, now: Timestamp) -> Answer {
        let _ = (subject, born);
        let verdict = Verdict { effect: Effect::Deny, reasons: Vec::new() };
        Answer {
            effect: Effect::Deny,
            published: verdict.clone(),
            law: verdict,
            items: Vec::new(),
            obligations: Vec::new(),
            basis: None,
            exception: None,
            retain: None,
            tables: self.fingerprint(),
            as_of: asked.at.unwrap_or(now),
        }
    }

    /// Decides for an act on one record, as the store's own snapshot stands; `asked.at` is ignored. No permit when
    /// nothing is permitted, or when the snapshot was read under another policy.
    pub fn permit(
        &self,
        snapshot: &Snapshot,
        born: Option<Born>,
        asked: &Processing,
        record: RecordId,
        now: Timestamp,
    ) -> (Answer, Option<Permit>) {
        let _ = record;
        (self.decide(asked, snapshot.state(), born, now), None)
    }

    /// Whether a function is open to somebody who refuses items.
    pub fn function_open(
        &self,
        asked: &FunctionOpen,
        subject: &SubjectState,
        born: Option<Born>,
        now: Timestamp,
    ) -> FunctionAnswer {
        let _ = (subject, born);
        let verdict =
            FunctionVerdict { effect: Openness::Closed, missing: Vec::new(), closes: Vec::new(), reasons: Vec::new() };
        FunctionAnswer {
            effect: Openness::Closed,
            published: verdict.clone(),
            law: verdict,
            alternatives: Vec::new(),
            tables: self.fingerprint(),
            as_of: asked.at.unwrap_or(now),
        }
    }

    /// Whether a right may be exercised, and by when it is answered.
    pub fn right(&self, asked: &RightAsked, subject: &SubjectState, born: Option<Born>, now: Timestamp) -> RightAnswer {
        let _ = (subject, born);
        let verdict = RightVerdict { effect: Grant::Refused, due: None, reasons: Vec::new(), blocked_by: Vec::new() };
        RightAnswer {
            right: asked.right,
            effect: Grant::Refused,
            published: verdict.clone(),
            law: verdict,
            routes: Vec::new(),
            path: None,
            due: None,
            remedy: Vec::new(),
            tables: self.fingerprint(),
            as_of: asked.at.unwrap_or(now),
        }
    }

    /// When a clock runs out.
    pub fn due(&self, asked: &DueAsked, now: Timestamp) -> DueAnswer {
        let _ = (asked, now);
        DueAnswer { due: None, published: None, law: None, reasons: Vec::new(), tables: self.fingerprint() }
    }

    /// Answers any question about an inline subject.
    ///
    /// # Errors
    /// [`NotAnswerable`] for a subject named by id, an unreadable birth date and a question about another platform.
    pub fn answer(&self, question: &Question, now: Timestamp) -> Result<serde_json::Value, NotAnswerable> {
        let _ = (question, now);
        Err(NotAnswerable::SubjectById)
    }
}
