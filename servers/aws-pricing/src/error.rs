//! Why a tool call failed.

use std::error::Error as StdError;
use std::fmt;

use agentcore_gateway_target::{ToolError, tool_failure};
use aws_clients::AwsError;
use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::CallToolResponse;
use serde_json::{Map, Value, json};

/// Why a tool call failed, with the fields that clients of upstream expect in a failed result.
#[derive(Debug)]
pub struct PricingError(Box<Failure>);

#[derive(Debug)]
struct Failure {
    kind: Kind,
    message: String,
    suggestion: Option<String>,
    /// What the call was about, as the result repeats it.
    fields: Map<String, Value>,
    aws: Option<AwsError>,
}

/// `error_type` of the result. Upstream's names, and those of the failures that it hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    ClientCreationFailed,
    ApiError,
    EmptyResults,
    DataProcessingError,
    ResultTooLarge,
    NoMatchesFound,
    InvalidRegex,
    ServiceNotFound,
    EmptyAttributeList,
    NoAttributeValuesFound,
    ListPriceListsFailed,
    NoPriceListFound,
    NoFormatsAvailable,
    EmptyUrlResponse,
    FormatUrlFailed,
    InvalidArguments,
    InvalidOutputFile,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ClientCreationFailed => "client_creation_failed",
            Self::ApiError => "api_error",
            Self::EmptyResults => "empty_results",
            Self::DataProcessingError => "data_processing_error",
            Self::ResultTooLarge => "result_too_large",
            Self::NoMatchesFound => "no_matches_found",
            Self::InvalidRegex => "invalid_regex",
            Self::ServiceNotFound => "service_not_found",
            Self::EmptyAttributeList => "empty_attribute_list",
            Self::NoAttributeValuesFound => "no_attribute_values_found",
            Self::ListPriceListsFailed => "list_price_lists_failed",
            Self::NoPriceListFound => "no_price_list_found",
            Self::NoFormatsAvailable => "no_formats_available",
            Self::EmptyUrlResponse => "empty_url_response",
            Self::FormatUrlFailed => "format_url_failed",
            Self::InvalidArguments => "invalid_arguments",
            Self::InvalidOutputFile => "invalid_output_file",
        }
    }
}

impl PricingError {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Failure {
            kind,
            message: message.into(),
            suggestion: None,
            fields: Map::new(),
            aws: None,
        }))
    }

    /// A failed call to AWS. `kind` is that of an answer of AWS; when it did not come to a call,
    /// the client could not be made.
    pub(crate) fn aws(kind: Kind, error: AwsError) -> Self {
        let kind = match &error {
            AwsError::CredentialsMissing { .. }
            | AwsError::ProfileCredentials { .. }
            | AwsError::ProfileNotFound { .. }
            | AwsError::ProfileFiles { .. }
            | AwsError::RegionMissing
            | AwsError::RegionInvalid { .. } => Kind::ClientCreationFailed,
            _ => kind,
        };
        let text = error.to_string();
        let (message, hint) = match text.split_once("\nhint: ") {
            Some((message, hint)) => (message, Some(hint.to_owned())),
            None => (text.as_str(), None),
        };
        Self(Box::new(Failure {
            kind,
            message: message.to_owned(),
            suggestion: hint,
            fields: Map::new(),
            aws: Some(error),
        }))
    }

    /// What to do, added to what is said already.
    pub(crate) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        let suggestion = suggestion.into();
        self.0.suggestion = Some(match self.0.suggestion.take() {
            None => suggestion,
            Some(before) => format!("{before}; {suggestion}"),
        });
        self
    }

    pub(crate) fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.fields.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn aws_error(&self) -> Option<&AwsError> {
        self.0.aws.as_ref()
    }
}

impl fmt::Display for PricingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match &self.0.suggestion {
            Some(suggestion) => write!(f, "\nhint: {suggestion}"),
            None => Ok(()),
        }
    }
}

impl StdError for PricingError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The AWS error's own text is the message already.
        self.0.aws.as_ref().and_then(StdError::source)
    }
}

impl ToolError for PricingError {
    fn code(&self) -> &'static str {
        match &self.0.aws {
            Some(aws) => aws.code(),
            None => self.0.kind.as_str(),
        }
    }

    fn details(&self) -> Option<Value> {
        let mut result = self.0.fields.clone();
        result.insert("status".to_owned(), "error".into());
        result.insert("error_type".to_owned(), self.0.kind.as_str().into());
        result.insert("message".to_owned(), self.0.message.as_str().into());
        if let Some(suggestion) = &self.0.suggestion {
            result.insert("suggestion".to_owned(), suggestion.as_str().into());
        }
        Some(json!({ "result": result }))
    }
}

impl IntoCallToolResult for PricingError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}
