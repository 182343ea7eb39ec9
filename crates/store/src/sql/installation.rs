//! The installation's database: seats, service tokens, sessions, log-in codes, one-time links, log-ins with others' accounts.

use jiff::Timestamp;
use model::{ActorId, Slug, SubjectId};

use crate::error::StoreError;
use crate::installation::{LoginCode, LoginTry, OneTimeLink, ServiceToken, Session, SessionKind, Staff};
use crate::sql::column::values;
use crate::sql::connection::{Connection, Row};

const STAFF_PUT: &str = "INSERT INTO staff (actor, name, password, operator, closed) VALUES (?1, ?2, ?3, ?4, ?5) \
    ON CONFLICT (actor) DO UPDATE SET name = excluded.name, password = excluded.password, \
    operator = excluded.operator, closed = excluded.closed";
const STAFF_ROLES_DROP: &str = "DELETE FROM staff_role WHERE actor = ?1";
const STAFF_ROLE_PUT: &str =
    "INSERT INTO staff_role (actor, platform, role) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
const STAFF_ROLES: &str = "SELECT platform, role FROM staff_role WHERE actor = ?1 ORDER BY platform, role";
const STAFF_BY_NAME: &str = "SELECT actor, name, password, operator, closed FROM staff WHERE name = ?1";
const STAFF: &str = "SELECT actor, name, password, operator, closed FROM staff ORDER BY name";
const TOKEN_PUT: &str = "INSERT INTO service_token (actor, name, digest, platform, party, rate, revoked) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (actor) DO UPDATE SET name = excluded.name, \
    digest = excluded.digest, platform = excluded.platform, party = excluded.party, rate = excluded.rate, \
    revoked = excluded.revoked";
const GRANTS_DROP: &str = "DELETE FROM service_token_grant WHERE actor = ?1";
const GRANT_PUT: &str = "INSERT INTO service_token_grant (actor, grant_kind, place, word) VALUES (?1, ?2, ?3, ?4)";
const GRANTS: &str = "SELECT word FROM service_token_grant WHERE actor = ?1 AND grant_kind = ?2 ORDER BY place";
const TOKEN_BY_DIGEST: &str =
    "SELECT actor, name, digest, platform, party, rate, revoked FROM service_token WHERE digest = ?1";
const TOKENS: &str =
    "SELECT actor, name, digest, platform, party, rate, revoked FROM service_token ORDER BY name, actor";
const SESSION_PUT: &str = "INSERT INTO session (digest, platform, subject, actor, csrf, until) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (digest) DO UPDATE SET platform = excluded.platform, \
    subject = excluded.subject, actor = excluded.actor, csrf = excluded.csrf, until = excluded.until";
const SESSION: &str = "SELECT digest, platform, subject, actor, csrf, until FROM session WHERE digest = ?1";
const SESSION_END: &str = "DELETE FROM session WHERE digest = ?1";
const SESSIONS_END: &str = "DELETE FROM session WHERE platform = ?1 AND subject = ?2";
const CODE_PUT: &str = "INSERT INTO login_code (platform, phone, digest, until, tries) VALUES (?1, ?2, ?3, ?4, ?5) \
    ON CONFLICT (platform, phone) DO UPDATE SET digest = excluded.digest, until = excluded.until, tries = excluded.tries";
const CODE: &str = "SELECT phone, digest, until, tries FROM login_code WHERE platform = ?1 AND phone = ?2";
const CODE_COUNT: &str =
    "UPDATE login_code SET tries = CASE WHEN tries > 0 THEN tries - 1 ELSE 0 END WHERE platform = ?1 AND phone = ?2";
const CODE_END: &str = "DELETE FROM login_code WHERE platform = ?1 AND phone = ?2";
const LINK_CLEAR: &str = "DELETE FROM link";
const LINK_PUT: &str = "INSERT INTO link (digest, until) VALUES (?1, ?2) \
    ON CONFLICT (digest) DO UPDATE SET until = excluded.until";
const LINK_USE: &str = "DELETE FROM link WHERE digest = ?1 RETURNING until";
const TRY_PUT: &str = "INSERT INTO login_try (session, platform, kept, until) VALUES (?1, ?2, ?3, ?4) \
    ON CONFLICT (session) DO UPDATE SET platform = excluded.platform, kept = excluded.kept, until = excluded.until";
const TRY_TAKE: &str = "DELETE FROM login_try WHERE session = ?1 RETURNING platform, kept, until";
const TICKET_USE: &str = "INSERT INTO ticket (digest, until) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
const EXPIRED: [&str; 5] = [
    "DELETE FROM session WHERE until <= ?1",
    "DELETE FROM login_code WHERE until <= ?1",
    "DELETE FROM link WHERE until <= ?1",
    "DELETE FROM login_try WHERE until <= ?1",
    "DELETE FROM ticket WHERE until <= ?1",
];

pub(crate) fn staff_put(connection: &Connection, staff: &Staff) -> Result<(), StoreError> {
    let actor = staff.id.as_bytes();
    let values = values![actor, staff.name, staff.password, staff.operator, staff.closed];
    connection.execute(STAFF_PUT, values)?;
    connection.execute(STAFF_ROLES_DROP, values![actor])?;
    for (platform, role) in &staff.roles {
        connection.execute(STAFF_ROLE_PUT, values![actor, platform.as_str(), role.as_str()])?;
    }
    Ok(())
}

pub(crate) fn staff_by_name(connection: &Connection, name: &str) -> Result<Option<Staff>, StoreError> {
    let found = connection.row(STAFF_BY_NAME, values![name], seat)?;
    found.map(|seat| with_roles(connection, seat)).transpose()
}

pub(crate) fn staff(connection: &Connection) -> Result<Vec<Staff>, StoreError> {
    let seats = connection.rows(STAFF, values![], seat)?;
    seats.into_iter().map(|seat| with_roles(connection, seat)).collect()
}

fn seat(row: &Row<'_>) -> Result<Staff, StoreError> {
    Ok(Staff {
        id: row.get(0)?,
        name: row.get(1)?,
        password: row.get(2)?,
        operator: row.get(3)?,
        closed: row.get(4)?,
        roles: Vec::new(),
    })
}

fn with_roles(connection: &Connection, seat: Staff) -> Result<Staff, StoreError> {
    let roles = connection.rows(STAFF_ROLES, values![seat.id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Staff { roles, ..seat })
}

pub(crate) fn token_put(connection: &Connection, token: &ServiceToken) -> Result<(), StoreError> {
    let actor = token.id.as_bytes();
    let party = token.party.as_ref().map(Slug::as_str);
    let values = values![actor, token.name, token.digest, token.platform.as_str(), party, token.rate, token.revoked];
    connection.execute(TOKEN_PUT, values)?;
    connection.execute(GRANTS_DROP, values![actor])?;
    for (action, place) in token.actions.iter().zip(0_u32..) {
        connection.execute(GRANT_PUT, values![actor, "action", place, action])?;
    }
    for (purpose, place) in token.purposes.iter().zip(0_u32..) {
        connection.execute(GRANT_PUT, values![actor, "purpose", place, purpose.as_str()])?;
    }
    Ok(())
}

pub(crate) fn token_by_digest(connection: &Connection, digest: &[u8; 32]) -> Result<Option<ServiceToken>, StoreError> {
    let found = connection.row(TOKEN_BY_DIGEST, values![digest], token)?;
    found.map(|token| with_grants(connection, token)).transpose()
}

/// Every token, by name.
pub(crate) fn tokens(connection: &Connection) -> Result<Vec<ServiceToken>, StoreError> {
    let tokens = connection.rows(TOKENS, values![], token)?;
    tokens.into_iter().map(|token| with_grants(connection, token)).collect()
}

fn token(row: &Row<'_>) -> Result<ServiceToken, StoreError> {
    Ok(ServiceToken {
        id: row.get(0)?,
        name: row.get(1)?,
        digest: row.get(2)?,
        platform: row.get(3)?,
        party: row.get(4)?,
        rate: row.get(5)?,
        revoked: row.get(6)?,
        actions: Vec::new(),
        purposes: Vec::new(),
    })
}

fn with_grants(connection: &Connection, token: ServiceToken) -> Result<ServiceToken, StoreError> {
    let actor = token.id.as_bytes();
    let actions = connection.rows(GRANTS, values![actor, "action"], |row| row.get(0))?;
    let purposes = connection.rows(GRANTS, values![actor, "purpose"], |row| row.get(0))?;
    Ok(ServiceToken { actions, purposes, ..token })
}

pub(crate) fn session_put(connection: &Connection, session: &Session) -> Result<(), StoreError> {
    let (platform, subject, actor) = match &session.kind {
        SessionKind::Visitor(platform) => (Some(platform), None, None),
        SessionKind::Subject(platform, subject) => (Some(platform), Some(subject.as_bytes()), None),
        SessionKind::Staff(actor) => (None, None, Some(actor.as_bytes())),
    };
    let platform = platform.map(Slug::as_str);
    let values = values![session.digest, platform, subject, actor, session.csrf, session.until];
    connection.execute(SESSION_PUT, values)?;
    Ok(())
}

pub(crate) fn session(connection: &Connection, digest: &[u8; 32]) -> Result<Option<Session>, StoreError> {
    let found = connection.row(SESSION, values![digest], |row| {
        let of: (Option<Slug>, Option<SubjectId>, Option<ActorId>) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let kind = match of {
            (Some(platform), Some(subject), None) => Some(SessionKind::Subject(platform, subject)),
            (Some(platform), None, None) => Some(SessionKind::Visitor(platform)),
            (None, None, Some(actor)) => Some(SessionKind::Staff(actor)),
            _ => None,
        };
        Ok((row.get(0)?, kind, row.get(4)?, row.get(5)?))
    });
    let Some((digest, kind, csrf, until)) = found? else { return Ok(None) };
    Ok(Some(Session { digest, kind: kind.ok_or(StoreError::Damaged("whose session it is"))?, csrf, until }))
}

pub(crate) fn session_end(connection: &Connection, digest: &[u8; 32]) -> Result<(), StoreError> {
    Ok(connection.execute(SESSION_END, values![digest]).map(drop)?)
}

pub(crate) fn sessions_end(connection: &Connection, platform: &Slug, subject: SubjectId) -> Result<(), StoreError> {
    let of = values![platform.as_str(), subject.as_bytes()];
    Ok(connection.execute(SESSIONS_END, of).map(drop)?)
}

pub(crate) fn login_code_put(connection: &Connection, platform: &Slug, code: &LoginCode) -> Result<(), StoreError> {
    let values = values![platform.as_str(), code.phone, code.digest, code.until, code.tries];
    Ok(connection.execute(CODE_PUT, values).map(drop)?)
}

pub(crate) fn login_code_try(
    connection: &Connection,
    platform: &Slug,
    phone: &[u8; 32],
) -> Result<Option<LoginCode>, StoreError> {
    let of = values![platform.as_str(), phone];
    let found = connection.row(CODE, of, |row| {
        Ok(LoginCode { phone: row.get(0)?, digest: row.get(1)?, until: row.get(2)?, tries: row.get(3)? })
    });
    let found = found?;
    connection.execute(CODE_COUNT, of)?;
    Ok(found)
}

pub(crate) fn login_code_end(connection: &Connection, platform: &Slug, phone: &[u8; 32]) -> Result<(), StoreError> {
    Ok(connection.execute(CODE_END, values![platform.as_str(), phone]).map(drop)?)
}

pub(crate) fn link_put(connection: &Connection, link: &OneTimeLink) -> Result<(), StoreError> {
    connection.execute(LINK_CLEAR, values![])?;
    Ok(connection.execute(LINK_PUT, values![link.digest, link.until]).map(drop)?)
}

/// Taken out whether it has ended or not: it works once at most.
pub(crate) fn link_use(connection: &Connection, digest: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let until: Option<Timestamp> = connection.row(LINK_USE, values![digest], |row| row.get(0))?;
    Ok(until.is_some_and(|until| now < until))
}

pub(crate) fn login_try_put(connection: &Connection, one: &LoginTry) -> Result<(), StoreError> {
    let values = values![one.session, one.platform.as_str(), one.kept, one.until];
    Ok(connection.execute(TRY_PUT, values).map(drop)?)
}

pub(crate) fn login_try_take(connection: &Connection, session: &[u8; 32]) -> Result<Option<LoginTry>, StoreError> {
    connection.row(TRY_TAKE, values![session], |row| {
        Ok(LoginTry { session: *session, platform: row.get(0)?, kept: row.get(1)?, until: row.get(2)? })
    })
}

pub(crate) fn ticket_use(connection: &Connection, digest: &[u8; 32], until: Timestamp) -> Result<bool, StoreError> {
    Ok(connection.execute(TICKET_USE, values![digest, until])? == 1)
}

pub(crate) fn expired_drop(connection: &Connection, now: Timestamp) -> Result<usize, StoreError> {
    let mut dropped = 0;
    for sql in EXPIRED {
        dropped += connection.execute(sql, values![now])?;
    }
    Ok(dropped)
}
