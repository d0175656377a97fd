//! The forms in which a caller may name a function.

use super::error::ApiError;
use crate::{Emulator, pool::Function};
use std::sync::Arc;

/// The only version there is.
pub(super) const VERSION: &str = "$LATEST";

/// A function as a caller names it: name, `account:function:name` or ARN, each with or without `:qualifier`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FunctionName<'a> {
    region: Option<&'a str>,
    account: Option<&'a str>,
    name: &'a str,
    qualifier: Option<&'a str>,
}

impl<'a> FunctionName<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, ApiError> {
        let parts: Vec<&str> = text.split(':').collect();
        let (region, account, name, qualifier) = match *parts.as_slice() {
            [name] => (None, None, name, None),
            [name, qualifier] => (None, None, name, Some(qualifier)),
            [account, "function", name] => (None, Some(account), name, None),
            [account, "function", name, qualifier] => (None, Some(account), name, Some(qualifier)),
            ["arn", _, "lambda", region, account, "function", name] => {
                (Some(region), Some(account), name, None)
            }
            [
                "arn",
                _,
                "lambda",
                region,
                account,
                "function",
                name,
                qualifier,
            ] => (Some(region), Some(account), name, Some(qualifier)),
            _ => return Err(Self::invalid(text)),
        };
        let is_word = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'$'))
        };
        if ![Some(name), region, account, qualifier]
            .into_iter()
            .flatten()
            .all(is_word)
        {
            return Err(Self::invalid(text));
        }
        Ok(Self {
            region,
            account,
            name,
            qualifier,
        })
    }

    /// Finds the function. `qualifier` is that of the query string.
    pub(super) fn find<'e>(
        &self,
        emulator: &'e Emulator,
        qualifier: Option<&str>,
    ) -> Result<&'e Arc<Function>, ApiError> {
        let options = emulator.options();
        let qualifier = match (self.qualifier, qualifier) {
            (Some(own), Some(other)) if own != other => {
                return Err(ApiError::InvalidParameter(
                    "The derived qualifier from the function name does not match the specified qualifier.".to_owned(),
                ));
            }
            (own, other) => own.or(other),
        };
        let region = self.region.unwrap_or(&options.region);
        let account = self.account.unwrap_or(&options.account);
        let is_here = region == options.region
            && account == options.account
            && qualifier.is_none_or(|it| it == VERSION);
        emulator
            .function(self.name)
            .filter(|_| is_here)
            .ok_or_else(|| {
                let qualifier = qualifier.map(|it| format!(":{it}")).unwrap_or_default();
                ApiError::FunctionNotFound {
                    arn: format!(
                        "arn:aws:lambda:{region}:{account}:function:{}{qualifier}",
                        self.name
                    ),
                }
            })
    }

    fn invalid(text: &str) -> ApiError {
        ApiError::InvalidParameter(format!(
            "`{text}` is not a function name: expected NAME, ACCOUNT:function:NAME or arn:aws:lambda:REGION:ACCOUNT:function:NAME, \
             with or without :QUALIFIER"
        ))
    }
}
