//! The rule of a composite alarm: which alarms it is about.

use std::collections::BTreeSet;

/// What a parenthesis belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Terms of the rule.
    Terms,
    /// `AT_LEAST(2, ALARM, (…))`: a number, a state, a list.
    AtLeast,
    /// `ALARM(…)` and the list of `AT_LEAST`: alarms.
    Alarms,
}

#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    /// A word, or what stands in quotes.
    Name(&'a str),
}

/// The names (or ARNs) of the alarms that a rule is about, in the order of the rule, each once.
///
/// `ALARM("a") OR (NOT OK(b) AND INSUFFICIENT_DATA('c'))`, `AT_LEAST(2, ALARM, (a, b, "c"))`.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>
pub(crate) fn alarm_names(rule: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut inside = vec![Inside::Terms];
    let mut word = "";
    for token in tokens(rule) {
        let here = inside.last().copied().unwrap_or(Inside::Terms);
        match token {
            Token::Open => inside.push(match (here, word) {
                (Inside::AtLeast, _) | (_, "ALARM" | "OK" | "INSUFFICIENT_DATA") => Inside::Alarms,
                (_, "AT_LEAST") => Inside::AtLeast,
                _ => Inside::Terms,
            }),
            Token::Close => {
                inside.pop();
            }
            Token::Name(name) if here == Inside::Alarms && seen.insert(name) => {
                found.push(name.to_owned());
            }
            Token::Name(_) => {}
        }
        word = match token {
            Token::Name(name) => name,
            Token::Open | Token::Close => "",
        };
    }
    found
}

fn tokens(rule: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = rule.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Some(Token::Open), 1),
            ')' => (Some(Token::Close), 1),
            ',' => (None, 1),
            '"' | '\'' => {
                let inner = &rest[1..];
                let end = inner.find(first).unwrap_or(inner.len());
                (Some(Token::Name(&inner[..end])), (end + 2).min(rest.len()))
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',');
                let end = rest.find(ends).unwrap_or(rest.len());
                (Some(Token::Name(&rest[..end])), end)
            }
        };
        found.extend(token);
        rest = rest[length..].trim_start();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alarm_of_a_rule_is_found_once_and_in_order() {
        for (rule, expected) in [
            (
                "ALARM(\"cpu-high\") OR (NOT OK(mem-high) AND ALARM(mem-high))",
                &["cpu-high", "mem-high"][..],
            ),
            (
                "INSUFFICIENT_DATA(b) AND ALARM('a (old), new')",
                &["b", "a (old), new"],
            ),
            (
                "AT_LEAST(2, ALARM, (a, b, \"c d\")) OR AT_LEAST(50%, OK, (a, e))",
                &["a", "b", "c d", "e"],
            ),
            (
                "ALARM ( arn:aws:cloudwatch:eu-west-1:1:alarm:x )",
                &["arn:aws:cloudwatch:eu-west-1:1:alarm:x"],
            ),
            ("TRUE", &[]),
            ("NOT (TRUE OR FALSE)", &[]),
            ("ALARM(\"open", &["open"]),
            ("))((", &[]),
            ("", &[]),
        ] {
            assert_eq!(alarm_names(rule), expected, "{rule}");
        }
    }
}
