"""What `scripts/bench` measures of handlers: see `crates/lambda-emulator/examples/measure/case.rs` for what a case is."""

import json

# Enough for a stable median; a call of the library takes half a second and more.
OURS = {"cold_starts": 20, "warm_calls": 1000}
LIBRARY = {"cold_starts": 5, "warm_calls": 10}
# A handler that looks for the Internet or for credentials finds none, and no service is called thousands of times.
NOBODY = {"HTTPS_PROXY": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}


def hello(bench):
    """The bare function."""
    return {"name": "hello", "program": f"{bench.handlers}/hello", "tool": "hello___hello", "arguments": {}}


def handlers(bench):
    """Every handler with the call that its server marks as harmless. It may be refused: nobody is there."""
    return [
        {"name": server, "program": str(bench.handler(server)), "tool": f"{server}___{target['smoke']['tool']}",
         "arguments": target["smoke"]["arguments"], "environment": {**target["environment"], **NOBODY}, "may_fail": True,
         "cold_starts": 30, "warm_calls": 5000}
        for server, target in bench.targets().items()
    ]


def pairs(bench):
    """Each tool once with our handler and once with the Python library around the upstream server."""
    library, upstream, repository = f"{bench.cache}/library/bootstrap", bench.cache / "upstream", f"{bench.work}/repository"
    aws = {
        "AWS_ENDPOINT_URL": bench.endpoint,
        # The keys of ministack's root user.
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    calls = [
        ("git-repo", "git_log", {"repo_path": repository}, "mcp-server-git", {"GIT_REPO_ROOT": repository}),
        ("aws-pricing", "get_bedrock_patterns", {}, "awslabs.aws-pricing-mcp-server", aws),
        ("cfn-mcp", "list_resources", {"resource_type": "AWS::S3::Bucket", "region": "us-east-1"}, "awslabs.cfn-mcp-server", aws),
        ("cloudwatch-mcp", "get_active_alarms", {"region": "us-east-1"}, "awslabs.cloudwatch-mcp-server", aws),
    ]
    cases = []
    for server, tool, arguments, command, environment in calls:
        shared = {"tool": f"{server}___{tool}", "arguments": arguments}
        command = json.dumps([f"{upstream}/{server}/bin/{command}"])
        cases.append((
            {"name": server, "program": str(bench.handler(server)), "environment": environment, **shared, **OURS},
            {"name": f"{server}, Python", "program": library, "environment": {**environment, "BASELINE_COMMAND": command}, **shared, **LIBRARY}))
    # The same Python server behind both: what is left is what starting it on every call costs.
    program = f"{upstream}/git-repo/bin/mcp-server-git"
    wrapped = {"tool": "wrapped___git_log", "arguments": {"repo_path": repository}}
    environment = {"FIXTURE_PROGRAM": program, "MCP_FLEET_ACCESS": "read-write"}
    cases.append((
        {"name": "mcp-server-git, wrapped", "program": f"{bench.programs}/examples/handler", "environment": environment, **wrapped, **OURS},
        {"name": "mcp-server-git, Python", "program": library, "environment": {"BASELINE_COMMAND": json.dumps([program])}, **wrapped, **LIBRARY}))
    return cases


def first_requests(bench):
    """Per AWS server, a call whose first act is a request for AWS."""
    region = {"region": "us-east-1"}
    calls = [
        ("aws-pricing", "get_pricing_service_codes", {}),
        ("cfn-mcp", "list_resources", {"resource_type": "AWS::S3::Bucket", **region}),
        ("cloudwatch-mcp", "describe_log_groups", region),
        ("cloudwatch-mcp", "get_active_alarms", region),
    ]
    credentials = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_EC2_METADATA_DISABLED": "true"}
    return [
        {"name": server, "program": str(bench.handler(server)), "tool": f"{server}___{tool}", "arguments": arguments,
         "environment": credentials, "cold_starts": 20, "warm_calls": 0, "calls_aws": True}
        for server, tool, arguments in calls
    ]
