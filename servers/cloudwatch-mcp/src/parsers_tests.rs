//! Any text as a name, a time or a query: what is accepted has AWS's form and means one thing.

use aws_clients::RegionName;
use jiff::Timestamp;
use proptest::prelude::*;
use regex_lite::Regex;
use server_testing::{config, hostile_text, text_of};

use crate::alarms::alarm_names;
use crate::indexes::quoted;
use crate::insights::{Token, commands, tokens};
use crate::metrics::insights_sql::Select;
use crate::metrics::query::Dimension;
use crate::metrics::statistic::SqlFunction;
use crate::names::{AccountId, AlarmName, LogGroupArn, LogGroupIdentifier, LogGroupName, QueryId};
use crate::saved_queries::source_prefixes;
use crate::time::Time;

fn near_arn() -> impl Strategy<Value = String> {
    let arn = "arn:aws(-cn|-us-gov)?:logs:[a-z]{2}-[a-z]{4}-[0-9]?:[0-9]{11,12}:log-group:[A-Za-z0-9_/.#é:-]{0,9}(:\\*)?\n?";
    prop_oneof![4 => arn, 2 => "[A-Za-z0-9_/.#é -]{0,9}(:\\*)?", 1 => hostile_text()]
}

/// Pieces of all languages that are read here.
fn near_query() -> impl Strategy<Value = String> {
    let pieces = text_of(
        &[
            "fields ",
            "filter ",
            "stats ",
            "parse ",
            "sort ",
            "SOURCE ",
            "logGroups(",
            "namePrefix: [",
            "'/a'",
            "]",
            "|",
            "like ",
            "/",
            "\\",
            "\\/",
            "`",
            "'",
            "\"",
            "a",
            "é",
            "@message",
            "=~",
            "==",
            "(",
            ")",
            ",",
            " ",
            "\n",
            "#",
            "1.5",
            "ALARM",
            "OK(",
            "AT_LEAST(2, ",
            "select ",
            "where ",
            "as ",
            "İ",
            "\u{1f600}",
        ],
        0..20,
    );
    prop_oneof![5 => pieces, 1 => hostile_text()]
}

/// A reader of SQL's own: words and signs as they are, quoted texts as `"` and `'` with their inside.
fn sql_texts(sql: &str) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    let mut rest = sql;
    while let Some(at) = rest.find(['"', '\'']) {
        let mark = rest[at..].chars().next()?;
        let (inside, after) = rest[at + 1..].split_once(mark)?;
        texts.push(inside.to_owned());
        rest = after;
    }
    Some(texts)
}

proptest! {
    #![proptest_config(config(500))]

    /// The patterns are those of the API references.
    #[test]
    fn names_have_the_form_that_aws_documents(text in near_arn()) {
        let name = Regex::new(r"^[.\-_/#A-Za-z0-9]{1,512}$").unwrap();
        prop_assert_eq!(LogGroupName::try_from(text.clone()).is_ok(), name.is_match(&text));
        let account = Regex::new("^[0-9]{12}$").unwrap();
        prop_assert_eq!(AccountId::try_from(text.clone()).is_ok(), account.is_match(&text));
        if let Ok(arn) = LogGroupArn::try_from(text.clone()) {
            let form = Regex::new(r"^arn:aws[a-z-]*:logs:[a-z0-9-]+:[0-9]{12}:log-group:[.\-_/#A-Za-z0-9]{1,512}$").unwrap();
            prop_assert!(form.is_match(arn.as_str()), "{}", arn);
            prop_assert!(RegionName::try_from(arn.region().to_string()).is_ok());
            prop_assert_eq!(LogGroupArn::try_from(arn.to_string()), Ok(arn));
        }
        if let Ok(identifier) = LogGroupIdentifier::try_from(text.clone()) {
            prop_assert!(name.is_match(identifier.name()), "{}", identifier);
            prop_assert_eq!(LogGroupIdentifier::try_from(identifier.to_string()), Ok(identifier));
        }
        if let Ok(id) = QueryId::try_from(text.clone()) {
            let form = Regex::new("^[A-Za-z0-9-]{1,256}$").unwrap();
            prop_assert!(form.is_match(id.as_str()));
        }
        if let Ok(alarm) = AlarmName::try_from(text.clone()) {
            prop_assert!(alarm.as_str() == text && (1..=255).contains(&text.chars().count()));
        }
    }

    #[test]
    fn times_mean_what_they_say(
        text in prop_oneof![
            "-?[0-9]{4}-[0-1][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9](\\.[0-9]{0,9})?)?)?(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)?",
            hostile_text(),
        ],
    ) {
        if let Ok(time) = Time::try_from(text.clone()) {
            let shown = time.with_offset();
            let again = Time::try_from(shown.clone()).expect("its own form");
            prop_assert!(again.millis() == time.millis() || time.millis() % 1_000 < 0, "{} {}", text, shown);
            prop_assert_eq!(again.with_offset(), shown);
            let has_offset = text.rsplit(['T', ' ']).next().is_some_and(|clock| clock.contains(['+', '-', 'Z', 'z']))
                && text.trim().contains(['T', ' ']);
            if has_offset {
                let oracle: Timestamp = text.trim().parse().expect("a time with an offset");
                prop_assert_eq!(time.seconds(), oracle.as_second(), "{}", text);
            }
        }
    }

    #[test]
    fn a_query_of_checked_parts_has_only_these_parts(
        namespace in near_arn(), metric in hostile_text(), key in near_query(), value in hostile_text(),
    ) {
        let keys = [key.clone()];
        let filters = [Dimension { name: key.clone(), value: value.clone() }];
        let select = Select {
            function: SqlFunction::Avg,
            namespace: &namespace,
            metric_name: &metric,
            schema_keys: &keys,
            filters: &filters,
            group_by: Some(&key),
            order_by: None,
            sort_order: None,
            limit: Some(3),
        };
        if let Ok(sql) = select.sql() {
            let texts = sql_texts(&sql);
            prop_assert_eq!(texts, Some(vec![metric, namespace, key.clone(), key.clone(), value, key]));
        }
    }

    #[test]
    fn any_query_is_read_and_what_is_quoted_is_read_back(query in near_query()) {
        let all = tokens(&query);
        commands(&all);
        alarm_names(&query);
        for prefix in source_prefixes(&query) {
            prop_assert!(query.contains(&prefix));
        }
        for token in all {
            let (Token::Word(field) | Token::Field(field)) = token else {
                continue;
            };
            match &tokens(&quoted(&field))[..] {
                [Token::Word(read) | Token::Field(read)] => prop_assert_eq!(read, &field),
                other => prop_assert!(field.is_empty(), "{} {:?}", field, other),
            }
        }
    }
}
