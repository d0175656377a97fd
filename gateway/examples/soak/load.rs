//! All clients together, for some time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::answer::Lost;
use crate::calls::{Calls, Judged, Kind};
use crate::client::{Client, Way};
use crate::control::Operator;
use crate::fleet::Fleet;
use crate::phases::Fault;

/// So many of the calls that went wrong are shown.
const SHOWN: usize = 5;

/// What became of calls.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) right: u64,
    /// By kind and the short name of the reason.
    pub(crate) explained: BTreeMap<(&'static str, &'static str), u64>,
    pub(crate) lost: u64,
    pub(crate) wrong: u64,
    /// Some of what was lost or wrong.
    pub(crate) shown: Vec<String>,
    /// Times of the right answers, in microseconds.
    pub(crate) times: Vec<u32>,
    /// The longest time that any answer took.
    pub(crate) slowest: Duration,
}

impl Tally {
    pub(crate) fn judged(&mut self, kind: Kind, took: Duration, judged: Judged) {
        self.slowest = self.slowest.max(took);
        match judged {
            Judged::Right => {
                self.right += 1;
                self.times
                    .push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
            }
            Judged::Explained(reason) => {
                *self.explained.entry((kind.tool(), reason)).or_default() += 1
            }
            Judged::Wrong(text) => {
                self.wrong += 1;
                self.show(kind, &text);
            }
        }
    }

    pub(crate) fn lost(&mut self, kind: Kind, lost: &Lost) {
        self.lost += 1;
        self.show(kind, &lost.0);
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.right += other.right;
        self.lost += other.lost;
        self.wrong += other.wrong;
        self.slowest = self.slowest.max(other.slowest);
        self.times.extend(other.times);
        for (reason, count) in other.explained {
            *self.explained.entry(reason).or_default() += count;
        }
        self.shown.extend(other.shown);
        self.shown.truncate(SHOWN);
    }

    /// The time that 99 of 100 right answers took at most, in milliseconds.
    pub(crate) fn p99_ms(&self) -> f64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        let place = times.len() * 99 / 100;
        f64::from(times.get(place).copied().unwrap_or_default()) / 1000.0
    }

    pub(crate) fn answered(&self) -> u64 {
        self.right + self.explained.values().sum::<u64>()
    }

    fn show(&mut self, kind: Kind, text: &str) {
        if self.shown.len() < SHOWN {
            let text: String = text.chars().take(400).collect();
            self.shown.push(format!("{}: {text}", kind.tool()));
        }
    }
}

/// The clients, with what they know from one phase to the next.
pub(crate) struct Load {
    calls: Vec<Calls>,
    operator: Operator,
}

impl Load {
    pub(crate) fn new(fleet: &Fleet, clients: usize) -> std::io::Result<Self> {
        let calls = (0..clients).map(|index| Calls::new(index, &fleet.files, &fleet.repository));
        Ok(Self {
            calls: calls.collect::<Result<_, _>>()?,
            operator: Operator::new(fleet.control),
        })
    }

    /// Calls as fast as the clients can, with new connections, and judges every answer.
    pub(crate) async fn run(&mut self, fleet: &Fleet, time: Duration, fault: Fault) -> Tally {
        let until = Instant::now() + time;
        let mut clients = JoinSet::new();
        for (index, mut calls) in self.calls.drain(..).enumerate() {
            let mut client = Client::new(fleet.mcp, Way::of(index));
            clients.spawn(async move {
                let tally = work(&mut client, &mut calls, until, fault).await;
                (index, calls, tally)
            });
        }
        let mut all = self.operator.work(until, fault).await;
        let mut done = clients.join_all().await;
        done.sort_by_key(|(index, ..)| *index);
        for (_, calls, tally) in done {
            self.calls.push(calls);
            all.add(tally);
        }
        all
    }
}

async fn work(client: &mut Client, calls: &mut Calls, until: Instant, fault: Fault) -> Tally {
    let mut tally = Tally::default();
    while Instant::now() < until {
        let call = calls.next();
        let began = Instant::now();
        match client.call(&call).await {
            Ok(answer) => {
                let judged = calls.judge(&call, &answer, fault);
                tally.judged(call.kind, began.elapsed(), judged);
            }
            Err(lost) => {
                calls.lost(&call);
                tally.lost(call.kind, &lost);
            }
        }
    }
    tally
}
