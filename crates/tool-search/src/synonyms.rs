//! What people say where tools say something else.

/// A word of a query, and the words that it also stands for. As written, not stems: the index stems both sides.
///
/// One way only: who asks for a bucket asks for a resource, and who asks for a resource does not ask for a bucket.
const SYNONYMS: &[(&str, &str)] = &[
    ("alert", "alarm"),
    ("article", "documentation page"),
    ("bill", "cost price"),
    ("bucket", "resource"),
    ("changed", "commit diff"),
    ("cheap", "price cost"),
    ("checkout", "branch"),
    ("cluster", "resource"),
    ("component", "resource"),
    ("configuration", "properties schema"),
    ("contents", "text read"),
    ("cost", "price"),
    ("dashboard", "metric"),
    ("docs", "documentation"),
    ("exception", "error"),
    ("expensive", "price cost"),
    ("expression", "query"),
    ("finished", "status complete"),
    ("folder", "directory"),
    ("graph", "metric"),
    ("history", "log"),
    ("image", "media"),
    ("look", "read show"),
    ("manual", "documentation"),
    ("monitoring", "metric alarm"),
    ("open", "read"),
    ("photo", "media image"),
    ("picture", "media image"),
    ("price", "cost"),
    ("progress", "status"),
    ("queue", "resource"),
    ("repo", "repository"),
    ("settings", "properties configuration"),
    ("slow", "latency duration"),
    ("table", "resource"),
    ("topic", "resource"),
    ("untracked", "status"),
    ("usage", "utilization metric"),
];

/// `query`, with the other words for its words at the end.
pub(crate) fn expand(query: &str) -> String {
    let mut expanded = query.to_owned();
    for word in query.split(|character: char| !character.is_alphanumeric()) {
        let word = word.to_lowercase();
        let singular = word.strip_suffix('s').unwrap_or(&word);
        for (said, meant) in SYNONYMS {
            if *said == word || *said == singular {
                expanded.push(' ');
                expanded.push_str(meant);
            }
        }
    }
    expanded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_added_and_none_is_lost() {
        assert_eq!(expand("Folders, please"), "Folders, please directory");
        assert_eq!(expand("nothing of this"), "nothing of this");
    }

    #[test]
    fn the_table_is_sorted_and_says_everything_once() {
        assert!(SYNONYMS.is_sorted_by(|(a, _), (b, _)| a < b));
    }
}
