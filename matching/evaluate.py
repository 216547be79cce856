"""How good the ranking of occupations is, measured beside plain methods on the same draws.

Four measures, each in a file of its own; metric names are fixed, since others compare them:

- `passports_first_{m}_{noise}`: skills drawn from an occupation with noise added; it comes first;
- `masked_top10`: five competences taken away from it, then asked; it comes among ten;
- `neighbours_ndcg10`: the official mobilities of sources whose list was not read;
- `text_first`, `text_top5`: what people say of themselves.

`evaluate_titles` measures the look-up of occupations by name (`titles_first`, `titles_top5`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matching.corpus import Corpus, Referential
from matching.evaluate_masked import evaluate_masked
from matching.evaluate_neighbours import evaluate_neighbours
from matching.evaluate_passports import evaluate_passports
from matching.evaluate_text import Sentence, evaluate_text
from matching.measured import Measured

Say = Callable[[str], None]


def evaluate_occupations(
    referential: Referential,
    sentences: Sequence[Sentence],
    say: Say,
) -> dict[str, Any]:
    """All the measures of `escale eval occupations`; shares in [0, 1].

    The top level has our measures by their fixed names; `baselines` and `details` the rest.
    """
    corpus = Corpus(referential)
    result: dict[str, Any] = {"baselines": {}, "details": {}}
    measures: Mapping[str, Callable[[], Measured]] = {
        "passports": lambda: evaluate_passports(corpus),
        "masked": lambda: evaluate_masked(referential),
        "neighbours": lambda: evaluate_neighbours(referential, corpus),
        "text": lambda: evaluate_text(referential, corpus, sentences),
    }
    for name, measure in measures.items():
        measured = measure()
        result |= measured.ours
        result["details"][name] = measured.details
        for baseline, values in measured.baselines.items():
            result["baselines"].setdefault(baseline, {}).update(values)
        for line in measured.lines():
            say(line)
    return result
