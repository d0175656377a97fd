//! Arguments that several tools take, and limits of AWS's API on them.

use aws_clients::{RegionName, Scope};
use serde_json::{Map, Value};

use crate::error::CfnError;

/// Longest `DesiredState`, `PatchDocument` and `ResourceModel`, in characters.
/// <https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_CreateResource.html>
const LONGEST_DOCUMENT: usize = 262_144;

/// The scope of a call: only the region can be chosen.
pub(crate) fn scope(region: Option<RegionName>) -> Scope {
    Scope {
        region,
        profile: None,
    }
}

/// An object as the JSON text that the API wants.
pub(crate) fn object(argument: &str, fields: Map<String, Value>) -> Result<String, CfnError> {
    bounded(argument, Value::Object(fields).to_string())
}

/// Refuses what the API would refuse for its length.
pub(crate) fn bounded(argument: &str, text: String) -> Result<String, CfnError> {
    match text.chars().count() {
        0..=LONGEST_DOCUMENT => Ok(text),
        length => Err(CfnError::Arguments(format!(
            "`{argument}` has {length} characters as JSON; AWS takes at most {LONGEST_DOCUMENT}"
        ))),
    }
}
