//! A target that is a Lambda function of the local emulator.

use lambda_emulator::Emulator;
use serde::Deserialize;

use crate::invoke::{Failure, Invocation, Invoke, Invoking, Returned};

/// A Lambda function of the local emulator.
pub struct LocalFunction {
    emulator: Emulator,
    function: String,
}

impl LocalFunction {
    /// The function called `function` of `emulator`.
    pub fn new(emulator: Emulator, function: impl Into<String>) -> Self {
        Self {
            emulator,
            function: function.into(),
        }
    }

    async fn call(&self, invocation: Invocation) -> Result<Returned, Failure> {
        let context = invocation.call.client_context()?;
        let function = self.function.clone();
        let invoked = self
            .emulator
            .invoke(&function, invocation.arguments, Some(&context))
            .await;
        match invoked {
            Ok(done) if done.function_error.is_none() => Ok(Returned::Value(done.payload)),
            Ok(failed) => Err(function_error(function, &failed.payload)),
            Err(source) => Err(Failure::Refused {
                function,
                source: source.into(),
            }),
        }
    }
}

impl Invoke for LocalFunction {
    fn invoke(&self, invocation: Invocation) -> Invoking<'_> {
        Box::pin(self.call(invocation))
    }
}

/// Reads the error document that Lambda returns in place of a result.
pub(crate) fn function_error(function: String, payload: &[u8]) -> Failure {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Document {
        error_type: Option<String>,
        error_message: Option<String>,
    }
    let document: Document = serde_json::from_slice(payload).unwrap_or_default();
    Failure::Function {
        function,
        kind: document
            .error_type
            .unwrap_or_else(|| "Unhandled".to_owned()),
        message: document
            .error_message
            .unwrap_or_else(|| String::from_utf8_lossy(payload).into_owned()),
    }
}
