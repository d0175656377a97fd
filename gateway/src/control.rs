//! The control plane of `crates/gateway-control` over the gateways of this process: what it stores is served.

mod backends;
mod deployed;
mod follow;
mod own;
mod settings;
mod start;

pub use deployed::Deployed;
pub use start::Control;
pub(crate) use start::{DataPlane, start};
