//! The control plane of `crates/gateway-control` over the gateways of this process: what it stores is served.

mod backends;
mod follow;
mod settings;
mod start;

pub use start::Control;
pub(crate) use start::{DataPlane, start};
