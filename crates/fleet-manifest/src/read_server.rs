//! Reads one entry of `servers`.

use std::collections::BTreeMap;

use crate::defaults::Defaults;
use crate::environment;
use crate::fields::{Field, Fields, entries};
use crate::id::ServerId;
use crate::manifest::Places;
use crate::node::{Entry, Value, shorten};
use crate::policy::Policy;
use crate::problem::{Position, Problems};
use crate::read_policy::read_policy;
use crate::read_source::read_source;
use crate::scalars::{distinct, line, texts, whole_number};
use crate::server::{Server, Source, ToolFilter, Vpc};

const KEYS: [&str; 17] = [
    "name",
    "description",
    "server",
    "command",
    "url",
    "headers",
    "args",
    "env",
    "architecture",
    "memory",
    "timeout",
    "access",
    "tools",
    "policy",
    "provisioned_concurrency",
    "reserved_concurrency",
    "vpc",
];

/// The gateway's limit for the description of a target.
const MAX_DESCRIPTION: usize = 200;

/// Reads the entry `key`. `None` only when something was reported.
pub(crate) fn read_server(
    key: &str,
    id: Option<ServerId>,
    entry: &Entry,
    defaults: &Defaults,
    places: &mut Places,
    problems: &mut Problems,
) -> Option<Server> {
    let at = entry.key.position;
    let shown = format!("`{}`", shorten(key));
    let fields = Fields::read(&entry.value, &shown, &KEYS, problems);
    if !matches!(entry.value.value, Value::Map { .. } | Value::Null) {
        return None;
    }
    let name = required(&fields, "name", &shown, at, problems);
    let description = read_description(&fields, &shown, at, problems);
    let source = read_source(&fields, &shown, at, places, problems);
    let is_remote = matches!(source, Some(Source::Url { .. }));
    let args = read_args(&fields, is_remote, problems);
    let env = read_env(&fields, problems);
    let own = defaults.overridden(&fields, problems);
    let tools = read_tools(&fields, places, problems);
    let policy = match fields.get("policy") {
        Some(field) => read_policy(&field, places, problems),
        None => Policy::default(),
    };
    let (provisioned_concurrency, reserved_concurrency) = read_concurrency(&fields, problems);
    let vpc = fields.get("vpc").map(|field| read_vpc(&field, problems));
    let server = Server {
        id: id?,
        name: name?,
        description: description?,
        source: source?,
        args,
        env,
        architecture: own.architecture,
        memory_mb: own.memory_mb,
        timeout_seconds: own.timeout_seconds,
        access: own.access,
        tools,
        policy,
        provisioned_concurrency,
        reserved_concurrency,
        vpc,
    };
    check_environment(&server, &shown, at, problems);
    Some(server)
}

fn check_environment(server: &Server, shown: &str, at: Position, problems: &mut Problems) {
    let bytes: usize = server
        .environment()
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if bytes > environment::MAX_TOTAL_BYTES {
        problems.push(
            at,
            format!("the environment of {shown} has {bytes} bytes"),
            format!(
                "keep `env`, `args` and `tools` below {} bytes together: Lambda accepts no more",
                environment::MAX_TOTAL_BYTES
            ),
        );
    }
}

fn read_description(
    fields: &Fields,
    shown: &str,
    at: Position,
    problems: &mut Problems,
) -> Option<String> {
    let description = required(fields, "description", shown, at, problems)?;
    let length = description.chars().count();
    if let Some(field) = fields.get("description")
        && length > MAX_DESCRIPTION
    {
        problems.push(
            field.position(),
            format!("`description` has {length} characters"),
            format!("shorten it to {MAX_DESCRIPTION}: the gateway accepts no more"),
        );
    }
    Some(description)
}

fn read_args(fields: &Fields, is_remote: bool, problems: &mut Problems) -> Vec<String> {
    let Some(field) = fields.get("args") else {
        return Vec::new();
    };
    if is_remote {
        problems.push(
            field.key_position,
            "`args` means nothing for a `url`",
            "leave it out; put a query into the address",
        );
    }
    let args = texts(&field, problems);
    args.into_iter().map(|(_, text)| text).collect()
}

fn required(
    fields: &Fields,
    key: &'static str,
    shown: &str,
    at: Position,
    problems: &mut Problems,
) -> Option<String> {
    match fields.written(key) {
        Some(field) => line(&field, problems),
        None => {
            let example = match key {
                "name" => "name: My Server",
                _ => "description: What its tools do, in one line.",
            };
            problems.push(
                at,
                format!("{shown} has no `{key}`"),
                format!("add `{example}`"),
            );
            None
        }
    }
}

fn read_env(fields: &Fields, problems: &mut Problems) -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    let Some(field) = fields.get("env") else {
        return env;
    };
    for (name, entry) in entries(&field.node, "`env`", problems) {
        let value = match entry.value.scalar() {
            Some(text) => text.to_owned(),
            None if entry.value.is_null() => {
                problems.push(
                    entry.key.position,
                    format!("`{}` has no value", shorten(&name)),
                    "write a value, or `\"\"` for an empty one",
                );
                continue;
            }
            None => {
                problems.push(
                    entry.value.position,
                    format!(
                        "`{}` must be text, a number or a truth value, found {}",
                        shorten(&name),
                        entry.value.describe()
                    ),
                    "an environment variable holds one line of text; put it in quotes",
                );
                continue;
            }
        };
        match environment::check(&name, &value) {
            Ok(()) => {
                env.insert(name, value);
            }
            Err((message, hint)) => problems.push(entry.key.position, message, hint),
        }
    }
    env
}

fn read_tools(fields: &Fields, places: &mut Places, problems: &mut Problems) -> ToolFilter {
    let Some(field) = fields.get("tools") else {
        return ToolFilter::default();
    };
    let inner = Fields::read(&field.node, "`tools`", &["include", "exclude"], problems);
    let mut read = |key: &'static str| match inner.get(key) {
        Some(list) => {
            let names = texts(&list, problems);
            let mut names = distinct(names, key, problems);
            names.retain(|(position, name)| {
                let good = is_tool_name(name);
                if !good {
                    problems.push(
                        *position,
                        format!("`{}` is not a name for a tool", shorten(name)),
                        "write the name that `docs/servers.md` has, without the server's prefix",
                    );
                }
                good
            });
            names
        }
        None => Vec::new(),
    };
    let include = read("include");
    let exclude = read("exclude");
    for (position, name) in &exclude {
        if include.iter().any(|(_, included)| included == name) {
            problems.push(
                *position,
                format!("`{name}` is in `include` and in `exclude`"),
                "keep it in one of them",
            );
        }
    }
    for (position, name) in include.iter().chain(&exclude) {
        places.tools.insert(name.clone(), *position);
    }
    let names = |list: Vec<(Position, String)>| list.into_iter().map(|(_, name)| name).collect();
    ToolFilter {
        include: names(include),
        exclude: names(exclude),
    }
}

fn is_tool_name(name: &str) -> bool {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_-./".contains(letter);
    !name.is_empty() && name.len() <= 128 && !name.contains("___") && name.chars().all(allowed)
}

fn read_concurrency(fields: &Fields, problems: &mut Problems) -> (u32, Option<u32>) {
    let mut read = |key: &'static str| {
        let field = fields.get(key)?;
        whole_number(&field, 0..=u32::MAX, "", problems)
    };
    let provisioned = read("provisioned_concurrency").unwrap_or(0);
    let reserved = read("reserved_concurrency");
    if let (Some(limit), Some(field)) = (reserved, fields.get("provisioned_concurrency"))
        && provisioned > limit
    {
        problems.push(
            field.position(),
            format!(
                "`provisioned_concurrency` {provisioned} is over `reserved_concurrency` {limit}"
            ),
            "lower the first or raise the second",
        );
    }
    (provisioned, reserved)
}

fn read_vpc(field: &Field, problems: &mut Problems) -> Vpc {
    let fields = Fields::read(
        &field.node,
        "`vpc`",
        &["subnets", "security_groups"],
        problems,
    );
    let mut read = |key: &'static str, prefix: &str| {
        let found = fields.get(key).map(|list| {
            let ids = texts(&list, problems);
            (list.position(), distinct(ids, key, problems))
        });
        let (position, ids) = found.unwrap_or((field.key_position, Vec::new()));
        if ids.is_empty() {
            problems.push(
                position,
                format!("`vpc` has no `{key}`"),
                format!("add `{key}: [{prefix}0123456789abcdef0]`"),
            );
        }
        for (position, id) in &ids {
            let digits = id.strip_prefix(prefix).unwrap_or_default();
            if digits.len() < 8 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                problems.push(
                    *position,
                    format!("`{}` is not an identifier for `{key}`", shorten(id)),
                    format!("write `{prefix}` and hexadecimal digits: `{prefix}0123456789abcdef0`"),
                );
            }
        }
        ids.into_iter().map(|(_, id)| id).collect()
    };
    Vpc {
        subnets: read("subnets", "subnet-"),
        security_groups: read("security_groups", "sg-"),
    }
}
