//! Environment values that name a secret instead of holding it.
//!
//! | Value | Stands for |
//! |---|---|
//! | `${secretsmanager:NAME}` | the text of a secret in Secrets Manager, by name or ARN |
//! | `${secretsmanager:NAME#KEY}` | one member of a secret that is a JSON object |
//! | `${ssm:/PATH/NAME}` | a parameter of Systems Manager's Parameter Store, by name or ARN, decrypted |
//!
//! The whole value is the reference, or there is none. This is not CloudFormation's `{{resolve:…}}` on purpose: CloudFormation
//! would replace that by the secret itself, for everybody to read in the function's configuration.

use std::fmt;
use std::str::FromStr;

/// What a value names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// A secret of Secrets Manager.
    Secret {
        /// Name or ARN.
        id: String,
        /// Member of the secret's JSON object; without one, its whole text.
        key: Option<String>,
    },
    /// A parameter of Parameter Store: name or ARN.
    Parameter(String),
}

/// A value that begins as a reference and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReference {
    /// No closing brace, or text after it.
    #[error("a reference is the whole value: `${{secretsmanager:NAME}}` or `${{ssm:/NAME}}`")]
    Form,
    /// Not a name that Secrets Manager has, nor an ARN of it.
    #[error(
        "a secret's name has letters, digits and `/_+=.@-`; write `${{secretsmanager:NAME}}`, or the secret's ARN, and `#KEY` behind it for one member of a JSON object"
    )]
    Secret,
    /// Not a name that Parameter Store has, nor an ARN of it.
    #[error(
        "a parameter's name has letters, digits and `/_.-`; write `${{ssm:/PATH/NAME}}`, or the parameter's ARN"
    )]
    Parameter,
}

impl Reference {
    /// Reads a value. `None` when it is an ordinary one.
    ///
    /// # Errors
    ///
    /// When it begins as a reference, and goes on as none.
    pub fn read(value: &str) -> Result<Option<Self>, InvalidReference> {
        if value.starts_with(SECRET) || value.starts_with(PARAMETER) {
            value.parse().map(Some)
        } else {
            Ok(None)
        }
    }

    /// The IAM action that reading it needs.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Secret { .. } => "secretsmanager:GetSecretValue",
            Self::Parameter(_) => "ssm:GetParameter",
        }
    }

    /// The resource that the action is needed for: this one and no other. Of a name, that of any region and account, which
    /// means the function's own. Secrets Manager adds a hyphen and six characters to a secret's name.
    pub fn resource(&self) -> String {
        match self {
            Self::Secret { id, .. } if id.starts_with(ARN) && has_suffix(id) => id.clone(),
            Self::Secret { id, .. } if id.starts_with(ARN) => format!("{id}-??????"),
            Self::Secret { id, .. } => format!("arn:aws:secretsmanager:*:*:secret:{id}-??????"),
            Self::Parameter(name) if name.starts_with(ARN) => name.clone(),
            Self::Parameter(name) => {
                let name = name.trim_start_matches('/');
                format!("arn:aws:ssm:*:*:parameter/{name}")
            }
        }
    }

    /// The region in its ARN, if it is one.
    pub fn region(&self) -> Option<&str> {
        let (Self::Secret { id, .. } | Self::Parameter(id)) = self;
        id.starts_with(ARN).then(|| id.split(':').nth(3)).flatten()
    }
}

const SECRET: &str = "${secretsmanager:";
const PARAMETER: &str = "${ssm:";
const ARN: &str = "arn:";
/// Longer than any name or ARN of both services.
const LONGEST: usize = 2048;

impl FromStr for Reference {
    type Err = InvalidReference;

    fn from_str(value: &str) -> Result<Self, InvalidReference> {
        let inner = value.strip_suffix('}').ok_or(InvalidReference::Form)?;
        if let Some(inner) = inner.strip_prefix(SECRET) {
            let (id, key) = match inner.split_once('#') {
                Some((id, key)) => (id, Some(key.to_owned())),
                None => (inner, None),
            };
            // A key is looked up in the object, and goes nowhere else.
            let has_key = key.as_ref().is_none_or(|key| !key.is_empty());
            let is_name =
                is_name(id, b"/_+=.@-") || is_arn(id, "secretsmanager", "secret:", b"/_+=.@-");
            if !has_key || !is_name {
                return Err(InvalidReference::Secret);
            }
            let id = id.to_owned();
            Ok(Self::Secret { id, key })
        } else if let Some(name) = inner.strip_prefix(PARAMETER) {
            if !is_name(name, b"/_.-") && !is_arn(name, "ssm", "parameter/", b"/_.-") {
                return Err(InvalidReference::Parameter);
            }
            Ok(Self::Parameter(name.to_owned()))
        } else {
            Err(InvalidReference::Form)
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret { id, key: None } => write!(f, "{SECRET}{id}}}"),
            Self::Secret { id, key: Some(key) } => write!(f, "{SECRET}{id}#{key}}}"),
            Self::Parameter(name) => write!(f, "{PARAMETER}{name}}}"),
        }
    }
}

fn is_name(text: &str, others: &[u8]) -> bool {
    let fits = !text.is_empty() && text.len() <= LONGEST;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || others.contains(&byte);
    fits && text.bytes().all(known)
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:` and a name of this kind.
fn is_arn(text: &str, service: &str, kind: &str, others: &[u8]) -> bool {
    let mut parts = text.splitn(6, ':');
    let (arn, partition, named) = (parts.next(), parts.next(), parts.next());
    let (region, account, resource) = (parts.next(), parts.next(), parts.next());
    let is = |part: Option<&str>| part.is_some_and(|part| is_name(part, b"-"));
    let resource = resource.and_then(|resource| resource.strip_prefix(kind));
    arn == Some("arn")
        && named == Some(service)
        && [partition, region, account].into_iter().all(is)
        && resource.is_some_and(|name| is_name(name, others))
}

/// Whether a secret's ARN is the whole one.
fn has_suffix(arn: &str) -> bool {
    let suffix = arn.rsplit_once('-').map(|(_, suffix)| suffix);
    suffix.is_some_and(|suffix| suffix.len() == 6 && is_name(suffix, b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_and_say_what_may_read_them() {
        let cases = [
            (
                "${secretsmanager:prod/github}",
                "secretsmanager:GetSecretValue",
                "arn:aws:secretsmanager:*:*:secret:prod/github-??????",
            ),
            (
                "${secretsmanager:arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a/b-AbCdEf#token}",
                "secretsmanager:GetSecretValue",
                "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a/b-AbCdEf",
            ),
            (
                "${secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:name}",
                "secretsmanager:GetSecretValue",
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:name-??????",
            ),
            (
                "${ssm:/prod/token}",
                "ssm:GetParameter",
                "arn:aws:ssm:*:*:parameter/prod/token",
            ),
            (
                "${ssm:plain}",
                "ssm:GetParameter",
                "arn:aws:ssm:*:*:parameter/plain",
            ),
            (
                "${ssm:arn:aws:ssm:eu-west-1:123456789012:parameter/a}",
                "ssm:GetParameter",
                "arn:aws:ssm:eu-west-1:123456789012:parameter/a",
            ),
        ];
        for (value, action, resource) in cases {
            let reference = Reference::read(value).unwrap().unwrap();
            assert_eq!(reference.to_string(), value);
            assert_eq!(
                (reference.action(), reference.resource()),
                (action, resource.into())
            );
        }
    }

    #[test]
    fn an_ordinary_value_is_none() {
        for value in [
            "",
            "x",
            "${HOME}",
            "secretsmanager:GetSecretValue",
            "ssm:/a",
            "{{resolve:ssm:/a}}",
            " ${ssm:/a}",
        ] {
            assert_eq!(Reference::read(value), Ok(None), "{value}");
        }
    }

    #[test]
    fn what_only_begins_as_one_is_a_mistake() {
        let cases = [
            ("${ssm:/a", InvalidReference::Form),
            ("${ssm:/a}/b", InvalidReference::Form),
            ("${ssm:}", InvalidReference::Parameter),
            ("${ssm:/a*}", InvalidReference::Parameter),
            ("${ssm:/a/${ssm:/b}}", InvalidReference::Parameter),
            (
                "${ssm:arn:aws:secretsmanager:eu-west-1:1:secret:a}",
                InvalidReference::Parameter,
            ),
            ("${secretsmanager:}", InvalidReference::Secret),
            ("${secretsmanager:a#}", InvalidReference::Secret),
            ("${secretsmanager:*}", InvalidReference::Secret),
            ("${secretsmanager:a\"b}", InvalidReference::Secret),
            (
                "${secretsmanager:arn:aws:ssm:eu-west-1:1:parameter/a}",
                InvalidReference::Secret,
            ),
        ];
        for (value, expected) in cases {
            assert_eq!(Reference::read(value), Err(expected), "{value}");
        }
    }

    #[test]
    fn the_region_is_that_of_an_arn() {
        let region = |value| {
            Reference::read(value)
                .unwrap()
                .unwrap()
                .region()
                .map(str::to_owned)
        };
        assert_eq!(
            region("${ssm:arn:aws:ssm:eu-west-1:1:parameter/a}"),
            Some("eu-west-1".into())
        );
        assert_eq!(region("${ssm:/a}"), None);
    }

    proptest::proptest! {
        /// What a reference may read ends up in a policy: no name widens it.
        #[test]
        fn what_is_read_says_itself_and_no_more(
            value in r##"\$\{(secretsmanager|ssm):(arn:aws:(ssm|secretsmanager):[a-z*-]{0,9}:[0-9*]{0,12}:(secret|parameter)[:/])?[a-zA-Z0-9/_+=.@\-*?"#$\{\}:é ]{0,12}\}?"##
        ) {
            if let Ok(Some(reference)) = Reference::read(&value) {
                let resource = reference.resource();
                let fixed = ["arn:aws:secretsmanager:*:*:secret:", "arn:aws:ssm:*:*:parameter/", "-??????"];
                let named = fixed.iter().fold(resource.clone(), |rest, part| rest.replace(part, ""));
                proptest::prop_assert!(!named.contains(['*', '?', '"', '$', '{', '}', ' ', '\n']), "{}", resource);
                proptest::prop_assert_eq!(Reference::read(&reference.to_string()), Ok(Some(reference)));
            }
        }

        #[test]
        fn no_value_makes_it_panic(value in ".*") {
            drop(Reference::read(&value));
        }
    }
}
