//! Checks without a face, as staff note them on a customer's page (rule R33).

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use desk::verify::{OpenWay, attest, open_ways};
use model::SubjectId;
use model::calendar::day_in_shanghai;

use super::clerk::{BASE, Clerk};
use crate::pages::parts::{Choice, Field, FieldKind, Form as Fields};
use crate::session::Signed;
use crate::trouble::Trouble;
use crate::words::{fill, say};

/// The ways that the seat may note, with what was wrong with the choice; `None` where there is none.
pub(super) async fn choice_of_way(
    clerk: &Clerk,
    subject: SubjectId,
    wrong: Option<String>,
) -> Result<Option<Fields>, Trouble> {
    let ways = open_ways(&clerk.app.house, &clerk.platform, &clerk.duty()?, subject).await?;
    let field = |ways: &[OpenWay]| Field {
        name: "way".to_owned(),
        label: say("c-way"),
        kind: FieldKind::Radio(ways.iter().map(choice).collect()),
        required: true,
        error: wrong,
        ..Field::default()
    };
    Ok((!ways.is_empty()).then(|| Fields::of(vec![field(&ways)])))
}

fn choice(way: &OpenWay) -> Choice {
    let told = [("c-way-waits", way.waits), ("c-way-gone", way.gone)];
    let stands = told.into_iter().filter_map(|(text, at)| Some((text, day_in_shanghai(at?).to_string())));
    let stands: String = stands.map(|(text, day)| fill(text, &[("day", &day)])).collect();
    let label = fill("c-way-of", &[("way", &way.name), ("function", &way.function_name)]);
    Choice { value: way.id.to_string(), label, hint: Some(format!("{stands}{}", way.text)) }
}

/// `POST /console/subjects/{id}/verifications`: notes that the person was checked by `way`.
pub(crate) async fn noted(Path(id): Path<String>, Signed(clerk, form): Signed<Clerk>) -> Result<Response, Trouble> {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let subject: SubjectId = id.parse().map_err(|_| Trouble::Unknown)?;
    let Some(way) = form.one("way").filter(|way| !way.is_empty()) else {
        return super::subject::no_way(&clerk, subject).await;
    };
    attest(house, platform, &duty, subject, way).await?;
    Ok(Redirect::to(&format!("{BASE}/subjects/{subject}#ways")).into_response())
}
