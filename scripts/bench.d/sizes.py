"""Sizes of packages, and what of a program's machine code is the AWS SDK's."""

import collections
import functools
import io
import re
import subprocess
import zipfile

MB = 1_000_000


def zip_bytes(binary):
    """Size of the deployment package: the handler as `bootstrap`."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        package.write(binary, "bootstrap")
    return len(data.getvalue())


def folder_bytes(environment):
    """A zip of the packages of a virtual environment, without what only installs packages."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for site in environment.glob("lib/python*/site-packages"):
            for path in site.rglob("*"):
                inside = path.relative_to(site)
                if path.is_file() and inside.parts[0] not in ("pip", "setuptools") and "__pycache__" not in inside.parts:
                    package.write(path, inside)
    return len(data.getvalue())


@functools.cache
def sdk_code(program):
    """Bytes of machine code per crate of the AWS SDK, from the symbols: `{"aws": [(crate, bytes), ...], "total": bytes}`, the largest crate first."""
    symbols = subprocess.run(["nm", "--print-size", "--demangle", program], check=True, stdout=subprocess.PIPE, text=True).stdout
    sizes, total = collections.Counter(), 0
    for line in symbols.splitlines():
        fields = line.split(maxsplit=3)
        if len(fields) == 4 and fields[2] in "tT":
            size = int(fields[1], 16)
            total += size
            # `<aws_sdk_x::Type as core::Trait>::method`: the first crate named is the one whose code it is.
            if (crate := re.match(r"[<&\s]*(?:mut |dyn )*([a-z_0-9]+)::", fields[3])) and crate[1].startswith("aws_"):
                sizes[crate[1].replace("_", "-")] += size
    return {"aws": sizes.most_common(), "total": total}


def has_sdk(program):
    """Whether a client of AWS's SDK is in a program, and not only what the adapter needs of the same family."""
    return any(crate == "aws-config" or crate.startswith("aws-sdk-") for crate, _ in sdk_code(program)["aws"])
