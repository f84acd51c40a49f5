"""Framework-free speech engine: text and a voice in, a waveform out."""
