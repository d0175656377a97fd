//! Which access keys are known, and reading them from where secrets are kept.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::Deserialize;

const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";

/// Whose signatures are good.
#[derive(Debug, Clone)]
pub struct IamConfig {
    /// The region that requests must be signed for, such as `eu-central-1`.
    pub region: String,
    /// At least one.
    pub access_keys: Vec<AccessKey>,
}

/// One access key. Reads as the `AccessKey` that `aws iam create-access-key` prints, or the `Credentials` of
/// `aws sts assume-role`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKey {
    /// What requests name.
    #[serde(rename = "AccessKeyId")]
    pub id: String,
    /// What requests are signed with.
    #[serde(rename = "SecretAccessKey")]
    pub secret: SecretString,
    /// What requests must carry beside the signature, for temporary keys.
    #[serde(default)]
    pub session_token: Option<SecretString>,
    /// Who signs with it, such as a role's ARN: keys of one principal share sessions. `None`: the key itself.
    #[serde(default)]
    pub principal: Option<String>,
}

/// Why access keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IamConfigError {
    /// The region would not occur in a signature.
    #[error("`{0}` is not a region; write one such as `us-east-1`")]
    Region(String),
    /// No request could ever be let in.
    #[error("there is no access key to check signatures with")]
    NoKeys,
    /// Holds the position and not the id: a misplaced secret must not be shown.
    #[error("the id of access key {0} is not 1 to 128 letters, digits and `_`")]
    Id(usize),
    /// The secret is empty.
    #[error("the secret of access key `{0}` is empty")]
    Secret(String),
    /// Which of them is meant cannot be told.
    #[error("access key `{0}` is listed twice")]
    Duplicate(String),
    /// A variable is missing.
    #[error("the environment variable `{0}` is not set, or not Unicode")]
    Variable(&'static str),
    /// The file cannot be read.
    #[error("{path} cannot be read")]
    #[expect(missing_docs, reason = "named by the message")]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// The file is something else. Only the place: the parser's message could quote a secret.
    #[error(
        "{path}:{line}:{column}: not a JSON list of access keys; \
         an entry is {{\"AccessKeyId\": ..., \"SecretAccessKey\": ..., \"SessionToken\": ..., \"Principal\": ...}}, \
         the last two as needed"
    )]
    #[expect(missing_docs, reason = "named by the message")]
    Json {
        path: PathBuf,
        line: usize,
        column: usize,
    },
}

impl IamConfig {
    /// Lets in who has the access key of this process's own environment: `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY` and, for temporary keys, `AWS_SESSION_TOKEN`.
    ///
    /// # Errors
    ///
    /// Names the variable that is missing.
    pub fn from_env(region: impl Into<String>) -> Result<Self, IamConfigError> {
        Self::from_variables(region.into(), |name| env::var(name).ok())
    }

    fn from_variables(
        region: String,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, IamConfigError> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let key = AccessKey {
            id: set(ACCESS_KEY_ID).ok_or(IamConfigError::Variable(ACCESS_KEY_ID))?,
            secret: set(SECRET_ACCESS_KEY)
                .ok_or(IamConfigError::Variable(SECRET_ACCESS_KEY))?
                .into(),
            session_token: set(SESSION_TOKEN).map(SecretString::from),
            principal: None,
        };
        Ok(Self {
            region,
            access_keys: vec![key],
        })
    }

    /// Lets in who has one of the access keys in a JSON file, a list of [`AccessKey`]s.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is something else.
    pub fn from_file(region: impl Into<String>, path: &Path) -> Result<Self, IamConfigError> {
        let file = |source| IamConfigError::File {
            path: path.to_owned(),
            source,
        };
        let text = fs::read(path).map_err(file)?;
        let access_keys = serde_json::from_slice(&text).map_err(|error| IamConfigError::Json {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
        })?;
        Ok(Self {
            region: region.into(),
            access_keys,
        })
    }

    pub(super) fn validate(&self) -> Result<(), IamConfigError> {
        use secrecy::ExposeSecret as _;
        let region = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.region.is_empty() || !self.region.bytes().all(region) {
            return Err(IamConfigError::Region(self.region.clone()));
        }
        if self.access_keys.is_empty() {
            return Err(IamConfigError::NoKeys);
        }
        let mut ids = HashSet::new();
        for (index, key) in self.access_keys.iter().enumerate() {
            let id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if !(1..=128).contains(&key.id.len()) || !key.id.bytes().all(id) {
                return Err(IamConfigError::Id(index + 1));
            }
            if key.secret.expose_secret().is_empty() {
                return Err(IamConfigError::Secret(key.id.clone()));
            }
            if !ids.insert(&key.id) {
                return Err(IamConfigError::Duplicate(key.id.clone()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn read(variables: &[(&str, &str)]) -> Result<AccessKey, String> {
        let find = |name: &str| {
            variables
                .iter()
                .find(|(one, _)| *one == name)
                .map(|(_, value)| (*value).to_owned())
        };
        let config = IamConfig::from_variables("us-east-1".to_owned(), find)
            .map_err(|error| error.to_string())?;
        Ok(config.access_keys.into_iter().next().unwrap())
    }

    #[test]
    fn the_environments_key_is_read_with_or_without_a_session_token() {
        let key = read(&[
            (ACCESS_KEY_ID, "AKIA"),
            (SECRET_ACCESS_KEY, "s"),
            (SESSION_TOKEN, ""),
        ])
        .unwrap();
        assert_eq!(
            (
                key.id.as_str(),
                key.secret.expose_secret(),
                key.session_token.is_none()
            ),
            ("AKIA", "s", true)
        );
        let key = read(&[
            (ACCESS_KEY_ID, "ASIA"),
            (SECRET_ACCESS_KEY, "s"),
            (SESSION_TOKEN, "t"),
        ])
        .unwrap();
        assert_eq!(key.session_token.unwrap().expose_secret(), "t");
    }

    #[test]
    fn a_missing_variable_is_named() {
        let missing = "the environment variable `AWS_ACCESS_KEY_ID` is not set, or not Unicode";
        assert_eq!(read(&[]).unwrap_err(), missing);
        let missing = "the environment variable `AWS_SECRET_ACCESS_KEY` is not set, or not Unicode";
        assert_eq!(read(&[(ACCESS_KEY_ID, "AKIA")]).unwrap_err(), missing);
    }
}
