"""Work on files of strangers in a process that can do nothing else."""

from tts_engine.confinement.running import Confined, ConfinementError, Limits, prepare, run_confined

__all__ = ["Confined", "ConfinementError", "Limits", "prepare", "run_confined"]
