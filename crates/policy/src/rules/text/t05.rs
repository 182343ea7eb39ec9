//! `T05`: the way by which a right goes leads somewhere.

use super::super::said::{Listed, joined, said};
use super::super::view::{View, span_of};
use super::super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Handler, Right, Route};

pub(super) const RULE: Rule = Rule { code: "T05", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    for right in &view.said().rights {
        let Some(routes) = right.routes.said() else { continue };
        let leads: Vec<bool> = routes.iter().map(|route| leads(handler, right, *route)).collect();
        let one_leads = leads.contains(&true);
        // By oneself, or at a counter that everybody finds: the page says where, as long as there is another way to ask.
        let found = |route: Route| one_leads && matches!(route, Route::SelfService | Route::OnlineService);
        let dead: Vec<Listed<Route>> = routes
            .iter()
            .zip(&leads)
            .filter(|(route, leads)| !**leads && !found(**route))
            .map(|(route, _)| Listed(*route))
            .collect();
        if !dead.is_empty() {
            let message = said!(
                "the right `{right}` goes by {ways}, and the text does not say where",
                right = Listed(right.kind.value),
                ways = joined(dead)
            );
            to.warning(span_of(&right.routes, right.kind.span), message, said!("leads nowhere"));
        }
    }
}

/// Whether the text tells where a way begins: a number, an address, a path.
fn leads(handler: &Handler, right: &Right, route: Route) -> bool {
    let contact = |route: Route| handler.contacts.iter().any(|contact| contact.route.value == route);
    let path = right.path.as_ref().map(|path| path.as_str());
    match route {
        Route::Phone => contact(route) || path.is_some_and(has_number),
        Route::Email => contact(route) || handler.email.said().is_some() || path.is_some_and(|path| path.contains('@')),
        Route::Letter | Route::Counter => contact(route) || handler.address.said().is_some(),
        Route::Fax => contact(route),
        Route::SelfService | Route::WebForm | Route::OnlineService => contact(route) || path.is_some(),
        Route::Unstated => false,
        // These answer something that the company sent.
        Route::Sms | Route::InMessage | Route::Push | Route::PopUp | Route::Announcement => true,
    }
}

/// Whether a path holds what can be dialled.
fn has_number(path: &str) -> bool {
    const SHORTEST: usize = 5;
    path.chars().filter(char::is_ascii_digit).count() >= SHORTEST
}
