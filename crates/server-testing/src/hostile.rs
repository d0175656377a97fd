//! Values that nobody should send, and that somebody will.

use proptest::collection::{SizeRange, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// What means something to a path, a URL, a ref, a query, a shell, a page or a number.
pub(crate) const PIECES: &[&str] = &[
    "",
    "a",
    "A",
    "0",
    "7",
    "-",
    "--",
    "-1",
    ".",
    "..",
    "/",
    "//",
    "\\",
    "~",
    ":",
    "::",
    "@",
    "@{",
    "*",
    "**",
    "?",
    "[",
    "]",
    "[!a-z]",
    "{",
    "}",
    "{a,b}",
    "{1..9}",
    "(",
    ")",
    "|",
    "^",
    "$",
    "$(id)",
    "`",
    "'",
    "\"",
    ";",
    "&",
    "#",
    "=",
    "+",
    ",",
    "%",
    "%2e%2e%2f",
    "%00",
    "%0d%0a",
    "<",
    ">",
    "<script>",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\0",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "é",
    "e\u{301}",
    "ß",
    "İ",
    "Ω",
    "مرحبا",
    "𝔘",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffd}",
    "\u{10ffff}",
    "18446744073709551616",
    "-9223372036854775808",
    "1e999",
    "NaN",
    "null",
    "http://",
    "https://",
    "file:///",
    "//evil.example/",
    "169.254.169.254",
    "localhost",
    "/etc/passwd",
    ".git",
    "HEAD",
    "hint: ",
    "\\u0000",
    "\\",
    "..\\..\\",
    "C:\\",
    "arn:aws:",
    "AWS::",
    "SELECT ",
    " OR 1=1",
    "T00:00:00Z",
    "24:00",
];

/// Text of such pieces, text of any letters, and now and then a long one.
pub fn text() -> impl Strategy<Value = String> + Clone {
    let pieces = text_of(PIECES, 0..9);
    let long = (select(PIECES), 1_000..40_000_usize)
        .prop_map(|(piece, length)| piece.repeat(length / piece.len().max(1)));
    prop_oneof![8 => pieces, 4 => "\\PC{0,30}", 3 => any::<String>(), 1 => long]
}

/// So many of these pieces, in any order.
pub fn text_of(
    pieces: &'static [&'static str],
    count: impl Into<SizeRange>,
) -> impl Strategy<Value = String> + Clone {
    vec(select(pieces), count).prop_map(|pieces| pieces.concat())
}

/// Good texts, damaged in so many places: a piece is put in, or in the place of something; a part
/// comes twice, or not at all, or the rest is missing, or two letters change places.
pub fn damaged_text(
    good: impl Strategy<Value = &'static str>,
    pieces: &'static [&'static str],
    count: impl Into<SizeRange>,
) -> impl Strategy<Value = String> {
    let damage = (any::<Index>(), any::<Index>(), 0..6_u8, select(pieces));
    (good, vec(damage, count)).prop_map(|(good, damages)| {
        let mut text: Vec<char> = good.chars().collect();
        for (start, end, how, piece) in damages {
            let (start, end) = (start.index(text.len() + 1), end.index(text.len() + 1));
            let near = end.clamp(start, (start + 40).min(text.len()));
            match how {
                0 => drop(text.splice(start..start, piece.chars())),
                1 => drop(text.splice(start..near, piece.chars())),
                2 => {
                    let part = text[start..near].to_vec();
                    text.splice(end..end, part);
                }
                3 => drop(text.drain(start..near)),
                4 => text.truncate(start),
                _ if start.max(end) < text.len() => text.swap(start, end),
                _ => {}
            }
        }
        text.into_iter().collect()
    })
}

/// Any JSON, not deep.
pub fn json() -> impl Strategy<Value = Value> + Clone {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        select(&[0_i64, 1, -1, 1 << 53, i64::MAX, i64::MIN][..]).prop_map(|number| json!(number)),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((text(), inner), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// A whole number near what is allowed, small, or anything.
pub(crate) fn integer(minimum: &Value, maximum: &Value) -> BoxedStrategy<Value> {
    let ends = [minimum, maximum].into_iter().filter_map(Value::as_i64);
    let near: Vec<i64> = ends
        .flat_map(|end| [end.saturating_sub(1), end, end.saturating_add(1)])
        .chain([0, 1, -1, 2, 10, i64::from(u32::MAX), i64::MAX, i64::MIN])
        .collect();
    prop_oneof![
        4 => select(near),
        3 => -3..400_i64,
        1 => any::<i64>(),
    ]
    .prop_map(|number| json!(number))
    .boxed()
}

/// What is done to a good word.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    place: Index,
    piece: &'static str,
    keeps_the_rest: bool,
}

pub(crate) fn change() -> impl Strategy<Value = Change> + Clone {
    (any::<Index>(), select(PIECES), prop::bool::weighted(0.7)).prop_map(
        |(place, piece, keeps_the_rest)| Change {
            place,
            piece,
            keeps_the_rest,
        },
    )
}

impl Change {
    pub(crate) fn of(&self, word: &str) -> String {
        let place = self.place.index(word.chars().count() + 1);
        let start: String = word.chars().take(place).collect();
        let rest = match self.keeps_the_rest {
            true => word.chars().skip(place).collect(),
            false => String::new(),
        };
        format!("{start}{}{rest}", self.piece)
    }
}
