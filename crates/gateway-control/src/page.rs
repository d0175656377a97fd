//! Lists in pages.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::error::ApiError;

/// Elements of a page when the caller names no number. The service does not document its own.
const DEFAULT_SIZE: usize = 100;

/// The page that a caller asks for.
pub(crate) struct PageRequest {
    size: usize,
    /// Key of the last element of the page before.
    after: Option<String>,
    scope: String,
}

/// Some elements of a list.
pub(crate) struct Page<'a, T> {
    items: &'a [Arc<T>],
    next_token: Option<String>,
}

impl PageRequest {
    /// Reads `maxResults` and `nextToken`. A token holds for the list of its scope only.
    pub(crate) fn parse(query: Option<&str>, scope: &str) -> Result<Self, ApiError> {
        let mut request = Self {
            size: DEFAULT_SIZE,
            after: None,
            scope: scope.to_owned(),
        };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "maxResults" => {
                    let size = value.parse().ok().filter(|size| (1..=1000).contains(size));
                    request.size =
                        size.ok_or_else(|| ApiError::field("maxResults", "must be 1 to 1000"))?;
                }
                "nextToken" => {
                    let after = read_token(&value, scope);
                    let error =
                        || ApiError::field("nextToken", "is not one that this list returned");
                    request.after = Some(after.ok_or_else(error)?);
                }
                _ => {}
            }
        }
        Ok(request)
    }
}

fn read_token(token: &str, scope: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (found, after) = text.split_once('\n')?;
    (found == scope).then(|| after.to_owned())
}

impl<'a, T> Page<'a, T> {
    /// The page of `sorted` that `request` asks for. Elements that come or go in between shift nothing.
    pub(crate) fn of(
        sorted: &'a [Arc<T>],
        request: &PageRequest,
        key: impl Fn(&T) -> &str,
    ) -> Self {
        let start = request
            .after
            .as_deref()
            .map_or(0, |after| sorted.partition_point(|item| key(item) <= after));
        let rest = &sorted[start..];
        let items = &rest[..rest.len().min(request.size)];
        let next_token = items
            .last()
            .filter(|_| items.len() < rest.len())
            .map(|last| URL_SAFE_NO_PAD.encode(format!("{}\n{}", request.scope, key(last))));
        Self { items, next_token }
    }

    /// The answer of a List operation.
    pub(crate) fn answer(self, summary: impl Fn(&T) -> Value) -> Value {
        let items: Vec<_> = self.items.iter().map(|item| summary(item)).collect();
        let mut answer = json!({ "items": items });
        if let Some(token) = self.next_token {
            answer["nextToken"] = token.into();
        }
        answer
    }
}
