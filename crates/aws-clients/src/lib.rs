#![doc = include_str!("../README.md")]

mod aws;
mod clients;
mod connectors;
mod credentials;
mod error;
mod http;
mod names;
mod scope;
mod secrets;
mod sign;

pub use aws::{Aws, Builder};
pub use clients::Clients;
pub use error::{Answer, AwsError, Call, one_line};
pub use http::{Http, HttpError};
pub use names::{InvalidName, ProfileName, RegionName};
pub use scope::{Scope, Session};
pub use secrets::secret;
pub use sign::sign;
