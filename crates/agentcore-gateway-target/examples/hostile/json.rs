//! JSON as text, so that it can be what no value can: deep, with members twice, with numbers that no type holds.

use proptest::prelude::*;
use proptest::sample::select;

/// Words that have broken a parser somewhere, or look as if they could.
const WORDS: [&str; 40] = [
    "",
    " ",
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "[]",
    "{}",
    "\"",
    "\\",
    "'",
    "\0",
    "\u{1}",
    "\u{7f}",
    "\u{feff}",
    "\u{202e}",
    "\u{fffd}",
    "\u{10ffff}",
    "é",
    "e\u{301}",
    "日本語",
    "👩‍👩‍👧‍👦",
    "a\nb",
    "a\r\nb: c",
    "data: x\n\n",
    "___",
    "a___b___c",
    "../../etc/passwd",
    "/",
    "/proc/self/environ",
    "//x",
    "C:\\x",
    "-rf",
    "--help",
    "HEAD~1^{tree}",
    "%00%2e%2e",
    "${HOME}",
    "{{x}}",
    "**/*[",
];

/// Numbers as they may be written.
const NUMBERS: [&str; 12] = [
    "0",
    "-0",
    "1",
    "-1",
    "1.5",
    "1e2",
    "1e308",
    "-1E-999",
    "9007199254740993",
    "9223372036854775808",
    "18446744073709551616",
    "-170141183460469231731687303715884105728",
];

/// One of these.
pub(crate) fn one_of(texts: &[&str]) -> BoxedStrategy<String> {
    let texts: Vec<String> = texts.iter().copied().map(str::to_owned).collect();
    select(texts).boxed()
}

/// What looks like JSON.
const MALFORMED: [&str; 8] = [
    "1e999",
    "00",
    "NaN",
    "1.",
    "'x'",
    "\"\\ud800\"",
    "\"\\x41\"",
    "[1,]",
];

/// Any text.
pub(crate) fn text() -> BoxedStrategy<String> {
    prop_oneof![
        8 => one_of(&WORDS),
        4 => "[a-z0-9_./-]{0,12}",
        2 => "\\PC{0,30}",
        1 => proptest::collection::vec(any::<char>(), 0..20)
            .prop_map(|chars| chars.into_iter().collect()),
        1 => (one_of(&WORDS), 1..2000_usize).prop_map(|(word, times)| word.repeat(times)),
    ]
    .boxed()
}

/// Any text as a JSON string.
pub(crate) fn string() -> BoxedStrategy<String> {
    text().prop_map(|text| quoted(&text)).boxed()
}

/// What is not made of other values.
pub(crate) fn scalar() -> BoxedStrategy<String> {
    prop_oneof![
        40 => string(),
        20 => one_of(&NUMBERS),
        20 => any::<i64>().prop_map(|number| number.to_string()),
        10 => any::<f64>().prop_map(|number| format!("{number:e}")),
        20 => one_of(&["null", "true", "false"]),
        1 => one_of(&MALFORMED),
    ]
    .boxed()
}

/// Any JSON, nearly always well-formed.
pub(crate) fn json() -> BoxedStrategy<String> {
    let nested = scalar().prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(|values| array(&values)),
            proptest::collection::vec((string(), inner), 0..5).prop_map(|members| object(&members)),
        ]
    });
    prop_oneof![
        40 => nested,
        // Around the depth at which parsers give up, and far beyond.
        1 => (one_of(&["[", "{\"a\":"]), 1..400_usize).prop_map(|(open, depth)| deep(&open, depth)),
        1 => Just(deep("[", 100_000)),
    ]
    .boxed()
}

fn deep(open: &str, depth: usize) -> String {
    let close = if open == "[" { "]" } else { "}" };
    format!("{}1{}", open.repeat(depth), close.repeat(depth))
}

/// The text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn array(values: &[String]) -> String {
    format!("[{}]", values.join(","))
}

/// An object of members whose names are JSON strings already, some of them perhaps twice.
pub(crate) fn object(members: &[(String, String)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{name}:{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}
