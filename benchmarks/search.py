"""Search alone: p50 of a 12-word question over 200 to 200,000 clauses, beside other engines on the same tokens.

The clauses are the shipped library's sentences, recombined with a fixed seed: 40 words each, with the library's
own frequencies of words. Every engine gets the same lists of terms and returns the five best.
"""

import random
import tempfile
from collections.abc import Callable, Sequence

import numpy as np
from rank_bm25 import BM25Plus

from adapters import library_files
from benchmarks.timing import percentiles_us
from knowledge.index import bm25
from knowledge.terms import terms

SIZES = (200, 2_000, 20_000, 200_000)
QUESTIONS = 200
WORDS = 12

Search = Callable[[list[str]], object]


def passages(count: int, words: Sequence[str]) -> list[list[str]]:
    """Return *count* passages of 40 terms drawn with the library's own frequencies."""
    draw = random.Random(7)
    return [draw.choices(words, k=40) for _ in range(count)]


def with_rank_bm25(corpus: list[list[str]]) -> Search:
    """The definition itself."""
    engine = BM25Plus(corpus)

    def search(query: list[str]) -> object:
        scores = engine.get_scores(query)
        best = np.argpartition(scores, -5)[-5:]
        return best[np.argsort(-scores[best])]

    return search


def with_bm25s(corpus: list[list[str]]) -> Search:
    """bm25s with its NumPy backend."""
    import bm25s

    engine = bm25s.BM25(method="bm25+")
    engine.index(corpus, show_progress=False)
    return lambda query: engine.retrieve([query], k=5, show_progress=False)


def with_tantivy(corpus: list[list[str]]) -> Search:
    """tantivy on disk, with its own BM25."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", stored=False, tokenizer_name="whitespace")
    index = tantivy.Index(builder.build(), path=tempfile.mkdtemp())
    writer = index.writer(200_000_000)
    for passage in corpus:
        writer.add_document(tantivy.Document(body=" ".join(passage)))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    schema = index.schema

    def search(query: list[str]) -> object:
        parts = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", term)) for term in query]
        return searcher.search(tantivy.Query.boolean_query(parts), 5).hits

    return search


def with_signpost(corpus: list[list[str]]) -> Search:
    """Signpost's columns."""
    index = bm25(corpus)
    return lambda query: index.search(query, 5)


ENGINES = {
    "signpost": with_signpost,
    "rank-bm25": with_rank_bm25,
    "bm25s": with_bm25s,
    "tantivy": with_tantivy,
}


def main() -> None:
    """Print a row for each size."""
    library = library_files.load()
    words = [t for s in library.situations.values() for p in s.phrasings for t in terms(p)]
    draw = random.Random(11)
    questions = [draw.choices(words, k=WORDS) for _ in range(QUESTIONS)]
    print(f"search alone, p50 / p99 in µs, {WORDS}-word questions, one core")
    print(f"{'clauses':>8} " + " ".join(f"{name:>20}" for name in ENGINES))
    for size in SIZES:
        corpus = passages(size, words)
        cells = []
        for name, prepare in ENGINES.items():
            slow = name == "rank-bm25" and size > 20_000
            search = prepare(corpus)
            p50, p99 = percentiles_us(search, questions[: 20 if slow else QUESTIONS], 1 if slow else 5)
            cells.append(f"{p50:9.0f} / {p99:8.0f}")
        print(f"{size:>8} " + " ".join(cells), flush=True)


if __name__ == "__main__":
    main()
