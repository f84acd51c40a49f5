"""Which markup a text is in; nothing heavy is loaded."""

from tts_engine.markup.notation import parse_notation
from tts_engine.markup.script import Script
from tts_engine.markup.ssml import is_ssml, parse_ssml
from tts_engine.text.pasted import real_breaks


def parse_script(text: str) -> Script:
    """SSML when the text begins with <speak>, else plain text with marks; TextError as they raise."""
    text = real_breaks(text)
    return parse_ssml(text) if is_ssml(text) else parse_notation(text)
