"""What the answers of the import desk look like."""

from rest_framework import serializers

from accounts.describing import Shape
from catalog.shapes import CardName, GameName, SetName
from collections_app.models import ImportBatch, ImportRow
from collections_app.shapes import CollectionName


class VerdictCounts(Shape):
    exact = serializers.IntegerField()
    ambiguous = serializers.IntegerField()
    unmatched = serializers.IntegerField()
    unreadable = serializers.IntegerField()


class ImportSummary(Shape):
    id = serializers.IntegerField()
    collection = CollectionName()
    filename = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    format = serializers.CharField(allow_null=True, help_text="The app whose file it is.")
    currency = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=ImportBatch.Status.values)
    error = serializers.CharField(allow_null=True)
    total = serializers.IntegerField(help_text="Rows of the file.")
    progress = serializers.IntegerField(help_text="Rows that the present step has behind it.")
    rows = VerdictCounts()
    lots = serializers.IntegerField()
    in_tray = serializers.IntegerField()
    dismissed = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    imported_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class PageOf(Shape):
    count = serializers.IntegerField(help_text="Of all pages.")
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    next = serializers.URLField(allow_null=True, help_text="The address of the next page.")


class Imports(PageOf):
    results = ImportSummary(many=True)


class SameFile(Shape):
    id = serializers.IntegerField()
    collection_id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ImportBatch.Status.values)


class Import(ImportSummary):
    header = serializers.ListField(child=serializers.CharField())
    columns = serializers.DictField(child=serializers.CharField(), help_text="Our field to the column.")
    folders = serializers.IntegerField()
    same_file = SameFile(allow_null=True)


class BegunImport(Import):
    is_queued = serializers.BooleanField(help_text="False: the worker was not reached; continue it later.")


class FoundPrinting(CardName):
    printing_id = serializers.IntegerField()
    card_id = serializers.IntegerField()
    finish = serializers.CharField()
    set = SetName()
    game = GameName()


class Row(Shape):
    id = serializers.IntegerField()
    import_id = serializers.IntegerField()
    line = serializers.IntegerField(help_text="In the file; the header is 1.")
    raw = serializers.DictField(child=serializers.CharField())
    verdict = serializers.ChoiceField(choices=ImportRow.Verdict.values)
    reason = serializers.CharField(allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField())
    printing = FoundPrinting(allow_null=True)
    candidates = FoundPrinting(many=True)
    lot_id = serializers.IntegerField(allow_null=True)
    dismissed = serializers.BooleanField()


class Rows(PageOf):
    results = Row(many=True)
