#![doc = include_str!("../README.md")]

mod aws;
mod clients;
mod credentials;
mod error;
mod names;
mod scope;
mod secrets;
mod sign;
mod traced;

pub use aws::{Aws, Builder};
pub use clients::Clients;
pub use error::{Answer, AwsError, Call};
pub use names::{InvalidName, ProfileName, RegionName};
pub use scope::{Scope, Session};
pub use secrets::secret;
pub use sign::sign;
