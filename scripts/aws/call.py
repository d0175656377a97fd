"""A row of the tables `calls_<server>.py`."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Call:
    """One call of a tool, and what has to become of it."""

    tool: str
    arguments: dict
    # The IAM actions that this call makes, of those that the tool declares. Without any one of them it is denied.
    uses: list[str]
    # Part of the answer, when nothing is denied.
    answers: str
    # What the resource type of a Cloud Control change needs beside the derived policy.
    type_actions: list[str] = dataclasses.field(default_factory=list)
    # Actions whose denial is told in a good answer: the tool did something before it was denied the rest.
    noted: list[str] = dataclasses.field(default_factory=list)
    # Actions whose denial is not told, because the error that made the tool ask is.
    untold: list[str] = dataclasses.field(default_factory=list)
    # Makes what the call needs, in the AWS at the given URL, and returns the arguments that follow from it. Runs before
    # every attempt.
    given: Callable[[str], dict] | None = None
    # Variables for the handler; `{url}` is the local AWS.
    variables: dict[str, str] = dataclasses.field(default_factory=dict)

    def environment(self, url: str) -> dict[str, str]:
        return {name: value.replace("{url}", url) for name, value in self.variables.items()}
