"""Sets and cards as rows of a CSV file: what staff may change of them, written through the verbs of curation.

A row with an id changes that row, one without adds a new one. A column that is missing changes nothing.
"""
# ruff: noqa: ARG002 -- the signatures are the library's

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from import_export import fields, resources, widgets
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Result, RowResult

from accounts import audit
from catalog import curation, words
from catalog.curation import CannotCurateError
from catalog.models import Card, CardSet, Game, Rarity

Row = Mapping[str, Any]
MOST_ROWS = 10_000
WRITTEN = {RowResult.IMPORT_TYPE_NEW: audit.ADDITION, RowResult.IMPORT_TYPE_UPDATE: audit.CHANGE}


class Loader(BaseInstanceLoader):  # type: ignore[misc]  # the library is not typed
    """All rows of the file in one statement; an id that is none is told by line, not here."""

    def __init__(self, resource: Any, dataset: Any = None) -> None:
        super().__init__(resource, dataset)
        keys = dataset["id"] if dataset.headers and "id" in dataset.headers else []
        wanted = [int(key) for key in map(str, keys) if key.isdecimal() and len(key) < 10]
        self._known = resource.get_queryset().in_bulk(wanted)

    def get_instance(self, row: Row) -> Model | None:
        key = str(row["id"]).strip()
        if not key:
            return None
        found: Model | None = self._known.get(int(key)) if key.isdecimal() else None
        if found is None:
            raise ValidationError({"id": f"There is no row with the id {key}."})
        return found


class CuratedResource(resources.ModelResource):  # type: ignore[misc]  # as above
    """What sets and cards share: checked without a query a row, written and put on record at the end."""

    unchecked: tuple[str, ...] = ()

    class Meta:
        abstract = True
        instance_loader_class = Loader
        skip_unchanged = True
        report_skipped = False
        store_instance = True
        use_bulk = True  # nothing is saved row by row, so rows need no savepoints

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        if len(dataset) > MOST_ROWS:
            raise ValueError(
                f"The file has {len(dataset):,} rows; at most {MOST_ROWS:,} are imported at once."
            )
        self.games = {game.slug: game for game in Game.objects.all()}
        user = kwargs.get("user")
        self.may_add = bool(user and user.has_perm(f"catalog.add_{self._meta.model.__name__.lower()}"))
        self.file_name = kwargs.get("file_name") or "a file"

    def init_instance(self, row: Row | None = None) -> Model:
        if not self.may_add:
            raise ValidationError({"id": "You may change rows, not add any: give the id of one."})
        made: Model = super().init_instance(row)
        return made

    def validate_instance(
        self,
        instance: Any,
        import_validation_errors: Any = None,
        validate_unique: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        errors = dict(import_validation_errors or {})
        try:
            instance.clean_fields(exclude={*errors, *self.unchecked})
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance: Any, is_create: bool, row: Row, **kwargs: Any) -> None:  # noqa: FBT001
        """Left to `after_import`: many at once."""

    def after_import(self, dataset: Any, result: Result, **kwargs: Any) -> None:
        if result.has_errors() or result.has_validation_errors():
            return
        written = [row for row in result.rows if row.import_type in WRITTEN]
        self.write([row.instance for row in written])
        if not kwargs["dry_run"]:
            self._put_on_record(written, user=kwargs["user"])

    def write(self, rows: list[Any]) -> None:
        raise NotImplementedError

    def _put_on_record(self, rows: list[RowResult], *, user: Any) -> None:
        for kind, flag in WRITTEN.items():
            done = [(row.instance, self._said(row)) for row in rows if row.import_type == kind]
            audit.note_each(user, done, flag=flag)

    def _said(self, row: RowResult) -> str:
        return f"Imported from {self.file_name}: {self.difference(row.original, row.instance)}."

    def difference(self, before: Model | None, after: Model) -> str:
        """In words: "name: Fosil → Fossil"."""
        if before is None:
            return "new"
        pairs = [
            (field.column_name, field.export(before), field.export(after)) for field in self.fields.values()
        ]
        return ", ".join(f"{name}: {old or '–'} → {new or '–'}" for name, old, new in pairs if old != new)


class SetResource(CuratedResource):
    unchecked = ("game", "slug")

    game = fields.Field(attribute="game__slug", column_name="game", readonly=True)
    slug = fields.Field(attribute="slug", column_name="slug", readonly=True)

    class Meta(CuratedResource.Meta):
        abstract = False
        model = CardSet
        fields = ["id", "game", "slug", "name", "code", "released_on", "position", "is_published"]
        fields += ["image_url", "is_curated"]

    def get_queryset(self) -> QuerySet[CardSet]:
        return CardSet.objects.select_related("game")

    def import_instance(self, instance: CardSet, row: Row, **kwargs: Any) -> None:
        image, is_new = instance.image_url, not instance.pk
        super().import_instance(instance, row, **kwargs)
        if instance.image_url != image:
            _check("image_url", instance.image_url)
        if is_new:
            game = self.games.get(str(row.get("game", "")))
            if not game:
                raise ValidationError({"game": f"Games are {', '.join(self.games)}."})
            instance.game = game

    def save_instance(self, instance: CardSet, is_create: bool, row: Row, **kwargs: Any) -> None:  # noqa: FBT001
        """At once, so that a name which is taken is told by line; also by a line before."""
        try:
            _, needs_indexing = curation.put_set(instance)
        except CannotCurateError as error:
            raise ValidationError({"name": str(error)}) from None
        if needs_indexing:
            self.renamed.append(instance.pk)

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        self.renamed: list[int] = []

    def write(self, rows: list[CardSet]) -> None:
        words.index_cards(Card.objects.filter(card_set__in=self.renamed).values_list("pk", flat=True))


class CardResource(CuratedResource):
    unchecked = ("game", "card_set", "rarity", "slug", "folded", "number_key", "details", "url", "words")

    game = fields.Field(attribute="game__slug", column_name="game", readonly=True)
    card_set = fields.Field(attribute="card_set__slug", column_name="set", readonly=True)
    rarity = fields.Field(
        attribute="rarity__name", column_name="rarity", readonly=True, widget=widgets.CharWidget()
    )

    class Meta(CuratedResource.Meta):
        abstract = False
        model = Card
        fields = ("id", "game", "card_set", "name", "number", "kind", "rarity", "image_url", "is_curated")

    def get_queryset(self) -> QuerySet[Card]:
        return Card.objects.select_related("game", "card_set__game", "rarity").defer("words")

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        sets = CardSet.objects.select_related("game")
        self.sets = {(found.game.slug, found.slug): found for found in sets}
        self.rarities = {(rarity.game_id, rarity.name): rarity for rarity in Rarity.objects.all()}

    def import_instance(self, instance: Card, row: Row, **kwargs: Any) -> None:
        image = instance.image_url
        super().import_instance(instance, row, **kwargs)
        if instance.image_url != image:
            _check("image_url", instance.image_url)
        if "set" in row or not instance.pk:
            self._put_into_set(instance, row=row)
        if "rarity" in row:
            self._give_rarity(instance, name=str(row["rarity"] or "").strip())

    def _put_into_set(self, card: Card, *, row: Row) -> None:
        game = card.game.slug if card.pk else str(row.get("game", ""))
        found = self.sets.get((game, str(row.get("set", ""))))
        if not found:
            raise ValidationError({"set": f"There is no set “{row.get('set', '')}” in the game “{game}”."})
        card.card_set, card.game = found, found.game

    def _give_rarity(self, card: Card, *, name: str) -> None:
        found = self.rarities.get((card.game_id, name))
        if name and not found:
            raise ValidationError({"rarity": f"{card.game} has no rarity “{name}”. Add it first."})
        card.rarity = found

    def write(self, rows: list[Card]) -> None:
        curation.save_cards(rows)


def _check(name: str, address: str) -> None:
    try:
        curation.check_image(address)
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from None
