//! Who is who: seats of staff, service tokens of systems, log-ins of customers, and the sessions of all of them.
//!
//! Secrets are drawn here, shown once and kept as digests: those of 256 random bits as plain SHA-256, passphrases
//! stretched, log-in codes keyed. Failed tries are counted in the memory of the process, within bounds.

mod code;
mod eyes;
mod passphrase;
mod secret;
mod session;
mod staff;
mod token;
mod tries;

pub use code::{CODE_MINUTES, login_code_check, login_code_send};
pub use eyes::Eyes;
pub use passphrase::Stretch;
pub use secret::Secret;
pub(crate) use session::end_of_erased;
pub use session::{
    Holder, Opened, Session, end_lingering, forget_expired, session, session_end, session_new, sessions_end,
};
pub use staff::{
    Duty, NewSeat, PartySeat, Seat, duty, first_link, first_operator, party_seat, seat_close, seat_new, seat_of,
    seat_roles, seats, staff_login,
};
pub use token::{
    APPROVE, AUDIT, CONSENT, Caller, DECIDE, EVENTS, Issued, NewToken, PARTNERS, RIGHTS, caller, service_token_new,
    service_token_revoke,
};

pub use code::{has_account, takes_codes};
pub(crate) use code::{phone_mark, proof_check, proof_send, signing_check, signing_send};
pub(crate) use secret::sha256;
pub(crate) use tries::Watch;
