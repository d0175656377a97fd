//! The least that a Lambda function in Rust can be: it returns its input. `scripts/bench` measures handlers against it.
//!
//! ```console
//! $ cargo build --profile lambda -p lambda-emulator --example hello
//! ```

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

// One thread, as handlers have.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(async |event: LambdaEvent<Value>| {
        Ok::<_, Error>(event.payload)
    }))
    .await
}
