"""The errors a caller can meet: one small tree, each saying what happened, to what, and what to do next."""


class ArxivQAError(Exception):
    """Anything arxivqa refuses to do, in words meant for the person who asked; catch this one to catch them all."""


class InputError(ArxivQAError):
    """Something the caller gave cannot be used: a path, an id, a date, a question file."""


class SettingsError(ArxivQAError):
    """A setting has a value that is not allowed, or a configuration file cannot be read."""


class ModelError(ArxivQAError):
    """The embedding model cannot be loaded, or its weights are not the ones expected."""


class LibraryError(ArxivQAError):
    """A library cannot be opened, read or written."""


class LibraryBusyError(LibraryError):
    """Another process is writing to the library; the message names it."""


class LibraryMismatchError(LibraryError):
    """The library was made by another model or format; the message names the command that rebuilds it."""
