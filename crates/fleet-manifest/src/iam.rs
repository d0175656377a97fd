//! The forms of what an IAM statement has, as
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html> gives them.

use crate::node::shorten;
use crate::policy::{is_action, is_service, service};
use crate::problem::closest;

/// What is wrong with a text, and what to write.
pub(crate) type Wrong = (String, String);

/// Condition operators, without their set prefix and `IfExists`.
const OPERATORS: [&str; 27] = [
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
];

/// `service:Action`, with `*` for the end of a name but not for all of it.
pub(crate) fn action(text: &str) -> Result<(), Wrong> {
    let shown = shorten(text);
    let all = |of: &str| {
        (
            format!("`{shown}` allows every action{of}"),
            "name the actions: `s3:GetObject`, or several by `s3:Get*`".to_owned(),
        )
    };
    if text == "*" {
        return Err(all(""));
    }
    if !is_action(text) {
        return Err((
            format!("`{shown}` is not an action"),
            "write `service:Action`, as `s3:GetObject`".to_owned(),
        ));
    }
    let starts_with_letter = |(_, name): (&str, &str)| !name.starts_with('*');
    if !text.split_once(':').is_some_and(starts_with_letter) {
        return Err(all(&format!(" of `{}`", service(text))));
    }
    Ok(())
}

/// `*`, or `arn:partition:service:region:account:resource`.
pub(crate) fn resource(text: &str) -> Result<(), Wrong> {
    let shown = shorten(text);
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let (partition, service, region, account, name) = match parts.as_slice() {
        ["*"] => return Ok(()),
        ["arn", partition, service, region, account, name] => {
            (*partition, *service, *region, *account, *name)
        }
        _ => {
            return Err((
                format!("`{shown}` is not an ARN"),
                "write `arn:aws:service:region:account:resource`, as `arn:aws:s3:::bucket/*`"
                    .to_owned(),
            ));
        }
    };
    let is_region = |text: &str| is_service(text) && text.contains('-');
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    let wrong = if partition != "aws" && !partition.starts_with("aws-") {
        ("partition", partition, "`aws`, `aws-cn` or `aws-us-gov`")
    } else if !is_service(service) {
        ("service", service, "a service in lower case, as `s3`")
    } else if !matches!(region, "" | "*") && !is_region(region) {
        (
            "region",
            region,
            "a region, as `eu-west-1`, `*`, or nothing",
        )
    } else if !matches!(account, "" | "*" | "aws") && !is_account(account) {
        ("account", account, "12 digits, `*`, or nothing")
    } else if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        ("resource", name, "its name or a pattern, without spaces")
    } else {
        return Ok(());
    };
    let (part, found, right) = wrong;
    let found = match found {
        "" => "nothing".to_owned(),
        found => format!("`{}`", shorten(found)),
    };
    Err((
        format!("`{shown}` is not an ARN: its {part} is {found}"),
        format!("write {right} there"),
    ))
}

/// `StringLike`, `ForAnyValue:StringLike`, `StringLikeIfExists`.
pub(crate) fn operator(text: &str) -> Result<(), Wrong> {
    let bare = ["ForAllValues:", "ForAnyValue:"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .unwrap_or(text);
    let bare = match bare.strip_suffix("IfExists") {
        // There is no `NullIfExists`.
        Some(bare) if bare != "Null" => bare,
        _ => bare,
    };
    if OPERATORS.contains(&bare) {
        return Ok(());
    }
    Err((
        format!("`{}` is not a condition operator", shorten(text)),
        match closest(bare, OPERATORS) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write one of IAM's, as `StringEquals` or `ArnLike`".to_owned(),
        },
    ))
}

/// `aws:SourceVpc`, `aws:ResourceTag/team`, `s3:prefix`.
pub(crate) fn condition_key(text: &str) -> Result<(), Wrong> {
    let formed = text.split_once(':').is_some_and(|(service, key)| {
        is_service(service) && !key.is_empty() && !key.chars().any(char::is_control)
    });
    if formed {
        return Ok(());
    }
    Err((
        format!("`{}` is not a condition key", shorten(text)),
        "write `service:key`, as `aws:ResourceTag/team`".to_owned(),
    ))
}
