"""A safe subset of SSML 1.1: speak, p, s, break, prosody, say-as, phoneme, sub, voice.

Source: https://www.w3.org/TR/speech-synthesis11/. The XML is read by defusedxml: no DTD, no entities, no
external things; at most ten elements deep. An element or attribute we do not know is an error, not a guess.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tts_engine.markup.notation import parse_notation
from tts_engine.markup.say_as import say_as
from tts_engine.markup.script import MAX_DEPTH, Delivery, Item, Pause, Run, Script, Stop, complaint
from tts_engine.markup.values import (
    bad_value,
    parse_ipa,
    parse_pitch,
    parse_rate,
    parse_strength,
    parse_time,
    parse_volume,
)
from tts_engine.text.pasted import real_breaks
from tts_engine.text.symbols import Spoken

_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.*?-->\s*)?<(?:speak[\s/>]|!DOCTYPE)", re.DOTALL
)
_NAMESPACE = re.compile(r"\{[^}]*\}")
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "speak": frozenset(["version", "lang", "schemaLocation", "base", "onlangfailure"]),
    "p": frozenset(["lang"]),
    "s": frozenset(["lang"]),
    "break": frozenset(["time", "strength"]),
    "prosody": frozenset(["rate", "pitch", "volume"]),
    "say-as": frozenset(["interpret-as", "format", "detail"]),
    "phoneme": frozenset(["ph", "alphabet"]),
    "sub": frozenset(["alias"]),
    "voice": frozenset(["name"]),
}
FIRST_GIVEN = 0xE000  # private use


def parse_script(text: str) -> Script:
    """SSML when the text begins with <speak>, else plain text with marks; TextError as they raise."""
    text = real_breaks(text)
    return parse_ssml(text) if is_ssml(text) else parse_notation(text)


def is_ssml(text: str) -> bool:
    """Whether a text begins as an SSML document does."""
    return bool(_START.match(text))


def parse_ssml(text: str) -> Script:
    """Read an SSML document.

    Raises:
        TextError: `ssml_invalid`, `ssml_forbidden`, `ssml_too_deep`, `ssml_unknown_element`,
            `ssml_unknown_attribute`, `markup_…`, `pause_too_long`, `unknown_phoneme`.
    """
    try:
        root = fromstring(text.strip(), forbid_dtd=True)
    except DefusedXmlException as error:
        raise complaint(
            "ssml_forbidden",
            "SSML must not have a DTD or entities of its own",
            "в SSML нельзя объявлять DTD и сущности",
        ) from error
    except (ParseError, ValueError) as error:
        line, column = getattr(error, "position", (1, 0))
        raise complaint(
            "ssml_invalid",
            f"the SSML is not well-formed XML: line {line}, column {column}",
            f"SSML — не правильный XML: строка {line}, позиция {column}",
            line=line,
            column=column,
        ) from error
    if _name(root) != "speak":
        raise complaint("ssml_invalid", "SSML begins with <speak>", "SSML начинается с <speak>")
    reader = _Reader()
    reader.read(root, Delivery(), 1)
    return Script(tuple(reader.items), reader.given)


def _name(element: Element) -> str:
    return _NAMESPACE.sub("", element.tag)


@dataclass
class _Reader:
    """Walks the tree and gathers items."""

    items: list[Item] = field(default_factory=list)
    given: dict[str, Spoken] = field(default_factory=dict)

    def read(self, element: Element, delivery: Delivery, depth: int) -> None:
        """Take in an element and what follows inside it."""
        name = _name(element)
        attributes = _attributes(element, name, depth)
        handler = _HANDLERS.get(name)
        if handler is not None:
            handler(self, element, attributes, delivery)
            return
        inner = _changed(delivery, name, attributes)
        self.add(element.text, inner)
        for child in element:
            self.read(child, inner, depth + 1)
            self.add(child.tail, inner)
        if name in ("p", "s", "speak"):
            self.items.append(Stop(paragraph=name == "p"))

    def add(self, text: str | None, delivery: Delivery) -> None:
        """Text, joined to the run before when it is delivered alike."""
        plain = re.sub(r"\s+", " ", re.sub(r"[\ue000-\uf8ff]", "", text or ""))
        self.append(plain, delivery)

    def append(self, plain: str, delivery: Delivery) -> None:
        last = self.items[-1] if self.items else None
        if isinstance(last, Run) and last.delivery == delivery:
            self.items[-1] = replace(last, text=last.text + plain)
        elif plain.strip():
            self.items.append(Run(plain, delivery))

    def pause(self, element: Element, attributes: dict[str, str], delivery: Delivery) -> None:
        """<break/>"""
        if "time" in attributes:
            seconds = parse_time(attributes["time"])
        else:
            seconds = parse_strength(attributes.get("strength", "medium"))
        self.items.append(Pause(seconds))

    def substitute(self, element: Element, attributes: dict[str, str], delivery: Delivery) -> None:
        """<sub alias="…">"""
        self.add(_required(attributes, "sub", "alias"), delivery)

    def interpret(self, element: Element, attributes: dict[str, str], delivery: Delivery) -> None:
        """<say-as interpret-as="…">"""
        reading = _required(attributes, "say-as", "interpret-as")
        detail = attributes.get("detail") or attributes.get("format", "")
        self.add(f" {say_as(_text(element), reading, detail)} ", delivery)

    def pronounce(self, element: Element, attributes: dict[str, str], delivery: Delivery) -> None:
        """<phoneme ph="…">"""
        if attributes.get("alphabet", "ipa") != "ipa":
            raise bad_value("alphabet", "алфавит", attributes["alphabet"])
        phonemes = parse_ipa(_required(attributes, "phoneme", "ph"))
        mark = chr(FIRST_GIVEN + len(self.given))
        self.given[mark] = Spoken(" ".join(_text(element).split()) or "…", phonemes)
        self.append(f" {mark} ", delivery)


_Handler = Callable[[_Reader, Element, dict[str, str], Delivery], None]
_HANDLERS: dict[str, _Handler] = {
    "break": _Reader.pause,
    "sub": _Reader.substitute,
    "say-as": _Reader.interpret,
    "phoneme": _Reader.pronounce,
}


def _text(element: Element) -> str:
    return re.sub(r"[\ue000-\uf8ff]", "", "".join(element.itertext()))


def _attributes(element: Element, name: str, depth: int) -> dict[str, str]:
    """Checked attributes without their namespaces."""
    if depth > MAX_DEPTH:
        raise complaint(
            "ssml_too_deep",
            f"elements are nested more than {MAX_DEPTH} deep",
            f"элементы вложены глубже {MAX_DEPTH}",
            maximum=MAX_DEPTH,
        )
    known = _ATTRIBUTES.get(name)
    if known is None or (name == "speak" and depth > 1):
        listed = ", ".join(_ATTRIBUTES)
        raise complaint(
            "ssml_unknown_element",
            f"<{name[:40]}> is not understood here; known are {listed}",
            f"элемент <{name[:40]}> здесь не поддерживается; есть {listed}",
            element=name[:40],
        )
    attributes = {_NAMESPACE.sub("", key): value for key, value in element.attrib.items()}
    for key in attributes:
        if key not in known:
            raise complaint(
                "ssml_unknown_attribute",
                f"<{name}> has no attribute {key[:40]!r}; known are {', '.join(sorted(known))}",
                f"у <{name}> нет атрибута «{key[:40]}»; есть {', '.join(sorted(known))}",
                element=name,
                attribute=key[:40],
            )
    return attributes


def _changed(delivery: Delivery, name: str, attributes: dict[str, str]) -> Delivery:
    """The delivery inside <prosody> and <voice>."""
    if name == "voice":
        return replace(delivery, voice=_required(attributes, "voice", "name").strip())
    if "rate" in attributes:
        delivery = delivery.faster(parse_rate(attributes["rate"].strip()))
    if "pitch" in attributes:
        delivery = delivery.higher(parse_pitch(attributes["pitch"].strip()))
    if "volume" in attributes:
        delivery = delivery.louder(parse_volume(attributes["volume"].strip()))
    return delivery


def _required(attributes: dict[str, str], element: str, attribute: str) -> str:
    value = attributes.get(attribute, "")
    if not value.strip():
        raise complaint(
            "ssml_missing_attribute",
            f"<{element}> needs the attribute {attribute!r}",
            f"элементу <{element}> нужен атрибут «{attribute}»",
            element=element,
            attribute=attribute,
        )
    return value
