//! Source code without its comments, at the same places.

/// How a language writes comments and strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// `//`, `/* */`; strings in `"`, `'` and backticks.
    CLike,
    /// `#`; strings in `"` and `'`, tripled over several lines, which are mostly documentation.
    Python,
    /// `#`, `//`, `/* */`; strings in `"`, and here-documents.
    Hcl,
}

/// The text with comments, tripled strings and here-documents as spaces. Lines stay lines.
pub(crate) fn without_comments(text: &str, language: Language) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (blank, length) = token(rest, first, language);
        let (part, after) = rest.split_at(length);
        match blank {
            true => code.extend(part.chars().map(|c| if c == '\n' { '\n' } else { ' ' })),
            false => code.push_str(part),
        }
        rest = after;
    }
    code
}

/// Whether the next piece is to be blanked, and how long it is.
fn token(rest: &str, first: char, language: Language) -> (bool, usize) {
    let line = || rest.find('\n').unwrap_or(rest.len());
    let until = |end: &str, from: usize| {
        let found = rest.get(from..).and_then(|text| text.find(end));
        found.map_or(rest.len(), |at| from + at + end.len())
    };
    let hashes = matches!(language, Language::Python | Language::Hcl);
    let slashes = matches!(language, Language::CLike | Language::Hcl);
    if hashes && first == '#' || slashes && rest.starts_with("//") {
        return (true, line());
    }
    if slashes && rest.starts_with("/*") {
        return (true, until("*/", 2));
    }
    if language == Language::Python {
        for quotes in ["\"\"\"", "'''"] {
            if rest.starts_with(quotes) {
                return (true, until(quotes, 3));
            }
        }
    }
    if language == Language::Hcl
        && let Some(length) = here_document(rest)
    {
        return (true, length);
    }
    let is_quote = match language {
        Language::CLike => matches!(first, '"' | '\'' | '`'),
        Language::Python => matches!(first, '"' | '\''),
        Language::Hcl => first == '"',
    };
    match is_quote {
        true => (false, string(rest, first)),
        false => (false, first.len_utf8()),
    }
}

/// The length of a string, to its closing quote; a line's end closes one that was never closed.
fn string(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' if quote != '`' => return at,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// The length of `<<EOT` or `<<-EOT` to the line that has only the word. `None`: something else.
fn here_document(rest: &str) -> Option<usize> {
    let first = rest.strip_prefix("<<")?.split('\n').next()?;
    let word = first.strip_prefix('-').unwrap_or(first).trim_end();
    let is_word = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_word.then_some(())?;
    let mut length = 0;
    for line in rest.split_inclusive('\n') {
        let is_first = length == 0;
        length += line.len();
        if !is_first && line.trim() == word {
            break;
        }
    }
    Some(length)
}

/// Where the lines of a text end. Found once: a file can have a hundred thousand places to name.
#[derive(Debug)]
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(end, _)| end).collect())
    }

    /// The line, from 1, that a place in the text is on.
    pub(crate) fn number(&self, place: usize) -> usize {
        self.0.partition_point(|end| *end < place) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_strings_stay() {
        for (language, text, code) in [
            (
                Language::CLike,
                "a // b\nc /* d\n */ 'e // f' \"/* g */\" `\n// h`",
                "a     \nc     \n    'e // f' \"/* g */\" `\n// h`",
            ),
            (Language::CLike, "'it\\'s' // x", "'it\\'s'     "),
            (Language::CLike, "'open\n// x", "'open\n    "),
            (
                Language::Python,
                "a # b\n'#c' \"\"\"d\n# e\"\"\" f",
                "a    \n'#c'     \n       f",
            ),
            (
                Language::Hcl,
                "a # b\n// c\n/* d */ \"# e\" 1 << 2",
                "a    \n    \n        \"# e\" 1 << 2",
            ),
            (
                Language::Hcl,
                "x = <<-EOT\nresource \"aws_a\" \"b\"\n  EOT\ny",
                "x =       \n                    \n     \ny",
            ),
            (Language::CLike, "/* never closed é", "                 "),
        ] {
            assert_eq!(without_comments(text, language), code, "{text}");
        }
    }

    proptest::proptest! {
        /// Whatever a caller sends: no panic, and every line stays where it was.
        #[test]
        fn lines_stay_lines(text in "(?s)([\"'`#/*<\\\\{}\n a-zé-]|EOT|//|/\\*|\\*/|<<-?EOT|\"\"\"){0,60}") {
            for language in [Language::CLike, Language::Python, Language::Hcl] {
                let code = without_comments(&text, language);
                proptest::prop_assert_eq!(code.chars().count(), text.chars().count());
                proptest::prop_assert_eq!(code.matches('\n').count(), text.matches('\n').count());
            }
        }
    }

    #[test]
    fn lines_are_counted_from_one() {
        let lines = Lines::of("a\nb\nc");
        assert_eq!([0, 1, 2, 4].map(|place| lines.number(place)), [1, 1, 2, 3]);
    }
}
