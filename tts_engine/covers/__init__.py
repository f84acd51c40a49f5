"""Somebody's song or speech in another voice, with its music: `making.make_cover`."""
