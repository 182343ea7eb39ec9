//! Verifying by face: asked by itself, with the ways that need none beside it (PIPL art. 29, rules R10 and R33).

use axum::extract::Path;
use axum::response::Response;
use desk::leaf::Who;
use desk::refusal::FieldFault;
use desk::verify::{FaceTry, alternative, by_face};
use desk::{Platform, Refusal, consent};
use model::Clear;
use model::field::Validator;
use policy::syntax::{Alternative, Function};
use policy::terms::Scope;

use super::consenting::{self, Asker, choice};
use super::form::notice_for;
use super::standing::{Standing, face_scope};
use crate::pages::parts::{Choice, Field, FieldKind, Form as Fields};
use crate::pages::portal::{FaceUpload, OtherWay, SeparateConsent};
use crate::security::PICTURE;
use crate::session::{Customer, Form, Signed};
use crate::told::elements;
use crate::trouble::Trouble;
use crate::words::{fault, fill, say};

type Reply = Result<Response, Trouble>;

/// A face that is asked for, and by which function.
struct Asked<'p> {
    scope: &'p Scope,
    function: &'p Function,
}

fn asked<'p>(platform: &'p Platform, scope: &str) -> Result<Asked<'p>, Trouble> {
    let functions = &platform.tables.program().policy.functions;
    let scope = elements::scope(platform, scope).ok_or(Trouble::Unknown)?;
    let function = functions.iter().find(|one| face_scope(platform, one).is_some_and(|own| own.id == scope.id));
    Ok(Asked { scope, function: function.ok_or(Trouble::Unknown)? })
}

fn ways<'p>(platform: &'p Platform, function: &Function) -> Vec<&'p Alternative> {
    let ways = platform.tables.program().operation.alternatives.iter();
    ways.filter(|way| way.function.text == function.id.as_str()).collect()
}

/// `GET /consent/{scope}`; who has agreed already goes on to the picture.
pub(crate) async fn ask(customer: Customer, Path((_, scope)): Path<(String, String)>) -> Reply {
    let asked = asked(&customer.platform, &scope)?;
    let standing = Standing::of(&customer).await?;
    if standing.open_scopes(&customer.platform, asked.function).is_empty() {
        return Ok(customer.go(&format!("/verify/{}", asked.function.id.value)));
    }
    customer.show(&consent_page(&customer, &asked, None))
}

fn consent_page(customer: &Customer, asked: &Asked<'_>, error: Option<String>) -> SeparateConsent {
    let platform = &customer.platform;
    let text = render::consent::text_of(&platform.tables, &asked.scope.id);
    let notice = notice_for(platform, asked.function, &asked.scope.items);
    let (title, told) = text.map(|text| (text.title, text.paragraphs)).unwrap_or_default();
    SeparateConsent {
        shell: customer.shell(),
        scope: asked.scope.id.clone(),
        title,
        notice: notice.unwrap_or_default(),
        method: told.into_iter().map(|one| fill("told", &[("heading", &one.heading), ("text", &one.text)])).collect(),
        recipients: Vec::new(),
        refused: vec![fill("refused-face", &[("function", &asked.function.name.value)]), say("refused-nothing-else")],
        other_way: (!ways(platform, asked.function).is_empty()).then(|| say("other-way")),
        shown: consenting::shown(platform, &asked.scope.id),
        error,
    }
}

/// `POST /consent/{scope}`.
pub(crate) async fn answered(
    Path((_, scope)): Path<(String, String)>,
    Signed(customer, form): Signed<Customer>,
) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let asked = asked(platform, &scope)?;
    match form.one("choice") {
        Some("agree") => {
            let Some(yes) = choice(platform, asked.scope, &form, "yes", &Asker::ONESELF) else {
                return customer.show_again(&consent_page(&customer, &asked, Some(say("consent-moved"))));
            };
            let standing = Standing::of(&customer).await?;
            // The function's general scope is about the same picture: this one page told all of it.
            let open = standing.open_scopes(platform, asked.function).into_iter();
            let same = open.filter(|scope| scope.id != asked.scope.id && scope.items == asked.scope.items);
            let mut given: Vec<_> = same
                .filter_map(|scope| {
                    let text = render::consent::text_of(&platform.tables, &scope.id)?.text;
                    Some(desk::consent::Choice { scope: scope.id.clone(), text, ..yes.clone() })
                })
                .collect();
            given.push(yes);
            consent::give(house, platform, customer.subject, given).await?;
            Ok(customer.go(&format!("/verify/{}", asked.function.id.value)))
        }
        Some("other") => {
            consent::refuse(house, platform, customer.subject, &asked.scope.id).await?;
            Ok(customer.go(&format!("/other-way/{}", asked.scope.id)))
        }
        Some("back") => Ok(customer.go("/home")),
        _ => customer.show_again(&consent_page(&customer, &asked, Some(say("consent-unanswered")))),
    }
}

fn by_function<'p>(platform: &'p Platform, id: &str) -> Result<Asked<'p>, Trouble> {
    let function = crate::told::elements::function(platform, id).ok_or(Trouble::Unknown)?;
    let scope = face_scope(platform, function).ok_or(Trouble::Unknown)?;
    Ok(Asked { scope, function })
}

/// `GET /verify/{function}`.
pub(crate) async fn picture(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let asked = by_function(&customer.platform, &id)?;
    let standing = Standing::of(&customer).await?;
    if !standing.open_scopes(&customer.platform, asked.function).is_empty() {
        return Ok(customer.go(&format!("/consent/{}", asked.scope.id)));
    }
    customer.show(&upload(&customer, &asked, &Form::default(), &[]))
}

fn upload(customer: &Customer, asked: &Asked<'_>, typed: &Form, faults: &[FieldFault]) -> FaceUpload {
    let error = |item: &str| faults.iter().find(|wrong| wrong.item == item).map(|wrong| fault(wrong.code));
    let field = |name: &str, label: &'static str, kind: FieldKind| Field {
        name: name.to_owned(),
        label: say(label),
        kind,
        value: typed.one(name).unwrap_or_default().to_owned(),
        error: error(name),
        required: true,
        ..Field::default()
    };
    let document = Field {
        hint: crate::words::hint(Validator::ResidentId.id()),
        sensitive: true,
        ..field("id-number", "document-number", FieldKind::DocumentNumber)
    };
    let picture = Field {
        hint: Some(say("picture-hint")),
        sensitive: true,
        ..field("picture", "picture", FieldKind::File("image/png,image/jpeg".into()))
    };
    FaceUpload {
        shell: customer.shell(),
        title: asked.function.name.value.clone(),
        form: Fields::of(vec![field("name", "name", FieldKind::Name), document, picture]),
        scope: asked.scope.id.clone(),
        other_way: !ways(&customer.platform, asked.function).is_empty(),
        unanswered: false,
    }
}

/// `POST /verify/{function}`: the picture is compared and gone; only the result stays.
pub(crate) async fn compare(
    Path((_, id)): Path<(String, String)>,
    Signed(customer, mut form): Signed<Customer>,
) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let asked = by_function(platform, &id)?;
    let picture = form.picture(PICTURE);
    let missing = |item: &str, code| FieldFault { person: None, place: None, item: item.to_owned(), code };
    let mut faults: Vec<FieldFault> = ["name", "id-number"]
        .into_iter()
        .filter(|name| form.one(name).is_none_or(|value| value.trim().is_empty()))
        .map(|name| missing(name, "missing"))
        .collect();
    let Some(picture) = picture.filter(|_| faults.is_empty()) else {
        faults.push(missing("picture", "picture"));
        return customer.show_again(&upload(&customer, &asked, &form, &faults));
    };
    let typed = |name: &str| Clear::new(form.one(name).unwrap_or_default().to_owned());
    let attempt = FaceTry {
        function: asked.function.id.value.clone(),
        channel: platform.portal_channel(),
        name: typed("name"),
        document: typed("id-number"),
        picture: Clear::new(picture),
    };
    match by_face(house, platform, customer.subject, attempt).await {
        Ok(done) if done.verified => Ok(customer.go(&format!("/home?done={}", done.leaf))),
        Ok(_) => {
            let mut page = upload(&customer, &asked, &form, &[]);
            page.form.problem = Some(say("face-differs"));
            customer.show_again(&page)
        }
        Err(Refusal::Fields(faults)) => customer.show_again(&upload(&customer, &asked, &form, &faults)),
        // Nothing was found out, and nothing is written down but that the picture was taken.
        Err(Refusal::Outside(_)) => {
            let mut page = upload(&customer, &asked, &form, &[]);
            page.form.problem = Some(say("face-no-answer"));
            page.unanswered = page.other_way;
            customer.show_again(&page)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// The function that an address asks another way for: by the scope of the face that it takes, or, where it takes none, by
/// its own name.
fn otherwise<'p>(platform: &'p Platform, named: &str) -> Result<&'p Function, Trouble> {
    let faceless = || elements::function(platform, named).filter(|one| face_scope(platform, one).is_none());
    asked(platform, named).map(|asked| asked.function).or_else(|_| faceless().ok_or(Trouble::Unknown))
}

/// `GET /other-way/{of}`.
pub(crate) async fn other_way(customer: Customer, Path((_, of)): Path<(String, String)>) -> Reply {
    let function = otherwise(&customer.platform, &of)?;
    customer.show(&other_page(&customer, function, None)?)
}

fn other_page(customer: &Customer, function: &Function, error: Option<String>) -> Result<OtherWay, Trouble> {
    let ways = ways(&customer.platform, function);
    if ways.is_empty() {
        return Err(Trouble::Unknown);
    }
    let way = |way: &&Alternative| Choice {
        value: way.id.to_string(),
        label: way.name.value.clone(),
        hint: Some(way.text.value.clone()),
    };
    let method = Field {
        name: "method".into(),
        label: say("method"),
        kind: FieldKind::Radio(ways.iter().map(way).collect()),
        error,
        required: true,
        ..Field::default()
    };
    let faces = face_scope(&customer.platform, function).is_some();
    let title = if faces { "other-way-title" } else { "verify-by" };
    Ok(OtherWay {
        shell: customer.shell(),
        title: fill(title, &[("function", &function.name.value)]),
        intro: say("other-way-intro"),
        form: Fields::of(vec![method]),
        facts: Vec::new(),
        clause: None,
    })
}

/// `POST /other-way/{of}`: the choice is written down; staff complete it.
pub(crate) async fn other_chosen(
    Path((_, of)): Path<(String, String)>,
    Signed(customer, form): Signed<Customer>,
) -> Reply {
    let platform = &customer.platform;
    let function = otherwise(platform, &of)?;
    let chosen = ways(platform, function).into_iter().find(|way| form.one("method") == Some(way.id.as_str()));
    let Some(way) = chosen else {
        return customer.show_again(&other_page(&customer, function, Some(say("choose-a-way")))?);
    };
    let id = way.id.to_string();
    let done = alternative(&customer.app.house, platform, customer.subject, &id, Who::Subject).await?;
    Ok(customer.go(&format!("/home?done={}", done.leaf)))
}
