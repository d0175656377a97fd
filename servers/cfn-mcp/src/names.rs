//! What callers name: resource types, identifiers, tokens, templates. Each by its form in AWS's
//! API reference; whether it exists is for AWS to say.

use serde::{Deserialize, Serialize};

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidName {
    #[error("{0:?} is not a resource type; write one like `AWS::S3::Bucket`")]
    TypeName(String),
    #[error(
        "{0:?} is not an identifier: it has 1 to 1024 characters on one line, as in `my-bucket`; the parts of one that has several are joined by `|`"
    )]
    Identifier(String),
    #[error(
        "{0:?} is not a request token; `create_resource`, `update_resource` and `delete_resource` return one"
    )]
    RequestToken(String),
    #[error("{0:?} is not a template name: it has 1 to 128 characters on one line")]
    TemplateName(String),
    #[error("{0:?} is not a template id; `create_template` returns one when it starts")]
    TemplateId(String),
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident: $good:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
        #[serde(try_from = "String", into = "String")]
        pub(crate) struct $name(String);

        impl $name {
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(name: String) -> Result<Self, InvalidName> {
                let good: fn(&str) -> bool = $good;
                match good(&name) {
                    true => Ok(Self(name)),
                    false => Err(InvalidName::$name(name)),
                }
            }
        }

        aws_clients::name_conversions!($name);
    )+};
}

names! {
    /// `AWS::S3::Bucket`, `MyOrg::Team::Thing`, `MyOrg::Team::Thing::MODULE`.
    /// <https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_GetResource.html>
    TypeName: is_type_name;

    /// The primary identifier of a resource: a name, an id, an ARN, or parts joined by `|`.
    Identifier: |name| has_length(name, 1024) && is_one_line(name);

    /// What Cloud Control calls a request by.
    RequestToken: |token| {
        has_length(token, 128)
            && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+/=".contains(&b))
    };

    /// The name that a generated template is given.
    TemplateName: |name| has_length(name, 128) && is_one_line(name);

    /// A generated template by ARN or by name.
    TemplateId: |id| has_length(id, 1600) && is_one_line(id);
}

impl TypeName {
    /// Modules are registered apart from resource types.
    pub(crate) fn is_module(&self) -> bool {
        self.0.ends_with("::MODULE")
    }
}

fn is_type_name(name: &str) -> bool {
    let parts: Vec<&str> = name.split("::").collect();
    let is_part = |part: &&str| {
        (2..=64).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    match parts.as_slice() {
        [_, _, _] => parts.iter().all(is_part),
        [rest @ .., "MODULE"] if rest.len() == 3 => rest.iter().all(is_part),
        _ => false,
    }
}

fn has_length(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.chars().count())
}

/// Control characters and blanks around a name are always a mistake of copying.
fn is_one_line(text: &str) -> bool {
    text.trim() == text && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_lite::Regex;

    use super::*;

    #[test]
    fn resource_types_have_three_parts() {
        for name in [
            "AWS::S3::Bucket",
            "Alexa::ASK::Skill",
            "MyOrg::Team1::Thing::MODULE",
        ] {
            let parsed = TypeName::try_from(name.to_owned()).unwrap();
            assert_eq!(parsed.is_module(), name.contains("MODULE"), "{name}");
        }
        for name in [
            "",
            "Bucket",
            "AWS::S3",
            "AWS::S3::",
            "AWS::S3::B",
            "AWS:S3:Bucket",
            "AWS::S3::Bucket::X",
            "AWS::S3::Buck et",
            "AWS::S3::Bucket ",
            "AWS::MODULE",
        ] {
            let error = TypeName::try_from(name.to_owned()).unwrap_err();
            assert_eq!(error, InvalidName::TypeName(name.to_owned()));
        }
    }

    #[test]
    fn identifiers_are_one_line_of_anything() {
        for id in ["b-1", "arn:aws:x", "a|b", "/aws/lambda/x", "Ω β"] {
            assert!(Identifier::try_from(id.to_owned()).is_ok(), "{id}");
        }
        for id in ["", " a", "a\n", "a\u{0}b", &"x".repeat(1025)] {
            assert!(matches!(
                Identifier::try_from(id.to_owned()),
                Err(InvalidName::Identifier(given)) if given == id
            ));
        }
    }

    #[test]
    fn tokens_and_templates_are_bounded() {
        assert!(RequestToken::try_from("11111111-2222+/=".to_owned()).is_ok());
        for token in ["", "a b", "ä", &"x".repeat(129)] {
            assert!(RequestToken::try_from(token.to_owned()).is_err(), "{token}");
        }
        let arn = "arn:aws:cloudformation:us-east-1:123456789012:generatedTemplate/abc";
        assert!(TemplateId::try_from(arn.to_owned()).is_ok());
        assert!(TemplateName::try_from("my template".to_owned()).is_ok());
        assert!(TemplateName::try_from("x".repeat(129)).is_err());
        assert!(TemplateId::try_from("a\tb".to_owned()).is_err());
    }

    proptest! {
        #![proptest_config(server_testing::config(500))]

        /// The patterns are those of the API reference.
        #[test]
        fn types_and_tokens_are_what_aws_takes(
            name in prop_oneof![
                "[A-Za-z0-9é:]{0,9}(::[A-Za-z0-9]{1,9}){0,4}(::MODULE)?\n?",
                "[A-Z]{62,66}::[a-z]{2}::[0-9]{2}",
                server_testing::hostile_text(),
            ],
        ) {
            let kind = Regex::new("^[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}(::MODULE)?$").unwrap();
            prop_assert_eq!(TypeName::try_from(name.clone()).is_ok(), kind.is_match(&name));
            let token = Regex::new("^[-A-Za-z0-9+/=]{1,128}$").unwrap();
            prop_assert_eq!(RequestToken::try_from(name.clone()).is_ok(), token.is_match(&name));
            if let Ok(id) = Identifier::try_from(name.clone()) {
                prop_assert_eq!(String::from(id), name);
            }
        }
    }
}
