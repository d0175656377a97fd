"""Bytes of machine code per crate of the AWS SDK in a program, from its symbols."""

import collections
import re
import subprocess


def of(program):
    """`{"aws": [(crate, bytes), ...], "total": bytes}`, the largest crate first."""
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
