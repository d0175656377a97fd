//! `subscriptions/listen` of protocol 2026-07-28: a stream that says when the tools change.
//!
//! Earlier versions send this on a stream that the client opens with GET, which the gateway does not have.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use rmcp::model::{ErrorData, SubscriptionFilter};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::form::event;
use crate::gateway::Current;
use crate::jsonrpc::{Request, read, response};
use crate::methods::implementation;
use crate::stateless;

/// How often a quiet stream shows that it is alive, so that nothing between the two ends closes it.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A client that listens.
pub(crate) struct Subscription {
    /// The id of its request, as JSON: also the id of the subscription.
    id: String,
    /// Whether it wants to know of changed tools, the only change there is.
    tools: bool,
    next: Next,
    changes: watch::Receiver<Arc<Current>>,
    closing: CancellationToken,
}

#[derive(PartialEq)]
enum Next {
    Acknowledge,
    Wait,
    End,
}

impl Subscription {
    /// Reads what a client asks to be told.
    ///
    /// # Errors
    ///
    /// When the parameters are not those of the method.
    pub(crate) fn new(
        request: &Request<'_>,
        changes: watch::Receiver<Arc<Current>>,
        closing: CancellationToken,
    ) -> Result<Self, ErrorData> {
        #[derive(Deserialize)]
        struct Params {
            notifications: SubscriptionFilter,
        }
        let params: Params = read(request.params, "`notifications` must be an object")?;
        Ok(Self {
            id: request.id.raw.to_owned(),
            tools: params.notifications.tools_list_changed == Some(true),
            next: Next::Acknowledge,
            changes,
            closing,
        })
    }

    /// The events, from the acknowledgment to the final response.
    pub(crate) fn events(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut subscription| async move {
            let event = subscription.event().await?;
            Some((Ok(Bytes::from(event)), subscription))
        })
    }

    async fn event(&mut self) -> Option<String> {
        match self.next {
            Next::Acknowledge => {
                self.next = Next::Wait;
                let mut accepted = SubscriptionFilter::new();
                accepted.tools_list_changed = self.tools.then_some(true);
                let params = json!({"notifications": accepted});
                Some(self.notification("notifications/subscriptions/acknowledged", params))
            }
            Next::Wait => Some(self.wait().await),
            Next::End => None,
        }
    }

    async fn wait(&mut self) -> String {
        tokio::select! {
            () = self.closing.cancelled() => self.end(),
            changed = self.changes.changed(), if self.tools => match changed {
                Ok(()) => self.notification("notifications/tools/list_changed", json!({})),
                Err(_) => self.end(),
            },
            () = tokio::time::sleep(KEEP_ALIVE) => ":\n\n".to_owned(),
        }
    }

    fn notification(&self, method: &str, mut params: Value) -> String {
        params["_meta"] = self.meta();
        event(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string())
    }

    fn end(&mut self) -> String {
        self.next = Next::End;
        let result = stateless::dressed(
            &json!({"_meta": self.meta()}).to_string(),
            &implementation(),
            false,
        );
        event(&response(&self.id, &Ok(result)))
    }

    fn meta(&self) -> Value {
        let id: Value = serde_json::from_str(&self.id).expect("an id that was read as JSON");
        json!({"io.modelcontextprotocol/subscriptionId": id})
    }
}
