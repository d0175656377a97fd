//! `policy` of an entry: what it means, and its mistakes.

use fleet_manifest::{Manifest, Problems};

/// An entry with these lines below `policy:`.
fn parse(lines: &str) -> Result<Manifest, Problems> {
    let mut text =
        "servers:\n  a: {name: A, description: A., server: a,\n    policy: {\n".to_owned();
    text.push_str(lines);
    text.push_str("\n}}\n");
    Manifest::parse("servers.yaml", &text)
}

/// The mistakes, as `line:column: message / hint`.
#[track_caller]
fn mistakes(lines: &str, expected: &[&str]) {
    let problems = parse(lines)
        .expect_err("the policy has mistakes")
        .to_string();
    let shown: Vec<String> = problems
        .replace("\n  hint: ", " / ")
        .lines()
        .map(|line| line.trim_start_matches("servers.yaml:").to_owned())
        .collect();
    assert_eq!(shown, expected, "{lines}");
}

#[test]
fn everything_can_be_stated() {
    let manifest = parse(
        "resources: {aps: ['arn:aws:aps:eu-west-1:111122223333:workspace/ws-1'], aps:ListWorkspaces: ['*']},
         statements: [
           {actions: [s3:CreateBucket, s3:Get*], resources: ['arn:aws:s3:::demo-*', '*']},
           {actions: [kms:Decrypt], resources: ['arn:aws-cn:kms:*:*:key/a:b'],
            conditions: {StringEquals: {kms:ViaService: [s3, sns]}, Bool: {aws:SecureTransport: true},
              ForAnyValue:StringLikeIfExists: {aws:TagKeys: x}}}]",
    )
    .expect("no mistakes");
    let policy = &manifest.servers[0].policy;
    assert_eq!(policy.resources.len(), 2);
    let [first, second] = policy.statements.as_slice() else {
        panic!("two statements");
    };
    assert_eq!(first.actions, ["s3:CreateBucket", "s3:Get*"]);
    assert_eq!(first.resources, ["arn:aws:s3:::demo-*", "*"]);
    assert!(first.conditions.is_empty());
    assert_eq!(
        second.conditions["StringEquals"]["kms:ViaService"],
        ["s3", "sns"]
    );
    assert_eq!(second.conditions["Bool"]["aws:SecureTransport"], ["true"]);
    assert_eq!(
        second.conditions["ForAnyValue:StringLikeIfExists"]["aws:TagKeys"],
        ["x"]
    );
}

#[test]
fn actions_and_resources_have_their_forms() {
    let statement = |action: &str, resource: &str| {
        format!("statements: [{{actions: ['{action}'], resources: ['{resource}']}}]")
    };
    let name = "name the actions: `s3:GetObject`, or several by `s3:Get*`";
    for (action, expected) in [
        ("*", format!("4:25: `*` allows every action / {name}")),
        (
            "s3:*",
            format!("4:25: `s3:*` allows every action of `s3` / {name}"),
        ),
        (
            "GetObject",
            "4:25: `GetObject` is not an action / write `service:Action`, as `s3:GetObject`"
                .to_owned(),
        ),
        (
            "S3:GetObject",
            "4:25: `S3:GetObject` is not an action / write `service:Action`, as `s3:GetObject`"
                .to_owned(),
        ),
    ] {
        mistakes(&statement(action, "*"), &[&expected]);
    }
    for (resource, expected) in [
        (
            "demo",
            "`demo` is not an ARN / write `arn:aws:service:region:account:resource`, as `arn:aws:s3:::bucket/*`",
        ),
        (
            "arn:aws:s3",
            "`arn:aws:s3` is not an ARN / write `arn:aws:service:region:account:resource`, as `arn:aws:s3:::bucket/*`",
        ),
        (
            "arn:*:s3:::b",
            "`arn:*:s3:::b` is not an ARN: its partition is `*` / write `aws`, `aws-cn` or `aws-us-gov` there",
        ),
        (
            "arn:aws::::b",
            "`arn:aws::::b` is not an ARN: its service is nothing / write a service in lower case, as `s3` there",
        ),
        (
            "arn:aws:sqs:euwest1::q",
            "`arn:aws:sqs:euwest1::q` is not an ARN: its region is `euwest1` / write a region, as `eu-west-1`, `*`, or nothing there",
        ),
        (
            "arn:aws:sqs:eu-west-1:1234:q",
            "`arn:aws:sqs:eu-west-1:1234:q` is not an ARN: its account is `1234` / write 12 digits, `*`, or nothing there",
        ),
        (
            "arn:aws:s3:::",
            "`arn:aws:s3:::` is not an ARN: its resource is nothing / write its name or a pattern, without spaces there",
        ),
    ] {
        mistakes(
            &statement("s3:Get*", resource),
            &[&format!("4:49: {expected}")],
        );
    }
}

#[test]
fn statements_are_complete() {
    mistakes(
        "statements: [{actions: [], resource: ['*']}]",
        &[
            "4:14: a statement has no `resources` / add `resources: [\"arn:aws:s3:::bucket/*\"]`",
            "4:24: `actions` is an empty list / write at least one, or leave the key out",
            "4:28: unknown key `resource` in a statement / did you mean `resources`?",
        ],
    );
    mistakes(
        "statements: {actions: [s3:GetObject]}",
        &[
            "4:13: `statements` must be a list, found a map / write `- actions: […]` lines, each with its `resources: […]`",
        ],
    );
    mistakes(
        "statements: [s3:GetObject]",
        &[
            "4:14: a statement must be a map, found the text `s3:GetObject` / write `key: value` lines, indented below it",
        ],
    );
    mistakes(
        "statement: []",
        &["4:1: unknown key `statement` in `policy` / did you mean `statements`?"],
    );
    mistakes(
        "statements: [{actions: [s3:GetObject, s3:GetObject], resources: '*'}]",
        &[
            "4:39: `s3:GetObject` is in `actions` twice / keep one",
            "4:65: `resources` must be a list, found the text `*` / write `resources: [one, two]`",
        ],
    );
}

#[test]
fn conditions_have_operators_keys_and_values() {
    let with = |conditions: &str| {
        format!("statements: [{{actions: [s3:Get*], resources: ['*'], conditions: {conditions}}}]")
    };
    for (conditions, expected) in [
        (
            "{StringEqual: {aws:a: b}}",
            "4:66: `StringEqual` is not a condition operator / did you mean `StringEquals`?",
        ),
        (
            "{NullIfExists: {aws:a: b}}",
            "4:66: `NullIfExists` is not a condition operator / write one of IAM's, as `StringEquals` or `ArnLike`",
        ),
        (
            "{Bool: {}}",
            "4:66: `Bool` compares nothing / write `aws:ResourceTag/team: data`",
        ),
        (
            "{Bool: {secure: true}}",
            "4:73: `secure` is not a condition key / write `service:key`, as `aws:ResourceTag/team`",
        ),
        (
            "{Bool: {aws:a: []}}",
            "4:80: a condition compares with an empty list / write at least one value",
        ),
        (
            "{Bool: {aws:a: {b: c}}}",
            "4:80: a condition compares with text, found a map / write one value, or a list of values",
        ),
        (
            "{Bool: {aws:a: }}",
            "4:73: a condition compares with text, found nothing / write one value, or a list of values",
        ),
        (
            "[Bool]",
            "4:65: `conditions` must be a map, found a list / write `key: value` lines, indented below it",
        ),
    ] {
        mistakes(&with(conditions), &[expected]);
    }
}

#[test]
fn resources_are_of_actions_that_the_tools_need() {
    mistakes(
        "resources: {'Aps Query': ['*'], aps: []}",
        &[
            "4:13: `Aps Query` is neither an action nor a service / write an action that the tools need, as `aps:QueryMetrics`, or all those of a service, as `aps`",
            "4:33: `aps` is an empty list / write at least one, or leave the key out",
        ],
    );
    let check = |key: &str, actions: &[&str]| {
        let manifest = parse(&format!("resources: {{{key}: ['*']}}")).expect("no mistakes yet");
        let id = manifest.servers[0].id.clone();
        manifest.check_policy(&id, actions).to_string()
    };
    let needed = ["aps:QueryMetrics", "aps:GetLabels"];
    assert_eq!(check("aps", &needed), "");
    assert_eq!(check("aps:GetLabels", &needed), "");
    assert_eq!(
        check("aps:QueryMetric", &needed),
        "servers.yaml:4:13: no tool of `a` needs `aps:QueryMetric`\n  hint: did you mean `aps:QueryMetrics`?"
    );
    assert_eq!(
        check("dynamodb", &needed),
        "servers.yaml:4:13: no tool of `a` needs `dynamodb`\n  hint: its tools need `aps:GetLabels`, `aps:QueryMetrics`"
    );
    assert_eq!(
        check("s3", &[]),
        "servers.yaml:4:13: no tool of `a` needs `s3`\n  hint: take it out; what the tools do not need is allowed under `statements`"
    );
}
