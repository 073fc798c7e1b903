"""YAML is read as text, lists and fields, each with its line, exactly as it was written."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import InvalidPack
from knowledge.formats.strict_yaml import MAX_BYTES, MAX_DEPTH, MAX_EVENTS, Fields, Items, Node, Scalar, parse

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=20)
TREES = st.recursive(
    TEXT, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)


def plain(node: Node) -> object:
    """The node as text, lists and mappings."""
    match node:
        case Scalar():
            return node.text
        case Items():
            return [plain(item) for item in node.nodes]
        case Fields():
            return {key: plain(value) for key, value in node.nodes.items()}


@given(TREES, st.booleans())
def test_what_another_writer_wrote_is_read_back_word_for_word(tree: object, flow: bool) -> None:
    written = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=flow, default_style='"')

    # The writer tags a text in quotation marks as nothing; every value is one.
    assert plain(parse(written.encode(), "a.yaml")) == tree


def test_every_node_knows_its_line() -> None:
    node = parse(b"a: 1\nb:\n  - x\n  - y: z\n", "a.yaml")

    assert isinstance(node, Fields)
    items = node.nodes["b"]
    assert isinstance(items, Items)
    assert node.key_lines == {"a": 1, "b": 2}
    assert [item.line for item in items.nodes] == [3, 4]


@pytest.mark.parametrize(("size", "refused"), [(MAX_BYTES, False), (MAX_BYTES + 1, True)])
def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not(size: int, refused: bool) -> None:
    assert is_refused(b"a: " + b"x" * (size - 3)) is refused


@pytest.mark.parametrize(("depth", "refused"), [(MAX_DEPTH, False), (MAX_DEPTH + 1, True)])
@pytest.mark.parametrize("pair", [("[", "]"), ("{a: ", "}")])
def test_the_deepest_nesting_is_read_and_one_level_more_is_not(
    depth: int, pair: tuple[str, str], refused: bool
) -> None:
    assert is_refused((pair[0] * depth + "x" + pair[1] * depth).encode()) is refused


@pytest.mark.parametrize(("items", "refused"), [(MAX_EVENTS - 10, False), (MAX_EVENTS + 1, True)])
def test_as_many_values_as_allowed_are_read_and_more_are_not(items: int, refused: bool) -> None:
    assert is_refused(b"- a\n" * items) is refused


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066"])
def test_no_character_that_commands_a_terminal_or_hides_text_comes_through(character: str) -> None:
    assert is_refused(f'a: "{character}"'.encode())
    assert is_refused(f'a: "\\u{ord(character):04x}"'.encode())
    assert is_refused(f'"\\u{ord(character):04x}": a'.encode())


@pytest.mark.parametrize("text", ["é", "naïve", "don’t", "🐝", "日本", "a\u200db", "שלום", "\u00a0"])
def test_letters_of_every_language_come_through(text: str) -> None:
    assert plain(parse(f'a: "{text}"'.encode(), "a.yaml")) == {"a": text}


def is_refused(data: bytes) -> bool:
    try:
        parse(data, "a.yaml")
    except InvalidPack:
        return True
    return False
