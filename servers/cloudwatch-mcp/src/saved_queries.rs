//! Saved Logs Insights queries, and the groups that their `SOURCE` command selects.

use std::collections::BTreeSet;

use agentcore_gateway_target::Deadline;
use aws_clients::Session;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{QueryDefinition, QueryLanguage};

use crate::aws_call;
use crate::error::CloudWatchError;

/// All saved queries in the Logs Insights language.
pub(crate) async fn all(
    session: &Session,
    client: &Client,
    deadline: Deadline,
) -> Result<Vec<QueryDefinition>, CloudWatchError> {
    let call = session.call("logs:DescribeQueryDefinitions", None);
    let mut found = Vec::new();
    let mut next_token: Option<String> = None;
    loop {
        let request = client
            .describe_query_definitions()
            .query_language(QueryLanguage::Cwli)
            .set_next_token(next_token);
        let page = aws_call::run(deadline, call.clone(), request.send()).await?;
        found.extend(page.query_definitions.unwrap_or_default());
        next_token = page.next_token.filter(|token| !token.is_empty());
        if next_token.is_none() {
            return Ok(found);
        }
    }
}

/// The prefixes of `SOURCE logGroups(namePrefix: ['/a', "/b"])`.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Source.html>
pub(crate) fn source_prefixes(query: &str) -> BTreeSet<String> {
    let lower = query.to_ascii_lowercase();
    let Some(source) = lower.find("source").map(|at| &query[at..]) else {
        return BTreeSet::new();
    };
    // Offsets are the same: lowering ASCII keeps lengths.
    let Some(at) = source.to_ascii_lowercase().find("nameprefix") else {
        return BTreeSet::new();
    };
    let Some((list, _)) = source[at..]
        .split_once('[')
        .and_then(|(_, rest)| rest.split_once(']'))
    else {
        return BTreeSet::new();
    };
    list.split(',')
        .map(|item| item.trim().trim_matches(['\'', '"']))
        .filter(|prefix| !prefix.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_read_whatever_their_quotes() {
        for (query, expected) in [
            (
                "SOURCE logGroups(namePrefix: ['/app/']) | fields @message",
                &["/app/"][..],
            ),
            (
                "source loggroups( nameprefix : [\"/a\", '/b'], class: ['STANDARD'])",
                &["/a", "/b"],
            ),
            ("SOURCE logGroups(accountIdentifiers: ['1']) | limit 1", &[]),
            ("fields @message | filter namePrefix = [", &[]),
            ("fields @message", &[]),
        ] {
            let expected: BTreeSet<String> = expected.iter().map(|s| (*s).to_owned()).collect();
            assert_eq!(source_prefixes(query), expected, "{query}");
        }
    }
}
