//! The words of a query, and whether a text holds them.

/// From this length on a word of the query may be the beginning of one in the text.
const PREFIX_LENGTH: usize = 4;

/// Words to search for, at least one.
#[derive(Debug)]
pub(crate) struct Query {
    text: String,
    words: Vec<Word>,
}

/// A word as its parts: `us-east-1` is `us`, `east`, `1`.
#[derive(Debug, PartialEq, Eq)]
struct Word {
    parts: Vec<String>,
    /// The last part may be the beginning of one.
    open: bool,
}

impl Query {
    /// The words of a text. `None` when there are none.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let words: Vec<Word> = tokens(text)
            .map(|parts| Word {
                open: parts.iter().map(|part| part.chars().count()).sum::<usize>() >= PREFIX_LENGTH,
                parts,
            })
            .collect();
        let text = text.to_owned();
        (!words.is_empty()).then_some(Self { text, words })
    }

    /// The query as it was asked.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Which words a text holds: one flag each.
    pub(crate) fn held_by(&self, text: &str) -> Vec<bool> {
        let tokens: Vec<Vec<String>> = tokens(text).collect();
        let held = |word: &Word| tokens.iter().any(|token| word.is_in(token));
        self.words.iter().map(held).collect()
    }
}

impl Word {
    /// Whether the parts of the word stand in the token, one after the other.
    fn is_in(&self, token: &[String]) -> bool {
        let last = self.parts.len() - 1;
        token.windows(self.parts.len()).any(|window| {
            window[..last] == self.parts[..last]
                && (window[last] == self.parts[last]
                    || self.open && window[last].starts_with(&self.parts[last]))
        })
    }
}

/// Words in lower case, each as the parts that hyphens, dots and underscores make of it. `6,000`
/// is `6000`.
fn tokens(text: &str) -> impl Iterator<Item = Vec<String>> {
    let text = without_grouping(text).to_lowercase();
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    let words: Vec<Vec<String>> = text
        .split(|c| !in_word(c))
        .map(|word| {
            let parts = word.split(['-', '.', '_']).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        })
        .filter(|parts: &Vec<String>| !parts.is_empty())
        .collect();
    words.into_iter()
}

/// Takes the commas out of `1,234,567`.
fn without_grouping(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(comma) = rest.find(',') {
        let (before, after) = (&rest[..comma], &rest[comma + 1..]);
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        out.push_str(before);
        if digits != 3 || !before.ends_with(|c: char| c.is_ascii_digit()) {
            out.push(',');
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, query: &str) -> bool {
        let query = Query::new(query).expect("words");
        query.held_by(text).into_iter().all(|held| held)
    }

    #[test]
    fn words_match_whole_or_as_beginnings_or_by_part() {
        for (text, query, expected) in [
            ("Quota 7", "quota 7", true),
            ("Quota 17", "quota 7", false),
            ("7,000", "7", false),
            ("6,000 per second", "6000", true),
            ("6000", "6,000", true),
            ("1,234,567", "1234567", true),
            ("a, b", "b", true),
            ("Quota 7", "quot", true),
            ("Quota 7", "quo", false),
            ("eu-west-1", "eu", true),
            ("europe", "eu", false),
            ("us-east-1", "us-east-1", true),
            ("us-east-1", "east-1", true),
            ("us-east-1", "us-1", false),
            ("us-east-1a", "us-east-1", true),
            ("bedrock-runtime.eu-west-1.amazonaws.com", "eu-west-1", true),
            ("MAX_CONNECTIONS", "connections", true),
            ("MAX_CONNECTIONS", "max_conn", true),
            ("Größe", "GRÖß", true),
            ("(HTTPS)", "https", true),
        ] {
            assert_eq!(holds(text, query), expected, "{query} in {text}");
        }
    }

    #[test]
    fn a_query_has_words() {
        for text in ["", "  ", " - . ", "*?"] {
            assert!(Query::new(text).is_none(), "{text:?}");
        }
    }
}
