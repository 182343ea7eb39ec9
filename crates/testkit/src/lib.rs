//! Development only: seeded clock, fixtures, servers on free ports.
