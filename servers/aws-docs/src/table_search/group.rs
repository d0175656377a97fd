//! A table's rows as values by column, grouped where cells span rows.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::query::Query;
use crate::markdown::{Grid, Links, Slot, Style, render, words};

/// Values by column, in the order of the columns; of a group also its child rows.
#[derive(Debug)]
pub(crate) struct TableRow {
    values: Vec<(String, String)>,
    children: Option<Vec<TableRow>>,
}

impl Serialize for TableRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (column, value) in &self.values {
            map.serialize_entry(column, value)?;
        }
        if let Some(children) = &self.children {
            map.serialize_entry("rows", children)?;
        }
        map.end()
    }
}

impl JsonSchema for TableRow {
    fn schema_name() -> Cow<'static, str> {
        "TableRow".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": true })
    }
}

/// A table that can be searched.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(crate) columns: Vec<String>,
    grid: Grid<'a>,
    links: &'a Links,
    /// Rows that belong together: begin and end. One row each in a table without groups.
    groups: Vec<(usize, usize)>,
    /// Columns whose cells span whole groups. Empty: the table has no groups.
    parents: Vec<usize>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(grid: Grid<'a>, links: &'a Links) -> Self {
        let groups = groups(&grid);
        let parents = parents(&grid, &groups);
        let rows = grid.body.len();
        let grouped = !parents.is_empty();
        Self {
            columns: unique(grid.heads(Style::Words, None)),
            groups: if grouped {
                groups
            } else {
                (0..rows).map(|row| (row, row + 1)).collect()
            },
            parents,
            grid,
            links,
        }
    }

    pub(crate) fn total_rows(&self) -> usize {
        self.groups.len()
    }

    /// Names of the columns whose cells span groups of rows, if any do.
    pub(crate) fn parent_columns(&self) -> Option<Vec<String>> {
        (!self.parents.is_empty()).then(|| self.names(true))
    }

    /// Names of the other columns, if there are groups.
    pub(crate) fn child_columns(&self) -> Option<Vec<String>> {
        (!self.parents.is_empty()).then(|| self.names(false))
    }

    fn names(&self, of_parents: bool) -> Vec<String> {
        let columns = self.columns.iter().enumerate();
        columns
            .filter(|(column, _)| self.parents.contains(column) == of_parents)
            .map(|(_, name)| name.clone())
            .collect()
    }

    /// How many rows, or groups of rows, hold all words, and the best of them.
    pub(crate) fn matches(&self, query: &Query, max_rows: usize) -> (usize, Vec<TableRow>) {
        let mut texts = HashMap::new();
        let mut found: Vec<(usize, (usize, usize), Vec<usize>)> = Vec::new();
        for &(begin, end) in &self.groups {
            let mut rows = Vec::new();
            let mut hits = 0;
            for row in begin..end {
                let mut held = Vec::new();
                let mut of_parents = Vec::new();
                for (column, slot) in self.grid.body[row].iter().enumerate() {
                    let Some(slot) = slot else { continue };
                    let text: &mut Vec<bool> = texts
                        .entry(slot.number)
                        .or_insert_with(|| query.held_by(&words(slot.cell)));
                    if column == 0 {
                        hits = hits.max(text.iter().filter(|held| **held).count());
                    }
                    merge(&mut held, text);
                    if self.parents.contains(&column) {
                        merge(&mut of_parents, text);
                    }
                }
                if all(&of_parents) {
                    // The group itself matches, so that it is shown whole.
                    rows = (begin..end).collect();
                    break;
                }
                if all(&held) {
                    rows.push(row);
                }
            }
            if !rows.is_empty() {
                found.push((hits, (begin, end), rows));
            }
        }
        let matched = found.len();
        // Stable: equals stay in the order of the table.
        found.sort_by_key(|(hits, ..)| std::cmp::Reverse(*hits));
        let shown = found.into_iter().take(max_rows);
        (
            matched,
            shown
                .map(|(_, group, rows)| self.shown(group.0, &rows))
                .collect(),
        )
    }

    fn shown(&self, first: usize, rows: &[usize]) -> TableRow {
        if self.parents.is_empty() {
            return self.row(first, |_| true);
        }
        let is_parent = |column| self.parents.contains(&column);
        let child = |row: &usize| self.row(*row, |column| !is_parent(column));
        TableRow {
            children: Some(rows.iter().map(child).collect()),
            ..self.row(first, is_parent)
        }
    }

    fn row(&self, row: usize, wanted: impl Fn(usize) -> bool) -> TableRow {
        let value = |column: usize| {
            let slot = self.grid.body[row].get(column).copied().flatten();
            slot.map_or_else(String::new, |slot| {
                render(slot.cell, Style::Value, Some(self.links))
            })
        };
        let columns = self.columns.iter().enumerate();
        let columns = columns.filter(|(column, _)| wanted(*column));
        TableRow {
            values: columns
                .map(|(column, name)| (name.clone(), value(column)))
                .collect(),
            children: None,
        }
    }
}

fn merge(held: &mut Vec<bool>, more: &[bool]) {
    held.resize(more.len(), false);
    for (held, more) in held.iter_mut().zip(more) {
        *held |= more;
    }
}

fn all(held: &[bool]) -> bool {
    !held.is_empty() && held.iter().all(|held| *held)
}

fn slot<'a>(grid: &Grid<'a>, row: usize, column: usize) -> Option<Slot<'a>> {
    grid.body.get(row)?.get(column).copied().flatten()
}

/// Runs of rows that one cell of the first column spans.
fn groups(grid: &Grid<'_>) -> Vec<(usize, usize)> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for row in 0..grid.body.len() {
        let continues = slot(grid, row, 0).is_some_and(|slot| slot.from_above);
        match groups.last_mut() {
            Some(last) if continues => last.1 = row + 1,
            _ => groups.push((row, row + 1)),
        }
    }
    groups
}

/// Columns that have one cell for all rows of each group. None, when no group has several rows, or
/// when no column would be left.
fn parents(grid: &Grid<'_>, groups: &[(usize, usize)]) -> Vec<usize> {
    if groups.iter().all(|(begin, end)| end - begin == 1) {
        return Vec::new();
    }
    let spans = |column: usize| {
        let number = |row| slot(grid, row, column).map(|slot| slot.number);
        let whole = |(begin, end): &(usize, usize)| {
            (begin + 1..*end).all(|row| number(row).is_some() && number(row) == number(*begin))
        };
        groups.iter().all(whole)
    };
    let parents: Vec<usize> = (0..grid.columns).filter(|column| spans(*column)).collect();
    if parents.len() == grid.columns {
        return Vec::new();
    }
    parents
}

/// Names for columns without one, and numbers for those with the same. `rows` is taken: a group has
/// its child rows there.
fn unique(names: Vec<String>) -> Vec<String> {
    let mut taken = BTreeSet::from(["rows".to_owned()]);
    let named = names.into_iter().enumerate().map(|(column, name)| {
        let name = match name.as_str() {
            "" => format!("Column {}", column + 1),
            _ => name,
        };
        let numbered = (2..).map(|count| format!("{name} ({count})"));
        let free = std::iter::once(name.clone()).chain(numbered);
        let mut free = free.filter(|name| !taken.contains(name));
        let name = free.next().expect("there is always another number");
        drop(free);
        taken.insert(name.clone());
        name
    });
    named.collect()
}
