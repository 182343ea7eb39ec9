//! The only SQL: facts, sealed values, keys and ledger tiles in one transaction.
