//! Requests: to known addresses only, bounded in time and size, repeated once where that can help.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Method, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::config::Config;
use crate::error::{DocsError, Location};
use crate::location::{DocsUrl, NotDocs};
use crate::page::Page;

const SEARCH: &str = "https://proxy.search.docs.aws.com/search";
const RECOMMENDATIONS: &str = "https://api.contentrecs.docs.aws.com/v1/recommendations";

/// The largest page that is read. The largest of the documentation, lists of managed policies,
/// have some megabytes.
const LARGEST_PAGE: usize = 8_000_000;

/// The largest answer of a service that is read. Its own are some kilobytes.
const LARGEST_ANSWER: usize = 2_000_000;

const MOST_REDIRECTS: usize = 5;

/// Pause before the second attempt.
const PAUSE: Duration = Duration::from_millis(300);

/// The client, built when first needed: TLS takes some milliseconds to set up.
#[derive(Debug)]
pub(crate) struct Web {
    config: Config,
    client: OnceLock<reqwest::Client>,
}

impl Web {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            client: OnceLock::new(),
        }
    }

    /// Reads a page, through redirects inside of the documentation.
    pub(crate) async fn page(&self, asked: &DocsUrl) -> Result<Page, DocsError> {
        let mut url = asked.clone();
        for _ in 0..=MOST_REDIRECTS {
            let accept = "text/html, text/*;q=0.8";
            let response = self.send(Method::GET, url.url(), accept, None).await?;
            let status = response.status();
            if status.is_redirection()
                && let Some(location) = header(response.headers(), LOCATION.as_str())
            {
                url = self.redirected(&url, location)?;
                continue;
            }
            if !status.is_success() {
                return Err(DocsError::Status {
                    url,
                    status: status.as_u16(),
                    partition: self.config.partition,
                });
            }
            let kind = header(response.headers(), CONTENT_TYPE.as_str());
            let body = bounded(response, url.to_string(), LARGEST_PAGE).await?;
            return Page::new(asked.clone(), url, kind, body);
        }
        Err(DocsError::Redirects {
            url: asked.clone(),
            limit: MOST_REDIRECTS,
        })
    }

    fn redirected(&self, url: &DocsUrl, location: String) -> Result<DocsUrl, DocsError> {
        let refused = |reason: NotDocs| DocsError::Redirect {
            url: url.clone(),
            reason,
            source: Location(location.clone()),
        };
        url.redirected(self.config.partition, &location)
            .map_err(refused)
    }

    /// Asks the search. `parameters` go into the query.
    pub(crate) async fn search<T: DeserializeOwned>(
        &self,
        parameters: &[(&str, &str)],
        body: &Value,
    ) -> Result<T, DocsError> {
        let service = "the search of the AWS documentation";
        let url = with_query(SEARCH, parameters);
        self.service(service, Method::POST, &url, Some(body)).await
    }

    /// Asks for recommendations. `parameters` go into the query.
    pub(crate) async fn recommendations<T: DeserializeOwned>(
        &self,
        parameters: &[(&str, &str)],
    ) -> Result<T, DocsError> {
        let service = "the recommendations of the AWS documentation";
        let url = with_query(RECOMMENDATIONS, parameters);
        self.service(service, Method::GET, &url, None).await
    }

    async fn service<T: DeserializeOwned>(
        &self,
        service: &'static str,
        method: Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<T, DocsError> {
        let response = self.send(method, url, "application/json", body).await?;
        if !response.status().is_success() {
            let status = response.status().as_u16();
            return Err(DocsError::Service { service, status });
        }
        let answer = bounded(response, format!("the answer of {service}"), LARGEST_ANSWER).await?;
        serde_json::from_slice(&answer)
            .map_err(|source| DocsError::NotUnderstood { service, source })
    }

    /// Reads a JSON document of the documentation.
    pub(crate) async fn document<T: DeserializeOwned>(
        &self,
        service: &'static str,
        url: &DocsUrl,
    ) -> Result<T, DocsError> {
        self.service(service, Method::GET, url.url(), None).await
    }

    /// Sends a request, a second time if the first finds nobody or a server in trouble. All
    /// requests only read.
    async fn send(
        &self,
        method: Method,
        url: &Url,
        accept: &str,
        body: Option<&Value>,
    ) -> Result<Response, DocsError> {
        let mut again = true;
        loop {
            let place = match &self.config.stand_in {
                Some(stand_in) => stand_in.place(url),
                None => url.clone(),
            };
            let request = self.client()?.request(method.clone(), place);
            let request = request.header(ACCEPT, accept);
            let request = match (&self.config.stand_in, url.host_str()) {
                (Some(_), Some(host)) => request.header(HOST, host),
                _ => request,
            };
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            match request.send().await {
                Ok(response) if !again || !is_passing(response.status().as_u16()) => {
                    return Ok(response);
                }
                Err(error) if !again || !(error.is_connect() || error.is_request()) => {
                    return Err(unreachable(url, error));
                }
                Ok(_) | Err(_) => {}
            }
            again = false;
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn client(&self) -> Result<&reqwest::Client, DocsError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let mut builder = reqwest::Client::builder()
            // Each is looked at: `redirected`.
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(Duration::from_secs(5))
            .user_agent(self.config.user_agent.clone());
        builder = match self.config.stand_in {
            Some(_) => builder.no_proxy(),
            None => builder.https_only(true),
        };
        let client = builder
            .build()
            .map_err(|source| DocsError::Client { source })?;
        Ok(self.client.get_or_init(|| client))
    }
}

fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 500 | 502 | 503 | 504)
}

fn unreachable(url: &Url, source: reqwest::Error) -> DocsError {
    let what = url.host_str().unwrap_or_default().to_owned();
    DocsError::Unreachable { what, source }
}

fn with_query(base: &str, parameters: &[(&str, &str)]) -> Url {
    let mut url = Url::parse(base).expect("a constant");
    url.query_pairs_mut().extend_pairs(parameters);
    url
}

async fn bounded(mut response: Response, what: String, limit: usize) -> Result<Vec<u8>, DocsError> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= limit => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(DocsError::TooLarge { what, limit }),
            Ok(None) => return Ok(body),
            Err(source) => return Err(DocsError::Unreachable { what, source }),
        }
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}
