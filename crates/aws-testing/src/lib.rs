#![doc = include_str!("../README.md")]

mod cbor;
mod form;
mod iam;
mod recording;
mod reply;
mod request;
mod stand_in;
mod xml;

pub use iam::{IamCheck, assert_iam};
pub use recording::{Recording, differences, recordings};
pub use reply::{Reply, blob, map, timestamp};
pub use request::AwsRequest;
pub use stand_in::{ACCESS_KEY, AwsStandIn, SECRET_KEY};
