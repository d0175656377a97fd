//! Whole invocations, and what kind of answer each has to get.

use std::fmt;

use proptest::prelude::*;
use serde_json::Value;

use crate::answer::Shape;
use crate::arguments::{Tool, arguments};
use crate::event;
use crate::header::{Deadline, context, context_of, deadline, trace};

/// Lambda takes no larger event: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const EVENT_LIMIT_BYTES: usize = 6_291_456;

/// A failing event is shown up to here.
const SHOWN_BYTES: usize = 2000;

/// What the Runtime API hands out.
#[derive(Clone)]
pub(crate) struct Invocation {
    pub(crate) body: Vec<u8>,
    pub(crate) context: Option<Vec<u8>>,
    pub(crate) deadline: Deadline,
    pub(crate) trace: Option<Vec<u8>>,
    pub(crate) shape: Shape,
}

impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut show = |name: &str, bytes: &[u8]| {
            let start = bytes[..bytes.len().min(SHOWN_BYTES)].escape_ascii();
            writeln!(f, "{name}, {} bytes: {start}", bytes.len())
        };
        show("event", &self.body)?;
        show("context", self.context.as_deref().unwrap_or_default())?;
        show("trace", self.trace.as_deref().unwrap_or_default())?;
        write!(f, "{:?}, {:?}", self.deadline, self.shape)
    }
}

/// Any invocation of a function with these tools.
pub(crate) fn invocations(tools: &[Tool]) -> BoxedStrategy<Invocation> {
    let each: Vec<_> = tools.iter().map(of_tool).collect();
    let events = proptest::strategy::Union::new(each);
    (events, deadline(), trace())
        .prop_map(|((mut body, context, shape), deadline, trace)| {
            body.truncate(EVENT_LIMIT_BYTES);
            // Too deep, a number beyond all types: then it is none of the kinds.
            let parsed = serde_json::from_slice::<Value>(&body).is_ok();
            let shape = match shape {
                Shape::Message | Shape::Http if !parsed => Shape::Any,
                Shape::Tool if !parsed && context.is_none() => Shape::Any,
                shape => shape,
            };
            Invocation {
                body,
                context,
                deadline,
                trace,
                shape,
            }
        })
        .boxed()
}

type Event = (Vec<u8>, Option<Vec<u8>>, Shape);

fn of_tool(tool: &Tool) -> BoxedStrategy<Event> {
    let bytes = |strategy: BoxedStrategy<String>| strategy.prop_map(String::into_bytes).boxed();
    let named = context_of(&tool.name).prop_map(Some).boxed();
    let whole = |body: BoxedStrategy<Vec<u8>>, context: BoxedStrategy<_>, shape| {
        (body, context, Just(shape)).boxed()
    };
    let without = || Just(None).boxed();
    let called = bytes(arguments(tool));
    let kinds = prop_oneof![
        12 => whole(called.clone(), named.clone(), Shape::Tool),
        1 => whole(event::mutated(called), named.clone(), Shape::Tool),
        1 => whole(event::garbage(), named, Shape::Tool),
        3 => whole(bytes(event::direct(tool)), without(), Shape::Tool),
        6 => whole(bytes(event::message(tool)), without(), Shape::Message),
        5 => whole(bytes(event::http(tool)), without(), Shape::Http),
        1 => whole(event::garbage(), context(), Shape::Any),
        1 => whole(event::mutated(bytes(event::direct(tool))), context(), Shape::Any),
        1 => whole(event::mutated(bytes(event::message(tool))), context(), Shape::Any),
        1 => whole(event::mutated(bytes(event::http(tool))), context(), Shape::Any),
    ];
    prop_oneof![
        2000 => kinds,
        1 => whole(bytes(event::large(tool)), without(), Shape::Any),
        1 => whole(bytes(event::many_headers()), without(), Shape::Http),
    ]
    .boxed()
}
