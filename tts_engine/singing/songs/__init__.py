"""Folk songs in the public domain, set for a voice and chords: examples, and exact material for tests."""
