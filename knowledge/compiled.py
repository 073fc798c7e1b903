"""What is learnt from a library's packs, as bytes: so that only the first start has to learn it."""

import hashlib
import io
from collections.abc import Mapping

import numpy as np

from knowledge.errors import KnowledgeError
from knowledge.formats.pack import Packs
from knowledge.index import Index
from knowledge.library import Library, index_texts
from knowledge.linear import LinearModel
from knowledge.matching import Matcher
from knowledge.terms import Speller
from knowledge.thesaurus import Thesaurus

# Raise this whenever terms, features or weights are computed in another way: compiled forms of earlier
# releases are then made anew.
FORM = 4
_SEAL_BYTES = 32


class NotCompiled(KnowledgeError):
    """These bytes are not the compiled form of this library."""


def digest(files: Mapping[str, bytes]) -> str:
    """Return what identifies a library: the SHA-256 of its files' names and bytes, 16 hex digits."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{len(files[name])}\0".encode())
        whole.update(files[name])
    return whole.hexdigest()[:16]


def build(packs: Packs, identity: str) -> Library:
    """Index and learn everything; takes seconds, and gives the same library every time."""
    matcher = Matcher.build(packs.situations, Thesaurus.of(packs.thesaurus), packs.calibration)
    return _library(packs, matcher, index_texts(packs.editions), identity)


def dump(library: Library) -> bytes:
    """Return the compiled form of *library*: plain arrays and text, nothing that is run when loaded."""
    matcher = library.matcher
    parts: dict[str, np.ndarray] = {
        "form": np.array([FORM]),
        "rarity": matcher.linear.rarity,
        "vocabulary": _text(matcher.vocabulary),
    }
    indexes = {"situations": matcher.index, "linear": matcher.linear.weights, "texts": library.texts}
    for name, index in indexes.items():
        parts |= {
            f"{name}.columns": _text(index.columns),
            f"{name}.starts": index.starts,
            f"{name}.positions": index.positions,
            f"{name}.weights": index.weights,
            f"{name}.size": np.array([index.size]),
        }
    stream = io.BytesIO()
    np.savez(stream, **parts)  # type: ignore[arg-type]
    return _seal(stream.getvalue(), library.digest) + stream.getvalue()


def load(data: bytes, packs: Packs, identity: str) -> Library:
    """Return the library of *packs* from its compiled form; raise `NotCompiled` when *data* does not fit."""
    seal, whole = data[:_SEAL_BYTES], data[_SEAL_BYTES:]
    if seal != _seal(whole, identity):
        raise NotCompiled("damaged, or compiled from another library; it will be made anew")
    try:
        with np.load(io.BytesIO(whole), allow_pickle=False) as parts:
            if parts["form"][0] != FORM:
                raise NotCompiled("compiled by another release; it will be made anew")
            model = LinearModel(_index(parts, "linear"), parts["rarity"])
            vocabulary = _words(parts["vocabulary"])
            by_terms, texts = _index(parts, "situations"), _index(parts, "texts")
    except (OSError, ValueError, KeyError, EOFError) as problem:
        raise NotCompiled("the compiled form is damaged; it will be made anew") from problem
    if by_terms.size != len(packs.situations):
        raise NotCompiled("compiled from another library; it will be made anew")
    matcher = Matcher(
        packs.situations,
        by_terms,
        model,
        vocabulary,
        Speller(vocabulary),
        Thesaurus.of(packs.thesaurus),
        packs.calibration,
    )
    return _library(packs, matcher, texts, identity)


def _library(packs: Packs, matcher: Matcher, texts: Index, identity: str) -> Library:
    return Library(
        packs.editions,
        matcher,
        texts,
        packs.topics,
        {route.id: route for route in packs.routes},
        {organisation.id: organisation for organisation in packs.organisations},
        identity,
    )


def _seal(whole: bytes, identity: str) -> bytes:
    # NumPy's reader is not made for damaged files: nothing is read before it is known to be whole.
    return hashlib.sha256(identity.encode() + whole).digest()


def _text(words: object) -> np.ndarray:
    return np.frombuffer("\n".join(words).encode(), np.uint8)  # type: ignore[arg-type]


def _words(array: np.ndarray) -> tuple[str, ...]:
    return tuple(array.tobytes().decode().split("\n")) if array.size else ()


def _index(parts: Mapping[str, np.ndarray], name: str) -> Index:
    columns = {term: column for column, term in enumerate(_words(parts[f"{name}.columns"]))}
    return Index(
        columns,
        parts[f"{name}.starts"],
        parts[f"{name}.positions"],
        parts[f"{name}.weights"],
        int(parts[f"{name}.size"][0]),
    )
