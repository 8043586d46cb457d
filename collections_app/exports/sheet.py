"""CSV as other programs read it: UTF-8, CRLF (RFC 4180), no formulas; made row by row."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from collections_app.exports.cells import safe


class _Line:
    """The file that `csv.writer` writes to: it hands back each line."""

    def write(self, text: str) -> str:
        return text


def lines(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, quotes_all: bool = False
) -> Iterator[str]:
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL)
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([safe(str(cell)) for cell in row])
