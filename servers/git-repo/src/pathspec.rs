//! Patterns of paths, by git's rules (gitglossary, "pathspec").

use crate::error::GitError;

/// One pattern.
#[derive(Debug, Clone)]
pub(crate) struct Pathspec {
    /// As the caller wrote it.
    pub(crate) given: String,
    pattern: Vec<u8>,
    /// Matches nothing itself; takes away from the others.
    pub(crate) exclude: bool,
    literal: bool,
    /// `*` stops at `/`, and `**` does not.
    glob: bool,
    ignore_case: bool,
}

impl Pathspec {
    /// Reads magic words and the pattern. `relative` turns a plain path into one from the root of
    /// the repository.
    pub(crate) fn parse(
        given: &str,
        relative: impl Fn(&str) -> Result<Vec<u8>, GitError>,
    ) -> Result<Self, GitError> {
        let unknown = || GitError::UnknownPathspecMagic {
            path: given.to_owned(),
        };
        let mut spec = Self {
            given: given.to_owned(),
            pattern: Vec::new(),
            exclude: false,
            literal: false,
            glob: false,
            ignore_case: false,
        };
        let rest = match given.strip_prefix(':') {
            None => given,
            Some(rest) => match rest.strip_prefix('(') {
                Some(rest) => {
                    let (words, rest) = rest.split_once(')').ok_or_else(unknown)?;
                    for word in words.split(',') {
                        match word {
                            "top" | "" => {}
                            "exclude" => spec.exclude = true,
                            "literal" => spec.literal = true,
                            "glob" => spec.glob = true,
                            "icase" => spec.ignore_case = true,
                            _ => return Err(unknown()),
                        }
                    }
                    rest
                }
                None => {
                    let end = rest.find(|sign| !matches!(sign, '/' | '!' | '^'));
                    let (signs, rest) = rest.split_at(end.unwrap_or(rest.len()));
                    spec.exclude = signs.contains(['!', '^']);
                    match rest.strip_prefix(':') {
                        Some(rest) => rest,
                        // Other punctuation is kept for future magic.
                        None if rest.starts_with(|sign: char| {
                            sign.is_ascii_punctuation()
                                && !matches!(sign, '.' | '*' | '?' | '[' | '_' | '-' | '\\')
                        }) =>
                        {
                            return Err(unknown());
                        }
                        None => rest,
                    }
                }
            },
        };
        spec.pattern = relative(rest)?;
        if spec.literal && spec.glob {
            return Err(unknown());
        }
        Ok(spec)
    }

    /// The path that this names when taken literally, without a final `/`.
    pub(crate) fn literal_path(&self) -> &[u8] {
        self.pattern.strip_suffix(b"/").unwrap_or(&self.pattern)
    }

    /// Whether this can only name one file or folder.
    pub(crate) fn is_plain(&self) -> bool {
        !self.ignore_case && !self.exclude && !self.has_wildcards()
    }

    fn has_wildcards(&self) -> bool {
        !self.literal
            && self
                .pattern
                .iter()
                .any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\'))
    }

    /// Whether `path`, a file, is this one or is in this folder or fits the pattern.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        let folded;
        let (pattern, path) = if self.ignore_case {
            folded = (self.pattern.to_ascii_lowercase(), path.to_ascii_lowercase());
            (folded.0.as_slice(), folded.1.as_slice())
        } else {
            (self.pattern.as_slice(), path)
        };
        if pattern.is_empty() {
            return true;
        }
        if let Some(rest) = path.strip_prefix(pattern)
            && (rest.is_empty() || pattern.ends_with(b"/") || rest.starts_with(b"/"))
        {
            return true;
        }
        self.has_wildcards() && wildmatch(pattern, path, self.glob)
    }
}

/// Matches shell wildcards. With `by_folder`, `*`, `?` and `[…]` do not match `/`, and `**` does.
fn wildmatch(pattern: &[u8], text: &[u8], by_folder: bool) -> bool {
    // A pattern of many stars can be matched in very many ways; nobody means such a one.
    let mut budget = 1_000_000_u32;
    matches_from(pattern, text, by_folder, &mut budget)
}

fn matches_from(mut pattern: &[u8], mut text: &[u8], by_folder: bool, budget: &mut u32) -> bool {
    loop {
        let Some(left) = budget.checked_sub(1) else {
            return false;
        };
        *budget = left;
        match pattern {
            [] => return text.is_empty(),
            [b'*', b'*', b'/', rest @ ..] if by_folder => {
                // Any number of folders, also none.
                if matches_from(rest, text, by_folder, budget) {
                    return true;
                }
                let Some(slash) = text.iter().position(|&byte| byte == b'/') else {
                    return false;
                };
                text = &text[slash + 1..];
            }
            [b'*', rest @ ..] => {
                let crosses = !by_folder || rest.starts_with(b"*");
                let stars = rest.iter().take_while(|&&byte| byte == b'*').count();
                let rest = &rest[stars..];
                for end in 0..=text.len() {
                    if matches_from(rest, &text[end..], by_folder, budget) {
                        return true;
                    }
                    if !crosses && text.get(end) == Some(&b'/') {
                        return false;
                    }
                }
                return false;
            }
            [first, rest @ ..] => {
                let Some((&byte, text_rest)) = text.split_first() else {
                    return false;
                };
                let (fits, rest) = match first {
                    b'?' => (!by_folder || byte != b'/', rest),
                    b'[' => match bracket(rest, byte) {
                        Some((fits, rest)) => (fits && !(by_folder && byte == b'/'), rest),
                        None => return false,
                    },
                    b'\\' => match rest.split_first() {
                        Some((&escaped, rest)) => (escaped == byte, rest),
                        None => (false, rest),
                    },
                    _ => (*first == byte, rest),
                };
                if !fits {
                    return false;
                }
                (pattern, text) = (rest, text_rest);
            }
        }
    }
}

/// Matches `byte` against what follows a `[`. `None` when the bracket never closes.
fn bracket(pattern: &[u8], byte: u8) -> Option<(bool, &[u8])> {
    let (negated, mut rest) = match pattern {
        [b'!' | b'^', rest @ ..] => (true, rest),
        _ => (false, pattern),
    };
    let mut found = false;
    let mut first = true;
    loop {
        match rest {
            [] => return None,
            [b']', after @ ..] if !first => return Some((found != negated, after)),
            [b'[', b':', after @ ..] => {
                let end = after.windows(2).position(|pair| pair == b":]")?;
                found |= in_class(&after[..end], byte);
                rest = &after[end + 2..];
            }
            [low, b'-', high, after @ ..] if *high != b']' => {
                found |= (*low..=*high).contains(&byte);
                rest = after;
            }
            [b'\\', one, after @ ..] | [one, after @ ..] => {
                found |= *one == byte;
                rest = after;
            }
        }
        first = false;
    }
}

fn in_class(class: &[u8], byte: u8) -> bool {
    match class {
        b"alpha" => byte.is_ascii_alphabetic(),
        b"digit" => byte.is_ascii_digit(),
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"upper" => byte.is_ascii_uppercase(),
        b"lower" => byte.is_ascii_lowercase(),
        b"space" => byte.is_ascii_whitespace(),
        b"punct" => byte.is_ascii_punctuation(),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> Pathspec {
        Pathspec::parse(text, |path| Ok(path.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn patterns_match_as_in_git() {
        for (pattern, path, expected) in [
            ("src", "src/a.txt", true),
            ("src/", "src/a.txt", true),
            ("src", "src2/a.txt", false),
            ("*.txt", "src/a.txt", true),
            (":(glob)*.txt", "src/a.txt", false),
            (":(glob)**/*.txt", "src/deep/a.txt", true),
            (":(glob)**/*.txt", "a.txt", true),
            (":(glob)src/**", "src/deep/a.txt", true),
            ("a[0-9].txt", "a7.txt", true),
            ("a[!0-9].txt", "a7.txt", false),
            ("a[[:alpha:]].txt", "ab.txt", true),
            ("a[1].txt", "a[1].txt", true),
            (":(literal)*.txt", "a.txt", false),
            (":(literal)*.txt", "*.txt", true),
            (":(icase)README", "readme", true),
            (":/src/a.txt", "src/a.txt", true),
            ("s?c/a.txt", "src/a.txt", true),
            ("\\*.txt", "*.txt", true),
            ("\\*.txt", "a.txt", false),
        ] {
            assert_eq!(
                spec(pattern).matches(path.as_bytes()),
                expected,
                "{pattern} {path}"
            );
        }
        assert!(spec(":!x").exclude && spec(":(exclude)x").exclude && spec(":^x").exclude);
    }

    #[test]
    fn magic_that_is_not_known_is_refused() {
        for text in [":(attr:x)a", ":(glob", ":(literal,glob)a", ":#a"] {
            let error = Pathspec::parse(text, |path| Ok(path.as_bytes().to_vec())).unwrap_err();
            assert!(
                matches!(error, GitError::UnknownPathspecMagic { .. }),
                "{text}"
            );
        }
    }

    #[test]
    fn a_pattern_made_to_be_slow_ends() {
        let pattern = "a*".repeat(200) + "b";
        assert!(!spec(&pattern).matches("a".repeat(4000).as_bytes()));
    }
}
