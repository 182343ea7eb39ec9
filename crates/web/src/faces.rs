//! The pages together: portals, console, assets, and what holds around all of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use desk::Refusal;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::pages::portal::Instead;
use crate::told::reasons::{of_answer, uncoded};
use crate::trouble::{Carried, Trouble, WAIT};
use crate::{console, portal, security, static_files};

/// Every route that people see. From the inside out: a request that takes too long is given up, what went wrong becomes a page, a
/// fault of that page itself is caught, the headers are put on.
pub(crate) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/", get(portal::enter::root))
        .route("/p/{platform}/", get(portal::enter::start))
        .nest("/p/{platform}", portal::routes())
        .route("/console/", get(console::home))
        .nest("/console", console::routes())
        .merge(static_files::routes())
        .layer(from_fn(security::apart))
        .layer(from_fn_with_state(Arc::clone(app), shown))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(security::headers))
}

/// Shows what went wrong below as a page.
async fn shown(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let mut response = next.run(request).await;
    let Some(Carried(trouble)) = response.extensions_mut().remove::<Carried>() else { return response };
    if let Trouble::Refusal(Refusal::Broken(why) | Refusal::Away(why)) = &*trouble {
        tracing::error!(why, "the house is not well");
    }
    if let Trouble::Elsewhere(page) = &*trouble {
        return Redirect::to(page).into_response();
    }
    let platform = path.strip_prefix("/p/").and_then(|rest| rest.split('/').next()).map(str::to_owned);
    let (status, page) = match platform {
        Some(id) => match app.house.platform(&id) {
            Ok(platform) if matches!(*trouble, Trouble::LogIn) => {
                return Redirect::to(&format!("/p/{}/login", platform.id)).into_response();
            }
            Ok(platform) => {
                let kind = trouble.kind(|answer| uncoded(of_answer(&platform, answer)));
                let next = match &*trouble {
                    Trouble::Refusal(Refusal::Denied(answer)) => portal::identity::mends(&platform, answer),
                    _ => Vec::new(),
                };
                (trouble.status(), portal::shell::problem(&app, &platform, &headers, kind, next).await)
            }
            Err(Refusal::Overtaken(_) | Refusal::NotAsDeclared { .. }) => {
                (StatusCode::SERVICE_UNAVAILABLE, portal::enter::platforms(&app, Some(Instead::Closed)))
            }
            Err(_) => (StatusCode::NOT_FOUND, portal::enter::platforms(&app, Some(Instead::Missing))),
        },
        None if matches!(*trouble, Trouble::LogIn) => return Redirect::to("/console/login").into_response(),
        None => (trouble.status(), console::problem(&app, &headers, &trouble).await),
    };
    let mut page = page.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
    *page.status_mut() = status;
    if status == StatusCode::TOO_MANY_REQUESTS {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(WAIT));
    }
    page
}
