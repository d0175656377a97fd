//! Server-sent events, written and cut in every way that the standard allows:
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

/// What comes before an answer, and is none.
const BEFORE: &[&str] = &[
    ": nothing\n",
    "\n",
    "event: ping\nid: 7\ndata: x\n\n",
    "id: 8\nretry: 50\ndata:\n\n",
    "event: message\ndata: no JSON\n\n",
    "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1}}\n\n",
];

/// A way to write an answer as a stream.
#[derive(Debug, Clone)]
pub struct Events {
    before: Vec<&'static str>,
    line_end: &'static str,
    byte_order_mark: bool,
    cuts: Vec<Index>,
}

/// One event in one piece.
impl Default for Events {
    fn default() -> Self {
        Self {
            before: Vec::new(),
            line_end: "\n",
            byte_order_mark: false,
            cuts: Vec::new(),
        }
    }
}

/// Any way.
pub fn events() -> impl Strategy<Value = Events> + Clone {
    let before = vec(select(BEFORE), 0..4);
    let line_end = select(&["\n", "\r", "\r\n"][..]);
    let cuts = vec(any::<Index>(), 0..20);
    (before, line_end, any::<bool>(), cuts).prop_map(|(before, line_end, byte_order_mark, cuts)| {
        Events {
            before,
            line_end,
            byte_order_mark,
            cuts,
        }
    })
}

impl Events {
    /// The stream up to the end of the answer's event, in the pieces that arrive.
    pub fn pieces(&self, answer: &Value) -> Vec<Vec<u8>> {
        let mark = if self.byte_order_mark { "\u{feff}" } else { "" };
        let data = format!("{answer:#}").replace('\n', "\ndata: ");
        let stream = format!("{mark}{}data: {data}\n\n", self.before.concat());
        let stream = stream.replace('\n', self.line_end).into_bytes();
        let mut ends: Vec<usize> = self
            .cuts
            .iter()
            .map(|cut| cut.index(stream.len()))
            .collect();
        ends.push(stream.len());
        ends.sort_unstable();
        let starts = std::iter::once(0).chain(ends.clone());
        let pieces = starts
            .zip(ends)
            .map(|(start, end)| stream[start..end].to_vec());
        pieces.filter(|piece| !piece.is_empty()).collect()
    }
}
