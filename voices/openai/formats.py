"""OpenAI's names of formats, models and voices in ours."""

FORMATS = {"mp3": "mp3", "opus": "ogg", "aac": "aac", "flac": "flac", "wav": "wav", "pcm": "pcm"}
MODEL = "voiceclone-1"
# Names that clients written for OpenAI send; one model stands behind them all.
ALIASES = (
    "tts-1", "tts-1-1106", "tts-1-hd", "tts-1-hd-1106",
    "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-03-20", "gpt-4o-mini-tts-2025-12-15",
)  # fmt: skip
# Theirs: the bank's. Clients offer no others, or send one where nothing was chosen.
STOCK_VOICES = {
    "alloy": "anna", "ash": "nikolay", "ballad": "andrey", "cedar": "aleksandr", "coral": "irina",
    "echo": "aleksandr", "fable": "mikhail", "marin": "elena", "nova": "sofia", "onyx": "dmitry",
    "sage": "elena", "shimmer": "daria", "verse": "nikolay",
}  # fmt: skip
USUAL_VOICE = "alloy"
