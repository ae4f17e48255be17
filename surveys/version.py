"""The version of the software, printed in every result."""

__version__ = "0.1.0"
