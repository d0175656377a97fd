//! Mistakes, each with its place and the right form.

use std::fmt;

/// A place in the manifest, counted from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it is.
    pub position: Position,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

/// All mistakes of one manifest, in the order of the file. `Display` has one
/// `file:line:column: message` line and one `hint:` line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    file: String,
    problems: Vec<Problem>,
}

impl Problems {
    /// No mistakes yet, in a file of this name.
    #[must_use]
    pub fn new(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            problems: Vec::new(),
        }
    }

    /// Adds one mistake.
    pub fn push(
        &mut self,
        position: Position,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let problem = Problem {
            position,
            message: message.into(),
            hint: hint.into(),
        };
        if let Err(place) = self.problems.binary_search(&problem) {
            self.problems.insert(place, problem);
        }
    }

    /// Adds all mistakes of `other`.
    pub fn extend(&mut self, other: Problems) {
        for problem in other.problems {
            self.push(problem.position, problem.message, problem.hint);
        }
    }

    /// `value` when there are no mistakes.
    ///
    /// # Errors
    ///
    /// All mistakes, when there are some.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// The mistakes in the order of the file.
    #[must_use]
    pub fn as_slice(&self) -> &[Problem] {
        &self.problems
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.problems.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let Position { line, column } = problem.position;
            let separator = if index == 0 { "" } else { "\n" };
            write!(
                f,
                "{separator}{}:{line}:{column}: {}\n  hint: {}",
                self.file, problem.message, problem.hint
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// The candidate that `word` most likely meant, when one is near enough to be worth suggesting.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edit distance in which swapping two neighbours counts once, as in typing.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().take(100).collect();
    let right: Vec<char> = right.chars().take(100).collect();
    let mut before_previous: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, from) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, to) in right.iter().enumerate() {
            let substituted = previous[column] + usize::from(from != to);
            let mut cost = substituted
                .min(previous[column + 1] + 1)
                .min(current[column] + 1);
            let swapped =
                row > 0 && column > 0 && left[row - 1] == *to && right[column - 1] == *from;
            if swapped {
                cost = cost.min(before_previous[column - 1] + 1);
            }
            current.push(cost);
        }
        before_previous = previous;
        previous = current;
    }
    previous.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_suggested_and_a_far_one_is_not() {
        let words = ["memory", "timeout", "env"];
        assert_eq!(closest("memroy", words), Some("memory"));
        assert_eq!(closest("Timeouts", words), Some("timeout"));
        assert_eq!(closest("enw", words), Some("env"));
        assert_eq!(closest("runtime", words), None);
        assert_eq!(closest("", words), None);
    }
}
