//! Upstream's roles: which prefixes a role mounts.

/// A set of servers for one kind of work.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Role {
    /// As the variable that turns it on is named, or [`Role::variable`].
    pub(crate) name: &'static str,
    /// What its servers' tools start with.
    pub(crate) prefixes: &'static [&'static str],
}

const fn role(name: &'static str, prefixes: &'static [&'static str]) -> Role {
    Role { name, prefixes }
}

/// All roles, in upstream's order.
#[rustfmt::skip]
pub(crate) const ROLES: [Role; 18] = [
    role("aws-foundation", &["aws_knowledge", "aws_api"]),
    role("dev-tools", &["git_repo_research", "code_doc_gen", "aws_knowledge"]),
    role("ci-cd-devops", &["cdk", "cfn"]),
    role("container-orchestration", &["eks", "ecs", "finch"]),
    role("serverless-architecture", &["serverless", "lambda_tool", "stepfunctions_tool", "sns_sqs"]),
    role("analytics-warehouse", &["redshift", "timestream_for_influxdb", "dataprocessing", "syntheticdata"]),
    role("data-platform-eng", &["dynamodb", "s3_tables", "dataprocessing"]),
    role("frontend-dev", &["frontend", "nova_canvas"]),
    role("solutions-architect", &["diagram", "pricing", "cost_explorer", "syntheticdata", "aws_knowledge"]),
    role("finops", &["cost_explorer", "pricing", "cloudwatch", "billing_cost_management"]),
    role("monitoring-observability", &["cloudwatch", "cloudwatch_appsignals", "prometheus", "cloudtrail"]),
    role("caching-performance", &["elasticache", "memcached"]),
    // Upstream's third prefix is `well-architected-security`, the only one with hyphens.
    role("security-identity", &["iam", "support", "well_architected_security"]),
    role("sql-db-specialist", &["postgres", "mysql", "aurora_dsql", "redshift"]),
    role("nosql-db-specialist", &["dynamodb", "documentdb", "keyspaces", "neptune"]),
    role("timeseries-db-specialist", &["timestream_for_influxdb", "prometheus", "cloudwatch"]),
    role("messaging-events", &["sns_sqs", "mq"]),
    role("healthcare-lifesci", &["healthomics"]),
];

impl Role {
    /// The name that Lambda and shells accept: `ci-cd-devops` is `CI_CD_DEVOPS`.
    pub(crate) fn variable(&self) -> String {
        self.name.to_ascii_uppercase().replace('-', "_")
    }

    /// Whether a variable of either name has a value that is not blank, as upstream reads it.
    fn is_active(&self, lookup: &dyn Fn(&str) -> Option<String>) -> bool {
        let is_on = |name: &str| lookup(name).is_some_and(|value| !value.trim().is_empty());
        is_on(self.name) || is_on(&self.variable())
    }
}

/// The roles that the variables turn on.
pub(crate) fn active(lookup: &dyn Fn(&str) -> Option<String>) -> Vec<&'static Role> {
    let roles = ROLES.iter();
    roles.filter(|role| role.is_active(lookup)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn they_are_upstreams() {
        let facts: Value =
            serde_json::from_str(include_str!("../tests/fixtures/upstream.json")).unwrap();
        let order: Vec<&str> = ROLES.iter().map(|role| role.name).collect();
        assert_eq!(Value::from(order), facts["roles"]["order"]);
        for role in &ROLES {
            let wanted = &facts["roles"]["mounts"][role.name];
            let wanted: Vec<String> = wanted
                .as_array()
                .unwrap()
                .iter()
                .map(|prefix| prefix.as_str().unwrap().replace('-', "_"))
                .collect();
            assert_eq!(role.prefixes, wanted, "{}", role.name);
        }
        let prefixes: BTreeSet<&str> = ROLES
            .iter()
            .flat_map(|role| role.prefixes)
            .copied()
            .collect();
        assert_eq!(prefixes.len(), 42);
    }

    #[test]
    fn a_role_is_a_variable_that_is_not_blank() {
        for (name, value, expected) in [
            ("ci-cd-devops", "on", true),
            ("CI_CD_DEVOPS", "true", true),
            // As upstream: every value counts.
            ("CI_CD_DEVOPS", "0", true),
            ("CI_CD_DEVOPS", "", false),
            ("ci-cd-devops", " \t", false),
            ("ci_cd_devops", "on", false),
            ("CI-CD-DEVOPS", "on", false),
        ] {
            let lookup = |asked: &str| (asked == name).then(|| value.to_owned());
            let found: Vec<&str> = active(&lookup).iter().map(|role| role.name).collect();
            assert_eq!(
                found,
                ["ci-cd-devops"][..usize::from(expected)],
                "{name}={value:?}"
            );
        }
    }

    #[test]
    fn a_blank_variable_does_not_hide_the_other_one() {
        let lookup = |asked: &str| match asked {
            "dev-tools" => Some(String::new()),
            "DEV_TOOLS" => Some("1".to_owned()),
            _ => None,
        };
        assert_eq!(active(&lookup), [&ROLES[1]]);
    }
}
