"""OpenAI's names of formats and models in ours."""

FORMATS = {"mp3": "mp3", "opus": "ogg", "aac": "aac", "flac": "flac", "wav": "wav", "pcm": "pcm"}
MODEL = "voiceclone-1"
# Names that clients written for OpenAI send; one model stands behind them all.
ALIASES = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
