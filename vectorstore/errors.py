"""The errors a caller can meet: one small tree, each saying what happened, to what, and what to do next.

    ArxivQAError
    ├── InputError                what was given cannot be used
    │   └── TooMuchError          more would come out of an archive than may
    ├── SettingsError             a setting is not allowed
    ├── ModelError                the embedding model cannot be used
    ├── LibraryError              a library cannot be opened, read or written
    │   ├── LibraryBusyError      another process is writing to it
    │   ├── LibraryMismatchError  another model or format made it
    │   ├── NoRecordError         there is none
    │   ├── ServerError           its Chroma server cannot be used
    │   └── UnknownLayoutError    Chroma's own files are not as they are known
    └── FetchError                arXiv cannot be asked

What goes wrong around the library stands in `qa.errors`.
"""


class ArxivQAError(Exception):
    """Anything arxivqa refuses to do, in words meant for the person who asked; catch this one to catch them all."""


class InputError(ArxivQAError):
    """Something the caller gave cannot be used: a path, an id, a date, a question file."""


class TooMuchError(InputError):
    """More would come out of an archive than may."""


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


class NoRecordError(LibraryError):
    """There is no library in that place."""


class ServerError(LibraryError):
    """The server that keeps the record cannot be used; the library is as it was."""


class UnknownLayoutError(LibraryError):
    """Chroma's files of vectors are not there, or have another layout than is known; Chroma can be asked instead."""


class FetchError(ArxivQAError):
    """arXiv could not be asked, or refused what it was asked."""
