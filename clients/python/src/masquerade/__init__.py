"""NumPy arrays and masked arrays, exactly, in files that other languages read."""

from ._errors import MasqueradeError
from ._labelled import Labelled
from .files import dumps, load, loads, save

__all__ = ["Labelled", "MasqueradeError", "dumps", "load", "loads", "save"]
