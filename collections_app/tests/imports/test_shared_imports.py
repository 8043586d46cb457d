"""Real exports of other apps, from the upload to the lots, in a catalogue that has their cards.

The files are no part of this project.
"""

import pytest
from django.core.files.base import ContentFile

from accounts.models import User
from accounts.tests.sizes import many
from catalog.tests import magic_files
from collections_app.imports import bringing, desk, queries, reading
from collections_app.models import ImportRow
from collections_app.tests import factories
from collections_app.tests.imports.test_shared_exports import EXPORTS, FILES
from collections_app.tests.imports.uploads import fresh

pytestmark = [
    pytest.mark.skipif(not EXPORTS.is_dir(), reason="no ../shared with other apps' exports here"),
    pytest.mark.django_db,
]


LARGEST = many(10_000, sample=600)  # entries


def test_every_file_comes_in_with_no_row_lost_and_nearly_all_cards_found(alice: User) -> None:
    magic = magic_files.listed()
    found = there = 0
    for name, format_, entries, copies, refused in FILES:
        if entries > LARGEST:
            continue
        into = factories.collection(alice)
        path = EXPORTS / name
        batch = desk.receive(into, ContentFile(path.read_bytes(), name=path.name), filename=path.name)
        reading.read(batch.pk)
        bringing.bring(batch.pk)
        counts = queries.counts([batch.pk])[batch.pk]
        assert (fresh(batch).status, fresh(batch).format) == ("done", format_), name
        assert counts.total == entries + refused == counts.lots + counts.waiting, name
        assert counts.lots == into.lots.count() == counts.exact, name
        assert counts.unreadable == refused, name
        assert not ImportRow.objects.filter(batch=batch, lot=None, reason="").exists(), name
        if path.parent != EXPORTS:
            known = sum(1 for _, printing in magic.asked(path, with_ids=True) if printing)
            found, there = found + counts.exact, there + known
            assert known - counts.exact <= max(2, known // 50), (name, counts, known)
        if counts.lots == counts.total:
            assert sum(into.lots.values_list("quantity", flat=True)) == copies, name
    assert found >= 0.98 * there > many(5000, sample=500)
