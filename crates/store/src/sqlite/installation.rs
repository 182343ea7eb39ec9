//! The installation's database: seats, service tokens, sessions, log-in codes, one-time links, log-ins with others' accounts.

use jiff::Timestamp;
use model::{ActorId, Slug, SubjectId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::columns::{Sql, column, optional};
use crate::error::StoreError;
use crate::verbs::{LoginCode, LoginTry, OneTimeLink, ServiceToken, Session, SessionKind, Staff};

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
const SESSION_PUT: &str = "INSERT INTO session (digest, platform, subject, actor, csrf, until) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (digest) DO UPDATE SET platform = excluded.platform, \
    subject = excluded.subject, actor = excluded.actor, csrf = excluded.csrf, until = excluded.until";
const SESSION: &str = "SELECT digest, platform, subject, actor, csrf, until FROM session WHERE digest = ?1";
const SESSION_END: &str = "DELETE FROM session WHERE digest = ?1";
const SESSIONS_END: &str = "DELETE FROM session WHERE platform = ?1 AND subject = ?2";
const CODE_PUT: &str = "INSERT INTO login_code (platform, phone, digest, until, tries) VALUES (?1, ?2, ?3, ?4, ?5) \
    ON CONFLICT (platform, phone) DO UPDATE SET digest = excluded.digest, until = excluded.until, tries = excluded.tries";
const CODE: &str = "SELECT phone, digest, until, tries FROM login_code WHERE platform = ?1 AND phone = ?2";
const CODE_COUNT: &str = "UPDATE login_code SET tries = max(tries - 1, 0) WHERE platform = ?1 AND phone = ?2";
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

pub(super) fn staff_put(connection: &Connection, staff: &Staff) -> Result<(), StoreError> {
    let actor = staff.id.as_bytes();
    let values = params![actor, staff.name, staff.password, staff.operator, staff.closed];
    connection.prepare_cached(STAFF_PUT)?.execute(values)?;
    connection.prepare_cached(STAFF_ROLES_DROP)?.execute([actor])?;
    for (platform, role) in &staff.roles {
        connection.prepare_cached(STAFF_ROLE_PUT)?.execute(params![actor, platform.as_str(), role.as_str()])?;
    }
    Ok(())
}

pub(super) fn staff_by_name(connection: &Connection, name: &str) -> Result<Option<Staff>, StoreError> {
    let found = connection.prepare_cached(STAFF_BY_NAME)?.query_row([name], seat).optional()?;
    found.map(|seat| with_roles(connection, seat)).transpose()
}

pub(super) fn staff(connection: &Connection) -> Result<Vec<Staff>, StoreError> {
    let mut statement = connection.prepare_cached(STAFF)?;
    let seats = statement.query_map([], seat)?;
    seats.map(|seat| with_roles(connection, seat?)).collect()
}

fn seat(row: &Row<'_>) -> rusqlite::Result<Staff> {
    Ok(Staff {
        id: column(row, 0)?,
        name: row.get(1)?,
        password: row.get(2)?,
        operator: row.get(3)?,
        closed: row.get(4)?,
        roles: Vec::new(),
    })
}

fn with_roles(connection: &Connection, seat: Staff) -> Result<Staff, StoreError> {
    let mut statement = connection.prepare_cached(STAFF_ROLES)?;
    let roles = statement.query_map([seat.id.as_bytes()], |row| Ok((column(row, 0)?, column(row, 1)?)))?;
    Ok(Staff { roles: roles.collect::<Result<_, _>>()?, ..seat })
}

pub(super) fn token_put(connection: &Connection, token: &ServiceToken) -> Result<(), StoreError> {
    let actor = token.id.as_bytes();
    let party = token.party.as_ref().map(Slug::as_str);
    let values = params![actor, token.name, token.digest, token.platform.as_str(), party, token.rate, token.revoked];
    connection.prepare_cached(TOKEN_PUT)?.execute(values)?;
    connection.prepare_cached(GRANTS_DROP)?.execute([actor])?;
    let mut put = connection.prepare_cached(GRANT_PUT)?;
    for (action, place) in token.actions.iter().zip(0_u32..) {
        put.execute(params![actor, "action", place, action])?;
    }
    for (purpose, place) in token.purposes.iter().zip(0_u32..) {
        put.execute(params![actor, "purpose", place, purpose.as_str()])?;
    }
    Ok(())
}

pub(super) fn token_by_digest(connection: &Connection, digest: &[u8; 32]) -> Result<Option<ServiceToken>, StoreError> {
    let mut statement = connection.prepare_cached(TOKEN_BY_DIGEST)?;
    let found = statement.query_row([digest], |row| {
        Ok(ServiceToken {
            id: column(row, 0)?,
            name: row.get(1)?,
            digest: row.get(2)?,
            platform: column(row, 3)?,
            party: optional(row, 4)?,
            rate: row.get(5)?,
            revoked: row.get(6)?,
            actions: Vec::new(),
            purposes: Vec::new(),
        })
    });
    let Some(token) = found.optional()? else { return Ok(None) };
    let mut grants = connection.prepare_cached(GRANTS)?;
    let actor = token.id.as_bytes();
    let actions = grants.query_map(params![actor, "action"], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let purposes = grants.query_map(params![actor, "purpose"], |row| column(row, 0))?.collect::<Result<_, _>>()?;
    Ok(Some(ServiceToken { actions, purposes, ..token }))
}

pub(super) fn session_put(connection: &Connection, session: &Session) -> Result<(), StoreError> {
    let (platform, subject, actor) = match &session.kind {
        SessionKind::Visitor(platform) => (Some(platform), None, None),
        SessionKind::Subject(platform, subject) => (Some(platform), Some(subject.as_bytes()), None),
        SessionKind::Staff(actor) => (None, None, Some(actor.as_bytes())),
    };
    let platform = platform.map(Slug::as_str);
    let values = params![session.digest, platform, subject, actor, session.csrf, Sql(session.until)];
    connection.prepare_cached(SESSION_PUT)?.execute(values)?;
    Ok(())
}

pub(super) fn session(connection: &Connection, digest: &[u8; 32]) -> Result<Option<Session>, StoreError> {
    let mut statement = connection.prepare_cached(SESSION)?;
    let found = statement.query_row([digest], |row| {
        let of: (Option<Slug>, Option<SubjectId>, Option<ActorId>) =
            (optional(row, 1)?, optional(row, 2)?, optional(row, 3)?);
        let kind = match of {
            (Some(platform), Some(subject), None) => Some(SessionKind::Subject(platform, subject)),
            (Some(platform), None, None) => Some(SessionKind::Visitor(platform)),
            (None, None, Some(actor)) => Some(SessionKind::Staff(actor)),
            _ => None,
        };
        Ok((row.get(0)?, kind, row.get(4)?, column(row, 5)?))
    });
    let Some((digest, kind, csrf, until)) = found.optional()? else { return Ok(None) };
    Ok(Some(Session { digest, kind: kind.ok_or(StoreError::Damaged("whose session it is"))?, csrf, until }))
}

pub(super) fn session_end(connection: &Connection, digest: &[u8; 32]) -> Result<(), StoreError> {
    Ok(connection.prepare_cached(SESSION_END)?.execute([digest]).map(drop)?)
}

pub(super) fn sessions_end(connection: &Connection, platform: &Slug, subject: SubjectId) -> Result<(), StoreError> {
    let of = params![platform.as_str(), subject.as_bytes()];
    Ok(connection.prepare_cached(SESSIONS_END)?.execute(of).map(drop)?)
}

pub(super) fn login_code_put(connection: &Connection, platform: &Slug, code: &LoginCode) -> Result<(), StoreError> {
    let values = params![platform.as_str(), code.phone, code.digest, Sql(code.until), code.tries];
    Ok(connection.prepare_cached(CODE_PUT)?.execute(values).map(drop)?)
}

pub(super) fn login_code_try(
    connection: &Connection,
    platform: &Slug,
    phone: &[u8; 32],
) -> Result<Option<LoginCode>, StoreError> {
    let of = params![platform.as_str(), phone];
    let mut statement = connection.prepare_cached(CODE)?;
    let found = statement.query_row(of, |row| {
        Ok(LoginCode { phone: row.get(0)?, digest: row.get(1)?, until: column(row, 2)?, tries: row.get(3)? })
    });
    let found = found.optional()?;
    connection.prepare_cached(CODE_COUNT)?.execute(of)?;
    Ok(found)
}

pub(super) fn login_code_end(connection: &Connection, platform: &Slug, phone: &[u8; 32]) -> Result<(), StoreError> {
    Ok(connection.prepare_cached(CODE_END)?.execute(params![platform.as_str(), phone]).map(drop)?)
}

pub(super) fn link_put(connection: &Connection, link: &OneTimeLink) -> Result<(), StoreError> {
    connection.prepare_cached(LINK_CLEAR)?.execute([])?;
    Ok(connection.prepare_cached(LINK_PUT)?.execute(params![link.digest, Sql(link.until)]).map(drop)?)
}

/// Taken out whether it has ended or not: it works once at most.
pub(super) fn link_use(connection: &Connection, digest: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(LINK_USE)?;
    let until: Option<Timestamp> = statement.query_row([digest], |row| column(row, 0)).optional()?;
    Ok(until.is_some_and(|until| now < until))
}

pub(super) fn login_try_put(connection: &Connection, one: &LoginTry) -> Result<(), StoreError> {
    let values = params![one.session, one.platform.as_str(), one.kept, Sql(one.until)];
    Ok(connection.prepare_cached(TRY_PUT)?.execute(values).map(drop)?)
}

pub(super) fn login_try_take(connection: &Connection, session: &[u8; 32]) -> Result<Option<LoginTry>, StoreError> {
    let mut statement = connection.prepare_cached(TRY_TAKE)?;
    let found = statement.query_row([session], |row| {
        Ok(LoginTry { session: *session, platform: column(row, 0)?, kept: row.get(1)?, until: column(row, 2)? })
    });
    Ok(found.optional()?)
}

pub(super) fn ticket_use(connection: &Connection, digest: &[u8; 32], until: Timestamp) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(TICKET_USE)?.execute(params![digest, Sql(until)])? == 1)
}

pub(super) fn expired_drop(connection: &Connection, now: Timestamp) -> Result<usize, StoreError> {
    let mut dropped = 0;
    for sql in EXPIRED {
        dropped += connection.prepare_cached(sql)?.execute([Sql(now)])?;
    }
    Ok(dropped)
}
