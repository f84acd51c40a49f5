"""A song into its voices and its accompaniment."""
