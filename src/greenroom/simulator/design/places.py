"""Where the parts of a YAML text stand, and the smallest changes to it: comments and the rest stay as they are."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from greenroom.bank.source import Location, parse_yaml

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NO_TEXT = {"true", "false", "null", "yes", "no", "on", "off"}


class Text:
    """A YAML mapping as text, with the marks of its parts. Raises PackError for what is no YAML or has aliases."""

    def __init__(self, text: str, shown: str = "design") -> None:
        self.text = text
        self.value = parse_yaml(text, shown).value
        self._root: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)

    def node(self, at: Location) -> yaml.Node | None:
        """The YAML node of the part at *at*."""
        found = self._root
        for name in at:
            if isinstance(found, yaml.MappingNode):
                found = next((value for key, value in found.value if key.value == name), None)
            elif isinstance(found, yaml.SequenceNode) and isinstance(name, int) and name < len(found.value):
                found = found.value[name]
            else:
                return None
        return found

    def source(self, at: Location) -> str:
        """The part at *at* as it is written, with its quotes; empty where there is none."""
        node = self.node(at)
        return "" if node is None else self.text[node.start_mark.index : node.end_mark.index]

    def replaced(self, at: Location, written: str) -> str:
        """The text with *written* in place of the scalar at *at*, or put in where that is not there yet."""
        node = self.node(at)
        if node is not None:
            start, end = node.start_mark.index, _end(node)
            space = " " if start == end and self.text[start - 1 : start] == ":" else ""
            return f"{self.text[:start]}{space}{written}{self.text[end:]}"
        *around, name = at
        parent = self.node(tuple(around))
        pair = f"{rendered(str(name))}: {written}"
        if isinstance(parent, yaml.MappingNode):
            return self._added(parent, pair)
        if not around:
            return f"{self.text.rstrip()}\n{pair}\n".lstrip("\n")
        return self.replaced(tuple(around), f"{{{pair}}}")

    def _added(self, parent: yaml.MappingNode, pair: str) -> str:
        text = self.text
        if not parent.value:
            place = parent.start_mark.index + 1
            return f"{text[:place]}{pair}{text[place:]}"
        place = max(_end(value) for _, value in parent.value)
        if parent.flow_style:
            return f"{text[:place]}, {pair}{text[place:]}"
        place = self._line_end(len(text[:place].rstrip()))
        return f"{text[:place]}\n{' ' * parent.value[0][0].start_mark.column}{pair}{text[place:]}"

    def without(self, at: Location) -> str:
        """The text without the part at *at*, its key and its lines."""
        parent, name = self.node(at[:-1]), at[-1]
        if isinstance(parent, yaml.MappingNode):
            spans = [(key.start_mark.index, _end(value)) for key, value in parent.value]
            place = next(number for number, (key, _) in enumerate(parent.value) if key.value == name)
        elif isinstance(parent, yaml.SequenceNode) and isinstance(name, int):
            spans, place = [(one.start_mark.index, _end(one)) for one in parent.value], name
        else:
            return self.text
        if parent.flow_style:
            return self._without_item(spans, place)
        return self._without_lines(*spans[place])

    def _without_item(self, spans: list[tuple[int, int]], place: int) -> str:
        start, end = spans[place]
        if place + 1 < len(spans):
            end = spans[place + 1][0]
        elif place:
            start = spans[place - 1][1]
        return self.text[:start] + self.text[end:]

    def _without_lines(self, start: int, end: int) -> str:
        begin = self.text.rfind("\n", 0, start) + 1
        stop = self._line_end(len(self.text[:end].rstrip()))
        return self.text[:begin] + self.text[stop + 1 :]

    def _line_end(self, place: int) -> int:
        found = self.text.find("\n", place)
        return len(self.text) if found < 0 else found


def rendered(value: Any) -> str:
    """*value*, a text, a number or true or false, as YAML that fits into a line."""
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _NO_TEXT
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def _end(node: yaml.Node) -> int:
    """Where *node* ends. A block's own mark is where the next part begins, comments between them included."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    end: int = node.end_mark.index
    return end
