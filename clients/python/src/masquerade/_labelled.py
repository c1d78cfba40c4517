"""What an array in a file may have and an ndarray has no place for."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Labelled:
    """An array with attributes or names of its axes. What load() gives for such an array only, and save() takes."""

    array: Any
    attributes: dict = field(default_factory=dict)
    dims: "tuple | None" = None
