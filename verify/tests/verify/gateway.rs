//! The fleet, asked through a gateway that answers as the test says.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::support::{checks, command, fleet, names, serve};

type Refuse = fn(&HeaderMap) -> Option<Response>;

struct Gateway {
    /// Answers in place of the gateway.
    refuse: Refuse,
    /// The pages of the list.
    pages: Vec<Value>,
    call: Value,
}

impl Gateway {
    fn healthy() -> Self {
        Self {
            refuse: |_| None,
            pages: vec![
                json!([{"name": "x_amz_bedrock_agentcore_search"}, {"name": "notes-old___note_get"}]),
                json!([{"name": "notes___note_get"}]),
            ],
            call: json!({"content": [{"type": "text", "text": "note_not_found: there is no note `none`"}], "isError": true}),
        }
    }

    /// Exit code, standard error and the checks of the one server.
    fn verified(
        self,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> (i32, String, Vec<(String, String, String)>) {
        let app = Router::new()
            .route("/mcp", post(answer))
            .with_state(Arc::new(self));
        let url = format!("http://{}/mcp", serve(app));
        let mut all = vec!["--gateway-url", &url, "--format", "json"];
        all.extend(arguments);
        let fleet = fleet();
        let mut command = command(&fleet, &all);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let error = String::from_utf8(output.stderr.clone()).unwrap();
        match output.status.code() {
            Some(2) => (2, error, Vec::new()),
            _ => {
                let (code, checks) = checks(&output);
                (code, error, checks)
            }
        }
    }

    /// Asserts that exactly `check` failed, for a reason that contains `reason`.
    #[track_caller]
    fn fails(self, check: &str, reason: &str) {
        let (code, _, checks) = self.verified(&[], &[]);
        let failed: Vec<_> = (checks.iter())
            .filter(|(_, outcome, _)| outcome == "failed")
            .collect();
        assert_eq!(failed.len(), 1, "{checks:?}");
        assert_eq!(failed[0].0, check);
        assert!(failed[0].2.contains(reason), "{}", failed[0].2);
        assert_eq!(code, 1);
    }
}

async fn answer(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> Response {
    if let Some(refusal) = (gateway.refuse)(&headers) {
        return refusal;
    }
    let params = &request["params"];
    let result = match request["method"].as_str().unwrap() {
        "initialize" => json!({"protocolVersion": params["protocolVersion"], "capabilities": {}}),
        "notifications/initialized" => return StatusCode::ACCEPTED.into_response(),
        "tools/list" => {
            let page = params["cursor"]
                .as_str()
                .map_or(0, |cursor| cursor.parse().unwrap());
            let mut result = json!({"tools": gateway.pages[page]});
            if page + 1 < gateway.pages.len() {
                result["nextCursor"] = json!((page + 1).to_string());
            }
            result
        }
        "tools/call" => {
            assert_eq!(
                params,
                &json!({"name": "notes___note_get", "arguments": {"id": "none"}})
            );
            gateway.call.clone()
        }
        other => panic!("{other}"),
    };
    Json(json!({"jsonrpc": "2.0", "id": request["id"], "result": result})).into_response()
}

#[test]
fn a_healthy_gateway_passes_without_aws_credentials() {
    let (code, error, checks) = Gateway::healthy().verified(&[], &[]);
    assert_eq!(
        names(&checks),
        ["generated files", "gateway tools", "gateway call"],
        "{error}"
    );
    assert!(
        checks.iter().all(|(_, outcome, _)| outcome == "passed"),
        "{checks:?}"
    );
    assert_eq!(checks[1].2, "1 listed");
    assert_eq!(
        checks[2].2,
        "`notes___note_get` answered: note_not_found: there is no note `none`"
    );
    assert_eq!(code, 0);
}

#[test]
fn a_quoted_answer_is_read() {
    let quoted = |answer: Value| {
        let mut gateway = Gateway::healthy();
        gateway.call =
            json!({"content": [{"type": "text", "text": answer.to_string()}], "isError": false});
        gateway
    };
    let found = quoted(json!({"content": [{"type": "text", "text": "It."}]}));
    assert_eq!(found.verified(&[], &[]).0, 0);
    quoted(
        json!({"content": [{"type": "text", "text": "internal_error: stopped"}], "isError": true}),
    )
    .fails(
        "gateway call",
        "`notes___note_get`: internal_error: stopped",
    );
    quoted(json!({"error": {"code": -32603, "message": "Missing"}}))
        .fails("gateway call", "Missing");
}

#[test]
fn a_function_that_the_gateway_cannot_call_fails_with_what_to_allow() {
    let mut gateway = Gateway::healthy();
    gateway.call = json!({"content": [{"type": "text", "text": "An internal error occurred."}], "isError": true});
    gateway.fails("gateway call", "An internal error occurred.\nhint: the gateway's role must be allowed `lambda:InvokeFunction`");
}

#[test]
fn a_target_that_is_missing_or_out_of_date_fails() {
    let mut gateway = Gateway::healthy();
    gateway.pages = vec![json!([])];
    gateway.fails("gateway tools", "the gateway has no target `notes`");
    let mut gateway = Gateway::healthy();
    gateway.pages = vec![json!([{"name": "notes___note_put"}])];
    gateway.fails(
        "gateway tools",
        "`notes___note_get` is not listed; `notes___note_put` is listed but not in target.json",
    );
}

#[test]
fn refusals_say_what_to_do() {
    let denied: Refuse = |_| Some(StatusCode::UNAUTHORIZED.into_response());
    let forbidden: Refuse =
        |_| Some((StatusCode::FORBIDDEN, "{\"message\": \"no\"}").into_response());
    let missing: Refuse = |_| Some(StatusCode::NOT_FOUND.into_response());
    let failing: Refuse = |_| Some(StatusCode::BAD_GATEWAY.into_response());
    let bearer = (
        &["--bearer-token-env", "TOKEN"][..],
        &[("TOKEN", "secret")][..],
    );
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIDTEST"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let sigv4 = (&["--sigv4", "--region", "eu-west-1"][..], &keys[..]);
    for (refuse, (arguments, variables), expected) in [
        (
            denied,
            (&[][..], &[][..]),
            "401 Unauthorized: it does not say why\nhint: the gateway wants to know who asks",
        ),
        (denied, bearer, "hint: the token in TOKEN has expired"),
        (denied, sigv4, "see `aws sts get-caller-identity`"),
        (
            forbidden,
            bearer,
            "403 Forbidden: no\nhint: the token in TOKEN is valid and lacks a scope",
        ),
        (
            forbidden,
            sigv4,
            "`bedrock-agentcore:InvokeGateway` on the gateway's ARN, and check its Region: the request is signed for eu-west-1",
        ),
        (
            missing,
            sigv4,
            "hint: no gateway has this address: it ends in `/mcp`",
        ),
        (failing, bearer, "hint: the gateway itself fails"),
    ] {
        let gateway = Gateway {
            refuse,
            ..Gateway::healthy()
        };
        let (code, error, _) = gateway.verified(arguments, variables);
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("secret"), "{error}");
        assert_eq!(code, 2);
    }
}

#[test]
fn requests_carry_the_token_or_a_signature() {
    fn unless(fits: bool) -> Option<Response> {
        (!fits).then(|| StatusCode::UNAUTHORIZED.into_response())
    }
    let mut gateway = Gateway::healthy();
    gateway.refuse = |headers| unless(headers["authorization"] == "Bearer t0ken");
    let bearer = ["--bearer-token-env", "TOKEN"];
    assert_eq!(gateway.verified(&bearer, &[("TOKEN", "t0ken\n")]).0, 0);

    let mut gateway = Gateway::healthy();
    gateway.refuse = |headers| {
        let authorization = headers["authorization"].to_str().unwrap();
        let scope =
            "/eu-west-1/bedrock-agentcore/aws4_request, SignedHeaders=accept;content-type;host;";
        unless(
            authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDTEST/")
                && authorization.contains(scope),
        )
    };
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIDTEST"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "eu-west-1"),
    ];
    let (code, error, _) = gateway.verified(&["--sigv4"], &keys);
    assert_eq!(code, 0, "{error}");
}

#[test]
fn a_token_that_is_not_there_is_named_and_never_shown() {
    for (variables, expected) in [
        (
            &[][..],
            "verify: the environment variable TOKEN holds no token",
        ),
        (
            &[("TOKEN", "two\nlines")][..],
            "verify: what TOKEN holds cannot be a token\n",
        ),
    ] {
        let (code, error, _) =
            Gateway::healthy().verified(&["--bearer-token-env", "TOKEN"], variables);
        assert!(error.starts_with(expected), "{error}");
        assert_eq!(code, 2);
    }
}
