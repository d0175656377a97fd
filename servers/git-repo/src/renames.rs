//! Finds renames among removed and new files, by git's rules, so that the same pairs and the same
//! percentages come out.
//!
//! Identical files first, then unique file names that are at least 75% alike, then the best of all
//! pairs that are at least 50% alike. Likeness is how many bytes of short pieces (lines, cut after
//! 64 bytes) both files have, relative to the larger one.

use std::collections::HashMap;

use crate::changes::Change;
use crate::content::{Content, LARGEST_DIFFED, Side, load};
use crate::error::GitError;
use crate::work_tree::WorkTree;

/// A perfect score.
const MOST: u64 = 60_000;
const LEAST: u64 = MOST / 2;
const LEAST_FOR_SAME_NAME: u64 = MOST / 4 * 3;
/// Sources times destinations that are compared, squared root: git's `diff.renameLimit`.
const LIMIT: usize = 1000;
/// Candidates that are remembered for each destination.
const CANDIDATES: usize = 4;
/// Bytes that are read to compare contents; beyond, only identical files are found.
const LARGEST_TOTAL: u64 = 64 * 1024 * 1024;
/// Buckets that pieces are hashed into.
const HASH_BASE: u32 = 107_927;
const LONGEST_PIECE: u64 = 64;

/// The hash of an empty file. git never takes those for renames.
const EMPTY: &str = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

/// Replaces pairs of a removed and a new file by renames.
pub(crate) fn find(tree: &WorkTree, changes: Vec<Change>) -> Result<Vec<Change>, GitError> {
    // Not a boolean, such as `copies`, means yes.
    if tree
        .config()
        .get_bool("diff.renames")
        .is_ok_and(|wanted| !wanted)
    {
        return Ok(changes);
    }
    let sources: Vec<&Side> = removed(&changes).collect();
    let destinations: Vec<&Side> = added(&changes).collect();
    if sources.is_empty() || destinations.is_empty() {
        return Ok(changes);
    }
    let mut matching = Matching {
        tree,
        source_of: vec![None; destinations.len()],
        used: vec![false; sources.len()],
        pieces: HashMap::new(),
        sources,
        destinations,
    };
    matching.identical();
    if matching.is_affordable()? {
        matching.same_name()?;
        if matching.within_limit() {
            matching.best()?;
        }
    }
    let Matching {
        source_of, used, ..
    } = matching;
    Ok(paired(&changes, &source_of, &used))
}

fn removed(changes: &[Change]) -> impl Iterator<Item = &Side> {
    let removed = changes.iter().filter(|change| change.new.is_none());
    removed.filter_map(|change| change.old.as_ref())
}

fn added(changes: &[Change]) -> impl Iterator<Item = &Side> {
    let added = changes.iter().filter(|change| change.old.is_none());
    added
        .filter_map(|change| change.new.as_ref())
        .filter(|side| side.id.to_string() != EMPTY)
}

/// The changes with each rename at its new path, and without the removals that it explains.
fn paired(changes: &[Change], source_of: &[Option<(usize, u64)>], used: &[bool]) -> Vec<Change> {
    let sources: Vec<&Side> = removed(changes).collect();
    let mut source_of = source_of.iter();
    let mut used = used.iter();
    let mut result = Vec::with_capacity(changes.len());
    for change in changes {
        match (&change.old, &change.new) {
            (Some(_), None) if used.next() == Some(&true) => {}
            (None, Some(new)) if new.id.to_string() != EMPTY => {
                let mut change = change.clone();
                if let Some(Some((source, score))) = source_of.next() {
                    change.old = Some(sources[*source].clone());
                    let percent = score * 100 / MOST;
                    change.similarity = Some(u32::try_from(percent).unwrap_or(100));
                }
                result.push(change);
            }
            _ => result.push(change.clone()),
        }
    }
    result
}

struct Matching<'changes> {
    tree: &'changes WorkTree,
    sources: Vec<&'changes Side>,
    destinations: Vec<&'changes Side>,
    /// For each destination its source and score.
    source_of: Vec<Option<(usize, u64)>>,
    /// For each source whether it is taken.
    used: Vec<bool>,
    /// Pieces of contents by hash of the content.
    pieces: HashMap<git2::Oid, Pieces>,
}

#[derive(Debug, Default)]
struct Pieces {
    size: u64,
    /// Bytes by hash of a piece.
    bytes: HashMap<u32, u64>,
}

/// A pair that might be a rename.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    score: u64,
    same_name: bool,
    source: usize,
    destination: usize,
}

impl Candidate {
    /// Better ones first.
    fn rank(&self) -> std::cmp::Reverse<(u64, bool)> {
        std::cmp::Reverse((self.score, self.same_name))
    }
}

fn name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

impl Matching<'_> {
    fn take(&mut self, source: usize, destination: usize, score: u64) {
        self.source_of[destination] = Some((source, score));
        self.used[source] = true;
    }

    fn identical(&mut self) {
        let mut by_id: HashMap<git2::Oid, Vec<usize>> = HashMap::new();
        for (index, source) in self.sources.iter().enumerate() {
            by_id.entry(source.id).or_default().push(index);
        }
        for destination in 0..self.destinations.len() {
            let target = self.destinations[destination];
            let mut best: Option<(bool, usize)> = None;
            for &source in by_id.get(&target.id).into_iter().flatten() {
                let side = self.sources[source];
                let fits = side.is_regular() && target.is_regular() || side.mode == target.mode;
                if self.used[source] || !fits {
                    continue;
                }
                let same_name = name(&side.path) == name(&target.path);
                if best.is_none_or(|(best, _)| same_name && !best) {
                    best = Some((same_name, source));
                }
                if same_name {
                    break;
                }
            }
            if let Some((_, source)) = best {
                self.take(source, destination, MOST);
            }
        }
    }

    fn open_sources(&self) -> Vec<usize> {
        (0..self.sources.len())
            .filter(|&source| !self.used[source])
            .collect()
    }

    fn open_destinations(&self) -> Vec<usize> {
        let all = 0..self.destinations.len();
        all.filter(|&destination| self.source_of[destination].is_none())
            .collect()
    }

    /// Whether what is left may be read. Nothing is read when one side has nothing left.
    fn is_affordable(&self) -> Result<bool, GitError> {
        let (sources, destinations) = (self.open_sources(), self.open_destinations());
        if sources.is_empty() || destinations.is_empty() {
            return Ok(false);
        }
        let mut total = 0;
        let sides = sources.iter().map(|&source| self.sources[source]);
        for side in sides.chain(destinations.iter().map(|&index| self.destinations[index])) {
            total += size(self.tree, side)?;
        }
        Ok(total <= LARGEST_TOTAL)
    }

    fn within_limit(&self) -> bool {
        let limit = self.tree.config().get_i64("diff.renamelimit").ok();
        let limit = match limit.and_then(|limit| usize::try_from(limit).ok()) {
            Some(limit @ 1..LIMIT) => limit,
            _ => LIMIT,
        };
        self.open_sources().len() * self.open_destinations().len() <= limit * limit
    }

    /// A file name that is unique on both sides.
    fn same_name(&mut self) -> Result<(), GitError> {
        let unique = |indexes: &[usize], sides: &[&Side]| {
            let mut found: HashMap<Vec<u8>, Option<usize>> = HashMap::new();
            for &index in indexes {
                let name = name(&sides[index].path).to_vec();
                found
                    .entry(name)
                    .and_modify(|entry| *entry = None)
                    .or_insert(Some(index));
            }
            found
        };
        let open = self.open_sources();
        let sources = unique(&open, &self.sources);
        let destinations = unique(&self.open_destinations(), &self.destinations);
        for source in open {
            let name = name(&self.sources[source].path);
            let Some(Some(_)) = sources.get(name) else {
                continue;
            };
            let Some(&Some(destination)) = destinations.get(name) else {
                continue;
            };
            if self.source_of[destination].is_some() {
                continue;
            }
            let score = self.score(source, destination, LEAST_FOR_SAME_NAME)?;
            if score >= LEAST_FOR_SAME_NAME {
                self.take(source, destination, score);
            }
        }
        Ok(())
    }

    /// The best of all remaining pairs.
    fn best(&mut self) -> Result<(), GitError> {
        let sources = self.open_sources();
        let mut candidates: Vec<Candidate> = Vec::new();
        for destination in self.open_destinations() {
            let mut kept: Vec<Candidate> = Vec::with_capacity(CANDIDATES);
            for &source in &sources {
                let candidate = Candidate {
                    score: self.score(source, destination, LEAST)?,
                    same_name: name(&self.sources[source].path)
                        == name(&self.destinations[destination].path),
                    source,
                    destination,
                };
                if kept.len() < CANDIDATES {
                    kept.push(candidate);
                    continue;
                }
                // The first of the worst gives way to a better one.
                let worst = (1..kept.len()).fold(0, |worst, index| {
                    if kept[index].rank() > kept[worst].rank() {
                        index
                    } else {
                        worst
                    }
                });
                if kept[worst].rank() > candidate.rank() {
                    kept[worst] = candidate;
                }
            }
            candidates.extend(kept);
        }
        candidates.sort_by_key(Candidate::rank);
        for candidate in candidates {
            if candidate.score < LEAST {
                break;
            }
            if self.source_of[candidate.destination].is_none() && !self.used[candidate.source] {
                self.take(candidate.source, candidate.destination, candidate.score);
            }
        }
        Ok(())
    }

    /// How alike two files are, out of [`MOST`]; 0 when they cannot reach `least`.
    fn score(&mut self, source: usize, destination: usize, least: u64) -> Result<u64, GitError> {
        let (source, destination) = (self.sources[source], self.destinations[destination]);
        if !source.is_regular() || !destination.is_regular() {
            return Ok(0);
        }
        let (old, new) = (size(self.tree, source)?, size(self.tree, destination)?);
        let (small, large) = (old.min(new), old.max(new));
        if large > LARGEST_DIFFED || large * (MOST - least) < (large - small) * MOST {
            return Ok(0);
        }
        for side in [source, destination] {
            if !self.pieces.contains_key(&side.id) {
                let content = load(self.tree, side)?;
                self.pieces.insert(side.id, pieces(&content));
            }
        }
        let (old, new) = (&self.pieces[&source.id], &self.pieces[&destination.id]);
        let large = old.size.max(new.size);
        if new.size == 0 || large == 0 {
            return Ok(0);
        }
        let copied: u64 = old
            .bytes
            .iter()
            .map(|(hash, bytes)| (*bytes).min(new.bytes.get(hash).copied().unwrap_or(0)))
            .sum();
        Ok(copied * MOST / large)
    }
}

fn size(tree: &WorkTree, side: &Side) -> Result<u64, GitError> {
    let failed = || GitError::git("read a file's size");
    if !side.is_regular() {
        return Ok(0);
    }
    tree.check(side.id)?;
    let odb = tree.repository.odb().map_err(failed())?;
    match odb.read_header(side.id) {
        Ok((size, _)) => Ok(size as u64),
        // A file of the work tree that was too large to keep.
        Err(_) => Ok(LARGEST_DIFFED + 1),
    }
}

fn pieces(content: &Content) -> Pieces {
    let bytes = content.bytes();
    let text = !content.looks_binary();
    let mut pieces = Pieces {
        size: bytes.len() as u64,
        ..Pieces::default()
    };
    let (mut high, mut low, mut length) = (0_u32, 0_u32, 0);
    let mut add = |high: u32, low: u32, length: u64| {
        let hash = high.wrapping_add(low.wrapping_mul(0x61)) % HASH_BASE;
        *pieces.bytes.entry(hash).or_default() += length;
    };
    for (index, &byte) in bytes.iter().enumerate() {
        if text && byte == b'\r' && bytes.get(index + 1) == Some(&b'\n') {
            continue;
        }
        let before = high;
        high = (high << 7) ^ (low >> 25);
        low = (low << 7) ^ (before >> 25);
        high = high.wrapping_add(byte.into());
        length += 1;
        if length >= LONGEST_PIECE || byte == b'\n' {
            add(high, low, length);
            (high, low, length) = (0, 0, 0);
        }
    }
    if length > 0 {
        add(high, low, length);
    }
    pieces
}
