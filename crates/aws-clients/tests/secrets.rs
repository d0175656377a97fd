//! Secrets and parameters, read from a stand-in that answers as the services are documented to.

use aws_clients::{Aws, AwsError};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use secret_references::Reference;
use serde_json::{Value, json};
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn read(
    reference: &str,
    input: Value,
    target: &str,
    answers: Vec<ResponseTemplate>,
) -> Result<String, AwsError> {
    let server = MockServer::start().await;
    let mut left = answers.into_iter().rev();
    let last = left.next().expect("an answer");
    for earlier in left.rev() {
        Mock::given(method("POST"))
            .respond_with(earlier)
            .up_to_n_times(1)
            .expect(1)
            .mount(&server)
            .await;
    }
    Mock::given(method("POST"))
        .and(path("/"))
        .and(header("content-type", "application/x-amz-json-1.1"))
        .and(header("x-amz-target", target))
        .and(body_json(input))
        .respond_with(last)
        .expect(1)
        .mount(&server)
        .await;
    let credentials = Credentials::new("AKID", "secret", Some("session".to_owned()), None, "test");
    let aws = Aws::builder()
        .variables(&[("AWS_REGION", "eu-west-1")])
        .credentials(SharedCredentialsProvider::new(credentials))
        .endpoint_url(server.uri())
        .build();
    let reference = Reference::read(reference)
        .expect("well formed")
        .expect("a reference");
    let value = aws.secret(&reference).await;
    for request in server.received_requests().await.expect("recorded") {
        let signed = request.headers["authorization"].to_str().expect("ASCII");
        assert!(
            signed.contains(
                "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
            ),
            "{signed}"
        );
    }
    value
}

const SECRET: &str = "secretsmanager.GetSecretValue";

fn secret(text: &str) -> Vec<ResponseTemplate> {
    vec![ResponseTemplate::new(200).set_body_json(
        json!({ "Name": "a", "SecretString": text, "VersionStages": ["AWSCURRENT"] }),
    )]
}

#[tokio::test]
async fn values_are_texts_members_and_parameters() {
    let input = || json!({ "SecretId": "prod/a" });
    let object = r#"{"token":"t-1","port":8080}"#;
    let cases = [
        ("${secretsmanager:prod/a}", object),
        ("${secretsmanager:prod/a#token}", "t-1"),
        ("${secretsmanager:prod/a#port}", "8080"),
    ];
    for (reference, expected) in cases {
        assert_eq!(
            read(reference, input(), SECRET, secret(object))
                .await
                .expect(reference),
            expected
        );
    }
    let parameter = json!({ "Parameter": { "Name": "/p", "Type": "SecureString", "Value": "v" } });
    let answer = vec![ResponseTemplate::new(200).set_body_json(parameter)];
    let input = json!({ "Name": "/p", "WithDecryption": true });
    let value = read("${ssm:/p}", input, "AmazonSSM.GetParameter", answer).await;
    assert_eq!(value.expect("a value"), "v");
}

#[tokio::test]
async fn the_region_and_the_signature_are_those_of_the_arn() {
    let arn = "arn:aws:secretsmanager:us-gov-west-1:123456789012:secret:a-AbCdEf";
    let value = read(
        &format!("${{secretsmanager:{arn}}}"),
        json!({ "SecretId": arn }),
        SECRET,
        secret("x"),
    )
    .await;
    assert_eq!(value.expect("a value"), "x");
}

#[tokio::test]
async fn failures_say_what_to_do_and_nothing_of_the_secret() {
    let input = || json!({ "SecretId": "a" });
    let denied = json!({ "__type": "AccessDeniedException", "Message": "not authorized" });
    let answers = vec![ResponseTemplate::new(400).set_body_json(denied)];
    let error = read("${secretsmanager:a}", input(), SECRET, answers)
        .await
        .expect_err("denied");
    assert_eq!(error.code(), "aws_access_denied");
    assert!(
        error
            .to_string()
            .contains("allow `secretsmanager:GetSecretValue`"),
        "{error}"
    );
    for (text, reference) in [
        ("planted", "${secretsmanager:a#k}"),
        (r#"{"planted":"planted"}"#, "${secretsmanager:a#k}"),
        (r#"{"k":["planted"]}"#, "${secretsmanager:a#k}"),
    ] {
        let error = read(reference, input(), SECRET, secret(text))
            .await
            .expect_err(text);
        assert_eq!(error.code(), "aws_unreadable_answer");
        assert!(!format!("{error:?}").contains("planted"), "{error:?}");
    }
    let binary =
        vec![ResponseTemplate::new(200).set_body_json(json!({ "SecretBinary": "cGxhbnRlZA==" }))];
    let error = read("${secretsmanager:a}", input(), SECRET, binary)
        .await
        .expect_err("binary");
    assert_eq!(error.code(), "aws_unreadable_answer");
}

#[tokio::test]
async fn a_service_that_fails_is_asked_again() {
    let mut answers = vec![ResponseTemplate::new(503)];
    answers.extend(secret("x"));
    let value = read(
        "${secretsmanager:a}",
        json!({ "SecretId": "a" }),
        SECRET,
        answers,
    )
    .await;
    assert_eq!(value.expect("a value"), "x");
}
