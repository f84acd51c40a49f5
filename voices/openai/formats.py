"""OpenAI's names of formats and models in ours."""

FORMATS = {"mp3": "mp3", "wav": "wav", "flac": "flac", "opus": "ogg", "pcm": "pcm"}
MODEL = "voiceclone-1"
# Names that clients written for OpenAI send; one model stands behind them all.
ALIASES = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
