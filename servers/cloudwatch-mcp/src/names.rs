//! What callers name: log groups, queries, alarms. Each by its form in AWS's API reference;
//! whether it exists is for AWS to say.

use aws_clients::RegionName;
use serde::{Deserialize, Serialize};

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidName {
    #[error(
        "{0:?} is not a log group name: 1 to 512 letters, digits and `_-/.#`, as in `/aws/lambda/orders`"
    )]
    LogGroupName(String),
    #[error(
        "{0:?} is not a log group ARN; write one like `arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/orders`"
    )]
    LogGroupArn(String),
    #[error("{0:?} is neither the name nor the ARN of a log group")]
    LogGroupIdentifier(String),
    #[error("{0:?} is not a query id; `execute_log_insights_query` answers one as `queryId`")]
    QueryId(String),
    #[error("{0:?} is not an alarm name: it has 1 to 255 characters on one line")]
    AlarmName(String),
    #[error("{0:?} is not an AWS account id: it has 12 digits")]
    AccountId(String),
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident: $read:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
        #[serde(try_from = "String", into = "String")]
        pub(crate) struct $name(String);

        impl $name {
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(given: String) -> Result<Self, InvalidName> {
                let read: fn(&str) -> Option<&str> = $read;
                match read(&given) {
                    Some(name) => Ok(Self(name.to_owned())),
                    None => Err(InvalidName::$name(given)),
                }
            }
        }

        aws_clients::name_conversions!($name);
    )+};
}

names! {
    /// `/aws/lambda/orders`.
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html>
    LogGroupName: |name| is_group_name(name).then_some(name);

    /// `arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/orders`. Kept without the `:*`
    /// that AWS writes behind some of them: most operations refuse it.
    LogGroupArn: |arn| {
        let arn = arn.strip_suffix(":*").unwrap_or(arn);
        arn_parts(arn).map(|_| arn)
    };

    /// A name or an ARN, which also reaches groups of linked accounts.
    LogGroupIdentifier: |identifier| {
        let bare = identifier.strip_suffix(":*").unwrap_or(identifier);
        (is_group_name(identifier) || arn_parts(bare).is_some()).then_some(bare)
    };

    /// What `StartQuery` answers.
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html>
    QueryId: |id| {
        let id = id.trim();
        let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        ((1..=256).contains(&id.len()) && id.bytes().all(good)).then_some(id)
    };

    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html>
    AlarmName: |name| {
        let length = name.chars().count();
        ((1..=255).contains(&length) && !name.chars().any(char::is_control)).then_some(name)
    };

    /// `123456789012`.
    AccountId: |id| (id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id);
}

impl LogGroupArn {
    /// The region that the group is in.
    pub(crate) fn region(&self) -> RegionName {
        arn_region(&self.0).expect("checked when it was made")
    }
}

impl From<LogGroupArn> for LogGroupIdentifier {
    fn from(arn: LogGroupArn) -> Self {
        Self(arn.0)
    }
}

impl LogGroupIdentifier {
    /// The region that the group is in, when this is an ARN.
    pub(crate) fn region(&self) -> Option<RegionName> {
        arn_region(&self.0)
    }

    /// The name without account and region.
    pub(crate) fn name(&self) -> &str {
        arn_parts(&self.0).map_or(self.as_str(), |(_, name)| name)
    }
}

fn is_group_name(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.#".contains(&byte);
    (1..=512).contains(&name.len()) && name.bytes().all(good)
}

fn arn_region(arn: &str) -> Option<RegionName> {
    let (region, _) = arn_parts(arn)?;
    RegionName::try_from(region.to_owned()).ok()
}

/// Region and name of a log group's ARN, without `:*`.
fn arn_parts(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(7, ':');
    let mut next = || parts.next().unwrap_or_default();
    let (arn, partition, service, region, account, kind, name) =
        (next(), next(), next(), next(), next(), next(), next());
    let good = arn == "arn"
        && partition.starts_with("aws")
        && partition
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        && service == "logs"
        && RegionName::try_from(region.to_owned()).is_ok()
        && AccountId::try_from(account.to_owned()).is_ok()
        && kind == "log-group"
        && is_group_name(name);
    good.then_some((region, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:logs:eu-west-1:123456789012:log-group:/app/a";

    #[test]
    fn arns_lose_their_star_and_tell_name_and_region() {
        for given in [ARN.to_owned(), format!("{ARN}:*")] {
            let arn = LogGroupArn::try_from(given.clone()).unwrap();
            assert_eq!(arn.as_str(), ARN);
            assert_eq!(arn.region().as_str(), "eu-west-1");
            let identifier = LogGroupIdentifier::try_from(given).unwrap();
            assert_eq!((identifier.as_str(), identifier.name()), (ARN, "/app/a"));
        }
        let name = LogGroupIdentifier::try_from("/app/a".to_owned()).unwrap();
        assert_eq!((name.name(), name.region()), ("/app/a", None));
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_right_form() {
        for arn in [
            "/app/a",
            "arn:aws:s3:eu-west-1:123456789012:log-group:/app/a",
            "arn:aws:logs:nowhere:123456789012:log-group:/app/a",
            "arn:aws:logs:eu-west-1:1:log-group:/app/a",
            "arn:aws:logs:eu-west-1:123456789012:log-group:/app/a:log-stream:x",
        ] {
            let error = LogGroupArn::try_from(arn.to_owned()).unwrap_err();
            assert_eq!(error, InvalidName::LogGroupArn(arn.to_owned()));
        }
        for name in ["", "a b", "a*", "a\"b", "é", ARN] {
            assert!(LogGroupName::try_from(name.to_owned()).is_err(), "{name}");
        }
        for id in ["", "a b", "a\n", "a/b"] {
            assert_eq!(
                QueryId::try_from(id.to_owned()).is_err(),
                id != "a\n",
                "{id:?}"
            );
        }
        assert!(AlarmName::try_from("a\nb".to_owned()).is_err());
        assert!(AlarmName::try_from("CPU hoch: 90 %".to_owned()).is_ok());
        assert!(AccountId::try_from("12345678901".to_owned()).is_err());
    }
}
