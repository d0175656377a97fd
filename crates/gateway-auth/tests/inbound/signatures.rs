//! `AWS_IAM`: what the AWS SDK's own signer signs is let in; anything else is refused in AWS's words.

use std::time::SystemTime;

use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignatureLocation};
use http::Request;
use serde_json::json;

use crate::signer::{BODY, Signer, outcome, refusal, settings};

#[tokio::test]
async fn what_the_sdk_signs_is_accepted() {
    let checksum =
        || settings(|settings| settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256);
    let presigned = || {
        settings(|settings| {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(std::time::Duration::from_secs(60));
        })
    };
    let temporary = ("ASIATEMP", "temp-secret", Some("temp-token"));
    let cases = [
        ("plain", Signer::default()),
        (
            "checksum header",
            Signer {
                settings: checksum(),
                ..Signer::default()
            },
        ),
        (
            "session token",
            Signer {
                key: temporary,
                ..Signer::default()
            },
        ),
        (
            "presigned",
            Signer {
                settings: presigned(),
                ..Signer::default()
            },
        ),
        (
            "presigned, session token",
            Signer {
                settings: presigned(),
                key: temporary,
                ..Signer::default()
            },
        ),
        (
            "query",
            Signer {
                target: "/mcp?b=2&a=%2F+x&a=1&empty=&c",
                ..Signer::default()
            },
        ),
        (
            "encoded path",
            Signer {
                target: "/mcp/a%20b/../%C3%A9/",
                ..Signer::default()
            },
        ),
    ];
    for (case, signer) in cases {
        assert!(outcome(signer.request(), BODY).await.is_ok(), "{case}");
    }
}

#[tokio::test]
async fn keys_of_one_principal_are_one_caller() {
    let call = async |key| {
        outcome(
            Signer {
                key,
                ..Signer::default()
            }
            .request(),
            BODY,
        )
        .await
        .unwrap()
    };
    let plain = call(("AKIDPLAIN", "plain-secret", None)).await;
    let temporary = call(("ASIATEMP", "temp-secret", Some("temp-token"))).await;
    let role = call(("AKIDROLE", "role-secret", None)).await;
    assert_eq!(
        role,
        call(("AKIDROLE2", "role-secret-2", Some("role-token"))).await
    );
    assert!(plain != temporary && temporary != role && plain != role);
}

#[tokio::test]
async fn unknown_keys_and_tokens_are_refused_alike() {
    let expected = (
        "UnrecognizedClient".to_owned(),
        "The security token included in the request is invalid.".to_owned(),
    );
    for key in [
        ("AKIDOTHER", "plain-secret", None),
        ("AKIDPLAIN", "plain-secret", Some("surplus")),
        ("ASIATEMP", "temp-secret", None),
        ("ASIATEMP", "temp-secret", Some("wrong")),
    ] {
        assert_eq!(
            refusal(
                Signer {
                    key,
                    ..Signer::default()
                }
                .request()
            )
            .await,
            expected,
            "{key:?}"
        );
    }
}

#[tokio::test]
async fn a_wrong_secret_or_another_request_does_not_match() {
    let text = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                Access Key and signing method. Consult the service documentation for details.";
    let expected = ("InvalidSignature".to_owned(), text.to_owned());
    let wrong = Signer {
        key: ("AKIDPLAIN", "Plain-secret", None),
        ..Signer::default()
    };
    assert_eq!(refusal(wrong.request()).await, expected);
    let (error_type, body) = outcome(Signer::default().request(), b"{}")
        .await
        .unwrap_err();
    assert_eq!(
        (error_type.as_str(), body),
        ("InvalidSignatureException", json!({ "message": text }))
    );
    type Change = fn(&mut Request<()>);
    let changes: [(&str, Change); 4] = [
        ("path", |request| {
            *request.uri_mut() = "/other".parse().unwrap()
        }),
        ("host", |request| {
            drop(
                request
                    .headers_mut()
                    .insert("host", "other:1".parse().unwrap()),
            )
        }),
        ("signed header", |request| {
            drop(
                request
                    .headers_mut()
                    .insert("content-type", "text/plain".parse().unwrap()),
            )
        }),
        ("signature cut short", |request| {
            let header = request.headers()["authorization"]
                .to_str()
                .unwrap()
                .to_owned();
            request
                .headers_mut()
                .insert("authorization", header[..header.len() - 2].parse().unwrap());
        }),
    ];
    for (case, change) in changes {
        let mut request = Signer::default().request();
        change(&mut request);
        assert_eq!(refusal(request).await, expected, "{case}");
    }
}

#[tokio::test]
async fn scope_and_time_are_checked_before_the_signature() {
    let region = Signer {
        region: "us-east-1",
        ..Signer::default()
    };
    assert_eq!(
        refusal(region.request()).await,
        (
            "InvalidSignature".to_owned(),
            "Credential should be scoped to a valid region, not 'us-east-1'.".to_owned()
        )
    );
    let service = Signer {
        service: "lambda",
        ..Signer::default()
    };
    assert_eq!(
        refusal(service.request()).await,
        (
            "InvalidSignature".to_owned(),
            "Credential should be scoped to correct service: 'bedrock-agentcore'.".to_owned()
        )
    );
    let late = std::time::Duration::from_secs(400);
    let old = Signer {
        time: SystemTime::now() - late,
        ..Signer::default()
    };
    assert!(
        refusal(old.request())
            .await
            .1
            .starts_with("Signature expired: ")
    );
    let early = Signer {
        time: SystemTime::now() + late,
        ..Signer::default()
    };
    assert!(
        refusal(early.request())
            .await
            .1
            .starts_with("Signature not yet current: ")
    );
}

#[tokio::test]
async fn the_payload_must_be_signed_as_it_is() {
    let cases = [
        (
            "UNSIGNED-PAYLOAD",
            "The payload is not signed: UNSIGNED-PAYLOAD is not accepted here. Sign the SHA-256 of the body.",
        ),
        (
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "Signed chunks (STREAMING-...) are not accepted here. Sign the SHA-256 of the whole body.",
        ),
        (
            "0000",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ),
    ];
    for (stated, message) in cases {
        let signer = Signer {
            settings: settings(|settings| {
                settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256
            }),
            body: SignableBody::Precomputed(stated.to_owned()),
            ..Signer::default()
        };
        assert_eq!(
            refusal(signer.request()).await,
            ("InvalidSignature".to_owned(), message.to_owned()),
            "{stated}"
        );
    }
}

#[tokio::test]
async fn what_is_no_signature_is_refused_by_what_it_lacks() {
    let all = "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
               Authorization header requires 'SignedHeaders' parameter. \
               Authorization header requires existence of a 'X-Amz-Date' header.";
    let signature = "0".repeat(64);
    let good = |credential: &str, signed: &str| {
        format!(
            "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature={signature}"
        )
    };
    let scope = "AKIDPLAIN/20150830/eu-central-1/bedrock-agentcore/aws4_request";
    let date = ("x-amz-date", "20150830T123600Z");
    type Headers<'a> = Vec<(&'a str, &'a str)>;
    let cases: Vec<(Headers<'_>, String, &str, &str)> = vec![
        (
            vec![],
            String::new(),
            "MissingAuthenticationToken",
            "Missing Authentication Token",
        ),
        (vec![], "Bearer abc".to_owned(), "IncompleteSignature", all),
        (
            vec![],
            "AWS4-HMAC-SHA256Credential=x".to_owned(),
            "IncompleteSignature",
            all,
        ),
        (
            vec![date],
            "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host".to_owned(),
            "IncompleteSignature",
            "Authorization header requires 'Signature' parameter.",
        ),
        (
            vec![],
            good(scope, "host"),
            "IncompleteSignature",
            "Authorization header requires existence of a 'X-Amz-Date' header.",
        ),
        (
            vec![date],
            good("AKIDPLAIN/20150830", "host"),
            "IncompleteSignature",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
        ),
        (
            vec![date],
            good(scope, "x-amz-date"),
            "InvalidSignature",
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            vec![date],
            good(scope, "host"),
            "InvalidSignature",
            "There were headers present in the request which were not signed: x-amz-date",
        ),
        (
            vec![("x-amz-date", "yesterday")],
            good(scope, "host;x-amz-date"),
            "IncompleteSignature",
            "Date must be in ISO-8601 'basic format', such as 20150830T123600Z.",
        ),
        (
            vec![("x-amz-date", "20150831T000000Z")],
            good(scope, "host;x-amz-date"),
            "InvalidSignature",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150830' != '20150831', from '20150831T000000Z'.",
        ),
        (
            vec![date],
            good("AKIDPLAIN/20150830/x/y/z", "host;x-amz-date"),
            "InvalidSignature",
            "Credential should be scoped to a valid region, not 'x'. Credential should be scoped to correct service: 'bedrock-agentcore'. Credential should be scoped with a valid terminator: 'aws4_request', not 'z'.",
        ),
    ];
    for (headers, authorization, error_type, message) in cases {
        let mut request = Request::post("/mcp").header("host", "127.0.0.1");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if !authorization.is_empty() {
            request = request.header("authorization", &authorization);
        }
        let found = refusal(request.body(()).unwrap()).await;
        assert_eq!(
            found,
            (error_type.to_owned(), message.to_owned()),
            "{authorization}"
        );
    }
}

#[tokio::test]
async fn a_presigned_url_must_be_complete_and_alone() {
    let cases = [
        (
            "/mcp?X-Amz-Signature=0",
            "AWS query-string parameters must include 'X-Amz-Algorithm'.",
        ),
        (
            "/mcp?X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Signature=0",
            "'X-Amz-Algorithm' must be 'AWS4-HMAC-SHA256'.",
        ),
        (
            "/mcp?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/b/c/d/e&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Date=x&X-Amz-Expires=604801",
            "'X-Amz-Expires' must be 1 to 604800 seconds.",
        ),
    ];
    for (target, message) in cases {
        let request = Request::post(target).header("host", "h").body(()).unwrap();
        assert_eq!(
            refusal(request).await,
            ("IncompleteSignature".to_owned(), message.to_owned())
        );
    }
    let both = Request::post("/mcp?X-Amz-Signature=0")
        .header("host", "h")
        .header("authorization", "x")
        .body(())
        .unwrap();
    assert_eq!(
        refusal(both).await.1,
        "The request has both an 'Authorization' header and 'X-Amz-Signature'."
    );
}
