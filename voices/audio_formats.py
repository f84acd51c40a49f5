"""Formats that people may ask for, and their media types."""

MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
}
# Sentences encoded one by one can simply follow each other in these.
STREAMABLE = ("mp3", "ogg", "wav")
