//! Tables: cells that span rows and columns are put where they belong.

use super::inline::render;
use super::links::Links;
use super::style::Style;
use crate::html::{NodeExt, NodeRef, is_dropped};

/// More columns are not read. The widest tables of the documentation have some twenty.
const MOST_COLUMNS: usize = 100;

/// A cell, in one of the places that it covers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot<'a> {
    pub(crate) cell: NodeRef<'a>,
    /// Number of the cell in its table: the same in all places that it covers.
    pub(crate) number: usize,
    /// Whether the cell begins in a row above, or in a column to the left.
    pub(crate) from_above: bool,
    pub(crate) from_left: bool,
}

/// One row: a place for each column. `None`: the row ends early.
pub(crate) type Row<'a> = Vec<Option<Slot<'a>>>;

/// A table as a grid.
#[derive(Debug)]
pub(crate) struct Grid<'a> {
    pub(crate) caption: Option<NodeRef<'a>>,
    pub(crate) head: Vec<Row<'a>>,
    pub(crate) body: Vec<Row<'a>>,
    pub(crate) columns: usize,
}

/// How much text of cells may be repeated in the rows that they span, in bytes. Without it a page
/// could grow with the square of its size.
#[derive(Debug)]
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(500_000)
    }
}

/// Cells that reach into the rows below: the slot, and for how many rows.
type Spans<'a> = Vec<Option<(Slot<'a>, usize)>>;

impl<'a> Grid<'a> {
    pub(crate) fn new(table: NodeRef<'a>) -> Self {
        let mut grid = Self {
            caption: None,
            head: Vec::new(),
            body: Vec::new(),
            columns: 0,
        };
        let mut cells = 0;
        let mut loose = Spans::new();
        let mut headed = false;
        for child in table.children().filter(|child| !is_dropped(*child)) {
            match child.tag() {
                "caption" => grid.caption = Some(child),
                "thead" => {
                    headed = true;
                    let rows = rows(child, &mut Spans::new(), &mut cells);
                    grid.head.extend(rows);
                }
                "tbody" | "tfoot" => {
                    let rows = rows(child, &mut Spans::new(), &mut cells);
                    grid.body.extend(rows);
                }
                "tr" => grid.body.extend(row(child, &mut loose, &mut cells)),
                _ => {}
            }
        }
        if !headed {
            let heads = |row: &Row<'_>| row.iter().flatten().all(|s| s.cell.tag() == "th");
            let count = grid.body.iter().take_while(|row| heads(row)).count();
            // A table of nothing but heads is data.
            if count < grid.body.len() {
                grid.head = grid.body.drain(..count).collect();
            }
        }
        let widths = grid.head.iter().chain(&grid.body).map(Vec::len);
        grid.columns = widths.max().unwrap_or(0);
        grid
    }

    /// The text of each column's head. Heads of several rows are joined with ` - `.
    pub(crate) fn heads(&self, style: Style, links: Option<&Links>) -> Vec<String> {
        let head = |column: usize| {
            let mut numbers = Vec::new();
            let mut texts = Vec::new();
            for slot in self.head.iter().filter_map(|row| row.get(column)?.as_ref()) {
                if numbers.contains(&slot.number) {
                    continue;
                }
                numbers.push(slot.number);
                let text = render(slot.cell, style, links);
                if !text.is_empty() {
                    texts.push(text);
                }
            }
            texts.join(" - ")
        };
        (0..self.columns).map(head).collect()
    }
}

fn rows<'a>(group: NodeRef<'a>, spans: &mut Spans<'a>, cells: &mut usize) -> Vec<Row<'a>> {
    let rows = group.children().filter(|child| child.tag() == "tr");
    rows.filter_map(|tr| row(tr, spans, cells)).collect()
}

/// The places of one row. `None` for a row without cells of its own.
fn row<'a>(tr: NodeRef<'a>, spans: &mut Spans<'a>, cells: &mut usize) -> Option<Row<'a>> {
    let mut row = Row::new();
    let is_cell = |node: &NodeRef<'_>| matches!(node.tag(), "td" | "th");
    let own = tr.children().filter(is_cell);
    for cell in own {
        fill(&mut row, spans);
        *cells += 1;
        let columns = span(cell, "colspan").clamp(1, MOST_COLUMNS);
        let rows = span(cell, "rowspan");
        for column in 0..columns {
            if row.len() >= MOST_COLUMNS {
                break;
            }
            let slot = Slot {
                cell,
                number: *cells,
                from_above: false,
                from_left: column > 0,
            };
            if spans.len() <= row.len() {
                spans.resize(row.len() + 1, None);
            }
            // Zero: to the end of the group.
            let below = if rows == 0 { usize::MAX } else { rows - 1 };
            spans[row.len()] = (below > 0).then_some((slot, below));
            row.push(Some(slot));
        }
    }
    // A row without cells of its own is none, but counts for the cells that span it.
    let is_empty = row.is_empty();
    while row.len() < spans.len() {
        let before = row.len();
        fill(&mut row, spans);
        if row.len() == before {
            row.push(None);
        }
    }
    while row.last().is_some_and(Option::is_none) {
        row.pop();
    }
    (!is_empty).then_some(row)
}

/// Puts cells from above where the next cell of the row would be.
fn fill<'a>(row: &mut Row<'a>, spans: &mut Spans<'a>) {
    while let Some(Some((slot, below))) = spans.get(row.len()).copied() {
        spans[row.len()] = (below > 1).then_some((slot, below - 1));
        row.push(Some(Slot {
            from_above: true,
            ..slot
        }));
    }
}

fn span(cell: NodeRef<'_>, name: &str) -> usize {
    let value = cell.attribute(name);
    value
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(1)
}

/// The table in Markdown, with `shown` rows of data; empty for a table without cells. A cell that
/// spans rows is repeated in each, one that spans columns stands in the first.
pub(crate) fn markdown(
    grid: &Grid<'_>,
    shown: usize,
    links: &Links,
    budget: &mut Budget,
) -> String {
    if grid.columns == 0 {
        return String::new();
    }
    let mut lines = Vec::with_capacity(shown + 2);
    let heads = grid.heads(Style::Cell, Some(links));
    lines.push(line(heads.iter().map(String::as_str)));
    lines.push(line((0..grid.columns).map(|_| "---")));
    let mut above: Vec<(usize, String)> = vec![(0, String::new()); grid.columns];
    for row in grid.body.iter().take(shown) {
        for (column, place) in above.iter_mut().enumerate() {
            let slot = row.get(column).copied().flatten();
            match slot {
                Some(slot) if slot.from_left => *place = (slot.number, String::new()),
                Some(slot) if slot.from_above && slot.number == place.0 => {
                    match budget.0.checked_sub(place.1.len()) {
                        Some(left) => budget.0 = left,
                        None => place.1.clear(),
                    }
                }
                Some(slot) => {
                    *place = (slot.number, render(slot.cell, Style::Cell, Some(links)));
                }
                None => *place = (0, String::new()),
            }
        }
        lines.push(line(above.iter().map(|(_, text)| text.as_str())));
    }
    lines.join("\n")
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = "|".to_owned();
    for cell in cells {
        if !cell.is_empty() {
            line.push(' ');
            // Everywhere in a cell, in code too: GitHub Flavored Markdown, 4.10.
            line.push_str(&cell.replace('|', "\\|"));
        }
        line.push_str(" |");
    }
    line
}
