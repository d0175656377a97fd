//! Metrics Insights SQL from checked parts.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html>

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::query::Dimension;
use super::statistic::SqlFunction;

/// Series that one query can return.
const MOST_SERIES: i64 = 500;

/// Which way series are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
pub(crate) enum SortOrder {
    Asc,
    Desc,
}

/// The parts of a query.
#[derive(Debug)]
pub(crate) struct Select<'a> {
    pub(crate) function: SqlFunction,
    pub(crate) namespace: &'a str,
    pub(crate) metric_name: &'a str,
    /// Exactly the dimensions that metrics have; none: any metric of the namespace.
    pub(crate) schema_keys: &'a [String],
    pub(crate) filters: &'a [Dimension],
    pub(crate) group_by: Option<&'a str>,
    pub(crate) order_by: Option<SqlFunction>,
    pub(crate) sort_order: Option<SortOrder>,
    pub(crate) limit: Option<i64>,
}

impl Select<'_> {
    /// The text of the query.
    ///
    /// # Errors
    ///
    /// One sentence: which argument does not fit, and what would.
    pub(crate) fn sql(&self) -> Result<String, String> {
        self.check()?;
        let metric = identifier("metric_name", self.metric_name)?;
        let namespace = identifier("namespace", self.namespace)?;
        let mut sql = format!("SELECT {}({metric}) FROM ", self.function.as_str());
        if self.schema_keys.is_empty() {
            sql += &namespace;
        } else {
            let keys = self.schema_keys.iter();
            let keys: Result<Vec<String>, String> = keys
                .map(|key| identifier("schema_dimension_keys", key))
                .collect();
            sql += &format!("SCHEMA({namespace}, {})", keys?.join(", "));
        }
        for (index, filter) in self.filters.iter().enumerate() {
            let word = if index == 0 { "WHERE" } else { "AND" };
            let key = identifier("dimensions", &filter.name)?;
            sql += &format!(" {word} {key} = {}", literal(&filter.value)?);
        }
        if let Some(key) = self.group_by {
            sql += &format!(" GROUP BY {}", identifier("group_by_dimension", key)?);
        }
        if let Some(function) = self.order_by {
            sql += &format!(" ORDER BY {}()", function.as_str());
        }
        match self.sort_order {
            Some(SortOrder::Asc) => sql += " ASC",
            Some(SortOrder::Desc) => sql += " DESC",
            None => {}
        }
        if let Some(limit) = self.limit {
            sql += &format!(" LIMIT {limit}");
        }
        Ok(sql)
    }

    fn check(&self) -> Result<(), String> {
        if let Some(limit) = self.limit
            && !(1..=MOST_SERIES).contains(&limit)
        {
            return Err(format!("`limit` must be from 1 to {MOST_SERIES}"));
        }
        if self.sort_order.is_some() && self.order_by.is_none() {
            return Err(
                "`sort_order` needs `order_by_statistic`: what the series are ordered by"
                    .to_owned(),
            );
        }
        if let Some(key) = self.group_by
            && !self.schema_keys.iter().any(|schema| schema == key)
        {
            return Err(format!(
                "`group_by_dimension` {key:?} is not among `schema_dimension_keys`; list there every dimension that the metrics have, {key:?} included"
            ));
        }
        let stray = self.filters.iter().find(|filter| {
            !self.schema_keys.is_empty() && !self.schema_keys.contains(&filter.name)
        });
        match stray {
            Some(filter) => Err(format!(
                "`dimensions`: {:?} is not among `schema_dimension_keys`; list there every dimension that the metrics have",
                filter.name
            )),
            None => Ok(()),
        }
    }
}

fn identifier(argument: &str, name: &str) -> Result<String, String> {
    quotable(argument, name).map(|name| format!("\"{name}\""))
}

fn literal(value: &str) -> Result<String, String> {
    quotable("dimensions", value).map(|value| format!("'{value}'"))
}

/// Nothing that could end a quoted text early. No metric of AWS has such characters.
fn quotable<'a>(argument: &str, text: &'a str) -> Result<&'a str, String> {
    let bad = |c: char| c.is_control() || matches!(c, '"' | '\'' | '\\');
    if text.is_empty() {
        return Err(format!("`{argument}`: a name or value is empty"));
    }
    match text.chars().find(|c| bad(*c)) {
        Some(c) => Err(format!(
            "`{argument}`: {text:?} has {c:?}, which a Metrics Insights query cannot hold; leave out `group_by_dimension`, `schema_dimension_keys`, `limit`, `sort_order` and `order_by_statistic` to read this metric without a query"
        )),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select() -> Select<'static> {
        Select {
            function: SqlFunction::Avg,
            namespace: "AWS/EC2",
            metric_name: "CPUUtilization",
            schema_keys: &[],
            filters: &[],
            group_by: None,
            order_by: None,
            sort_order: None,
            limit: None,
        }
    }

    fn dimension(name: &str, value: &str) -> Dimension {
        Dimension {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn every_part_has_its_place() {
        let keys = ["InstanceId".to_owned(), "a b".to_owned()];
        let filters = [dimension("a b", "x y"), dimension("InstanceId", "i-1")];
        let all = Select {
            function: SqlFunction::Max,
            schema_keys: &keys,
            filters: &filters,
            group_by: Some("InstanceId"),
            order_by: Some(SqlFunction::Sum),
            sort_order: Some(SortOrder::Desc),
            limit: Some(10),
            ..select()
        };
        assert_eq!(
            all.sql().unwrap(),
            r#"SELECT MAX("CPUUtilization") FROM SCHEMA("AWS/EC2", "InstanceId", "a b") WHERE "a b" = 'x y' AND "InstanceId" = 'i-1' GROUP BY "InstanceId" ORDER BY SUM() DESC LIMIT 10"#
        );
    }

    #[test]
    fn without_keys_any_metric_of_the_namespace_counts() {
        let filters = [dimension("InstanceId", "i-1")];
        let few = Select {
            filters: &filters,
            limit: Some(500),
            ..select()
        };
        assert_eq!(
            few.sql().unwrap(),
            r#"SELECT AVG("CPUUtilization") FROM "AWS/EC2" WHERE "InstanceId" = 'i-1' LIMIT 500"#
        );
    }

    #[test]
    fn nothing_escapes_its_quotes() {
        for value in ["x' OR 'a' = 'a", "x\"", "x\\", "x\n", ""] {
            let filters = [dimension("InstanceId", value)];
            let select = Select {
                filters: &filters,
                ..select()
            };
            assert!(
                select.sql().unwrap_err().starts_with("`dimensions`: "),
                "{value:?}"
            );
        }
        let select = Select {
            namespace: "AWS/EC2\") --",
            ..select()
        };
        assert!(select.sql().unwrap_err().starts_with("`namespace`: "));
    }

    #[test]
    fn parts_that_need_each_other_say_so() {
        let keys = ["InstanceId".to_owned()];
        let filters = [dimension("Other", "x")];
        for (wrong, expected) in [
            (
                Select {
                    limit: Some(0),
                    ..select()
                },
                "`limit` must be from 1 to 500",
            ),
            (
                Select {
                    limit: Some(501),
                    ..select()
                },
                "`limit` must be from 1 to 500",
            ),
            (
                Select {
                    sort_order: Some(SortOrder::Asc),
                    ..select()
                },
                "`sort_order` needs `order_by_statistic`: what the series are ordered by",
            ),
            (
                Select {
                    group_by: Some("A"),
                    schema_keys: &keys,
                    ..select()
                },
                "`group_by_dimension` \"A\" is not among `schema_dimension_keys`; list there every dimension that the metrics have, \"A\" included",
            ),
            (
                Select {
                    filters: &filters,
                    schema_keys: &keys,
                    ..select()
                },
                "`dimensions`: \"Other\" is not among `schema_dimension_keys`; list there every dimension that the metrics have",
            ),
        ] {
            assert_eq!(wrong.sql().unwrap_err(), expected);
        }
    }
}
