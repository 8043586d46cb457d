"""What the import desk refuses; str() tells the collector why and what to do."""


class DeskError(ValueError):
    """What was asked of an import is impossible as it stands."""


class SameFileError(DeskError):
    """The very same file was brought before; it has to be asked for once more."""


class QueueError(DeskError):
    """The worker cannot be reached. The import stays as it is and can be continued."""
