//! The evidence ledger: RFC 6962 tree, checkpoints, receipts and their offline verification.
