"""What `scripts/bench` measures: each tool once with our handler and once with the Python library around the upstream server."""

import json

# Enough for a stable median; a call of the library takes half a second and more.
OURS = {"cold_starts": 20, "warm_calls": 1000}
LIBRARY = {"cold_starts": 5, "warm_calls": 10}


def pairs(handlers, programs, library, upstream, repository, endpoint):
    """The cases, ours and the library's in turn.

    `handlers`: folder of our handlers; `programs`: folder of the measuring programs; `library`: the program that starts the library under `awslambdaric`; `upstream`: folder
    of one virtual environment per server; `repository`: a git repository; `endpoint`: a local AWS.
    """
    aws = {
        "AWS_ENDPOINT_URL": endpoint,
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
        cases.append({"name": server, "program": f"{handlers}/mcp-server-{server}", "environment": environment, **shared, **OURS})
        cases.append({"name": f"{server}, Python", "program": library,
                      "environment": {**environment, "BASELINE_COMMAND": command}, **shared, **LIBRARY})
    # The same Python server behind both: what is left is what starting it on every call costs.
    program = f"{upstream}/git-repo/bin/mcp-server-git"
    wrapped = {"tool": "wrapped___git_log", "arguments": {"repo_path": repository}}
    cases.append({"name": "mcp-server-git, wrapped", "program": f"{programs}/examples/handler",
                  "environment": {"FIXTURE_PROGRAM": program, "MCP_FLEET_ACCESS": "read-write"}, **wrapped, **OURS})
    cases.append({"name": "mcp-server-git, Python", "program": library,
                  "environment": {"BASELINE_COMMAND": json.dumps([program])}, **wrapped, **LIBRARY})
    return cases


def first_requests(handlers):
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
        {"name": server, "program": f"{handlers}/mcp-server-{server}", "tool": f"{server}___{tool}", "arguments": arguments,
         "environment": credentials, "cold_starts": 20, "warm_calls": 0, "calls_aws": True}
        for server, tool, arguments in calls
    ]
