"""What one evaluation found, and how it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Measured:
    """Ours and each baseline, by metric name, in [0, 1] (times in milliseconds); details as they come."""

    ours: Mapping[str, float]
    baselines: Mapping[str, Mapping[str, float]]
    details: Mapping[str, Any] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """One French line a metric: ours, then each baseline that has it."""
        told = []
        for metric, value in self.ours.items():
            beside = [
                f"{name} {_french(found[metric])}"
                for name, found in self.baselines.items()
                if metric in found
            ]
            told.append(f"{metric} : {_french(value)}" + (f" ({', '.join(beside)})" if beside else ""))
        return [*told, *(f"  {name} : {value}" for name, value in self.details.items())]


def ranks(scores: NDArray[np.floating[Any]], wanted: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Rank from 0 of the wanted column of each row; equals count against it, so that ties never help."""
    value = scores[np.arange(len(scores)), wanted][:, None]
    return np.asarray((scores >= value).sum(axis=1) - 1, np.int64)


def share(condition: NDArray[np.bool_]) -> float:
    """Part of the rows that fulfil a condition, to four decimals; 0 of none."""
    return round(float(condition.mean()), 4) if len(condition) else 0.0


def _french(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")
