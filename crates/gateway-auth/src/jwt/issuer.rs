//! Asking the issuer for its keys.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde::Deserialize;
use url::{Host, Url};

use super::config::InvalidConfig;
use super::keys::KeySet;

/// For one document, from the first byte sent to the last received.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Far more than any discovery or key document has.
const MAX_BYTES: usize = 256 * 1024;

/// Where to ask, and what the answer must be.
#[derive(Debug, Clone)]
pub(crate) struct Issuer {
    client: Client,
    discovery_url: Url,
    /// The issuer that the document must name.
    name: String,
    on_this_machine: bool,
}

/// What the issuer said.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) issuer: String,
    pub(crate) keys: KeySet,
}

/// Why the issuer's keys are not known. For the log: holds URLs of the configuration and its document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{url} cannot be fetched")]
    Request { url: Url, source: reqwest::Error },
    #[error("{url} answers {status}, not 200")]
    Status { url: Url, status: StatusCode },
    #[error("{url} is larger than {MAX_BYTES} bytes")]
    TooLarge { url: Url },
    #[error("{url} is not the JSON that it should be")]
    Json { url: Url, source: serde_json::Error },
    #[error(
        "the discovery document names the issuer {found:?}, not {expected:?}, which its URL stands for"
    )]
    Issuer { found: String, expected: String },
    #[error(
        "`jwks_uri` is {0:?}: keys are fetched from https URLs, or from loopback ones for an issuer on this machine"
    )]
    JwksUri(String),
    #[error("{url} has no key that can check a signature")]
    NoKeys { url: Url },
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    pub(crate) fn new(discovery_url: &str, name: Option<&str>) -> Result<Self, InvalidConfig> {
        let invalid = |message: String| InvalidConfig::one("discoveryUrl", message);
        let url =
            Url::parse(discovery_url).map_err(|error| invalid(format!("is not a URL: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("must not hold a user name or password".to_owned()));
        }
        let on_this_machine = is_loopback(&url);
        if !may_fetch(&url, on_this_machine) {
            return Err(invalid(
                "must be an https URL; http is for issuers on this machine".to_owned(),
            ));
        }
        let client = Client::builder().timeout(TIMEOUT).redirect(Policy::none());
        // A proxy's loopback is not ours.
        let client = if on_this_machine {
            client.no_proxy()
        } else {
            client
        };
        let client = client
            .build()
            .map_err(|error| invalid(format!("cannot be fetched: {error}")))?;
        let name = name.map_or_else(|| issuer_of(discovery_url), str::to_owned);
        Ok(Self {
            client,
            discovery_url: url,
            name,
            on_this_machine,
        })
    }

    /// The issuer by its configuration, for as long as its document is not known.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Fetches both documents.
    pub(crate) async fn fetch(&self) -> Result<Published, FetchError> {
        let url = &self.discovery_url;
        let document: Discovery =
            serde_json::from_slice(&self.get(url).await?).map_err(|source| FetchError::Json {
                url: url.clone(),
                source,
            })?;
        // Many issuers end in `/` where the URL cannot tell.
        if document.issuer.trim_end_matches('/') != self.name.trim_end_matches('/') {
            let expected = self.name.clone();
            return Err(FetchError::Issuer {
                found: document.issuer,
                expected,
            });
        }
        let url = Url::parse(&document.jwks_uri)
            .ok()
            .filter(|url| may_fetch(url, self.on_this_machine))
            .ok_or(FetchError::JwksUri(document.jwks_uri))?;
        let keys = KeySet::parse(&self.get(&url).await?).map_err(|source| FetchError::Json {
            url: url.clone(),
            source,
        })?;
        if keys.is_empty() {
            return Err(FetchError::NoKeys { url });
        }
        Ok(Published {
            issuer: document.issuer,
            keys,
        })
    }

    async fn get(&self, url: &Url) -> Result<Vec<u8>, FetchError> {
        // The error repeats the URL otherwise.
        let failed = |source: reqwest::Error| FetchError::Request {
            url: url.clone(),
            source: source.without_url(),
        };
        let mut response = self.client.get(url.clone()).send().await.map_err(failed)?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status {
                url: url.clone(),
                status: response.status(),
            });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BYTES {
                return Err(FetchError::TooLarge { url: url.clone() });
            }
        }
        Ok(body)
    }
}

/// The issuer that a discovery URL stands for: OpenID Connect Discovery puts the well-known path
/// behind the issuer's path, RFC 8414 in front of it.
fn issuer_of(discovery_url: &str) -> String {
    let (origin, document) = discovery_url
        .split_once("/.well-known/")
        .unwrap_or((discovery_url, ""));
    let path = document.find('/').map_or("", |slash| &document[slash..]);
    format!("{origin}{path}")
}

fn may_fetch(url: &Url, from_this_machine: bool) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && from_this_machine && is_loopback(url))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
