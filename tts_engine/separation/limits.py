"""What a recording has to be to be taken apart or converted; no model is loaded for it."""

LONGEST_SECONDS, SHORTEST_SECONDS = 3600.0, 1.0
LEAST_RATE_HZ = 16_000  # in less, voice and music cannot be told apart
PREVIEW_SECONDS = 30.0
