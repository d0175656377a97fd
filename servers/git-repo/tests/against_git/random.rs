//! States of a work tree that nobody thought of.

use std::fs;
use std::path::Path;

use crate::pair::Pair;
use crate::support::seed::write;

/// Small, and the same everywhere: xorshift.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// A file of words, some of which change when `edits` grows.
fn prose(random: &mut Random, count: usize) -> Vec<String> {
    let words = [
        "fn main() {",
        "    let x = 1;",
        "}",
        "",
        "  indented",
        "_private",
        "$cash",
        "the same line",
    ];
    (0..count)
        .map(|_| words[random.below(words.len())].to_owned())
        .collect()
}

fn edit(random: &mut Random, lines: &mut Vec<String>) {
    for _ in 0..=random.below(6) {
        let at = random.below(lines.len() + 1);
        match random.below(3) {
            0 => lines.insert(at, format!("inserted {}", random.below(9))),
            1 if at < lines.len() => {
                lines.remove(at);
            }
            _ if at < lines.len() => lines[at] = format!("changed {}", random.below(9)),
            _ => {}
        }
    }
}

/// How many random repositories are made: `few`, or what `GIT_REPO_TEST_SEEDS` says.
fn seeds(few: u64) -> u64 {
    let more = std::env::var("GIT_REPO_TEST_SEEDS").ok();
    more.map_or(few, |more| more.parse().unwrap())
}

fn random_step(pair: &Pair, random: &mut Random) {
    let names = [
        "a",
        "b.txt",
        "dir/c",
        "dir/d.rs",
        "dir/deep/e",
        "other/f",
        "g h",
    ];
    let name = names[random.below(names.len())];
    let path = pair.path().join(name);
    match random.below(10) {
        0..=4 => {
            if path.is_dir() || path.ancestors().skip(1).any(Path::is_file) {
                return;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            if lines.is_empty() {
                let count = 5 + random.below(60);
                lines = prose(random, count);
            }
            edit(random, &mut lines);
            let end = if random.below(8) == 0 { "" } else { "\n" };
            write(&path, lines.join("\n") + end);
        }
        5 => {
            let _ = fs::remove_file(&path);
        }
        6 => {
            let target = pair.path().join(format!("{name}.moved"));
            if path.is_file() && !target.exists() {
                fs::rename(&path, target).unwrap();
            }
        }
        7 => pair.git.attempt(&["add", "-A", "--", "dir"]),
        8 => pair.git.attempt(&["add", "-A"]),
        _ => pair.git.attempt(&["commit", "-q", "-m", "step"]),
    }
}

#[tokio::test]
async fn random_states() {
    for seed in 1..=seeds(8) {
        let Some(pair) = Pair::with_commit() else {
            return;
        };
        let mut random = Random::new(seed);
        for step in 0..24 {
            random_step(&pair, &mut random);
            if step % 4 == 3 {
                pair.compare(&format!("seed {seed}, step {step}")).await;
            }
        }
    }
}

#[tokio::test]
async fn random_conflicts() {
    for seed in 1..=seeds(12) {
        let Some(pair) = Pair::new() else { return };
        let mut random = Random::new(seed);
        let count = 10 + random.below(40);
        let base = prose(&mut random, count);
        pair.write("f", base.join("\n") + "\n");
        pair.commit("base");
        pair.git.run(&["checkout", "-q", "-b", "side"]);
        let mut theirs = base.clone();
        edit(&mut random, &mut theirs);
        pair.write("f", theirs.join("\n") + "\n");
        pair.commit("side");
        pair.git.run(&["checkout", "-q", "main"]);
        let mut ours = base.clone();
        edit(&mut random, &mut ours);
        edit(&mut random, &mut ours);
        pair.write("f", ours.join("\n") + "\n");
        pair.commit("main");
        pair.git.attempt(&["merge", "-q", "side"]);
        pair.compare(&format!("conflict {seed}")).await;
        // As if somebody had started to resolve it.
        let text = fs::read_to_string(pair.path().join("f")).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        edit(&mut random, &mut lines);
        pair.write("f", lines.join("\n") + "\n");
        pair.compare(&format!("conflict {seed}, edited")).await;
    }
}
