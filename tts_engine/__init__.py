"""Framework-free speech engine: text and a voice in, a waveform out."""

import os

# Threads that wait for each other sleep: spinning, two processes on the same cores take ten times as long
# or more. OpenMP reads it when torch is imported, so it stands before all that does.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
