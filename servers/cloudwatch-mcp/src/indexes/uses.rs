//! Which fields a query uses, and whether it filters them by equality.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatchlogs::types::QueryLanguage;

use crate::insights::{Token, commands, tokens};

/// Fields that every log group has an index of, beside those that begin with `@`.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs-Field-Indexing.html>
const INDEXED_BY_DEFAULT: &[&str] = &["traceId", "severityText", "attributes.session.id"];

/// Words that are no fields, in any of the three languages.
const KEYWORDS: &[&str] = &[
    "and", "or", "not", "in", "like", "as", "by", "asc", "desc", "true", "false", "null", "is",
    "between", "regexp", "ilike", "exists", "case", "when", "then", "else", "end", "distinct",
    "cast",
];

/// The fields of one query: by name, whether it is filtered by equality.
pub(crate) type Uses = BTreeMap<String, bool>;

/// The fields that a query filters, shows or groups by, without what it makes itself and without
/// what is always indexed.
pub(crate) fn uses(query: &str, language: Option<&QueryLanguage>) -> Uses {
    let tokens = tokens(query);
    let mut found = Found::default();
    match language {
        Some(QueryLanguage::Sql) => sql(&tokens, &mut found),
        _ => piped(&tokens, &mut found),
    }
    let Found { mut uses, made } = found;
    uses.retain(|field, _| {
        !field.starts_with('@')
            && !made.contains(field)
            && !INDEXED_BY_DEFAULT.contains(&field.as_str())
    });
    uses
}

/// A field's name as a query has to write it.
pub(crate) fn quoted(field: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    match field.chars().all(plain) && !field.starts_with(|c: char| c.is_ascii_digit()) {
        true => field.to_owned(),
        false => format!("`{}`", field.replace('`', "\\`")),
    }
}

#[derive(Debug, Default)]
struct Found {
    uses: Uses,
    /// Names that the query gives itself: `as x`, `(?<x>…)`.
    made: BTreeSet<String>,
}

impl Found {
    fn add(&mut self, field: &str, equality: bool) {
        *self.uses.entry(field.to_owned()).or_default() |= equality;
    }
}

/// Logs Insights QL and PPL.
fn piped(tokens: &[Token], found: &mut Found) {
    // What follows an aggregation works on its rows, not on events.
    let mut on_events = true;
    for command in commands(tokens) {
        made(command.rest, found);
        match command.name.as_str() {
            "filter" | "filterindex" | "where" => condition(command.rest, on_events, found),
            "source" | "search" | "limit" | "head" | "pattern" | "diff" | "anomaly" | "unmask" => {}
            "parse" => condition(
                command
                    .rest
                    .split_first()
                    .map_or(&[], |(first, _)| std::slice::from_ref(first)),
                false,
                found,
            ),
            _ if on_events => condition(command.rest, false, found),
            _ => {}
        }
        if matches!(
            command.name.as_str(),
            "stats" | "pattern" | "dedup" | "diff"
        ) {
            on_events = false;
        }
    }
}

/// `SELECT … FROM … WHERE … GROUP BY …`.
fn sql(tokens: &[Token], found: &mut Found) {
    let at = |words: &[&str], from: usize| {
        let clause = tokens[from..]
            .iter()
            .position(|token| words.iter().any(|word| token.is_word(word)));
        clause.map_or(tokens.len(), |clause| from + clause)
    };
    made(tokens, found);
    let from = at(&["from"], 0);
    let select = usize::from(tokens.first().is_some_and(|token| token.is_word("select")));
    condition(&tokens[select.min(from)..from], false, found);
    let begin = at(&["where"], from);
    let end = at(&["group", "order", "having", "limit", "union"], begin);
    if begin < end {
        condition(&tokens[begin + 1..end], true, found);
    }
}

/// Notes the names that a query makes.
fn made(tokens: &[Token], found: &mut Found) {
    let mut after_as = false;
    for token in tokens {
        match token {
            Token::Word(word) if word.eq_ignore_ascii_case("as") => after_as = true,
            Token::Word(name) | Token::Field(name) if after_as => {
                found.made.insert(name.clone());
                after_as = false;
            }
            // `parse … as a, b` names several; any other list goes on with a field of its own.
            Token::Regex(pattern) => found.made.extend(group_names(pattern)),
            _ => after_as = false,
        }
    }
}

/// The names of a pattern's groups.
fn group_names(pattern: &str) -> impl Iterator<Item = String> {
    pattern.split("(?<").skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('>')?;
        let is_name = !name.is_empty() && !name.starts_with(['=', '!']);
        is_name.then(|| name.to_owned())
    })
}

/// What a parenthesis or bracket belongs to.
#[derive(Debug, Clone, Copy)]
enum Inside {
    /// A group of conditions, and whether it is negated.
    Group(bool),
    /// A function's arguments: its result is compared, and not the field.
    Call,
    /// A list of values.
    Values,
}

/// Notes the fields of a condition, or of any other expression when `filters` is false.
fn condition(tokens: &[Token], filters: bool, found: &mut Found) {
    let mut inside = vec![Inside::Group(false)];
    let mut negated = false;
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let here = *inside.last().unwrap_or(&Inside::Group(false));
        match token {
            Token::Symbol("(") => {
                inside.push(opened(before, here, negated));
                negated = false;
            }
            Token::Symbol("[") => inside.push(Inside::Values),
            Token::Symbol(")" | "]") => {
                inside.pop();
                negated = false;
            }
            Token::Word(word) if word.eq_ignore_ascii_case("not") => negated = !negated,
            Token::Word(word)
                if word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or") =>
            {
                negated = false;
            }
            Token::Word(word) if is_keyword(word) => {}
            Token::Word(name) | Token::Field(name) => {
                let is_call = tokens.get(at + 1).is_some_and(|next| next.is_symbol("("));
                if is_call || matches!(here, Inside::Values) {
                    continue;
                }
                let equality = match here {
                    Inside::Group(group) => filters && group == negated && is_equality(tokens, at),
                    Inside::Call | Inside::Values => false,
                };
                found.add(name, equality);
            }
            _ => {}
        }
    }
}

fn opened(before: Option<&Token>, here: Inside, negated: bool) -> Inside {
    match (before, here) {
        (_, Inside::Call) => Inside::Call,
        (_, Inside::Values) => Inside::Values,
        (Some(Token::Word(word)), _) if word.eq_ignore_ascii_case("in") => Inside::Values,
        (Some(Token::Word(word)), _) if !is_keyword(word) => Inside::Call,
        (_, Inside::Group(group)) => Inside::Group(group != negated),
    }
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS
        .iter()
        .any(|keyword| word.eq_ignore_ascii_case(keyword))
}

/// Whether the field at this place is compared with a value by `=` or `in`, and nothing is done to
/// either before.
fn is_equality(tokens: &[Token], at: usize) -> bool {
    let token = |at: Option<usize>| at.and_then(|at| tokens.get(at));
    let starts = match token(at.checked_sub(1)) {
        None => true,
        Some(Token::Word(word)) => is_keyword(word) && !word.eq_ignore_ascii_case("in"),
        Some(before) => before.is_symbol("("),
    };
    let is_equal = |token: Option<&Token>| matches!(token, Some(Token::Symbol("=" | "==")));
    let is_end = |token: Option<&Token>| match token {
        None => true,
        Some(Token::Word(word)) => is_keyword(word),
        Some(token) => token.is_symbol(")") || token.is_symbol(";"),
    };
    if starts {
        return match token(Some(at + 1)) {
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("in") => {
                matches!(token(Some(at + 2)), Some(Token::Symbol("[" | "(")))
            }
            next => {
                is_equal(next) && {
                    // A sign belongs to the number.
                    let signed = matches!(token(Some(at + 2)), Some(Token::Symbol("-" | "+")));
                    let value = at + 2 + usize::from(signed);
                    token(Some(value)).is_some_and(is_value) && is_end(token(Some(value + 1)))
                }
            }
        };
    }
    // `'value' = field`
    let is_first = |at: Option<usize>| match token(at) {
        None => true,
        Some(Token::Word(word)) => is_keyword(word),
        Some(before) => before.is_symbol("("),
    };
    is_equal(token(at.checked_sub(1)))
        && at >= 2
        && token(Some(at - 2)).is_some_and(is_value)
        && (at == 2 || is_first(at.checked_sub(3)))
        && is_end(token(Some(at + 1)))
}

fn is_value(token: &Token) -> bool {
    match token {
        Token::Text(_) | Token::Number(_) => true,
        Token::Word(word) => {
            word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: &QueryLanguage, cases: &[(&str, &[&str], &[&str])]) {
        for (query, equality, other) in cases {
            let found = uses(query, Some(language));
            let with = |equal: bool| -> Vec<&str> {
                let fields = found.iter().filter(|(_, equality)| **equality == equal);
                fields.map(|(field, _)| field.as_str()).collect()
            };
            assert_eq!(
                (with(true), with(false)),
                (equality.to_vec(), other.to_vec()),
                "{query}"
            );
        }
    }

    #[test]
    fn logs_insights_filters_are_read() {
        check(
            &QueryLanguage::Cwli,
            &[
                (
                    "fields userId | filter orderId = 'x' and status = 500",
                    &["orderId", "status"],
                    &["userId"],
                ),
                (
                    "FILTER a == 1 OR (b = \"y\" AND c != 2)",
                    &["a", "b"],
                    &["c"],
                ),
                (
                    "filter a in ['x', 'y'] and b not in [1] and c like /x/",
                    &["a"],
                    &["b", "c"],
                ),
                ("filter not a = 1 and b = 2", &["b"], &["a"]),
                ("filter not (a = 1 or not b = 2)", &["b"], &["a"]),
                (
                    "filter strlen(a) = 3 and lower(b) = 'x' and ispresent(c)",
                    &[],
                    &["a", "b", "c"],
                ),
                (
                    "filter a = b and c + 1 = 2 and 5 = d",
                    &["d"],
                    &["a", "b", "c"],
                ),
                ("filter a = 1 + b", &[], &["a", "b"]),
                ("filter a = -1", &["a"], &[]),
                ("filter `my-field` = 'x'", &["my-field"], &[]),
                (
                    "filterIndex a = 'x' | filter @message like /a = 1/",
                    &["a"],
                    &[],
                ),
                (
                    "stats count(*) as hits by host | filter hits = 3 and host = 'a'",
                    &[],
                    &["host"],
                ),
                ("parse @message /(?<code>\\d+)/ | filter code = 5", &[], &[]),
                (
                    "parse msg '* *' as verb | filter verb = 'GET'",
                    &[],
                    &["msg"],
                ),
                (
                    "fields a as b | filter b = 1 | sort c desc",
                    &[],
                    &["a", "c"],
                ),
                ("filter traceId = 'x' and @logStream = 'y'", &[], &[]),
                ("filter a.b.0 = true # and c = 1", &["a.b.0"], &[]),
                ("display a | limit 5", &[], &["a"]),
                ("", &[], &[]),
            ],
        );
    }

    #[test]
    fn sql_and_ppl_filters_are_read() {
        check(
            &QueryLanguage::Sql,
            &[
                (
                    "SELECT a, COUNT(*) AS n FROM `/app/b` WHERE b = 'x' AND c IN ('y', 'z') AND d > 1 GROUP BY a ORDER BY n LIMIT 5",
                    &["b", "c"],
                    &["a", "d"],
                ),
                ("select * from x", &[], &[]),
                ("select", &[], &[]),
            ],
        );
        check(
            &QueryLanguage::Ppl,
            &[(
                "source = `/app/a` | where status = 500 and path like '/x%' | stats count() by host | head 5",
                &["status"],
                &["host", "path"],
            )],
        );
    }

    #[test]
    fn names_are_quoted_when_they_have_to_be() {
        assert_eq!(quoted("a.b_1"), "a.b_1");
        assert_eq!(quoted("my-field"), "`my-field`");
        assert_eq!(quoted("1a`"), "`1a\\``");
    }
}
