//! Globs on relative paths, character by character, hidden names included.
//!
//! `*` and `?` stay within a name, `**` as a whole part of the path stands for any number of
//! directories, `[a-z]` and `[!a-z]` for one character, `{a,b}` and `{1..3}` for alternatives,
//! `\` takes the next character by the letter. Matching takes at most the product of the two
//! lengths for each alternative, whatever the pattern.

/// Alternatives that one pattern may stand for.
const MOST_ALTERNATIVES: usize = 256;

/// Longest pattern in bytes, as long as the longest path. Reading one takes the square of this.
const LONGEST: usize = 4_096;

/// A glob.
#[derive(Debug)]
pub(crate) struct Glob(Vec<Vec<Part>>);

/// What stands between two slashes.
#[derive(Debug)]
enum Part {
    /// `**`
    Directories,
    Name(Vec<Token>),
}

#[derive(Debug)]
enum Token {
    /// `*`
    Any,
    /// `?`
    One,
    Letter(char),
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    /// # Errors
    ///
    /// The reason why a pattern is not understood.
    pub(crate) fn new(pattern: &str) -> Result<Self, &'static str> {
        if pattern.len() > LONGEST {
            return Err("it is longer than 4096 bytes");
        }
        let groups = ["?(", "*(", "+(", "@(", "!("];
        if groups.iter().any(|group| has_alternatives(pattern, group)) {
            return Err("groups as `@(a|b)` are not known; write alternatives as `{a,b}`");
        }
        if pattern.contains("[[:") {
            return Err("classes as `[[:alpha:]]` are not known; write them out, as `[a-zA-Z]`");
        }
        let mut alternatives = Vec::new();
        expand(pattern, 0, &mut alternatives)?;
        let parts = |pattern: &String| pattern.split('/').map(part).collect();
        Ok(Self(alternatives.iter().map(parts).collect()))
    }

    /// Whether a relative path matches as a whole.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let names: Vec<Vec<char>> = path.split('/').map(|name| name.chars().collect()).collect();
        self.0.iter().any(|parts| parts_match(parts, &names))
    }
}

fn has_alternatives(pattern: &str, group: &str) -> bool {
    pattern.match_indices(group).any(|(start, _)| {
        let inside = &pattern[start..];
        let end = inside.find(')').unwrap_or(inside.len());
        inside[..end].contains('|')
    })
}

/// Writes out the braces of a pattern. Before `search` there are none.
fn expand(pattern: &str, mut search: usize, into: &mut Vec<String>) -> Result<(), &'static str> {
    while let Some((start, end)) = braces(pattern, search) {
        let inside = &pattern[start + 1..end];
        let choices = choices(inside)?;
        if choices.is_empty() {
            search = start + 1; // `{}` and `{a}` are no alternatives
            continue;
        }
        for choice in choices {
            let written = format!("{}{choice}{}", &pattern[..start], &pattern[end + 1..]);
            expand(&written, start, into)?;
        }
        return Ok(());
    }
    if into.len() == MOST_ALTERNATIVES {
        return Err("it stands for more than 256 alternatives");
    }
    into.push(pattern.to_owned());
    Ok(())
}

/// The first brace from `from` on, and the one that closes it.
fn braces(pattern: &str, from: usize) -> Option<(usize, usize)> {
    let mut open = Vec::new();
    let mut escaped = false;
    let mut first: Option<(usize, usize)> = None;
    for (index, letter) in pattern
        .char_indices()
        .skip_while(|(index, _)| *index < from)
    {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => open.push(index),
            '}' => {
                if let Some(start) = open.pop()
                    && first.is_none_or(|(first, _)| start < first)
                {
                    first = Some((start, index));
                }
            }
            _ => {}
        }
    }
    first
}

/// What stands between the commas, or in the range; nothing when there is neither.
fn choices(inside: &str) -> Result<Vec<String>, &'static str> {
    let mut choices = vec![String::new()];
    let (mut depth, mut escaped) = (0_usize, false);
    for letter in inside.chars() {
        let splits = letter == ',' && depth == 0 && !escaped;
        if splits {
            choices.push(String::new());
            continue;
        }
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if let Some(choice) = choices.last_mut() {
            choice.push(letter);
        }
    }
    if choices.len() > 1 {
        return Ok(choices);
    }
    match inside.split_once("..") {
        Some((from, to)) => range(from, to),
        None => Ok(Vec::new()),
    }
}

fn range(from: &str, to: &str) -> Result<Vec<String>, &'static str> {
    if let (Ok(from), Ok(to)) = (from.parse::<i64>(), to.parse::<i64>()) {
        if from.abs_diff(to) >= MOST_ALTERNATIVES as u64 {
            return Err("it stands for more than 256 alternatives");
        }
        let (low, high) = (from.min(to), from.max(to));
        return Ok((low..=high).map(|number| number.to_string()).collect());
    }
    let letter = |text: &str| {
        let mut letters = text.chars();
        let letter = letters.next().filter(char::is_ascii_alphabetic)?;
        letters.next().is_none().then_some(letter)
    };
    Ok(match (letter(from), letter(to)) {
        (Some(from), Some(to)) => (from.min(to)..=from.max(to)).map(String::from).collect(),
        _ => Vec::new(),
    })
}

fn part(pattern: &str) -> Part {
    if pattern == "**" {
        return Part::Directories;
    }
    let letters: Vec<char> = pattern.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        at += 1;
        let token = match letter {
            '*' => Token::Any,
            '?' => Token::One,
            '\\' => {
                let escaped = letters.get(at).copied().unwrap_or('\\');
                at += 1;
                Token::Letter(escaped)
            }
            '[' => match class(&letters[at..]) {
                Some((class, length)) => {
                    at += length;
                    class
                }
                None => Token::Letter('['),
            },
            letter => Token::Letter(*letter),
        };
        tokens.push(token);
    }
    Part::Name(tokens)
}

/// The class that begins after a `[`, and its length with the `]`.
fn class(letters: &[char]) -> Option<(Token, usize)> {
    let negated = matches!(letters.first(), Some('!' | '^'));
    let start = usize::from(negated);
    // A `]` in the first place is a member.
    let members = start + 1;
    let end = members
        + letters
            .get(members..)?
            .iter()
            .position(|letter| *letter == ']')?;
    let mut ranges = Vec::new();
    let mut at = start;
    while at < end {
        if at + 2 < end && letters[at + 1] == '-' {
            ranges.push((letters[at], letters[at + 2]));
            at += 3;
        } else {
            ranges.push((letters[at], letters[at]));
            at += 1;
        }
    }
    Some((Token::Class { negated, ranges }, end + 1))
}

/// Goes back to the last `**` only, which is enough.
fn parts_match(parts: &[Part], names: &[Vec<char>]) -> bool {
    let (mut part, mut name) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while name < names.len() {
        let fits = match parts.get(part) {
            Some(Part::Directories) => {
                // At the end it stands for all that is below, which is something.
                if part + 1 == parts.len() {
                    return true;
                }
                back = Some((part, name));
                part += 1;
                continue;
            }
            Some(Part::Name(tokens)) => name_matches(tokens, &names[name]),
            None => false,
        };
        if fits {
            part += 1;
            name += 1;
        } else if let Some((star, from)) = back {
            back = Some((star, from + 1));
            part = star + 1;
            name = from + 1;
        } else {
            return false;
        }
    }
    part == parts.len()
}

/// Goes back to the last `*` only, which is enough.
fn name_matches(tokens: &[Token], name: &[char]) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while at < name.len() {
        let letter = name[at];
        let fits = match tokens.get(token) {
            Some(Token::Any) => {
                back = Some((token, at));
                token += 1;
                continue;
            }
            Some(Token::One) => true,
            Some(Token::Letter(expected)) => letter == *expected,
            Some(Token::Class { negated, ranges }) => {
                ranges
                    .iter()
                    .any(|(from, to)| (*from..=*to).contains(&letter))
                    != *negated
            }
            None => false,
        };
        if fits {
            token += 1;
            at += 1;
        } else if let Some((star, from)) = back {
            back = Some((star, from + 1));
            token = star + 1;
            at = from + 1;
        } else {
            return false;
        }
    }
    tokens[token..]
        .iter()
        .all(|token| matches!(token, Token::Any))
}

#[cfg(test)]
mod tests;
