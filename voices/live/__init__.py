"""The door that people speak through in another voice: WebSockets, and nothing else."""
