//! A gateway that was deployed to another control plane.

use serde_json::{Value, json};

use crate::control::{ALPHA, Api, gateway_named, lambda_target, server_target};
use crate::support::{Fleet, Running};

/// A gateway with a control plane that knows its functions `alpha` and `other`, and what this one is started with to reach both.
struct There {
    gateway: Running,
    api: Api,
}

impl There {
    fn new(fleet: &Fleet) -> Self {
        let gateway = fleet.up(&["--control-listen", "127.0.0.1:0"]);
        let api = Api::of(&gateway);
        Self { gateway, api }
    }

    fn environment(&self) -> [(&str, &str); 3] {
        [
            ("AWS_ENDPOINT_URL_LAMBDA", &self.gateway.lambda),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ]
    }
}

#[tokio::test]
async fn it_is_served_with_the_functions_of_this_fleet_and_others_where_they_are() {
    let (there, here) = (Fleet::of(&["alpha", "other"]), Fleet::of(&["alpha"]));
    let servers = Fleet::of(&["alpha"]);
    let (server, there) = (servers.up(&[]), There::new(&there));
    let created = there
        .api
        .created("/gateways/", gateway_named("orders"))
        .await;
    let id = &created["gatewayId"];
    let deployed = ALPHA.replace("mcp-server", "gamma-mcp-server");
    let other = ALPHA.replace("alpha", "other");
    for (name, arn) in [("shop", &deployed), ("other", &other)] {
        let target = there.api.target(id, lambda_target(name, arn)).await;
        assert_eq!(target["status"], "READY", "{target}");
    }
    there
        .api
        .target(id, server_target("remote", &server.mcp))
        .await;
    let nowhere = server_target("nowhere", "http://127.0.0.1:1/mcp");
    there.api.target(id, nowhere).await;

    let flags = [
        "--from-control-plane",
        &there.api.url,
        "--gateway",
        "orders",
    ];
    let gateway = here.up_with(&flags, &there.environment());
    let announced = |text: &str| {
        assert!(
            gateway.announcement.contains(text),
            "{}",
            gateway.announcement
        );
    };
    announced("┆ mcp-server-alpha ");
    announced("Left out      target nowhere is \"FAILED\" there\n");
    let (_, listed, _) = gateway.client(&["tools"]);
    let targets = |prefix: &str| {
        listed
            .lines()
            .filter(|line| line.starts_with(prefix))
            .count()
    };
    assert_eq!(
        (
            targets("shop___"),
            targets("other___"),
            targets("remote___alpha___")
        ),
        (1, 1, 8),
        "{listed}"
    );
    for tool in ["shop___echo", "other___echo", "remote___alpha___echo"] {
        let result = gateway.call(tool, &json!({"path": tool}));
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        let echo: Value = serde_json::from_str(text).unwrap_or_default();
        assert_eq!(echo["event"], json!({"path": tool}), "{result}");
    }
    gateway.log_with("[alpha] REPORT");
    there.gateway.log_with("[other] REPORT");
}

#[tokio::test]
async fn who_does_not_sign_is_refused_where_signatures_were_asked_for_there() {
    let fleet = Fleet::of(&["alpha"]);
    let there = There::new(&fleet);
    let mut signed = gateway_named("signed");
    signed["authorizerType"] = json!("AWS_IAM");
    let created = there.api.created("/gateways/", signed).await;
    let name = created["gatewayId"].as_str().unwrap();
    let flags = ["--from-control-plane", &there.api.url, "--gateway", name];
    let gateway = fleet.up_with(&flags, &there.environment());
    let (code, _, stderr) = gateway.client(&["tools"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("`--sigv4` where it takes IAM"), "{stderr}");
}

#[tokio::test]
async fn what_cannot_be_loaded_is_said_and_nothing_starts() {
    let fleet = Fleet::of(&["alpha"]);
    let there = There::new(&fleet);
    there
        .api
        .created("/gateways/", gateway_named("orders"))
        .await;
    let url = there.api.url.as_str();
    for (flags, expected) in [
        (
            &["--from-control-plane", url][..],
            "has several gateways: mcp-fleet-",
        ),
        (
            &["--from-control-plane", url, "--gateway", "missing"],
            "has no gateway `missing`",
        ),
        (
            &["--from-control-plane", url, "--search"],
            "cannot be used with",
        ),
        (&["--gateway", "orders"], "--from-control-plane <URL>"),
        (
            &["--from-control-plane", "http://127.0.0.1:1"],
            "could not be asked for ListGateways",
        ),
    ] {
        let refusal = fleet.refusal_with(flags, &there.environment());
        assert!(
            refusal.stderr.contains(expected),
            "{flags:?}: {}",
            refusal.stderr
        );
        assert_ne!(refusal.status.code(), Some(0));
    }
}
