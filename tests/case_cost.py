"""What reading a case file costs, measured in the process that reads it; alone, so that it loads little."""

from __future__ import annotations

from pathlib import Path

from commitments.cases.reading import Order, answer


def print_cost(content: bytes) -> None:
    """Writes how many cases were counted, and the most memory that was used, in bytes."""
    order, _, file = content.partition(b"\n")
    n = answer(Order.unpacked(order.decode()), file)["n"]
    [peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    print(n, int(peak.split()[1]) * 1024)
