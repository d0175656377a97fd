//! Region, profile and credentials, by files and variables that belong to the test alone.

use std::path::Path;

use aws_clients::{Aws, AwsError, Builder, Clients, ProfileName, RegionName, Scope};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use tempfile::TempDir;

const FILES: &str = "\
[default]
region = ca-central-1
aws_access_key_id = DEFAULT
aws_secret_access_key = secret

[profile team-prod]
region = eu-north-1
aws_access_key_id = TEAM
aws_secret_access_key = secret

[profile plain]

[profile wrong]
region = Ireland

[profile single]
sso_session = s
sso_account_id = 1
sso_role_name = r

[sso-session s]
sso_region = us-east-1
sso_start_url = https://example.com
";

fn region(name: &str) -> RegionName {
    RegionName::try_from(name.to_owned()).expect("a region")
}

fn profile(name: &str) -> ProfileName {
    ProfileName::try_from(name.to_owned()).expect("a profile")
}

fn files(folder: &Path) -> EnvConfigFiles {
    let path = folder.join("config");
    std::fs::write(&path, FILES).expect("the file");
    EnvConfigFiles::builder()
        .with_file(EnvConfigFileKind::Config, path)
        .build()
}

/// Nothing of this machine: these files, no variables.
fn builder() -> (TempDir, Builder) {
    let folder = tempfile::tempdir().expect("a folder");
    let files = files(folder.path());
    (folder, Aws::builder().profile_files(files).variables(&[]))
}

fn scope(region_name: Option<&str>, profile_name: Option<&str>) -> Scope {
    Scope {
        region: region_name.map(region),
        profile: profile_name.map(profile),
    }
}

#[tokio::test]
async fn the_region_is_the_first_that_is_named() {
    let both = [
        ("AWS_REGION", "us-west-1"),
        ("AWS_DEFAULT_REGION", "us-west-2"),
    ];
    let fallback_only = [("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "us-west-2")];
    let selected = [("AWS_PROFILE", "team-prod")];
    for (case, argument, profile_argument, setting, variables, expected) in [
        (
            "argument",
            Some("sa-east-1"),
            None,
            Some("eu-west-1"),
            &both[..],
            "sa-east-1",
        ),
        (
            "argument beside a profile",
            Some("sa-east-1"),
            Some("team-prod"),
            None,
            &both,
            "sa-east-1",
        ),
        ("setting", None, None, Some("eu-west-1"), &both, "eu-west-1"),
        (
            "AWS_REGION",
            None,
            Some("team-prod"),
            None,
            &both,
            "us-west-1",
        ),
        (
            "AWS_DEFAULT_REGION",
            None,
            None,
            None,
            &fallback_only,
            "us-west-2",
        ),
        (
            "named profile",
            None,
            Some("team-prod"),
            None,
            &[],
            "eu-north-1",
        ),
        (
            "selected profile",
            None,
            None,
            None,
            &selected,
            "eu-north-1",
        ),
        ("default profile", None, None, None, &[], "ca-central-1"),
        ("fallback", None, Some("plain"), None, &[], "us-east-1"),
    ] {
        let (_folder, builder) = builder();
        let aws = builder
            .variables(variables)
            .region(setting.map(region))
            .fallback_region(region("us-east-1"))
            .build();
        let resolved = aws.region(&scope(argument, profile_argument)).await;
        assert_eq!(resolved.expect(case).as_str(), expected, "{case}");
    }
}

#[tokio::test]
async fn what_names_no_region_is_an_error() {
    let (_folder, builder) = builder();
    let aws = builder.clone().build();
    let error = aws.region(&scope(None, Some("plain"))).await.unwrap_err();
    assert_eq!(error.code(), "aws_region_missing");
    assert_eq!(
        error.to_string(),
        "no AWS region: pass `region`, or set `AWS_REGION`"
    );
    let error = aws.region(&scope(None, Some("wrong"))).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the profile's `region`: \"Ireland\" is not an AWS region; write one like `us-east-1`"
    );
    let aws = builder.variables(&[("AWS_REGION", "eu")]).build();
    let error = aws.region(&Scope::default()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "AWS_REGION: \"eu\" is not an AWS region; write one like `us-east-1`"
    );
}

#[tokio::test]
async fn a_profile_that_does_not_exist_is_said_even_when_the_region_is_known() {
    let (_folder, builder) = builder();
    let aws = builder.build();
    let scope = scope(Some("us-east-1"), Some("nope"));
    for error in [
        aws.region(&scope).await.unwrap_err(),
        aws.session(&scope).await.unwrap_err(),
    ] {
        assert_eq!(
            error.to_string(),
            "profile `nope` is not in the AWS configuration files; there are: default, plain, single, team-prod, wrong"
        );
    }
}

#[tokio::test]
async fn a_named_profile_gives_the_credentials() {
    let (_folder, builder) = builder();
    // Variables of the process are not read here, because a profile is named.
    let session = builder
        .build()
        .session(&scope(None, Some("team-prod")))
        .await
        .unwrap();
    assert_eq!(session.region().as_str(), "eu-north-1");
    assert_eq!(
        session.profile().map(ProfileName::as_str),
        Some("team-prod")
    );
    let credentials = session.credentials().await.unwrap();
    assert_eq!(credentials.access_key_id(), "TEAM");
}

#[tokio::test]
async fn a_profile_without_usable_credentials_says_so() {
    let (_folder, builder) = builder();
    let aws = builder.build();
    for (name, hint) in [
        ("plain", ""),
        (
            "single",
            "\nhint: single sign-on needs the AWS CLI: run `aws configure export-credentials --format env` and set what it prints",
        ),
    ] {
        let session = aws
            .session(&scope(Some("us-east-1"), Some(name)))
            .await
            .unwrap();
        let error = session.credentials().await.unwrap_err();
        assert_eq!(error.code(), "aws_credentials_missing");
        assert_eq!(
            error.to_string(),
            format!("profile `{name}` gives no usable AWS credentials{hint}")
        );
    }
}

#[tokio::test]
async fn clients_are_built_once_per_scope() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static BUILT: AtomicUsize = AtomicUsize::new(0);
    let (_folder, builder) = builder();
    let clients = Clients::new(builder.build(), |config| {
        BUILT.fetch_add(1, Ordering::SeqCst);
        config.region().map(ToString::to_string)
    });
    for (argument, expected, built) in [
        (Some("us-east-1"), "us-east-1", 1),
        (Some("us-east-1"), "us-east-1", 1),
        (None, "ca-central-1", 2),
        (Some("us-east-1"), "us-east-1", 2),
    ] {
        let (session, client) = clients.get(&scope(argument, None)).await.unwrap();
        assert_eq!(client.as_deref(), Some(expected));
        assert_eq!(session.region().as_str(), expected);
        assert_eq!(BUILT.load(Ordering::SeqCst), built);
    }
    // Callers choose the regions; what they can make the process keep is bounded.
    for n in 0..100 {
        let name = format!("us-east-{n}");
        clients.get(&scope(Some(&name), None)).await.unwrap();
    }
    let error = clients.get(&scope(None, Some("nope"))).await.unwrap_err();
    assert!(matches!(error, AwsError::ProfileNotFound { .. }));
}
