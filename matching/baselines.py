"""What plain methods give, run beside ours so that a measure can be judged.

BM25 on skills' identifiers, TF-IDF of words and of character n-grams over texts, partial-ratio matching
of labels. None of them is used by the service.
"""

from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz import fuzz, process
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from domain.values import fold
from matching.corpus import Corpus, Floats, Referential, Sparse, idf, scaled

K1, B = 1.2, 0.75
"""BM25's usual parameters."""


def bm25(links: Sparse, queries: Sparse) -> Floats:
    """Scores of the occupations (columns) for queries of skills (rows)."""
    length = np.diff(links.indptr).astype(np.float64)
    norm = (K1 + 1) / (1 + K1 * (1 - B + B * length / max(length.mean(), 1e-9)))
    weighted = sparse.diags(norm) @ scaled(links, idf(links))
    return np.asarray((queries @ weighted.T).toarray())


def queries_of(corpus: Corpus, asked: Sequence[Sequence[str]]) -> Sparse:
    """Queries of skills as rows of zeros and ones, shape (queries, S)."""
    known = corpus.skill_position
    pairs = sorted({(row, known[skill]) for row, skills in enumerate(asked) for skill in skills})
    at = np.array(pairs, np.int64).reshape(-1, 2)
    shape = (len(asked), len(corpus.skills))
    return sparse.csr_matrix((np.ones(len(at)), (at[:, 0], at[:, 1])), shape=shape)


def word_tfidf(documents: Sequence[str], queries: Sequence[str]) -> Floats:
    """Cosines of words, shape (queries, documents)."""
    return _cosines(TfidfVectorizer(sublinear_tf=True), documents, queries)


def char_tfidf(documents: Sequence[str], queries: Sequence[str]) -> Floats:
    """Cosines of groups of three to five characters within words, shape (queries, documents)."""
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2, dtype=np.float32
    )
    return _cosines(vectorizer, documents, queries)


def fiches(corpus: Corpus, referential: Referential, *, whole: bool) -> list[str]:
    """The text of each occupation, folded: its skills; with `whole`, its texts and appellations too."""
    parts: dict[str, list[str]] = {code: [] for code in corpus.codes}
    for rome, skill, _ in referential.links:
        parts[rome].append(corpus.skill_labels[skill])
    if whole:
        for rome, text in [*referential.occupations, *referential.appellations, *referential.definitions]:
            parts[rome].append(text)
    return [fold(" . ".join(parts[code])) for code in corpus.codes]


def partial_ratio(texts: Sequence[tuple[str, str]]) -> Callable[[str, int], list[str]]:
    """A look-up by partial ratio among (folded text, ROME code): codes, best first."""
    labels, codes = [text for text, _ in texts], [code for _, code in texts]

    def search(query: str, limit: int) -> list[str]:
        best = process.extract(query, labels, scorer=fuzz.partial_ratio, limit=4 * limit)
        return list(dict.fromkeys(codes[at] for _, _, at in best))[:limit]

    return search


def _cosines(vectorizer: TfidfVectorizer, documents: Sequence[str], queries: Sequence[str]) -> Floats:
    known = vectorizer.fit_transform(documents)
    return np.asarray((vectorizer.transform(queries) @ known.T).toarray(), np.float64)
