"""The one error of this package."""


class MasqueradeError(ValueError):
    """A file is not what it says it is, or a value has no place in a file."""
