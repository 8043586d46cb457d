"""Takes collections away in files: ours, which lose nothing, and those of other apps."""

from collections_app.exports.formats import FORMATS, Export

__all__ = ["FORMATS", "Export"]
