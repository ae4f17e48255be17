"""The organisation: units as a tree, and their import."""
