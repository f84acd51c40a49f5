"""Formats that people may ask for."""

MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "pcm": "audio/pcm",
    "voice_message": "audio/ogg",
}
TEXT = "text/plain; charset=utf-8"
# Other files that are made, by their suffix; what is not here the system knows.
FILE_TYPES = {"mid": "audio/midi", "lrc": TEXT, "srt": TEXT, "ass": TEXT, "TextGrid": TEXT}
# What a file's name ends in, where the format is not called so.
SUFFIXES = {**{name: name for name in MEDIA_TYPES}, "voice_message": "ogg"}
# Songs are of these: stereo, at 44.1 kHz.
SONG_FORMATS = ("mp3", "wav", "flac")
# Sentences encoded one by one can simply follow each other in these.
STREAMABLE = ("mp3", "ogg", "wav", "aac", "pcm", "voice_message")
