//! Personal information at rest: keys, sealed values, search tokens, field validation and masking.
