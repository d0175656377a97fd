//! What is understood, and what is refused.

use super::*;

/// A Wednesday.
fn now() -> Timestamp {
    "2024-06-12T15:30:00Z".parse().unwrap()
}

fn read(text: &str, bound: Bound) -> Option<String> {
    let seconds = parse(text, now(), bound)?;
    Some(Timestamp::from_second(seconds).unwrap().to_string())
}

#[test]
fn dates_that_are_understood() {
    for (text, expected) in [
        ("2024-01-15", "2024-01-15T00:00:00Z"),
        ("2024-01-15T14:30:25", "2024-01-15T14:30:25Z"),
        ("2024-01-15T14:30:25Z", "2024-01-15T14:30:25Z"),
        ("2024-01-15T14:30:25.123+01:00", "2024-01-15T13:30:25Z"),
        ("2024-01-15 14:30", "2024-01-15T14:30:00Z"),
        ("2024-01-15 14:30:25 -0500", "2024-01-15T19:30:25Z"),
        ("2024/01/15", "2024-01-15T00:00:00Z"),
        ("20240115", "2024-01-15T00:00:00Z"),
        ("15.01.2024", "2024-01-15T00:00:00Z"),
        ("01/15/2024", "2024-01-15T00:00:00Z"),
        ("15/01/2024", "2024-01-15T00:00:00Z"),
        ("Jan 15 2024", "2024-01-15T00:00:00Z"),
        ("15 January 2024", "2024-01-15T00:00:00Z"),
        ("January 15th, 2024 2:30pm", "2024-01-15T14:30:00Z"),
        ("Mon, 15 Jan 2024 14:30:25 +0100", "2024-01-15T13:30:25Z"),
        ("Mon Jan 15 14:30:25 2024", "2024-01-15T14:30:25Z"),
        ("Jul 4", "2023-07-04T00:00:00Z"),
        ("1704067200", "2024-01-01T00:00:00Z"),
        ("@0", "1970-01-01T00:00:00Z"),
        ("now", "2024-06-12T15:30:00Z"),
        ("today", "2024-06-12T00:00:00Z"),
        ("yesterday", "2024-06-11T00:00:00Z"),
        ("yesterday noon", "2024-06-11T12:00:00Z"),
        ("noon yesterday", "2024-06-11T12:00:00Z"),
        ("noon", "2024-06-12T12:00:00Z"),
        ("tea", "2024-06-11T17:00:00Z"),
        ("3 pm", "2024-06-12T15:00:00Z"),
        ("2 weeks ago", "2024-05-29T15:30:00Z"),
        ("2.weeks.ago", "2024-05-29T15:30:00Z"),
        ("1 day 2 hours ago", "2024-06-11T13:30:00Z"),
        ("a month ago", "2024-05-12T15:30:00Z"),
        ("two years ago", "2022-06-12T15:30:00Z"),
        ("last week", "2024-06-05T15:30:00Z"),
        ("last friday", "2024-06-07T00:00:00Z"),
        ("wednesday", "2024-06-05T00:00:00Z"),
        ("never", "1970-01-01T00:00:00Z"),
    ] {
        assert_eq!(
            read(text, Bound::Start).as_deref(),
            Some(expected),
            "{text}"
        );
    }
}

#[test]
fn a_day_ends_where_an_upper_bound_says_so() {
    for (text, expected) in [
        ("2024-01-15", "2024-01-15T23:59:59Z"),
        ("yesterday", "2024-06-11T23:59:59Z"),
        ("2024-01-15 00:00", "2024-01-15T00:00:00Z"),
        ("2 days ago", "2024-06-10T15:30:00Z"),
    ] {
        assert_eq!(read(text, Bound::End).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_not_a_date_is_refused() {
    for text in [
        "",
        "not a date",
        "2024-13-01",
        "2024-02-30",
        "25:00",
        "2024-01-15 2024-01-16",
        "two",
        "ago",
        "jan",
        "2024",
        "12 bananas",
        "2024-01-15T",
        "99",
        "13pm",
        "now 3pm",
        "99999999999999999999",
        "2 weeks ago junk",
        "1:2:3:4",
        "+0100",
        "999999999 years ago",
    ] {
        assert_eq!(read(text, Bound::Start), None, "{text}");
    }
}

#[test]
fn dates_of_commits_are_stated_in_full() {
    assert_eq!(exact("2024-06-01T12:00:00Z"), Some((1_717_243_200, 0)));
    assert_eq!(
        exact("2024-02-01T10:00:00+0200"),
        Some((1_706_774_400, 120))
    );
    assert_eq!(exact("@1717243200 +0100"), Some((1_717_243_200, 60)));
    assert_eq!(exact("1717243200 -0530"), Some((1_717_243_200, -330)));
    for text in ["yesterday", "2024-06-01", "12:00", "", "2 weeks ago"] {
        assert_eq!(exact(text), None, "{text}");
    }
}

proptest::proptest! {
    #![proptest_config(server_testing::config(1_000))]

    /// Words and numbers of dates in any order: a moment, or nothing; and a full date means itself.
    #[test]
    fn any_text_is_a_moment_or_refused(
        text in proptest::prop_oneof![
            "((now|yesterday|noon|tea|last|next|friday|jan|weeks?|years?|ago|a|[0-9]{1,10}|pm|@|\\+0130|-14|z|é|st|th)[ .,:/-]?){0,7}",
            server_testing::hostile_text(),
        ],
        seconds in -62_000_000_000_i64..253_000_000_000,
        minutes in -839..840_i32,
    ) {
        let early = parse(&text, now(), Bound::Start);
        let late = parse(&text, now(), Bound::End);
        proptest::prop_assert_eq!(early.is_some(), late.is_some(), "{}", text);
        proptest::prop_assert!(early <= late, "{}", text);
        exact(&text);
        let offset = Offset::from_seconds(minutes * 60).unwrap();
        let moment = Timestamp::from_second(seconds).unwrap();
        let full = offset.to_datetime(moment);
        if (1970..=9999).contains(&full.year()) {
            let sign = if minutes < 0 { '-' } else { '+' };
            let zone = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
            let text = format!("{}{zone}", full.strftime("%Y-%m-%dT%H:%M:%S"));
            proptest::prop_assert_eq!(exact(&text), Some((seconds, minutes)), "{}", text);
        }
    }
}
