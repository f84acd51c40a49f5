"""Somebody's own voice turned into another while it speaks."""
