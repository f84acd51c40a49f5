"""Limits of spoken consent, measured by `benchmarks/spoken_consent.py`; no model is loaded for them."""

REQUIRED_SIMILARITY = 0.75
ALLOWED_PHONEME_ERROR = 0.5
SHORTEST_SECONDS = 1.5  # of speech: less says too little about a voice
