//! Reading access keys, from where secrets are kept.

use std::fs;

use gateway_auth::{AwsIam, IamConfig};

fn problem(config: IamConfig) -> String {
    AwsIam::new(config).unwrap_err().to_string()
}

#[test]
fn are_read_from_a_file_as_the_aws_cli_prints_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let created = r#"[{"AccessKeyId": "AKIA1", "SecretAccessKey": "hidden-1", "Status": "Active", "UserName": "u"},
                      {"AccessKeyId": "ASIA2", "SecretAccessKey": "hidden-2", "SessionToken": "hidden-3",
                       "Expiration": "2030-01-01T00:00:00Z", "Principal": "arn:aws:iam::123456789012:role/r"}]"#;
    fs::write(&path, created).unwrap();
    let config = IamConfig::from_file("us-east-1", &path).unwrap();
    assert_eq!(
        config.access_keys[1].principal.as_deref(),
        Some("arn:aws:iam::123456789012:role/r")
    );
    let auth = AwsIam::new(config).unwrap();
    assert!(!format!("{auth:?}").contains("hidden"));
}

#[test]
fn of_a_bad_file_only_the_place_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    fs::write(
        &path,
        "[{\"AccessKeyId\": \"AKIA1\",\n \"SecretAccessKey\": 77777}]",
    )
    .unwrap();
    let message = IamConfig::from_file("us-east-1", &path)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("keys.json:2:") && !message.contains("77777"),
        "{message}"
    );
    let message = IamConfig::from_file("us-east-1", &folder.path().join("none.json"))
        .unwrap_err()
        .to_string();
    assert!(message.ends_with("none.json cannot be read"), "{message}");
}

#[test]
fn must_be_usable() {
    let key = |id: &str, secret: &str| crate::signer::key(id, secret, None);
    let config = |region: &str, access_keys| IamConfig {
        region: region.to_owned(),
        access_keys,
    };
    let cases = [
        (
            config("", vec![key("A", "s")]),
            "`` is not a region; write one such as `us-east-1`",
        ),
        (
            config("US_EAST", vec![key("A", "s")]),
            "`US_EAST` is not a region; write one such as `us-east-1`",
        ),
        (
            config("us-east-1", vec![]),
            "there is no access key to check signatures with",
        ),
        (
            config("us-east-1", vec![key("A", "s"), key("a/b", "s")]),
            "the id of access key 2 is not 1 to 128 letters, digits and `_`",
        ),
        (
            config("us-east-1", vec![key("A", "")]),
            "the secret of access key `A` is empty",
        ),
        (
            config("us-east-1", vec![key("A", "s"), key("A", "t")]),
            "access key `A` is listed twice",
        ),
    ];
    for (config, message) in cases {
        assert_eq!(problem(config), message);
    }
}
