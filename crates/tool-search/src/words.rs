//! Words of tools and of queries, made comparable.

use bm25::Tokenizer;
use rust_stemmers::{Algorithm, Stemmer};

/// Splits text into English word stems without stop words; `getHTTPLog`, `get_http_log` and "get the HTTP logs" become the same.
pub(crate) struct Words {
    stemmer: Stemmer,
    stop_words: Vec<&'static str>,
}

impl Words {
    pub(crate) fn new() -> Self {
        let mut stop_words = stop_words::get(stop_words::Language::English).to_vec();
        stop_words.sort_unstable();
        Self {
            stemmer: Stemmer::create(Algorithm::English),
            stop_words,
        }
    }
}

impl Tokenizer for Words {
    fn tokenize(&self, text: &str) -> Vec<String> {
        separate(text)
            .filter(|word| self.stop_words.binary_search(&word.as_str()).is_err())
            .map(|word| self.stemmer.stem(&word).into_owned())
            .collect()
    }
}

/// Lower-case words: split at whatever is neither letter nor digit, and where a name's humps begin.
fn separate(text: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::with_capacity(text.len() + text.len() / 8);
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let ends_acronym =
            before.is_uppercase() && characters.peek().is_some_and(|next| next.is_lowercase());
        if character.is_uppercase()
            && (before.is_lowercase() || before.is_ascii_digit() || ends_acronym)
        {
            spaced.push(' ');
        }
        let separates = !character.is_alphanumeric();
        spaced.push(if separates { ' ' } else { character });
        before = character;
    }
    let words: Vec<String> = spaced.split_whitespace().map(str::to_lowercase).collect();
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sentences_become_the_same_words() {
        let words = Words::new();
        for (text, stems) in [
            ("git_log", &["git", "log"][..]),
            ("GetHTTPLogs", &["get", "http", "log"]),
            ("PromQLQuery2Run", &["prom", "ql", "query2", "run"]),
            ("What's in the logs?", &["log"]),
            ("", &[]),
            ("Größe der Datei", &["größe", "der", "datei"]),
        ] {
            assert_eq!(words.tokenize(text), stems, "{text}");
        }
    }
}
