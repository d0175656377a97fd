//! Services of a Terraform project, by its resources, data sources and modules.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};
use serde_json::json;

use super::code::{Language, Lines, without_comments};
use super::sources::{Project, SourceFile};
use super::terraform_types::service_of;
use super::{Found, Services};

/// `resource "aws_db_instance" "main"`, `data "aws_iam_policy_document" "x"`
static BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?m)^\s*(resource|data|ephemeral)\s+"?(aws|awscc)_([a-z0-9_]+)"?\s+"?([A-Za-z_][\w-]*)"?"#,
    )
});
/// `module "vpc" {`
static MODULE: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(?m)^\s*module\s+"?([A-Za-z_][\w-]*)"?\s*\{"#));
/// `source = "…"`, as the module's own attribute.
static SOURCE: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(?m)(?:^|[\{;])\s*source\s*=\s*"([^"]*)""#));
/// `terraform-aws-modules/vpc/aws`, with host before and folder behind.
static REGISTRY: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^(?:[a-z0-9.-]+\.[a-z]+(?::\d+)?/)?[A-Za-z0-9_-]+/([a-z0-9_-]+)/(aws|awscc)(?://.*)?$")
});

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a tested pattern")
}

/// The services of the files, in their order.
pub(crate) fn services(project: &Project) -> Services {
    let mut services = Services::default();
    let mut looked_at = project.folders();
    for file in &project.files {
        let code = without_comments(&file.content, Language::Hcl);
        resources(&mut services, &file.path, &code, None);
        for (label, body) in modules(&code) {
            let source = SOURCE
                .captures(&top_level(body))
                .map(|found| found[1].to_owned());
            let source = source.unwrap_or_default();
            module_services(&mut services, project, &mut looked_at, file, label, source);
        }
    }
    services
}

/// Label and body of each module. A body ends where the next module begins, at the latest: one that
/// was never closed must not be read again for each module behind it.
fn modules(code: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut found = MODULE.captures_iter(code).peekable();
    std::iter::from_fn(move || {
        let module = found.next()?;
        let place = |module: &Captures<'_>| module.get(0).map_or(0..0, |found| found.range());
        let end = found.peek().map_or(code.len(), |next| place(next).start);
        let label = module.get(1).map_or("", |label| label.as_str());
        Some((label, body(&code[place(&module).end..end])))
    })
}

/// The resources and data sources of a file.
fn resources(services: &mut Services, path: &str, code: &str, module: Option<&str>) {
    let lines = Lines::of(code);
    for block in BLOCK.captures_iter(code) {
        let (kind, provider, rest, name) = (&block[1], &block[2], &block[3], &block[4]);
        let provider = match provider {
            "awscc" => "awscc",
            _ => "aws",
        };
        // What only describes the account, a region or the provider costs nothing.
        let Some(service) = service_of(provider, rest) else {
            continue;
        };
        let place = block.get(1).map_or(0, |found| found.start());
        services.add(Found {
            name: service.to_owned(),
            source: match module {
                Some(_) => "terraform-module",
                None => "terraform",
            },
            provider: Some(provider),
            module_source: module.map(str::to_owned),
            module_name: None,
            configurations: vec![json!({
                "block": kind,
                "type": format!("{provider}_{rest}"),
                "name": name,
                "file": path,
                "line": lines.number(place),
            })],
        });
    }
}

fn module_services(
    services: &mut Services,
    project: &Project,
    looked_at: &mut HashSet<String>,
    file: &SourceFile,
    label: &str,
    source: String,
) {
    if let Some(found) = REGISTRY.captures(&source) {
        let name = found[1].replace('-', "_");
        services.add(Found {
            name: service_of("module", &name).unwrap_or(&found[1]).to_owned(),
            source: "terraform-module",
            provider: Some("aws"),
            module_source: Some(source.clone()),
            module_name: None,
            configurations: vec![json!({ "module": label, "file": file.path })],
        });
        return;
    }
    if source.starts_with("./") || source.starts_with("../") {
        match project.folder_from(&file.path, &source) {
            // Its files are looked at like all others, once, so the module itself adds nothing.
            Some(folder) if looked_at.contains(&folder) => return,
            Some(folder) => {
                let outside = project.outside(&folder);
                for module in &outside {
                    let code = without_comments(&module.content, Language::Hcl);
                    let path = format!("{source}/{}", module.path);
                    resources(services, &path, &code, Some(&source));
                }
                if !outside.is_empty() {
                    looked_at.insert(folder);
                    return;
                }
            }
            None => {}
        }
    }
    // A module that cannot be looked into: named, so that somebody does.
    services.add(Found {
        name: label.to_owned(),
        source: "terraform-module",
        provider: Some("unknown"),
        module_source: Some(source),
        module_name: Some(label.to_owned()),
        configurations: vec![json!({ "module": label, "file": file.path })],
    });
}

/// Up to the brace that closes a block whose opening brace was just read.
fn body(code: &str) -> &str {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '{' => depth += 1,
            '}' if depth == 0 => return &code[..at],
            '}' => depth -= 1,
            _ => {}
        }
    }
    code
}

/// Without nested blocks, whose `source` is another.
fn top_level(body: &str) -> String {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    let mut text = String::new();
    for c in body.chars() {
        let was = depth;
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if was == 0 && depth == 0 {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::sources::inline;
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().map(|(path, content)| SourceFile {
            path: (*path).to_owned(),
            content: (*content).to_owned(),
        });
        let project = inline(files.collect(), super::super::Kind::Terraform.endings()).unwrap();
        let describe = |found: &Found| {
            let module = found.module_source.as_deref().unwrap_or("-");
            let provider = found.provider.unwrap_or("-");
            format!(
                "{} {} {provider} {module} {}",
                found.name,
                found.source,
                found.configurations.len()
            )
        };
        services(&project).found.iter().map(describe).collect()
    }

    /// Each of the first would read all that follows, and each line count all that comes before.
    #[test]
    fn many_modules_that_are_never_closed_are_read_in_one_pass() {
        let modules = "module \"m\" {\n".repeat(40_000);
        let last = "module \"x\" { source = \"a/sqs/aws\" }\n".repeat(2);
        let resources = "resource \"aws_sqs_queue\" \"q\" {}\n".repeat(40_000);
        assert_eq!(
            found(&[("main.tf", &format!("{modules}{last}{resources}"))]),
            [
                "sqs terraform aws - 40000",
                "m terraform-module unknown  40000",
                "sqs terraform-module aws a/sqs/aws 2",
            ]
        );
    }

    #[test]
    fn resources_and_data_sources() {
        let main = r#"
            resource "aws_db_instance" "main" { }
            resource aws_instance web {
              user_data = <<-EOT
                resource "aws_sqs_queue" "no" {}
              EOT
            }
            resource "aws_instance" "two" {}
            # resource "aws_sns_topic" "no" {}
            /* resource "aws_sns_topic" "no" {} */
            data "aws_iam_policy_document" "p" {}
            data "aws_caller_identity" "me" {}
            resource "awscc_lambda_function" "f" {}
            resource "google_storage_bucket" "g" {}
        "#;
        assert_eq!(
            found(&[("main.tf", main)]),
            [
                "rds terraform aws - 1",
                "ec2 terraform aws - 2",
                "iam terraform aws - 1",
                "lambda terraform awscc - 1",
            ]
        );
    }

    #[test]
    fn modules_by_where_they_come_from() {
        let main = r#"
            module "vpc" {
              source  = "terraform-aws-modules/vpc/aws"
              version = "~> 5.0"
            }
            module "bucket" { source = "terraform-aws-modules/s3-bucket/aws//modules/object" }
            module "sg" { source = "registry.example.com/acme/security-group/aws" }
            module "queue" {
              providers = { aws = aws.eu }
              settings  = { source = "decoy" }
              source    = "./mod"
            }
            module "other" { source = "git::https://example.com/x.git" }
            module "gone" { source = "../elsewhere" }
        "#;
        let queue = r#"resource "aws_sqs_queue" "q" {}"#;
        assert_eq!(
            found(&[("main.tf", main), ("mod/q.tf", queue)]),
            [
                "vpc terraform-module aws terraform-aws-modules/vpc/aws 1",
                "s3 terraform-module aws terraform-aws-modules/s3-bucket/aws//modules/object 1",
                "ec2 terraform-module aws registry.example.com/acme/security-group/aws 1",
                "other terraform-module unknown git::https://example.com/x.git 1",
                "gone terraform-module unknown ../elsewhere 1",
                "sqs terraform aws - 1",
            ]
        );
    }
}
