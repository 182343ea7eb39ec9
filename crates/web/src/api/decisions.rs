//! `POST /v1/decisions`: may I, which fields, how masked, why. Advice: it opens nothing and leaves no leaf.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use desk::advice;
use desk::seat::Caller;
use policy::question::Question;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, malformed};
use super::caller::{Calling, Decide};
use crate::app::App;
use crate::problem::{Kind, Problem, ProblemBody};

/// Most questions in one batch.
const BATCH: usize = 1000;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(decide))
}

/// Asks for a decision
///
/// One question, or `{"questions": […]}` with up to 1,000, answered in order by `{"answers": […]}`; a question that
/// cannot be answered has a problem in its place. Questions and answers: `docs/answers.md`.
#[utoipa::path(post, path = "/v1/decisions", tag = "decisions",
    request_body(content = Object, description = "A question, or `{\"questions\": […]}`"),
    security(("service-token" = [])),
    responses((status = 200, body = Object, description = "The answer, or `{\"answers\": […]}`"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn decide(
    State(app): State<Arc<App>>,
    calling: Calling<Decide>,
    asked: Asked<Value>,
) -> Result<impl IntoResponse, Problem> {
    let mut body = asked.body;
    let Some(batch) = body.get_mut("questions").map(Value::take) else {
        return answer(&app, &calling.caller, body).await.map(json);
    };
    let Value::Array(questions) = batch else {
        return Err(Problem::new(Kind::Malformed, "`questions` is a list"));
    };
    if body.as_object().is_none_or(|members| members.len() != 1) {
        return Err(Problem::new(Kind::Malformed, "a batch has no member but `questions`"));
    }
    if questions.len() > BATCH {
        return Err(Problem::new(Kind::Wrong, format!("a batch holds at most {BATCH} questions")));
    }
    let mut answers = Vec::with_capacity(questions.len());
    for question in questions {
        answers.push(match answer(&app, &calling.caller, question).await {
            Ok(answer) => answer,
            Err(problem) => serde_json::json!({ "problem": problem.into_body() }).to_string(),
        });
    }
    Ok(json(format!("{{\"answers\":[{}]}}", answers.join(","))))
}

/// A body that was written as JSON where its words lie.
fn json(text: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], text)
}

async fn answer(app: &App, caller: &Caller, question: Value) -> Result<String, Problem> {
    let question: Question = serde_json::from_value(question).map_err(|error| malformed(&error))?;
    if question.platform() != caller.platform() {
        return Err(Problem::not_found("platform"));
    }
    Ok(advice::decide(&app.house, caller, question).await?)
}
