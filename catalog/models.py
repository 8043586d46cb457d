"""What exists: games, their sets, the cards in them and each card's printings."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now
from django.urls import reverse


class Game(models.Model):
    """A row makes a game supported everywhere: pages, API, forms, syncs."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    language = models.CharField(
        max_length=5, default="en", help_text="The language its cards are printed in."
    )
    position = models.PositiveSmallIntegerField(default=100, help_text="Order in lists, smallest first.")

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:game", args=[self.slug])


class CardSet(models.Model):
    game = models.ForeignKey(Game, models.PROTECT, related_name="sets")
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=220)
    code = models.CharField(max_length=40, blank=True)
    released_on = models.DateField(null=True, blank=True)
    is_published = models.BooleanField(default=True, help_text="Unpublished sets are hidden everywhere.")
    position = models.SmallIntegerField(
        default=0, help_text="Order in lists, smallest first; sets of one number come newest first."
    )
    image_url = models.URLField(max_length=500, blank=True)
    is_curated = models.BooleanField(
        "kept by staff", default=False, help_text="Syncs leave its name, code and date as they are."
    )

    class Meta:
        verbose_name = "set"
        constraints = [models.UniqueConstraint(fields=["game", "slug"], name="cardset_slug_in_game_unique")]
        indexes = [models.Index(fields=["game", "-released_on"], name="cardset_newest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:set", args=[self.game.slug, self.slug])


class SetRedirect(models.Model):
    """An address that a set had, before it was renamed or became part of another."""

    game = models.ForeignKey(Game, models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=220)
    card_set = models.ForeignKey(CardSet, models.CASCADE, related_name="redirects")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["game", "slug"], name="setredirect_unique")]

    def __str__(self) -> str:
        return f"{self.slug} → {self.card_set}"


class Rarity(models.Model):
    """A game's word for how scarce a card is, exactly as its market writes it."""

    game = models.ForeignKey(Game, models.CASCADE, related_name="rarities")
    name = models.CharField(max_length=80)

    class Meta:
        verbose_name_plural = "rarities"
        constraints = [models.UniqueConstraint(fields=["game", "name"], name="rarity_in_game_unique")]

    def __str__(self) -> str:
        return self.name


class Finish(models.Model):
    """A game's word for how a printing looks, such as Normal, Holofoil or 1st Edition."""

    game = models.ForeignKey(Game, models.CASCADE, related_name="finishes")
    name = models.CharField(max_length=80)

    class Meta:
        verbose_name_plural = "finishes"
        constraints = [models.UniqueConstraint(fields=["game", "name"], name="finish_in_game_unique")]

    def __str__(self) -> str:
        return self.name


class Card(models.Model):
    class Kind(models.TextChoices):
        SINGLE = "single", "Single"
        SEALED = "sealed", "Sealed"

    # The game stands here too, so that a search within a game needs no join.
    game = models.ForeignKey(Game, models.PROTECT, related_name="cards")
    card_set = models.ForeignKey(CardSet, models.PROTECT, related_name="cards")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.SINGLE)
    name = models.CharField(max_length=250)
    slug = models.SlugField(max_length=270, db_index=False)
    # The collation of bytes sorts alike on every server, and lets an index find a prefix.
    folded = models.CharField(
        max_length=300, editable=False, db_collation="C", help_text="The name in plain lower-case letters."
    )
    number = models.CharField(max_length=40, blank=True)
    number_key = models.CharField(
        max_length=80, blank=True, editable=False, db_collation="C", help_text="Sorts 2 before 10."
    )
    rarity = models.ForeignKey(Rarity, models.PROTECT, null=True, blank=True, related_name="cards")
    image_url = models.URLField(max_length=500, blank=True)
    url = models.URLField("market page", max_length=500, blank=True)
    is_presale = models.BooleanField(default=False)
    is_curated = models.BooleanField(
        "kept by staff", default=False, help_text="Syncs leave all that is said of it as it is."
    )
    details = models.JSONField(default=dict, blank=True)
    words = SearchVectorField(editable=False, db_default=Value(""))  # written by catalog.words

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["single", "sealed"]), name="card_kind_known")
        ]
        indexes = [
            models.Index(fields=["game", "card_set", "number_key", "id"], name="card_binder_order"),
            models.Index(fields=["game", "folded", "id"], name="card_name_in_game"),
            models.Index(fields=["folded", "id"], name="card_name"),
            models.Index(fields=["game", "-id"], name="card_newest_in_game"),
            GinIndex(fields=["words"], name="card_words"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}".strip()

    def get_absolute_url(self) -> str:
        return reverse("catalog:card", args=[self.pk, self.slug])


class CardRedirect(models.Model):
    """The number of a card that became part of another: its address leads there."""

    gone = models.PositiveIntegerField(primary_key=True)
    card = models.ForeignKey(Card, models.CASCADE, related_name="redirects")

    def __str__(self) -> str:
        return f"{self.gone} → {self.card}"


class Printing(models.Model):
    """The thing that has a price: one card in one finish."""

    card = models.ForeignKey(Card, models.CASCADE, related_name="printings")
    finish = models.ForeignKey(Finish, models.PROTECT, related_name="printings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "finish"], name="printing_unique")]

    def __str__(self) -> str:
        return f"{self.card} ({self.finish})"


class ExternalId(models.Model):
    """What a source calls one of our rows. The database lets a name mean one thing only."""

    class Kind(models.TextChoices):
        GAME = "game", "Game"
        SET = "set", "Set"
        CARD = "card", "Card"

    source = models.SlugField(max_length=20)
    kind = models.CharField(max_length=4, choices=Kind)
    external_id = models.CharField("id at the source", max_length=80)
    game = models.ForeignKey(Game, models.CASCADE, null=True, blank=True, related_name="external_ids")
    card_set = models.ForeignKey(CardSet, models.CASCADE, null=True, blank=True, related_name="external_ids")
    card = models.ForeignKey(Card, models.CASCADE, null=True, blank=True, related_name="external_ids")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_id"], name="external_id_unique"),
            models.UniqueConstraint(
                fields=["source", "game"], condition=Q(kind="game"), name="external_id_one_category_a_game"
            ),
            models.CheckConstraint(
                condition=Q(kind="game", game__isnull=False, card_set=None, card=None)
                | Q(kind="set", game=None, card_set__isnull=False, card=None)
                | Q(kind="card", game=None, card_set=None, card__isnull=False),
                name="external_id_names_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.external_id}"


class UnmatchedItem(models.Model):
    """A product or listing of a source that no rule could tie to a card: it waits for staff.

    What they decide stays: a link as the ExternalId of the card, and here that it was theirs.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Waiting"
        LINKED = "linked", "Linked by staff"
        IGNORED = "ignored", "Not ours"

    source = models.SlugField(max_length=20)
    external_id = models.CharField("id at the source", max_length=80)
    is_listing = models.BooleanField(default=False, help_text="One seller's copy, not a product.")
    game = models.ForeignKey(Game, models.CASCADE, related_name="+")
    title = models.CharField(max_length=250)
    url = models.URLField(max_length=500, blank=True)
    said = models.JSONField(default=dict, help_text="What the source says of it, field by field.")
    market = models.IntegerField(null=True, help_text="Its price in minor units, when last seen.")
    currency = models.CharField(max_length=3, blank=True)
    candidates = ArrayField(models.IntegerField(), default=list, help_text="Printings, best guess first.")
    score = models.PositiveSmallIntegerField(default=0, help_text="Of the best guess, 0 to 100.")
    reasons = ArrayField(models.CharField(max_length=80), default=list, help_text="What of it agrees.")
    reason = models.CharField("why it waits", max_length=300)
    status = models.CharField(max_length=7, choices=Status, default=Status.OPEN)
    printing = models.ForeignKey(Printing, models.CASCADE, null=True, blank=True, related_name="+")
    first_seen = models.DateField()
    last_seen = models.DateField()
    decided_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="unmatcheditem_unique"),
            models.CheckConstraint(
                condition=Q(status="linked", printing__isnull=False) | ~Q(status="linked") & Q(printing=None),
                name="unmatcheditem_linked_to_something",
            ),
            models.CheckConstraint(
                condition=Q(status="open") | Q(decided_at__isnull=False), name="unmatcheditem_decided"
            ),
        ]
        indexes = [
            models.Index(fields=["-score", "id"], condition=Q(status="open"), name="unmatcheditem_queue"),
            models.Index(
                fields=["game", "-score", "id"], condition=Q(status="open"), name="unmatcheditem_game_queue"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word that occurs in the catalogue, with its spellings one letter short: finds typing errors."""

    word = models.CharField(max_length=80, primary_key=True, db_collation="C")
    cards = models.PositiveIntegerField(help_text="In how many cards it occurs.")
    deletes = ArrayField(models.CharField(max_length=80), default=list)

    class Meta:
        indexes = [
            GinIndex(fields=["deletes"], name="searchword_deletes"),
            GinIndex(fields=["word"], name="searchword_trigrams", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word


class Revision(models.Model):
    """Something that is shown changed: what, and at which place in the order of the commits.

    Triggers write it for the catalogue, `pricing` for prices, each within the transaction of the change
    (migration 0005, docs/adr/0012). `position` is given when that commits; until then it is NULL.
    """

    id = models.BigAutoField(primary_key=True)
    position = models.BigIntegerField(null=True, unique=True)
    made_at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=12)
    action = models.CharField(max_length=7, blank=True, db_default="")
    # None concerns every game. Without a constraint: checking it would cost as much as the row.
    game = models.ForeignKey(
        Game, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    source = models.CharField(max_length=20, blank=True, db_default="")
    day = models.DateField(null=True)
    ids = ArrayField(models.IntegerField(), default=list, db_default=Value([]))
    data = models.BinaryField(default=b"", db_default=b"")

    class Meta:
        indexes = [
            models.Index(fields=["game", "position"], name="revision_newest_of_game"),
            models.Index(fields=["id"], condition=Q(position=None), name="revision_without_place"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind} {self.action}".strip()
