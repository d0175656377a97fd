//! Addresses: the only way a string becomes a host that is contacted.

use aws_clients::RegionName;
use prometheus_api::query_string;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Why a text is no address of a Prometheus.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlProblem {
    /// Not a URL at all.
    #[error("{0:?} is not a URL; write one like `http://prometheus.internal:9090`")]
    Malformed(String),
    /// Another scheme.
    #[error("a Prometheus is reached over `http://` or `https://`, not over `{0}:`")]
    Scheme(String),
    /// A user name or password inside; the value is not repeated.
    #[error(
        "the URL holds a user name or password; set `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD` instead"
    )]
    Login,
    /// A query or a fragment, which the API's own parameters would clash with.
    #[error("{0:?} has a `?` or `#` part; give the base URL only")]
    NotABase(String),
    /// A path where only an origin is expected.
    #[error("{0:?} has a path; give scheme, host and port only")]
    NotAnOrigin(String),
    /// AMP's host, but not a workspace's address.
    #[error(
        "{0:?} is not the address of an AMP workspace; write `https://aps-workspaces.<region>.amazonaws.com/workspaces/<workspace id>`"
    )]
    NotAWorkspace(String),
}

/// The id of an AMP workspace: `ws-` and letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub(crate) struct WorkspaceId(String);

impl WorkspaceId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Not a workspace id.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a workspace id; write one like `ws-12345678-abcd-1234-abcd-123456789012`")]
pub(crate) struct InvalidWorkspaceId(String);

impl TryFrom<String> for WorkspaceId {
    type Error = InvalidWorkspaceId;

    fn try_from(id: String) -> Result<Self, InvalidWorkspaceId> {
        let rest = id.strip_prefix("ws-").unwrap_or_default();
        let well_formed = !rest.is_empty()
            && id.len() <= 64
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if well_formed {
            Ok(Self(id))
        } else {
            Err(InvalidWorkspaceId(id))
        }
    }
}

/// What the address of an AMP workspace says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AmpAddress {
    pub(crate) region: RegionName,
    pub(crate) workspace: WorkspaceId,
}

/// Base URL of a Prometheus HTTP API, with or without the `/api/v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// As it was given.
    shown: String,
    /// Ends in `/api/v1/`.
    api: Url,
    amp: Option<AmpAddress>,
}

impl BaseUrl {
    /// As it was given.
    pub(crate) fn as_str(&self) -> &str {
        &self.shown
    }

    /// What it says when it is the address of an AMP workspace.
    pub(crate) fn amp(&self) -> Option<&AmpAddress> {
        self.amp.as_ref()
    }

    /// The workspace that the path names, whatever the host is.
    pub(crate) fn workspace_in_path(&self) -> Option<WorkspaceId> {
        workspace_in_path(&self.api)
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin(self.api.origin())
    }

    /// Address of one API call. `path` is a constant.
    pub(crate) fn call(&self, path: &'static str, query: &[(&str, &str)]) -> Url {
        let mut url = self.api.clone();
        url.set_path(&format!("{}{path}", self.api.path()));
        if !query.is_empty() {
            url.set_query(Some(&query_string(query)));
        }
        url
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = UrlProblem;

    fn try_from(text: String) -> Result<Self, UrlProblem> {
        let mut url = web_address(&text)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(UrlProblem::NotABase(text));
        }
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/api/v1").unwrap_or(path);
        let path = format!("{path}/api/v1/");
        url.set_path(&path);
        let amp = match amp_region(&url) {
            None => None,
            Some(region) => match workspace_in_path(&url) {
                Some(workspace) if url.scheme() == "https" && url.port().is_none() => {
                    Some(AmpAddress { region, workspace })
                }
                _ => return Err(UrlProblem::NotAWorkspace(text)),
            },
        };
        Ok(Self {
            shown: text,
            api: url,
            amp,
        })
    }
}

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(url::Origin);

impl TryFrom<String> for Origin {
    type Error = UrlProblem;

    fn try_from(text: String) -> Result<Self, UrlProblem> {
        let url = web_address(&text)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(UrlProblem::NotAnOrigin(text));
        }
        Ok(Self(url.origin()))
    }
}

fn web_address(text: &str) -> Result<Url, UrlProblem> {
    let url = Url::parse(text).map_err(|_| UrlProblem::Malformed(without_login(text)))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(UrlProblem::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlProblem::Login);
    }
    Ok(url)
}

/// A text that is not a URL may still hold a password before its `@`.
fn without_login(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => text.to_owned(),
    }
}

/// The region of an AMP query host: `aps-workspaces.<region>.amazonaws.com`, in China with `.cn`.
/// <https://docs.aws.amazon.com/general/latest/gr/prometheus-service.html>
fn amp_region(url: &Url) -> Option<RegionName> {
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    let rest = host.strip_prefix("aps-workspaces.")?;
    let (region, china) = match rest.strip_suffix(".amazonaws.com.cn") {
        Some(region) => (region, true),
        None => (rest.strip_suffix(".amazonaws.com")?, false),
    };
    let region = RegionName::try_from(region.to_owned()).ok()?;
    (region.as_str().starts_with("cn-") == china).then_some(region)
}

/// `ws-…` of `/workspaces/ws-…/api/v1/`, and of nothing else.
fn workspace_in_path(url: &Url) -> Option<WorkspaceId> {
    let id = url
        .path()
        .strip_prefix("/workspaces/")?
        .strip_suffix("/api/v1/")?;
    WorkspaceId::try_from(id.to_owned()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Result<BaseUrl, UrlProblem> {
        BaseUrl::try_from(text.to_owned())
    }

    #[test]
    fn the_api_path_is_added_once() {
        for (given, expected) in [
            ("http://p:9090", "http://p:9090/api/v1/query"),
            ("http://p:9090/", "http://p:9090/api/v1/query"),
            ("http://p/api/v1", "http://p/api/v1/query"),
            ("http://p/api/v1/", "http://p/api/v1/query"),
            ("https://p/x/prom/", "https://p/x/prom/api/v1/query"),
        ] {
            assert_eq!(base(given).unwrap().call("query", &[]).as_str(), expected);
            assert_eq!(base(given).unwrap().as_str(), given);
        }
    }

    #[test]
    fn addresses_of_workspaces_are_recognised() {
        for (text, region) in [
            (
                "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1a-2",
                "eu-west-1",
            ),
            (
                "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1a-2/api/v1/",
                "eu-west-1",
            ),
            (
                "https://aps-workspaces.cn-north-1.amazonaws.com.cn/workspaces/ws-1a-2/",
                "cn-north-1",
            ),
        ] {
            let url = base(text).unwrap();
            let amp = url.amp().unwrap();
            assert_eq!(
                (amp.region.as_str(), amp.workspace.as_str()),
                (region, "ws-1a-2")
            );
        }
    }

    #[test]
    fn nothing_that_only_resembles_amp_is_taken_for_it() {
        for text in [
            "https://aps-workspaces.eu-west-1.amazonaws.com.evil.example/workspaces/ws-1",
            "https://aps-workspaces.eu-west-1.amazonaws.co/workspaces/ws-1",
            "https://evil.example/aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1",
            "https://x-aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1",
            "https://aps-workspaces.a.b.amazonaws.com/workspaces/ws-1",
            "https://aps-workspaces.cn-north-1.amazonaws.com/workspaces/ws-1",
            "https://127.0.0.1/workspaces/ws-1",
        ] {
            assert_eq!(base(text).unwrap().amp(), None, "{text}");
        }
        for text in [
            "http://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1",
            "https://aps-workspaces.eu-west-1.amazonaws.com:8443/workspaces/ws-1",
            "https://aps-workspaces.eu-west-1.amazonaws.com/",
            "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/x",
            "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/../..",
        ] {
            assert_eq!(base(text), Err(UrlProblem::NotAWorkspace(text.to_owned())));
        }
    }

    #[test]
    fn what_is_no_base_url_is_refused_without_showing_secrets() {
        assert_eq!(base("prom:"), Err(UrlProblem::Scheme("prom".to_owned())));
        assert_eq!(
            base("file:///etc/passwd"),
            Err(UrlProblem::Scheme("file".to_owned()))
        );
        assert_eq!(base("p:9090"), Err(UrlProblem::Scheme("p".to_owned())));
        assert_eq!(base("http://u:secret@p"), Err(UrlProblem::Login));
        assert_eq!(
            base("http://p?x=1"),
            Err(UrlProblem::NotABase("http://p?x=1".to_owned()))
        );
        assert_eq!(base("u:secret@"), Err(UrlProblem::Scheme("u".to_owned())));
        assert_eq!(
            base("//u:secret@p"),
            Err(UrlProblem::Malformed("…@p".to_owned()))
        );
    }

    #[test]
    fn workspace_ids_are_path_segments() {
        for id in ["", "ws-", "w-1", "ws-1/..", "ws-1?x", "ws-1%2e", "ws-é"] {
            assert!(WorkspaceId::try_from(id.to_owned()).is_err(), "{id}");
        }
        assert!(WorkspaceId::try_from(format!("ws-{}", "a".repeat(62))).is_err());
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let origin = |text: &str| Origin::try_from(text.to_owned());
        assert_eq!(origin("http://h:80").unwrap(), origin("http://h/").unwrap());
        assert_ne!(origin("http://h").unwrap(), origin("https://h").unwrap());
        assert_eq!(
            base("http://h:1/x").unwrap().origin(),
            origin("http://h:1").unwrap()
        );
        assert_eq!(
            origin("http://h/x"),
            Err(UrlProblem::NotAnOrigin("http://h/x".to_owned()))
        );
    }
}
