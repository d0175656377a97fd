//! Services of a CDK project, by what its files import, and the constructs that they make.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Value, json};

use super::code::{Language, Lines, without_comments};
use super::sources::{Project, SourceFile};
use super::{Found, Services};

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a tested pattern")
}

/// `'aws-cdk-lib/aws-sqs'`, `"@aws-cdk/aws-lambda-python-alpha"`, in any statement.
static SCRIPT_MODULE: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"["'`](?:aws-cdk-lib|@aws-cdk)/aws-([a-z0-9-]+)(?:/[^"'`]*)?["'`]"#));
/// `import … from '…'`
static SCRIPT_IMPORT: LazyLock<Regex> = LazyLock::new(|| {
    regex(r#"\b(?:import|export)\s+(?:type\s+)?([^;"'`]+?)\s*\bfrom\s*["']([^"']+)["']"#)
});
/// `const … = require('…')`, `await import('…')`
static SCRIPT_REQUIRE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"\b(?:const|let|var)\s+([^=;]+?)\s*=\s*(?:require|(?:await\s+)?import)\s*\(\s*["']([^"']+)["']"#,
    )
});
/// `import s3 = require('…')`
static SCRIPT_OLD_IMPORT: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"\bimport\s+(\w+)\s*=\s*require\s*\(\s*["']([^"']+)["']"#));
/// `new sqs.Queue(this, 'Jobs'`
static SCRIPT_NEW: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"\bnew\s+([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\s*(?:<[^()]*>)?\s*\(\s*[\w$.]+\s*,\s*(?:["'`]([^"'`]*)["'`])?"#,
    )
});
/// `from aws_cdk import (…)`, `from aws_cdk import a, b`
static PYTHON_FROM: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?m)^[ \t]*from\s+aws_cdk(?:\.aws_([a-z0-9_]+))?(?:\.\w+)*\s+import\s+(?:\(([^)]*)\)|((?:[^\n\\]|\\\r?\n)*))",
    )
});
/// `import aws_cdk.aws_sns as sns`, `import aws_cdk as cdk`
static PYTHON_IMPORT: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?m)^[ \t]*import\s+([^\n#]*\baws_cdk\b[^\n#]*)"));
/// `sqs.Queue(self, "Jobs"`
static PYTHON_CALL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"\b([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\(\s*(?:scope\s*=\s*)?[\w.]+\s*,\s*(?:(?:id|construct_id)\s*=\s*)?(?:[fr]?["']([^"']*)["'])"#,
    )
});
/// `import software.amazon.awscdk.services.s3.Bucket;`
static JAVA_IMPORT: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\bsoftware\.amazon\.awscdk\.services\.([a-z0-9]+(?:\.[a-z0-9]+)*)\.[A-Z*]")
});
/// `using Amazon.CDK.AWS.S3;`
static CSHARP_USING: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\bAmazon\.CDK\.AWS\.([A-Za-z0-9]+)"));
/// `"github.com/aws/aws-cdk-go/awscdk/v2/awss3"`
static GO_IMPORT: LazyLock<Regex> = LazyLock::new(|| {
    regex(r#""github\.com/aws/aws-cdk-go/awscdk(?:/v\d+)?/aws([a-z0-9]+)(?:/[^"]*)?""#)
});
/// `aws_sqs as sqs`, `aws_sqs: sqs`, `aws_sqs`
static NAME: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^([A-Za-z_$][\w$]*)(?:\s*(?:\bas\b|:)\s*([A-Za-z_$][\w$]*))?$"));

/// The services that the files import, in the order of the files.
pub(crate) fn services(project: &Project) -> Services {
    let mut services = Services::default();
    for file in &project.files {
        let path = file.path.as_str();
        let mut found = FileServices::new(file);
        match path.rsplit('.').next() {
            Some("py") => found.python(),
            Some("java") => found.by_pattern(&JAVA_IMPORT, |module| module.replace('.', "-")),
            Some("cs") => found.by_pattern(&CSHARP_USING, str::to_lowercase),
            Some("go") => found.by_pattern(&GO_IMPORT, str::to_owned),
            _ => found.script(),
        }
        for (name, configurations) in found.modules {
            services.add(Found {
                name,
                source: "cdk",
                provider: None,
                module_source: None,
                module_name: None,
                configurations,
            });
        }
    }
    services
}

/// `apigatewayv2_integrations_alpha` and `apigatewayv2-integrations` are one module.
fn module_name(written: &str) -> String {
    let name = written.replace('_', "-");
    name.strip_suffix("-alpha")
        .map(str::to_owned)
        .unwrap_or(name)
}

/// What one file imports and makes.
struct FileServices<'a> {
    path: &'a str,
    code: String,
    /// In the order found.
    modules: Vec<(String, Vec<Value>)>,
    /// Local names of modules: `sqs` for `aws_sqs as sqs`.
    aliases: BTreeMap<String, String>,
    /// Local names of constructs: `Queue` from `sqs`.
    constructs: BTreeMap<String, (String, String)>,
    /// Local names of the whole library: `cdk`.
    libraries: Vec<String>,
}

impl<'a> FileServices<'a> {
    fn new(file: &'a SourceFile) -> Self {
        let language = match file.path.ends_with(".py") {
            true => Language::Python,
            false => Language::CLike,
        };
        Self {
            path: &file.path,
            code: without_comments(&file.content, language),
            modules: Vec::new(),
            aliases: BTreeMap::new(),
            constructs: BTreeMap::new(),
            libraries: Vec::new(),
        }
    }

    fn add(&mut self, module: &str) -> String {
        let module = module_name(module);
        if !self.modules.iter().any(|(known, _)| *known == module) {
            self.modules.push((module.clone(), Vec::new()));
        }
        module
    }

    fn by_pattern(&mut self, pattern: &Regex, name: impl Fn(&str) -> String) {
        let code = self.code.clone();
        for found in pattern.captures_iter(&code) {
            self.add(&name(&found[1]));
        }
    }

    fn script(&mut self) {
        let code = self.code.clone();
        for pattern in [&*SCRIPT_IMPORT, &*SCRIPT_REQUIRE, &*SCRIPT_OLD_IMPORT] {
            for found in pattern.captures_iter(&code) {
                self.script_names(&found[1], &found[2]);
            }
        }
        self.by_pattern(&SCRIPT_MODULE, str::to_owned);
        self.through_libraries(&code);
        self.made(&SCRIPT_NEW, &code);
    }

    /// The names that one import of a script brings in.
    fn script_names(&mut self, names: &str, from: &str) {
        let module = ["aws-cdk-lib/aws-", "@aws-cdk/aws-"]
            .iter()
            .find_map(|prefix| from.strip_prefix(prefix))
            .map(|module| module.split('/').next().unwrap_or(module));
        let whole = from == "aws-cdk-lib" || from == "@aws-cdk/core";
        if module.is_none() && !whole {
            return;
        }
        let module = module.map(|module| self.add(module));
        let (outside, inside) = match names.split_once('{') {
            Some((outside, inside)) => (outside, inside.trim_end().trim_end_matches('}')),
            None => (names, ""),
        };
        for name in outside.split(',') {
            let name = name.trim();
            let name = name.strip_prefix('*').map_or(name, |rest| {
                rest.trim_start().trim_start_matches("as ").trim()
            });
            if name.is_empty() {
                continue;
            }
            match &module {
                Some(module) => drop(self.aliases.insert(name.to_owned(), module.clone())),
                None => self.libraries.push(name.to_owned()),
            }
        }
        for name in inside.split(',') {
            let name = name.trim().trim_start_matches("type ").trim();
            self.named(name, module.as_deref());
        }
    }

    /// One of the names in braces or after Python's `import`: a module of the library, or a
    /// construct of a module.
    fn named(&mut self, name: &str, module: Option<&str>) {
        let Some(found) = NAME.captures(name) else {
            return;
        };
        let original = found[1].to_owned();
        let local = found
            .get(2)
            .map_or(original.clone(), |local| local.as_str().to_owned());
        match (module, original.strip_prefix("aws_")) {
            (Some(module), _) => {
                let construct = (module.to_owned(), original);
                self.constructs.insert(local, construct);
            }
            (None, Some(service)) => {
                let module = self.add(service);
                self.aliases.insert(local, module);
            }
            (None, None) => {}
        }
    }

    fn python(&mut self) {
        let code = self.code.clone();
        for found in PYTHON_FROM.captures_iter(&code) {
            let module = found.get(1).map(|module| self.add(module.as_str()));
            let names = found
                .get(2)
                .or(found.get(3))
                .map_or("", |names| names.as_str());
            for name in names.replace('\\', " ").split(',') {
                self.named(name.trim(), module.as_deref());
            }
        }
        for found in PYTHON_IMPORT.captures_iter(&code) {
            for part in found[1].split(',') {
                let (path, alias) = match part.split_once(" as ") {
                    Some((path, alias)) => (path.trim(), Some(alias.trim())),
                    None => (part.trim(), None),
                };
                let module = path.strip_prefix("aws_cdk.aws_");
                let module = module.map(|rest| rest.split('.').next().unwrap_or(rest));
                match (module, path) {
                    (Some(module), _) => {
                        let module = self.add(module);
                        if let Some(alias) = alias {
                            self.aliases.insert(alias.to_owned(), module);
                        } else {
                            self.libraries.push("aws_cdk".to_owned());
                        }
                    }
                    (None, "aws_cdk") => {
                        self.libraries.push(alias.unwrap_or("aws_cdk").to_owned());
                    }
                    _ => {}
                }
            }
        }
        self.through_libraries(&code);
        self.made(&PYTHON_CALL, &code);
    }

    /// `cdk.aws_sqs.Queue`: a module used through the library's own name.
    fn through_libraries(&mut self, code: &str) {
        for library in self.libraries.clone() {
            let pattern = format!(r"\b{}\.aws_([a-z0-9_]+)\b", regex_lite::escape(&library));
            let pattern = regex(&pattern);
            for found in pattern.captures_iter(code) {
                self.add(&found[1]);
            }
        }
    }

    /// Constructs that are made, with id and place.
    fn made(&mut self, pattern: &Regex, code: &str) {
        let lines = Lines::of(code);
        for found in pattern.captures_iter(code) {
            let name = &found[1];
            let Some((module, construct)) = self.construct(name) else {
                continue;
            };
            let place = found.get(1).map_or(0, |name| name.start());
            let mut configuration = json!({
                "construct": construct,
                "file": self.path,
                "line": lines.number(place),
            });
            if let Some(id) = found.get(2) {
                configuration["id"] = id.as_str().into();
            }
            if let Some((_, list)) = self.modules.iter_mut().find(|(known, _)| *known == module) {
                list.push(configuration);
            }
        }
    }

    /// Which construct of which module a name in the code means.
    fn construct(&self, name: &str) -> Option<(String, String)> {
        let (owner, last) = match name.rsplit_once('.') {
            None => return self.constructs.get(name).cloned(),
            Some(parts) => parts,
        };
        if !last.starts_with(|c: char| c.is_ascii_uppercase()) {
            return None;
        }
        let module = match owner.rsplit_once('.') {
            None => self.aliases.get(owner)?.clone(),
            Some((library, module)) if self.libraries.iter().any(|known| known == library) => {
                module_name(module.strip_prefix("aws_")?)
            }
            Some(_) => return None,
        };
        Some((module, last.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sources::inline;
    use super::*;

    /// `name: construct id, …` for each service.
    fn found(path: &str, content: &str) -> Vec<String> {
        let file = SourceFile {
            path: path.to_owned(),
            content: content.to_owned(),
        };
        let project = inline(vec![file], super::super::Kind::Cdk.endings()).unwrap();
        let describe = |found: &Found| {
            let made: Vec<String> = found
                .configurations
                .iter()
                .map(|c| {
                    let id = c["id"].as_str().unwrap_or("?");
                    format!("{} {id} {}", c["construct"].as_str().unwrap(), c["line"])
                })
                .collect();
            format!("{}: {}", found.name, made.join(", "))
                .trim_end_matches(": ")
                .to_owned()
        };
        services(&project).found.iter().map(describe).collect()
    }

    #[test]
    fn every_form_of_import_in_scripts() {
        for (content, expected) in [
            (
                "import * as s3 from 'aws-cdk-lib/aws-s3';\nnew s3.Bucket(this, 'B', {});",
                &["s3: Bucket B 2"][..],
            ),
            (
                "import { aws_sqs as sqs } from 'aws-cdk-lib';\nconst q = new sqs.Queue(this, `Q`);",
                &["sqs: Queue Q 2"],
            ),
            (
                "import {\n  Stack,\n  aws_sqs,\n  aws_sns as topic,\n} from \"aws-cdk-lib\"\nnew topic.Topic(scope, id)",
                &["sqs", "sns: Topic ? 6"],
            ),
            (
                "import { Function, Runtime as R } from 'aws-cdk-lib/aws-lambda';\nnew Function(this, 'F', { runtime: R.X })",
                &["lambda: Function F 2"],
            ),
            (
                "import * as cdk from 'aws-cdk-lib';\nnew cdk.aws_dynamodb.Table(this, 'T', {})",
                &["dynamodb: Table T 2"],
            ),
            (
                "import cdk, { aws_ec2 } from 'aws-cdk-lib';\nnew aws_ec2.Vpc(this, 'V')",
                &["ec2: Vpc V 2"],
            ),
            (
                "import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';",
                &["apigatewayv2-integrations"],
            ),
            (
                "import * as p from '@aws-cdk/aws-lambda-python-alpha';\nnew p.PythonFunction(this, 'P', {})",
                &["lambda-python: PythonFunction P 2"],
            ),
            (
                "const rds = require('aws-cdk-lib/aws-rds');\nconst { aws_efs: efs } = require('aws-cdk-lib');\nnew efs.FileSystem(this, 'E')",
                &["rds", "efs: FileSystem E 3"],
            ),
            ("import kms = require('@aws-cdk/aws-kms');", &["kms"]),
            ("export { Key } from 'aws-cdk-lib/aws-kms';", &["kms"]),
            ("import 'aws-cdk-lib/aws-events/lib/x';", &["events"]),
            // Not imports of a service.
            (
                "// import * as s3 from 'aws-cdk-lib/aws-s3';\n/* 'aws-cdk-lib/aws-ec2' */",
                &[],
            ),
            (
                "import { Stack } from 'aws-cdk-lib';\nimport { S3 } from '@aws-sdk/client-s3';",
                &[],
            ),
            (
                "const url = 'https://x'; import * as s3 from 'aws-cdk-lib/aws-s3'; // aws-ec2",
                &["s3"],
            ),
        ] {
            assert_eq!(found("lib/a.ts", content), expected, "{content}");
        }
    }

    #[test]
    fn every_form_of_import_in_python() {
        for (content, expected) in [
            (
                "from aws_cdk import (\n    aws_ec2 as ec2,  # network\n    aws_ecs as ecs,\n)\nec2.Vpc(self, \"V\")",
                &["ec2: Vpc V 5", "ecs"][..],
            ),
            (
                "from aws_cdk import aws_s3 as s3, aws_sqs\naws_sqs.Queue(self, 'Q')",
                &["s3", "sqs: Queue Q 2"],
            ),
            (
                "from aws_cdk import aws_s3, \\\n    aws_sqs as sqs\n",
                &["s3", "sqs"],
            ),
            (
                "from aws_cdk.aws_rds import DatabaseInstance as Db\nDb(self, f\"D\", engine=1)",
                &["rds: DatabaseInstance D 2"],
            ),
            (
                "import aws_cdk.aws_sns as sns\nt = sns.Topic(\n    self,\n    \"T\")",
                &["sns: Topic T 2"],
            ),
            (
                "import aws_cdk.aws_sns\naws_cdk.aws_sns.Topic(self, 'T')",
                &["sns: Topic T 2"],
            ),
            (
                "import aws_cdk as cdk\ncdk.aws_kms.Key(scope=self, id='K')",
                &["kms: Key K 2"],
            ),
            (
                "from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration",
                &["apigatewayv2-integrations"],
            ),
            (
                "import aws_cdk.aws_lambda_python_alpha as py",
                &["lambda-python"],
            ),
            ("import os, aws_cdk.aws_efs as efs", &["efs"]),
            (
                "\"\"\"\nfrom aws_cdk import aws_s3\n\"\"\"\n# import aws_cdk.aws_sns\nfrom aws_cdk import App, Stack",
                &[],
            ),
            ("import boto3\nboto3.client('s3')", &[]),
        ] {
            assert_eq!(found("app.py", content), expected, "{content}");
        }
    }

    #[test]
    fn other_languages_by_their_imports() {
        for (path, content, expected) in [
            (
                "A.java",
                "import software.amazon.awscdk.services.s3.Bucket;\nimport software.amazon.awscdk.services.lambda.nodejs.*;",
                &["s3", "lambda-nodejs"][..],
            ),
            (
                "A.cs",
                "using Amazon.CDK.AWS.DynamoDB;\n// using Amazon.CDK.AWS.S3;",
                &["dynamodb"],
            ),
            (
                "a.go",
                "import \"github.com/aws/aws-cdk-go/awscdk/v2/awssqs\"",
                &["sqs"],
            ),
        ] {
            assert_eq!(found(path, content), expected, "{content}");
        }
    }
}
