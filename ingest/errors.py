"""Everything that Dateline raises on purpose, as one small tree.

    DatelineError
    ├── SettingsError          a setting is unknown or has a value that cannot be used
    ├── InputError             something that was to be read cannot be
    ├── ModelError             a model's files are missing or are not what they should be
    └── ArchiveError           the archive cannot be used
        ├── ArchiveMissing     there is no archive in that folder
        ├── ArchiveBusy        another process owns it
        ├── ArchiveReadOnly    it cannot be written to
        ├── ArchiveFull        the disk is full
        ├── VectorsAway        the Chroma server that keeps its vectors does not answer
        └── RecipeMismatch     it was made with another encoder or by a newer Dateline

Every message names the value, the place and the next step, in one or two sentences: it is shown to people as it is,
without a traceback.
"""

from __future__ import annotations

__all__ = [
    "ArchiveBusy",
    "ArchiveError",
    "ArchiveFull",
    "ArchiveMissing",
    "ArchiveReadOnly",
    "DatelineError",
    "InputError",
    "ModelError",
    "RecipeMismatch",
    "SettingsError",
    "VectorsAway",
]


class DatelineError(Exception):
    """The root of the tree: catch this to catch all that Dateline raises on purpose."""


class SettingsError(DatelineError):
    """A setting is unknown, or has a value that cannot be used."""


class InputError(DatelineError):
    """A file, folder or address that was to be read cannot be."""


class ModelError(DatelineError):
    """A model's files are missing, or are not the files that they should be."""


class ArchiveError(DatelineError):
    """The archive cannot be used as asked."""


class ArchiveMissing(ArchiveError):
    """There is no archive in the folder named."""


class ArchiveBusy(ArchiveError):
    """Another process owns the archive.

    Attributes:
        pid: the owner's process id, or None when the lock file does not say.
        url: the owner's address when it is a server that answers requests, else None.
    """

    def __init__(self, message: str, *, pid: int | None = None, url: str | None = None) -> None:
        super().__init__(message)
        self.pid = pid
        self.url = url


class ArchiveReadOnly(ArchiveError):
    """The archive's folder or files cannot be written to."""


class ArchiveFull(ArchiveError):
    """The disk that holds the archive is full."""


class VectorsAway(ArchiveError):
    """The Chroma server that keeps the archive's vectors does not answer."""


class RecipeMismatch(ArchiveError):
    """The archive was made with another encoder, or by a newer version of Dateline."""
