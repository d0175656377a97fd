// @generated from `servers.yaml` by `cargo run -p codegen`. Do not edit.

use mcp_proxy::remote::Endpoint;

/// Every `url:` server of `servers.yaml` with its id.
pub(crate) const REMOTES: &[(&str, Endpoint)] = &[(
    "aws-knowledge",
    Endpoint {
        url: "https://knowledge-mcp.global.api.aws/",
        headers: &[],
        tools: include_str!("../../../../handlers/aws-knowledge/tools.json"),
    },
)];
