//! The query languages, as far as it matters what a query does: its tokens, its commands, whether
//! it may be run in pieces.

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A keyword, function or plain field name: `filter`, `@message`, `user.id`.
    Word(String),
    /// A field name in backticks.
    Field(String),
    /// A text in quotes.
    Text(String),
    /// A number.
    Number(String),
    /// A regular expression, without its slashes.
    Regex(String),
    /// Operators and punctuation: `=`, `!=`, `(`, `|`.
    Symbol(&'static str),
}

/// Longest first.
const SYMBOLS: &[&str] = &[
    "==", "=~", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", "{", "}", ",", "|", "+",
    "-", "*", "/", "^", "%", ":", ";", "!", "~",
];

impl Token {
    /// Whether this is a word, in any case.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }

    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self, Self::Symbol(own) if *own == symbol)
    }
}

/// The parts of a query; comments are left out, and so is what no query has.
pub(crate) fn tokens(query: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut rest = query;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '#' => (None, rest.find('\n').unwrap_or(rest.len())),
            '\'' | '"' => {
                let (text, length) = quoted(rest, first);
                (Some(Token::Text(text)), length)
            }
            '`' => {
                let (name, length) = quoted(rest, first);
                (Some(Token::Field(name)), length)
            }
            '/' if regex_may_begin(&found) => {
                let (pattern, length) = quoted(rest, first);
                (Some(Token::Regex(pattern)), length)
            }
            _ if is_word_char(first) => {
                let length = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
                let word = rest[..length].to_owned();
                let token = match first.is_ascii_digit() {
                    true => Token::Number(word),
                    false => Token::Word(word),
                };
                (Some(token), length)
            }
            _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => (Some(Token::Symbol(symbol)), symbol.len()),
                None => (None, first.len_utf8()),
            },
        };
        found.extend(token);
        rest = &rest[length..];
    }
    found
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '@' | '.' | '$')
}

/// What stands between two marks, and how long that is with them. A backslash takes the next
/// character with it.
fn quoted(text: &str, mark: char) -> (String, usize) {
    let mut inner = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => {
                // In a pattern the backslash means something, and so it does before anything else.
                match characters.next() {
                    Some((_, next)) if next == mark => inner.push(next),
                    Some((_, next)) => inner.extend([c, next]),
                    None => {}
                }
            }
            c if c == mark => return (inner, at + c.len_utf8()),
            c => inner.push(c),
        }
    }
    (inner, text.len())
}

/// A slash is a division, except where only a pattern makes sense.
fn regex_may_begin(before: &[Token]) -> bool {
    let in_parse = before
        .rsplit(|token| token.is_symbol("|"))
        .next()
        .and_then(<[Token]>::first)
        .is_some_and(|command| command.is_word("parse"));
    match before.last() {
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("like") => true,
        Some(Token::Symbol("=~" | "~")) => true,
        Some(Token::Symbol(",")) => true,
        _ => in_parse,
    }
}

/// One command of a piped query.
#[derive(Debug)]
pub(crate) struct Command<'a> {
    /// Its name in lower case: `filter`.
    pub(crate) name: String,
    /// What follows the name.
    pub(crate) rest: &'a [Token],
}

/// The commands of a piped query, in order.
pub(crate) fn commands(tokens: &[Token]) -> Vec<Command<'_>> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Symbol("(" | "[") => depth += 1,
            Token::Symbol(")" | "]") => depth = depth.saturating_sub(1),
            Token::Symbol("|") if depth == 0 => {
                found.extend(command(&tokens[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    found.extend(command(&tokens[start..]));
    found
}

fn command(tokens: &[Token]) -> Option<Command<'_>> {
    match tokens.split_first()? {
        (Token::Word(name), rest) => Some(Command {
            name: name.to_ascii_lowercase(),
            rest,
        }),
        _ => None,
    }
}

/// What decides whether a query gives the same rows when its time is cut into pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// It makes its rows from several events, or compares events.
    pub(crate) aggregates: bool,
    /// It says itself how many rows it wants.
    pub(crate) limits: bool,
    /// How its rows are sorted.
    pub(crate) order: Order,
}

/// How the rows of a query are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    NewestFirst,
    OldestFirst,
    /// By something else than time.
    Other,
}

impl Shape {
    /// The shape of a query in the Logs Insights language.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html>
    pub(crate) fn of(query: &str) -> Self {
        let tokens = tokens(query);
        let commands = commands(&tokens);
        let has = |names: &[&str]| {
            commands
                .iter()
                .any(|command| names.contains(&command.name.as_str()))
        };
        let sort = commands.iter().rev().find(|command| command.name == "sort");
        let order = match sort.map(|sort| sort.rest) {
            None => Order::NewestFirst,
            Some([by, rest @ ..]) if by.is_word("@timestamp") => match rest.first() {
                Some(direction) if direction.is_word("desc") => Order::NewestFirst,
                Some(Token::Symbol(",")) | None => Order::OldestFirst,
                Some(direction) if direction.is_word("asc") => Order::OldestFirst,
                Some(_) => Order::Other,
            },
            Some(_) => Order::Other,
        };
        Self {
            aggregates: has(&["stats", "pattern", "diff", "dedup", "anomaly", "compare"]),
            limits: has(&["limit", "head", "tail"]),
            order,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str) -> Vec<String> {
        let tokens = tokens(query);
        commands(&tokens)
            .into_iter()
            .map(|command| command.name)
            .collect()
    }

    #[test]
    fn commands_are_told_apart_whatever_stands_in_texts_and_patterns() {
        for (query, expected) in [
            ("fields @message", &["fields"][..]),
            (
                "FIELDS a | Filter b = 'x | stats' |limit 5",
                &["fields", "filter", "limit"],
            ),
            ("fields a # | stats count(*)\n| sort b", &["fields", "sort"]),
            (
                "filter @message like /a|b\\/|c/ | limit 1",
                &["filter", "limit"],
            ),
            (
                "parse @message /(?<x>a|b)/ | stats count(*) by x",
                &["parse", "stats"],
            ),
            ("fields a / b | limit 1", &["fields", "limit"]),
            (
                "filter a in (SOURCE x | fields y) | limit 1",
                &["filter", "limit"],
            ),
            ("", &[]),
            ("| 'x'", &[]),
        ] {
            assert_eq!(names(query), expected, "{query}");
        }
    }

    #[test]
    fn what_cannot_be_cut_is_recognised() {
        let shape = |aggregates, limits, order| Shape {
            aggregates,
            limits,
            order,
        };
        for (query, expected) in [
            ("fields @message", shape(false, false, Order::NewestFirst)),
            (
                "stats count(*) as hits by host",
                shape(true, false, Order::NewestFirst),
            ),
            ("fields a | DEDUP a", shape(true, false, Order::NewestFirst)),
            (
                "pattern @message | sort @sampleCount desc",
                shape(true, false, Order::Other),
            ),
            ("fields a | limit 5", shape(false, true, Order::NewestFirst)),
            (
                "fields a | sort @timestamp",
                shape(false, false, Order::OldestFirst),
            ),
            (
                "fields a | sort @timestamp asc, b",
                shape(false, false, Order::OldestFirst),
            ),
            (
                "fields a | sort @timestamp DESC",
                shape(false, false, Order::NewestFirst),
            ),
            (
                "fields stats | filter limit = 'stats'",
                shape(false, false, Order::NewestFirst),
            ),
            (
                "fields a | filter b = \"| stats\"",
                shape(false, false, Order::NewestFirst),
            ),
        ] {
            assert_eq!(Shape::of(query), expected, "{query}");
        }
    }

    #[test]
    fn unfinished_texts_do_no_harm() {
        assert_eq!(tokens("'abc\\"), [Token::Text("abc".to_owned())]);
        assert_eq!(tokens("`a\\`b`"), [Token::Field("a`b".to_owned())]);
        assert_eq!(
            tokens("é=1"),
            [
                Token::Word("é".to_owned()),
                Token::Symbol("="),
                Token::Number("1".to_owned())
            ]
        );
    }
}
