//! Rows of a page's tables that hold all words of a query.

mod group;
mod query;

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::DocsError;
use crate::html::{NodeExt, NodeRef, main_area};
use crate::markdown::{Grid, words};
use crate::page::Page;
use crate::sections::{is_hidden, key, quoted};

use group::Table;
pub(crate) use group::TableRow;
pub(crate) use query::Query;

/// Output of `search_table`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
pub(crate) struct Found {
    /// The page that was served.
    url: String,
    /// The section that was searched; the first section with a table when all were.
    section_title: String,
    /// The words that were searched for.
    query: String,
    /// Tables that were searched.
    tables_searched: usize,
    /// Tables with matching rows.
    tables_with_matches: usize,
    /// Those tables, in the order of the page.
    results: Vec<TableResult>,
    /// What to try when there is nothing.
    hint: Option<String>,
}

/// The matching rows of one table.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
pub(crate) struct TableResult {
    /// The heading above the table, where it is not the section that was asked for.
    table_heading: Option<String>,
    /// Names of all columns.
    columns: Vec<String>,
    /// Columns whose cells span the rows of a group; null for a table without.
    parent_columns: Option<Vec<String>>,
    /// The other columns of such a table: the members of a group's `rows`.
    child_columns: Option<Vec<String>>,
    /// Rows of the table, or groups of rows.
    total_rows: usize,
    /// Those that match.
    matched_rows: usize,
    /// Those of them in `rows`.
    showing: usize,
    /// Values by column; a group has its child rows in `rows`. Best matches first.
    rows: Vec<TableRow>,
}

/// A heading or a table, in the order of the page.
struct Headed<'a> {
    /// Of the heading; of the one above a table.
    title: String,
    level: u8,
    table: Option<NodeRef<'a>>,
}

/// Searches the tables of a page, or of one of its sections.
///
/// # Errors
///
/// When the page is not HTML, or cannot be taken apart.
pub(crate) fn search(
    page: &Page,
    section: Option<&str>,
    query: &Query,
    max_rows: usize,
) -> Result<Found, DocsError> {
    let document = page.document()?;
    let outline = outline(main_area(document.root()));
    let tables = match section {
        None => outline.iter().filter(|item| item.table.is_some()).collect(),
        Some(section) => tables_of(&outline, section),
    };
    let first = tables.first().map_or("", |item| item.title.as_str());
    let mut found = Found {
        url: page.url.to_string(),
        section_title: section.unwrap_or(first).to_owned(),
        query: query.text().to_owned(),
        tables_searched: tables.len(),
        tables_with_matches: 0,
        results: Vec::new(),
        hint: None,
    };
    let links = page.links();
    for item in &tables {
        let Some(node) = item.table else { continue };
        let table = Table::new(Grid::new(node), &links);
        let (matched_rows, rows) = table.matches(query, max_rows);
        if matched_rows == 0 {
            continue;
        }
        let asked = section.is_some_and(|section| key(section) == key(&item.title));
        found.tables_with_matches += 1;
        found.results.push(TableResult {
            table_heading: (!asked && !item.title.is_empty()).then(|| item.title.clone()),
            total_rows: table.total_rows(),
            matched_rows,
            showing: rows.len(),
            rows,
            parent_columns: table.parent_columns(),
            child_columns: table.child_columns(),
            columns: table.columns,
        });
    }
    found.hint = hint(&found, section, &outline);
    Ok(found)
}

fn hint(found: &Found, section: Option<&str>, outline: &[Headed<'_>]) -> Option<String> {
    if found.tables_with_matches > 0 {
        return None;
    }
    if found.tables_searched > 0 {
        return Some(
            "No row holds all words of the query. Try fewer or shorter words: a row has to hold each of them, as a word or as the beginning of one.".to_owned(),
        );
    }
    let Some(section) = section else {
        return Some("This page has no tables. Read it with `read_documentation`.".to_owned());
    };
    let headings = outline.iter().filter(|item| item.table.is_none());
    let all = quoted(headings.clone().map(|item| &item.title));
    let exists = headings
        .clone()
        .any(|item| key(&item.title) == key(section));
    Some(if exists {
        format!("Section {section:?} has no table. Sections of the page: {all}.")
    } else {
        format!("The page has no section {section:?}. It has: {all}.")
    })
}

/// Headings of level 1 to 4, and tables that are in no other table.
fn outline(area: NodeRef<'_>) -> Vec<Headed<'_>> {
    let mut outline = Vec::new();
    let mut title = String::new();
    for node in area.descendants() {
        let level = match node.tag() {
            "h1" => 1,
            "h2" => 2,
            "h3" => 3,
            "h4" => 4,
            "table" => 0,
            _ => continue,
        };
        if is_hidden(node) || node.ancestors().any(|node| node.tag() == "table") {
            continue;
        }
        if level > 0 {
            title = words(node);
        }
        outline.push(Headed {
            title: title.clone(),
            level,
            table: (level == 0).then_some(node),
        });
    }
    outline
}

/// The tables between a heading and the next one of its level or above.
fn tables_of<'o, 'a>(outline: &'o [Headed<'a>], section: &str) -> Vec<&'o Headed<'a>> {
    let is_it = |item: &Headed<'_>| item.table.is_none() && key(&item.title) == key(section);
    let Some(start) = outline.iter().position(is_it) else {
        return Vec::new();
    };
    let level = outline[start].level;
    let ends = |item: &&Headed<'_>| item.table.is_none() && item.level <= level;
    let inside = outline[start + 1..].iter().take_while(|item| !ends(item));
    inside.filter(|item| item.table.is_some()).collect()
}
