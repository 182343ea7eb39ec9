//! The HTTP faces: /v1, portal and console.
