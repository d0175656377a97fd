"""What people replace: the Python library `run-mcp-servers-with-aws-lambda` around a stdio server, as its README shows it.

Runs under `awslambdaric`. `BASELINE_COMMAND` is the server's command, as a JSON array.
"""

import json
import os
import resource

from mcp.client.stdio import StdioServerParameters
from mcp_lambda import BedrockAgentCoreGatewayTargetHandler, StdioServerAdapterRequestHandler

command, *arguments = json.loads(os.environ["BASELINE_COMMAND"])
server = StdioServerParameters(command=command, args=arguments, env=dict(os.environ))
gateway_target = BedrockAgentCoreGatewayTargetHandler(StdioServerAdapterRequestHandler(server))


def handler(event, context):
    try:
        return gateway_target.handle(event, context)
    finally:
        # Lambda counts every process of the environment: this one and the largest server that it started.
        processes = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        peak = sum(resource.getrusage(which).ru_maxrss for which in processes)
        print(f"peak memory kB: {peak}", flush=True)
