//! Identifiers: of gateways, of targets, and the ARNs made of them.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Length of the random part of a gateway's id, and of a whole target id.
const RANDOM_LENGTH: usize = 10;

/// A string that is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what}: {form}")]
pub struct InvalidId {
    text: String,
    what: &'static str,
    form: &'static str,
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $what:literal, $form:literal, $fits:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                let fits: fn(&str) -> bool = $fits;
                if fits(&text) {
                    return Ok(Self(text));
                }
                // Callers mistake the ARN for the id: hashicorp/terraform-provider-aws#47525.
                let form = if text.starts_with("arn:") {
                    "give the id, not the ARN"
                } else {
                    $form
                };
                Err(InvalidId { text, what: $what, form })
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// A gateway's id: `([0-9a-z][-]?){1,100}-[0-9a-z]{10}`, the pattern of the service's API model.
    GatewayId,
    "gateway id",
    "it has the form `<name>-` and ten lower-case letters or digits",
    is_gateway_id
);

identifier!(
    /// A target's id: ten letters and digits, `[0-9a-zA-Z]{10}`.
    TargetId,
    "target id",
    "it is ten letters or digits",
    |text| text.len() == RANDOM_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
);

impl GatewayId {
    /// A new id for a gateway of this name: the name in lower case and ten random characters.
    pub(crate) fn generate(name: &str) -> Self {
        Self(format!("{}-{}", name.to_ascii_lowercase(), random()))
    }
}

impl GatewayId {
    /// An id in the answer of another control plane. Emulators write ids without the gateway's name.
    pub(crate) fn of_answer(text: &str) -> Result<Self, InvalidId> {
        let fits = |byte: u8| byte == b'-' || byte.is_ascii_digit() || byte.is_ascii_lowercase();
        if (RANDOM_LENGTH..=211).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Self::try_from(text.to_owned())
        }
    }
}

impl TargetId {
    /// A new id. The service writes upper-case ones.
    pub(crate) fn generate() -> Self {
        Self(random().to_ascii_uppercase())
    }
}

fn is_gateway_id(text: &str) -> bool {
    let lower = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let bytes = text.as_bytes();
    let Some(split) = bytes.len().checked_sub(RANDOM_LENGTH + 1) else {
        return false;
    };
    let (name, random) = bytes.split_at(split);
    random[0] == b'-'
        && random[1..].iter().all(|byte| lower(*byte))
        && name.first().is_some_and(|byte| lower(*byte))
        && name.iter().all(|byte| *byte == b'-' || lower(*byte))
        && !name.windows(2).any(|pair| pair == b"--")
        && name.iter().filter(|byte| **byte != b'-').count() <= 100
}

/// Ten random characters of `[0-9a-z]`.
fn random() -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = Uuid::new_v4().as_u128();
    std::iter::repeat_with(|| {
        let digit = usize::try_from(rest % 36).expect("below 36");
        rest /= 36;
        char::from(DIGITS[digit])
    })
    .take(RANDOM_LENGTH)
    .collect()
}

/// Where the gateways of this machine pretend to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The AWS Region, such as `eu-west-1`. Lambda functions behind a gateway are in the same one.
    pub region: String,
    /// The account: twelve digits.
    pub account: String,
}

impl Place {
    pub(crate) fn partition(&self) -> &'static str {
        if self.region.starts_with("cn-") {
            "aws-cn"
        } else if self.region.starts_with("us-gov-") {
            "aws-us-gov"
        } else {
            "aws"
        }
    }

    /// ARN of a gateway.
    pub fn gateway_arn(&self, id: &GatewayId) -> String {
        format!("{}gateway/{id}", self.arn_prefix())
    }

    /// ARN of the workload identity that a gateway has in AgentCore Identity.
    pub(crate) fn workload_identity_arn(&self, id: &GatewayId) -> String {
        format!(
            "{}workload-identity-directory/default/workload-identity/{id}",
            self.arn_prefix()
        )
    }

    /// The gateway that an ARN of this place names.
    pub(crate) fn gateway_of_arn(&self, arn: &str) -> Option<GatewayId> {
        let rest = arn.strip_prefix(&self.arn_prefix())?;
        let id = rest.strip_prefix("gateway/")?;
        GatewayId::try_from(id.to_owned()).ok()
    }

    fn arn_prefix(&self) -> String {
        let (partition, Self { region, account }) = (self.partition(), self);
        format!("arn:{partition}:bedrock-agentcore:{region}:{account}:")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_ids_have_the_form_of_section_5_3() {
        let pattern = regex_lite::Regex::new("^([0-9a-z][-]?){1,100}-[0-9a-z]{10}$").unwrap();
        for name in ["a", "My-Gateway", "ends-with-", &"x".repeat(48)] {
            let id = GatewayId::generate(name);
            assert!(pattern.is_match(id.as_str()), "{id}");
            assert!(id.as_str().starts_with(&name.to_lowercase()));
            assert_eq!(GatewayId::try_from(id.to_string()).unwrap(), id);
        }
        assert!(TargetId::try_from(TargetId::generate().to_string()).is_ok());
    }

    #[test]
    fn an_arn_is_no_id_and_the_message_says_so() {
        let place = Place {
            region: "cn-north-1".to_owned(),
            account: "123456789012".to_owned(),
        };
        let id = GatewayId::try_from("fleet-0123456789".to_owned()).unwrap();
        let arn = place.gateway_arn(&id);
        assert_eq!(
            arn,
            "arn:aws-cn:bedrock-agentcore:cn-north-1:123456789012:gateway/fleet-0123456789"
        );
        assert_eq!(place.gateway_of_arn(&arn), Some(id));
        let message = GatewayId::try_from(arn).unwrap_err().to_string();
        assert!(
            message.ends_with("is not a gateway id: give the id, not the ARN"),
            "{message}"
        );
    }

    #[test]
    fn what_the_pattern_refuses_is_refused() {
        for text in [
            "",
            "a",
            "fleet-012345678",
            "Fleet-0123456789",
            "a--0123456789",
            "-0123456789",
            "a_b-0123456789",
        ] {
            // `a--0123456789` fits the pattern: the name `a-`.
            let fits = GatewayId::try_from(text.to_owned()).is_ok();
            assert_eq!(fits, text == "a--0123456789", "{text}");
        }
        for text in ["", "ABCDEFGHI", "ABCDEFGHIJK", "ABCDEFGH_J"] {
            assert!(TargetId::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
