//! The walk over a schema.

use rmcp::model::JsonObject;
use serde_json::{Value, json};

use super::fold::{sentences, shown};
use super::merge::{all_of, any_of_objects};
use super::words::{
    append, constants, escaped, implied, is_null, kind_of_values, members_of_each, required_sets,
    summary, values,
};
use super::{Action, Change, Lowered};
use crate::prose::unwrapped;

/// What the gateway takes, in the order in which it is written.
const KEPT: [&str; 5] = ["type", "description", "properties", "required", "items"];

const TYPES: [&str; 6] = ["string", "number", "object", "array", "boolean", "integer"];

/// Schemas nest less than this, unless they do it without end.
const DEPTH_LIMIT: usize = 32;

/// References that fan out can make a small schema huge; after so many parts they are cut.
const SIZE_LIMIT: usize = 5_000;

/// The state of one lowering.
pub(super) struct Lowering<'a> {
    root: &'a Value,
    changes: Vec<Change>,
    /// References that the walk is inside of.
    inside: Vec<String>,
    depth: usize,
    parts: usize,
}

/// A schema without references and alternatives: still with every other keyword.
#[derive(Debug, Default)]
pub(super) struct Flat {
    pub(super) keywords: JsonObject,
    /// `null` is allowed as well.
    nullable: bool,
    /// Sentences for what the keywords no longer say.
    notes: Vec<String>,
}

/// A lowered schema, and whether `null` was allowed in its place.
struct Node {
    schema: JsonObject,
    nullable: bool,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self {
            root,
            changes: Vec::new(),
            inside: Vec::new(),
            depth: 0,
            parts: 0,
        }
    }

    pub(super) fn run(mut self) -> Lowered {
        let mut flat = self.flatten(self.root, "");
        let stated = flat.keywords.get("type").cloned();
        if !matches!(self.type_of(&mut flat, "", "object").as_str(), "object") {
            // Arguments are an object whatever the schema says.
            self.note("", "type", Action::Supplied);
            flat.notes.push(format!(
                "Declared as {}.",
                shown(&stated.unwrap_or_default())
            ));
            for keyword in ["items", "enum", "const"] {
                flat.keywords.remove(keyword);
            }
        }
        flat.keywords.insert("type".to_owned(), json!("object"));
        if !flat
            .keywords
            .get("properties")
            .is_some_and(Value::is_object)
        {
            flat.keywords.insert("properties".to_owned(), json!({}));
        }
        let Node { schema, .. } = self.finish(flat, "");
        Lowered {
            schema,
            changes: self.changes,
        }
    }

    fn note(&mut self, path: &str, keyword: &str, action: Action) {
        let change = Change {
            path: path.to_owned(),
            keyword: keyword.to_owned(),
            action,
        };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    fn node(&mut self, schema: &Value, path: &str) -> Node {
        let outside = self.inside.len();
        self.depth += 1;
        self.parts += 1;
        let node = if self.depth > DEPTH_LIMIT || self.parts > SIZE_LIMIT {
            self.note(path, "", Action::Cut);
            let mut flat = Flat::default();
            flat.keywords.insert("type".to_owned(), json!("object"));
            flat.notes
                .push("Goes on; the description ends here.".to_owned());
            self.finish(flat, path)
        } else {
            let flat = self.flatten(schema, path);
            self.finish(flat, path)
        };
        self.depth -= 1;
        self.inside.truncate(outside);
        node
    }

    /// Resolves references and alternatives of one schema, not of those inside it.
    fn flatten(&mut self, schema: &Value, path: &str) -> Flat {
        let mut flat = Flat::default();
        let Value::Object(schema) = schema else {
            // `true` allows everything; `false`, and what is no schema, gets the same.
            return flat;
        };
        flat.keywords = schema.clone();
        if let Some(reference) = flat.keywords.remove("$ref") {
            self.follow(&reference, &mut flat, path);
        }
        if let Some(branches) = flat.keywords.remove("allOf") {
            self.note(path, "allOf", Action::Merged);
            for branch in branches.as_array().into_iter().flatten() {
                let branch = self.flatten_inner(branch, path);
                all_of(&mut flat.keywords, branch.keywords);
                flat.nullable |= branch.nullable;
                flat.notes.extend(branch.notes);
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(branches) = flat.keywords.remove(keyword) {
                let branches = branches.as_array().cloned().unwrap_or_default();
                self.alternatives(keyword, &branches, &mut flat, path);
            }
        }
        flat
    }

    /// [`flatten`](Self::flatten) of a part, which may go as deep as a node.
    fn flatten_inner(&mut self, schema: &Value, path: &str) -> Flat {
        self.depth += 1;
        self.parts += 1;
        let flat = if self.depth > DEPTH_LIMIT || self.parts > SIZE_LIMIT {
            self.note(path, "", Action::Cut);
            Flat::default()
        } else {
            self.flatten(schema, path)
        };
        self.depth -= 1;
        flat
    }

    fn follow(&mut self, reference: &Value, flat: &mut Flat, path: &str) {
        let text = reference.as_str().unwrap_or_default().to_owned();
        let name = text.rsplit('/').next().unwrap_or_default();
        let target = match text.strip_prefix('#') {
            // Percent-encoding has no place in names that generators make.
            Some(pointer) => self.root.pointer(pointer),
            None => None,
        };
        let Some(target) = target else {
            self.note(path, "$ref", Action::Dropped);
            return;
        };
        if self.inside.contains(&text) || text == "#" {
            self.note(path, "$ref", Action::Cut);
            let kind = target.get("type").filter(|kind| kind.is_string());
            let kind = kind.cloned().unwrap_or_else(|| json!("object"));
            flat.keywords.entry("type").or_insert(kind);
            flat.notes.push(match name {
                "#" | "" => "Of the same form as the whole.".to_owned(),
                name => format!("Of the same form again as `{name}`."),
            });
            return;
        }
        self.note(path, "$ref", Action::Inlined);
        self.inside.push(text);
        let target = self.flatten_inner(target, path);
        all_of(&mut flat.keywords, target.keywords);
        flat.nullable |= target.nullable;
        flat.notes.extend(target.notes);
    }

    fn alternatives(&mut self, keyword: &str, branches: &[Value], flat: &mut Flat, path: &str) {
        let mut flats: Vec<Flat> = Vec::new();
        for branch in branches {
            let branch = self.flatten_inner(branch, path);
            flat.nullable |= branch.nullable;
            match is_null(&branch.keywords) {
                true => {
                    flat.nullable = true;
                    self.note(path, keyword, Action::MadeOptional);
                }
                false => flats.push(branch),
            }
        }
        let all = |test: fn(&Flat) -> bool| flats.iter().all(test);
        if flats.is_empty() {
            return;
        }
        if flats.len() == 1 {
            self.note(path, keyword, Action::Merged);
        } else if all(|branch| values(&branch.keywords).is_some()) {
            self.note(path, keyword, Action::Described);
            flat.notes.push(constants(&flats));
            let kind = kind_of_values(&flats[0].keywords);
            flat.keywords.entry("type").or_insert(kind);
            return;
        } else if all(|branch| branch.keywords.keys().all(|key| key == "required")) {
            self.note(path, keyword, Action::Described);
            flat.notes.push(required_sets(keyword, &flats));
            return;
        } else if all(|branch| branch.keywords.contains_key("properties")) {
            self.note(path, keyword, Action::Merged);
            flat.notes.push(members_of_each(&flats));
            let objects = flats.into_iter().map(|branch| branch.keywords).collect();
            all_of(&mut flat.keywords, any_of_objects(objects));
            return;
        } else {
            self.note(path, keyword, Action::Narrowed);
            let others: Vec<String> = flats[1..].iter().map(summary).collect();
            let others = others.join("; ");
            let first = flats.swap_remove(0);
            all_of(&mut flat.keywords, first.keywords);
            flat.notes.extend(first.notes);
            flat.notes.push(format!("Or instead: {others}."));
            return;
        }
        for only in flats {
            all_of(&mut flat.keywords, only.keywords);
            flat.notes.extend(only.notes);
        }
    }

    /// The one type of a schema: `fallback` where nothing tells.
    fn type_of(&mut self, flat: &mut Flat, path: &str, fallback: &str) -> String {
        let stated = match flat.keywords.get("type") {
            Some(Value::Array(kinds)) => kinds.clone(),
            Some(kind) => vec![kind.clone()],
            None => Vec::new(),
        };
        if stated.iter().any(|kind| kind == "null") {
            flat.nullable = true;
            self.note(path, "type", Action::MadeOptional);
        }
        let known = stated.iter().filter_map(Value::as_str);
        let mut known = known.filter(|kind| TYPES.contains(kind)).map(str::to_owned);
        if let Some(first) = known.next() {
            let others: Vec<String> = known.collect();
            if !others.is_empty() {
                self.note(path, "type", Action::Narrowed);
                flat.notes
                    .push(format!("Or instead: {}.", others.join(", ")));
            }
            return first;
        }
        if !stated.iter().any(|kind| kind == "null") {
            self.note(path, "type", Action::Supplied);
        }
        implied(&flat.keywords).unwrap_or(fallback).to_owned()
    }

    /// Writes what the gateway takes, and lowers the schemas inside.
    fn finish(&mut self, mut flat: Flat, path: &str) -> Node {
        let kind = self.type_of(&mut flat, path, "string");
        let Flat {
            mut keywords,
            mut nullable,
            notes,
        } = flat;
        if let Some(Value::Array(values)) = keywords.get_mut("enum")
            && values.contains(&Value::Null)
        {
            nullable = true;
            values.retain(|value| !value.is_null());
        }
        nullable |= is_null(&keywords);
        let mut schema = JsonObject::new();
        schema.insert("type".to_owned(), json!(kind));
        let described = keywords.get("description").and_then(Value::as_str);
        let described = described.unwrap_or_default().to_owned();
        let mut text = described.clone();
        for note in &notes {
            append(&mut text, note);
        }
        let mut said: Vec<&str> = Vec::new();
        for (covered, sentence) in sentences(&keywords, &described) {
            append(&mut text, &sentence);
            said.extend(covered);
        }
        if kind == "object"
            && let Some(sentence) = self.other_members(&keywords, path)
        {
            append(&mut text, &sentence);
            said.push("additionalProperties");
        }
        if !text.is_empty() {
            // Keeps its place before the schemas inside, where order is kept.
            schema.insert("description".to_owned(), json!(unwrapped(&text)));
        }
        match kind.as_str() {
            "object" => self.members(&keywords, path, &mut schema),
            "array" => self.items(&keywords, path, &mut schema),
            _ => {}
        }
        let kept = |keyword: &str| match keyword {
            "properties" | "required" => kind == "object",
            "items" | "prefixItems" => kind == "array",
            keyword => KEPT.contains(&keyword),
        };
        for keyword in keywords.keys() {
            if said.contains(&keyword.as_str()) {
                self.note(path, keyword, Action::Described);
            } else if !kept(keyword) {
                let action = match keyword.as_str() {
                    // About the document, not about values.
                    "$schema" | "$id" | "$anchor" | "$comment" => continue,
                    "$defs" | "definitions" => Action::Inlined,
                    _ => Action::Dropped,
                };
                self.note(path, keyword, action);
            }
        }
        Node { schema, nullable }
    }

    fn members(&mut self, keywords: &JsonObject, path: &str, schema: &mut JsonObject) {
        let Some(Value::Object(members)) = keywords.get("properties") else {
            return;
        };
        let mut lowered = JsonObject::new();
        let mut optional = Vec::new();
        for (name, member) in members {
            let place = format!("{path}/properties/{}", escaped(name));
            let node = self.node(member, &place);
            if node.nullable {
                optional.push(name.as_str());
            }
            lowered.insert(name.clone(), Value::Object(node.schema));
        }
        let mut required: Vec<Value> = Vec::new();
        for name in keywords
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let text = name.as_str().unwrap_or_default();
            let wanted = name.is_string() && lowered.contains_key(text);
            if wanted && !optional.contains(&text) && !required.contains(name) {
                required.push(name.clone());
            }
        }
        schema.insert("properties".to_owned(), Value::Object(lowered));
        if !required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(required));
        }
    }

    fn items(&mut self, keywords: &JsonObject, path: &str, schema: &mut JsonObject) {
        let place = format!("{path}/items");
        let tuple = keywords
            .get("prefixItems")
            .or_else(|| keywords.get("items"));
        let node = match tuple {
            // A fixed sequence, in the words of two drafts: the first stands for all.
            Some(Value::Array(places)) => {
                let keyword = match keywords.contains_key("prefixItems") {
                    true => "prefixItems",
                    false => "items",
                };
                self.note(path, keyword, Action::Narrowed);
                let one_of = json!({ "anyOf": places });
                let empty = json!({});
                self.node(if places.is_empty() { &empty } else { &one_of }, &place)
            }
            _ => match keywords.get("items") {
                Some(items) => self.node(items, &place),
                None => self.node(&json!({}), &place),
            },
        };
        schema.insert("items".to_owned(), Value::Object(node.schema));
    }

    /// A sentence for members without a name.
    fn other_members(&mut self, keywords: &JsonObject, path: &str) -> Option<String> {
        let others = keywords.get("additionalProperties")?;
        let Value::Object(schema) = others else {
            return None;
        };
        if schema.is_empty() {
            return None;
        }
        let flat = self.flatten_inner(others, path);
        Some(format!("Values: {}.", summary(&flat)))
    }
}
