//! The remote servers of this fleet.

include!("fleet/remotes.rs");
