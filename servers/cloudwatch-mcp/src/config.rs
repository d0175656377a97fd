//! Settings. All that there is to set is AWS's own: region, profile, endpoint, credentials.

/// A setting that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// An argument; the server has none.
    #[error(
        "unknown argument {0:?}: this server has none; region and profile come from `AWS_REGION` and `AWS_PROFILE`, or from the call"
    )]
    Argument(String),
}

/// Refuses every argument.
pub(crate) fn check(args: &[String]) -> Result<(), ConfigError> {
    match args.first() {
        None => Ok(()),
        Some(argument) => Err(ConfigError::Argument(argument.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_refused_with_what_to_set() {
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(
            check(&["--region".to_owned()]).unwrap_err().to_string(),
            "unknown argument \"--region\": this server has none; region and profile come from `AWS_REGION` and `AWS_PROFILE`, or from the call"
        );
    }
}
