//! The fleet as a client of the gateway sees it.

mod authorization;
mod explain;

use std::collections::BTreeSet;

use anyhow::Context as _;
use fleet_manifest::Target;
use gateway_client::{Authorization, Client};
use serde_json::Value;
use url::Url;

use crate::answer::{self, Checked};
use crate::arguments::Arguments;
use crate::lambda::Failure;
use crate::report::GatewayResult;
use authorization::authorization;
use explain::explained;

/// What stands between the target's name and the tool's.
const DELIMITER: &str = "___";

/// A gateway that has let us in and listed its tools.
pub(crate) struct Gateway {
    client: Client,
    url: Url,
    authorization: Authorization,
    names: BTreeSet<String>,
    pages: usize,
}

impl Gateway {
    /// Shakes hands and reads all pages of the list.
    ///
    /// # Errors
    ///
    /// When there is no gateway, or it lets nobody in: with what to do.
    pub(crate) async fn connect(url: &Url, arguments: &Arguments) -> anyhow::Result<Self> {
        let authorization = authorization(url, arguments).await?;
        let refused = |error| anyhow::Error::msg(explained(error, &authorization));
        let prepare = authorization.prepare();
        let client = Client::connect(url.clone(), "verify", prepare).await;
        let mut client = client.map_err(refused)?;
        let listing = client.tools().await.map_err(refused)?;
        let name = |tool: &Value| Some(tool["name"].as_str()?.to_owned());
        let names: Option<BTreeSet<String>> = listing.tools.iter().map(name).collect();
        Ok(Self {
            names: names.with_context(|| format!("{url} lists a tool without a name"))?,
            pages: listing.pages,
            client,
            url: url.clone(),
            authorization,
        })
    }

    /// The gateway lists the target's tools, and no others of this target.
    pub(crate) fn tools(&self, id: &str, target: &Target) -> Checked<()> {
        let prefix = format!("{id}{DELIMITER}");
        let wanted: BTreeSet<String> = (target.tools.iter())
            .map(|tool| format!("{prefix}{}", tool.name))
            .collect();
        let found: BTreeSet<String> = (self.names.iter())
            .filter(|name| name.starts_with(&prefix))
            .cloned()
            .collect();
        if found.is_empty() && !wanted.is_empty() {
            return Err(Failure::Call(format!(
                "the gateway has no target `{id}`, or has not read its tools yet: deploy the target"
            )));
        }
        let missing = wanted.difference(&found);
        let missing = missing.map(|name| format!("`{name}` is not listed"));
        let extra = found.difference(&wanted);
        let extra = extra.map(|name| format!("`{name}` is listed but not in target.json"));
        let differences: Vec<String> = missing.chain(extra).collect();
        if differences.is_empty() {
            return Ok(((), format!("{} listed", wanted.len())));
        }
        Err(Failure::Call(format!(
            "{}: deploy what was generated, or generate again",
            differences.join("; ")
        )))
    }

    /// One harmless call comes through to the tool and back.
    pub(crate) async fn smoke(&mut self, id: &str, target: &Target) -> Checked<()> {
        let smoke = answer::smoke(target)?;
        let name = format!("{id}{DELIMITER}{}", smoke.tool);
        let answer = self.client.call(&name, smoke.arguments.clone()).await;
        let answer =
            answer.map_err(|error| Failure::Call(explained(error, &self.authorization)))?;
        match quoted(&answer) {
            Some(inner) => answer::judge(&name, &inner),
            None => answer::judge(&name, &answer).map_err(|failure| match failure {
                Failure::Call(reason) => Failure::Call(format!(
                    "{reason}\nhint: the gateway's role must be allowed `lambda:InvokeFunction` on the \
                     function; with the exception level DEBUG the gateway says more"
                )),
                other => other,
            }),
        }
    }

    /// What to report of the gateway itself.
    pub(crate) fn result(self) -> GatewayResult {
        GatewayResult {
            url: self.url.to_string(),
            protocol_version: self.client.version().map(str::to_owned),
            tools: self.names.len(),
            pages: self.pages,
        }
    }
}

/// The function's own answer, where the gateway has quoted it as text.
fn quoted(answer: &Value) -> Option<Value> {
    let text = answer["content"][0]["text"].as_str()?;
    let inner: Value = serde_json::from_str(text).ok()?;
    let is_answer = inner["content"].is_array() || inner.get("error").is_some();
    is_answer.then_some(inner)
}
