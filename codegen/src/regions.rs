//! The parts of a document between `<!-- generated:NAME -->` and `<!-- /generated -->`.

use std::ops::Range;

use anyhow::{Result, bail};

const START: &str = "<!-- generated:";
const END: &str = "<!-- /generated -->";

/// One part: its name, and where its content is, without the marker lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) content: Range<usize>,
}

/// Finds the parts of a document. A marker counts when it is alone on its line, outside of a
/// fenced block.
pub(crate) fn find(document: &str, text: &str) -> Result<Vec<Region>> {
    let mut regions = Vec::new();
    let mut open: Option<(String, usize, usize)> = None;
    let mut fenced = false;
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let start = offset;
        offset += line.len();
        let number = index + 1;
        let line = line.trim();
        if open.is_none() && (line.starts_with("```") || line.starts_with("~~~")) {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        if let Some(rest) = line.strip_prefix(START) {
            if let Some((name, _, line)) = &open {
                bail!("{document}:{number}: `{name}` of line {line} has no `{END}` yet");
            }
            let Some(name) = rest.strip_suffix("-->") else {
                bail!("{document}:{number}: the marker does not end with `-->`");
            };
            open = Some((name.trim().to_owned(), offset, number));
        } else if line == END {
            let Some((name, from, _)) = open.take() else {
                bail!("{document}:{number}: `{END}` without a `{START}NAME -->` before it");
            };
            regions.push(Region {
                name,
                content: from..start,
            });
        }
    }
    if let Some((name, _, line)) = open {
        bail!("{document}:{line}: `{name}` has no `{END}`");
    }
    Ok(regions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_is_between_the_marker_lines() {
        let text = "# A\n<!-- generated:servers -->\nold\n<!-- /generated -->\n\
                    ```\n<!-- generated:none -->\n```\n\
                    <!-- generated:tools -->\n<!-- /generated -->";
        let regions = find("README.md", text).unwrap();
        assert_eq!(regions.len(), 2);
        assert_eq!(regions[0].name, "servers");
        assert_eq!(&text[regions[0].content.clone()], "old\n");
        assert_eq!(&text[regions[1].content.clone()], "");
    }

    #[test]
    fn markers_that_do_not_match_are_errors_with_their_line() {
        let error = |text: &str| find("README.md", text).unwrap_err().to_string();
        assert_eq!(
            error("\n<!-- generated:servers -->\n"),
            "README.md:2: `servers` has no `<!-- /generated -->`"
        );
        assert_eq!(
            error("<!-- /generated -->"),
            "README.md:1: `<!-- /generated -->` without a `<!-- generated:NAME -->` before it"
        );
        assert_eq!(
            error("<!-- generated:a -->\n<!-- generated:b -->\n"),
            "README.md:2: `a` of line 1 has no `<!-- /generated -->` yet"
        );
    }
}
