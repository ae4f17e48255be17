"""The version of the software, printed in every result."""

__version__ = "0.2.0"
