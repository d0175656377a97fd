"""An AWS account on this machine, for deploying to: moto, and what it lacks for this app.

Prints its address and serves until it is ended. Beyond moto:

- CloudFormation for AgentCore gateways and targets. What a template says is checked by AWS's own model of the API, and a
  target is refused unless the gateway's role exists and may invoke the function, as the service's dry run does.
- Roles keep their inline policies in the form that the API has.
- Functions keep their architectures, tracing and tags when CloudFormation creates them.
"""

import json
import sys

import botocore.session
import botocore.validate
from moto.awslambda.models import LambdaFunction
from moto.bedrockagentcorecontrol.models import bedrockagentcorecontrol_backends
from moto.cloudformation.exceptions import ValidationError
from moto.core.common_models import CloudFormationModel
from moto.iam.models import Role, iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

API = botocore.session.get_session().get_service_model("bedrock-agentcore-control")


def api_form(value, shape):
    """A template's value as the API writes it: the template's names start in upper case. Keys of maps are the user's."""
    if shape.type_name == "structure":
        known = {member[0].upper() + member[1:]: member for member in shape.members}
        return {
            known.get(name, name): api_form(item, shape.members[known[name]]) if name in known else item
            for name, item in value.items()
        }
    if shape.type_name == "list":
        return [api_form(item, shape.member) for item in value]
    if shape.type_name == "map":
        return {name: api_form(item, shape.value) for name, item in value.items()}
    return value


def request(operation, properties):
    """The request that CloudFormation makes of a resource's properties, or a failed deployment."""
    shape = API.operation_model(operation).input_shape
    parameters = api_form(properties, shape)
    report = botocore.validate.ParamValidator().validate(parameters, shape)
    if report.has_errors():
        raise ValidationError(message=f"{operation}: {report.generate_report()}")
    return parameters


def moto_arguments(parameters, names):
    """moto's methods take every member by position or by its own name; absent ones are None."""
    snake = {name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name) for name in names}
    return {snake[name]: parameters.get(name) for name in names}


GATEWAY = [
    "name", "roleArn", "protocolType", "authorizerType", "description", "protocolConfiguration", "authorizerConfiguration",
    "kmsKeyArn", "interceptorConfigurations", "policyEngineConfiguration", "exceptionLevel",
]  # fmt: skip
TARGET = ["name", "targetConfiguration", "description", "credentialProviderConfigurations", "metadataConfiguration"]


# moto takes a model's service from its module, and its own class of the same name is not replaced.
MODULE = "moto.bedrockagentcorecontrol.models"


class DeployedResource:
    """What the two resources share."""

    attributes: dict = {}

    def __init__(self, backend, record):
        self.backend = backend
        self.record = record

    @staticmethod
    def cloudformation_name_type():
        return ""

    @classmethod
    def has_cfn_attr(cls, attribute):
        return attribute in cls.attributes

    def get_cfn_attribute(self, attribute):
        return getattr(self.record, self.attributes[attribute])

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        backend = bedrockagentcorecontrol_backends[account_id][region_name]
        return cls(backend, cls.create(backend, cloudformation_json["Properties"]))

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        original_resource.update(cloudformation_json["Properties"])
        return original_resource


class DeployedGateway(DeployedResource, CloudFormationModel):
    __module__ = MODULE
    attributes = {"GatewayIdentifier": "gateway_id", "GatewayArn": "gateway_arn", "GatewayUrl": "gateway_url"}

    @staticmethod
    def cloudformation_type():
        return "AWS::BedrockAgentCore::Gateway"

    @property
    def physical_resource_id(self):
        return self.record.gateway_id

    @staticmethod
    def create(backend, properties):
        parameters = request("CreateGateway", properties)
        return backend.create_gateway(**moto_arguments(parameters, GATEWAY), tags=parameters.get("tags"))

    def update(self, properties):
        parameters = request("CreateGateway", properties)
        self.backend.update_gateway(self.record.gateway_id, **moto_arguments(parameters, GATEWAY))

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        backend = bedrockagentcorecontrol_backends[account_id][region_name]
        if backend.list_gateway_targets(resource_name):
            raise ValidationError(message=f"gateway {resource_name} still has targets")
        backend.delete_gateway(resource_name)


class DeployedTarget(DeployedResource, CloudFormationModel):
    __module__ = MODULE
    attributes = {"TargetId": "target_id", "GatewayArn": "gateway_arn"}

    @staticmethod
    def cloudformation_type():
        return "AWS::BedrockAgentCore::GatewayTarget"

    @property
    def physical_resource_id(self):
        return self.record.target_id

    @staticmethod
    def create(backend, properties):
        parameters = request("CreateGatewayTarget", properties)
        dry_run(backend, parameters)
        return backend.create_gateway_target(parameters["gatewayIdentifier"], **moto_arguments(parameters, TARGET))

    def update(self, properties):
        parameters = request("CreateGatewayTarget", properties)
        dry_run(self.backend, parameters)
        self.backend.update_gateway_target(self.record.gateway_id, self.record.target_id, **moto_arguments(parameters, TARGET))

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        backend = bedrockagentcorecontrol_backends[account_id][region_name]
        for gateway, target in [key for key in backend.gateway_targets if key[1] == resource_name]:
            backend.delete_gateway_target(gateway, target)


def dry_run(backend, parameters):
    """The service invokes the function once, with the gateway's role, before it accepts a target."""
    function = parameters["targetConfiguration"]["mcp"]["lambda"]["lambdaArn"]
    role_arn = backend.get_gateway(parameters["gatewayIdentifier"]).role_arn
    roles = iam_backends[backend.account_id][backend.partition].get_roles()
    role = next((role for role in roles if role.arn == role_arn), None)
    if role is None or not any(f'"{function}"' in policy for policy in role.policies.values()):
        raise ValidationError(message=f"Gateway execution role {role_arn} lacks permission to invoke {function}")


def keep_policies():
    """A template's inline policies are objects; the API gives out texts, and moto what it was given."""
    put = Role.put_policy

    def put_text(self, policy_name, policy_json):
        put(self, policy_name, policy_json if isinstance(policy_json, str) else json.dumps(policy_json))

    Role.put_policy = put_text


def keep_function_settings():
    """moto creates functions from templates without these."""
    create = LambdaFunction.create_from_cloudformation_json.__func__

    def create_with_settings(cls, resource_name, cloudformation_json, *args, **kwargs):
        function = create(cls, resource_name, cloudformation_json, *args, **kwargs)
        properties = cloudformation_json["Properties"]
        function.architectures = properties.get("Architectures", ["x86_64"])
        function.tracing_config = properties.get("TracingConfig", {"Mode": "PassThrough"})
        function.tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        return function

    LambdaFunction.create_from_cloudformation_json = classmethod(create_with_settings)


def main():
    keep_policies()
    keep_function_settings()
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    # The name, not the number: the CDK's CLI takes a bucket's name from the address, and moto the bucket from its path.
    print(f"http://localhost:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
