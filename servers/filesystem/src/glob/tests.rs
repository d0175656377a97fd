//! What globs match, what is refused, and what takes no time.

use proptest::prelude::*;

use super::Glob;

#[test]
fn globs() {
    let cases = [
        ("*", ".hidden", true),
        ("*", "a/b", false),
        ("*.md", "docs/README.md", false),
        ("*.md", "README.md", true),
        ("*.MD", "README.md", false),
        ("**", "a/b", true),
        ("**/*.md", "README.md", true),
        ("**/*.md", "a/b/README.md", true),
        ("**/a/*.md", "a/b/a/c.md", true),
        ("docs/**/*.md", "docs/README.md", true),
        ("docs/**", "docs/a/b", true),
        ("docs/**", "docs", false),
        ("**/**/a", "a", true),
        ("a**b", "axxb", true),
        ("**/.*", "a/.hidden", true),
        ("*.{js,ts}", "a.ts", true),
        ("*.{js,{ts,tsx}}", "a.tsx", true),
        ("{a,b}/{c,d}", "b/d", true),
        ("{a,b/c}/d", "b/c/d", true),
        ("a{,b}", "a", true),
        ("{a}", "{a}", true),
        ("{}x{a,b}", "{}xb", true),
        ("a{b", "a{b", true),
        ("f{1..3}", "f2", true),
        ("f{3..1}", "f4", false),
        ("f{a..c}", "fb", true),
        ("\\{a,b\\}", "{a,b}", true),
        ("[ab].txt", "b.txt", true),
        ("[!ab].txt", "b.txt", false),
        ("[^a-c].txt", "d.txt", true),
        ("[]a]", "]", true),
        ("[a-]", "-", true),
        ("a[b", "a[b", true),
        ("?.txt", "é.txt", true),
        ("[à-ü]", "é", true),
        ("\\*", "*", true),
        ("\\*", "a", false),
        ("*(1)*", "copy (1).txt", true),
        ("a*b*c", "a1b2b3c", true),
        ("a*b*c", "a1b2b3", false),
        ("", "", true),
        ("?", "", false),
    ];
    for (pattern, path, expected) in cases {
        let glob = Glob::new(pattern).unwrap();
        assert_eq!(glob.matches(path), expected, "{pattern} on {path}");
    }
}

#[test]
fn what_is_not_known_is_refused() {
    let many = "{a,b}".repeat(9);
    let cases = [
        (
            "*.@(js|ts)",
            "groups as `@(a|b)` are not known; write alternatives as `{a,b}`",
        ),
        (
            "[[:digit:]]*",
            "classes as `[[:alpha:]]` are not known; write them out, as `[a-zA-Z]`",
        ),
        (many.as_str(), "it stands for more than 256 alternatives"),
        ("{0..1000}", "it stands for more than 256 alternatives"),
        (
            "{-9223372036854775808..9223372036854775807}",
            "it stands for more than 256 alternatives",
        ),
    ];
    for (pattern, reason) in cases {
        assert_eq!(Glob::new(pattern).unwrap_err(), reason);
    }
}

/// Backtracking over every star would not end within this century.
#[test]
fn many_stars_are_no_harm() {
    let glob = Glob::new(&"*a".repeat(60)).unwrap();
    assert!(!glob.matches(&"a".repeat(59)));
    let glob = Glob::new(&format!("{}x", "**/a/".repeat(60))).unwrap();
    assert!(!glob.matches(&"a/".repeat(120)));
}

/// Without the bounds, each of these takes minutes to read.
#[test]
fn long_patterns_are_refused_or_read_at_once() {
    for pattern in ["@(".repeat(1 << 20), "{}".repeat(1 << 20)] {
        assert_eq!(
            Glob::new(&pattern).unwrap_err(),
            "it is longer than 4096 bytes"
        );
    }
    let pattern = format!("{}{}", "{}".repeat(2_000), "{a,b}".repeat(8));
    assert!(
        Glob::new(&pattern)
            .unwrap()
            .matches(&format!("{}abababab", "{}".repeat(2_000)))
    );
}

/// The same glob as a regular expression, where that is easy to say.
fn expression(pattern: &str) -> regex_lite::Regex {
    let mut expression = String::from("(?s)^");
    let parts: Vec<&str> = pattern.split('/').collect();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        match (*part, is_last) {
            ("**", true) => expression += ".+",
            ("**", false) => expression += "(?:[^/]*/)*",
            (part, _) => {
                for letter in part.chars() {
                    match letter {
                        '*' => expression += "[^/]*",
                        '?' => expression += "[^/]",
                        letter => expression += &regex_lite::escape(&letter.to_string()),
                    }
                }
                if !is_last {
                    expression.push('/');
                }
            }
        }
    }
    regex_lite::Regex::new(&format!("{expression}$")).unwrap()
}

proptest! {
    #![proptest_config(server_testing::config(1_000))]

    #[test]
    fn stars_match_what_a_regular_expression_does(
        pattern in "(\\*|\\*\\*|\\?|a|b|é|\\.|/|\\*\\*/|/\\*\\*){0,9}",
        path in "[abé.]{1,4}(/[abé.]{1,3}){0,4}",
    ) {
        let glob = Glob::new(&pattern).unwrap();
        prop_assert_eq!(glob.matches(&path), expression(&pattern).is_match(&path));
    }

    #[test]
    fn any_pattern_is_read_or_refused(pattern in server_testing::hostile_text(), path in server_testing::hostile_text()) {
        if let Ok(glob) = Glob::new(&pattern) {
            glob.matches(&path);
            let is_plain = !pattern.contains(['*', '?', '[', '{', '\\']);
            prop_assert!(!is_plain || glob.matches(&pattern));
        }
    }

    #[test]
    fn alternatives_match_each_and_nothing_else(
        names in prop::collection::vec("[a-c]{0,3}", 2..5),
        other in "[a-c]{0,3}",
    ) {
        let glob = Glob::new(&format!("x{{{}}}y", names.join(","))).unwrap();
        prop_assert_eq!(glob.matches(&format!("x{other}y")), names.contains(&other));
    }
}
