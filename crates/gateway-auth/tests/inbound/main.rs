//! Callers with good and bad tokens and signatures, against issuers and keys of the tests' own.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod access_keys;
mod challenge;
mod conditions;
mod configuration;
mod header_parsers;
mod issuers;
mod signatures;
mod signer;
mod support;
mod tokens;
