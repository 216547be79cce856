"""The speeds that every measure says at its top level."""

from collections.abc import Sequence

from ops.bench.index import Speeds, resident_mb


def speeds_of(seconds: Sequence[float]) -> dict[str, float]:
    """Of calls made one after the other: how many a second, and percentiles in milliseconds."""
    speeds = Speeds.of(list(seconds))
    return {
        "rate_per_s": round(len(seconds) / sum(seconds), 1),
        "p50_ms": speeds.p50,
        "p95_ms": speeds.p95,
        "p99_ms": speeds.p99,
        "rss_mb": resident_mb(),
    }
