"""Who uses the site: people sign in by e-mail; there is no user name. Programs sign in with a key."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.scopes import SCOPES


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractUser):
    class Theme(models.TextChoices):
        SYSTEM = "system", "Follow the device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=80, blank=True, help_text="Shown to you only.")
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    currency = models.CharField(
        max_length=3,
        default="USD",
        validators=[RegexValidator(r"\A[A-Z]{3}\Z", "Enter the three capital letters of a currency.")],
        help_text="Values are shown in it.",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[misc,assignment]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.email


class ApiKey(models.Model):
    """What a program signs in with. Of its secret only the hash is kept."""

    person = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=8, help_text="The part that is shown.")
    hash = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="api_key_named"),
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=list(SCOPES), scopes__len__gt=0),
                name="api_key_scopes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (tcg_{self.prefix}…)"


class SecurityEvent(models.Model):
    """Something that touched how an account is entered. No row is ever changed: a trigger refuses it.

    A row goes with its person, by the database's own cascade, or when it is old; nothing else deletes one.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed in"
        SIGNED_OUT = "signed out"
        WRONG_PASSWORD = "wrong password"  # noqa: S105 -- what happened
        WRONG_CODE = "wrong code"
        LOCKED_OUT = "locked out"
        PASSWORD_CHANGED = "password changed"  # noqa: S105 -- what happened
        PASSWORD_RESET = "password reset"  # noqa: S105 -- what happened
        EMAIL_CHANGED = "e-mail address changed"
        FACTOR_ADDED = "second factor added"
        FACTOR_REMOVED = "second factor removed"
        FACTOR_RENEWED = "second factor renewed"
        KEY_MADE = "key made"
        KEY_REVOKED = "key revoked"
        EXPORTED = "exported"
        ACCOUNT_DELETED = "account deleted"

    person = models.ForeignKey(
        User,
        models.DO_NOTHING,
        null=True,
        related_name="security_events",
        db_constraint=False,  # the migration adds it, with a cascade of the database
        help_text="None for a wrong password of an account that is not there, and for a deleted account.",
    )
    kind = models.CharField(max_length=30, choices=Kind)
    said = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.kind


class IdempotentCall(models.Model):
    """A call with an Idempotency-Key, and its answer once there is one."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    call = models.TextField(help_text="The method and the address.")
    fingerprint = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="None while it is at work.")
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True, help_text="Sealed: it may hold a secret that is shown once.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="idempotent_call_unique"),
            models.CheckConstraint(
                condition=models.Q(status=None) | models.Q(status__range=(200, 499)),
                name="idempotent_call_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} ({self.key})"
