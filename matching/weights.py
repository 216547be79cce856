"""The learned weights shipped beside this file: a few numbers of ours, fitted by `matching.train`."""

import json
from collections.abc import Mapping
from pathlib import Path

PATH = Path(__file__).with_name("weights.json")


def load_weights(model: str) -> Mapping[str, float]:
    """The weights of a model (`neighbours`, `text`) by feature."""
    return {str(name): float(value) for name, value in json.loads(PATH.read_text())[model].items()}
