"""Users in the admin, by e-mail; who is locked out, who came in; and the way into the admin itself."""
# ruff: noqa: ARG002 -- the signatures are Django's

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast

from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.forms import UserChangeForm as DjangoUserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.decorators import method_decorator

from accounts import admission, audit
from accounts.models import SecurityEvent, User

Admin = TypeVar("Admin", bound=ModelAdmin[Any])

# The admin's own login knows neither second factors nor login limits.
admission.guard(admin.site)
# An open browser is not enough to change who may do what: the password or the second factor is asked anew,
# unless that was in the last five minutes.
FRESHLY = reauthentication_required(allow_get=True)


def fresh(*doors: str) -> Callable[[type[Admin]], type[Admin]]:
    """Of a class of the admin, the views that ask anew before they change something."""

    def guarded(model_admin: type[Admin]) -> type[Admin]:
        for door in doors:
            model_admin = method_decorator(FRESHLY, name=door)(model_admin)
        return model_admin

    return guarded


class UserCreationForm(AdminUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("email",)
        field_classes: ClassVar[dict[str, type]] = {}


class UserChangeForm(DjangoUserChangeForm[User]):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar[dict[str, type]] = {}


@admin.register(User)
@fresh("changelist_view", "changeform_view", "delete_view", "user_change_password")
class UserAdmin(DjangoUserAdmin[User]):
    form = UserChangeForm
    add_form = UserCreationForm
    list_display = ("email", "name", "is_staff", "is_active", "last_login", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Preferences", {"fields": ("name", "theme", "currency")}),
        ("May do", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(
        self,
        request: HttpRequest,
        obj: User | None = None,
    ) -> tuple[str, ...]:
        """An existing address changes through its owner, or through "Email addresses", which verifies it."""
        return (*self.readonly_fields, "email") if obj else self.readonly_fields


admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
@fresh("changelist_view", "changeform_view", "delete_view")
class EmailAddressAdmin(AllauthEmailAddressAdmin):  # type: ignore[misc]  # the library is not typed
    @admin.action(description="Mark the chosen addresses as verified", permissions=["change"])
    def make_verified(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        open_ones = list(queryset.filter(verified=False))
        super().make_verified(request, queryset)
        done = EmailAddress.objects.filter(pk__in=[row.pk for row in open_ones], verified=True)
        audit.note_each(cast("User", request.user), [(row, "Marked as verified.") for row in done])


@admin.register(AccessAttempt)
class LockAdmin(ModelAdmin[Any]):
    """Wrong passwords of the last quarter of an hour, by account and address. Five of them are a lock."""

    list_display = ("username", "ip_address", "failures_since_start", "is_locked", "attempt_time")
    list_filter = ("attempt_time",)
    search_fields = ("username", "=ip_address")
    ordering = ("-attempt_time",)
    fields = ("username", "ip_address", "failures_since_start", "is_locked", "attempt_time", "user_agent")
    readonly_fields = fields
    actions = ("lift",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only through the action below."""
        return False

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("axes.delete_accessattempt")

    @admin.display(boolean=True, description="locked")
    def is_locked(self, attempt: AccessAttempt) -> bool:
        return bool(attempt.failures_since_start >= settings.AXES_FAILURE_LIMIT)

    @admin.action(description="Lift the chosen locks", permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        audit.note_each(
            cast("User", request.user), [(row, "Lock lifted.") for row in queryset], flag=audit.DELETION
        )
        queryset.delete()


@admin.register(SecurityEvent)
class JournalAdmin(ModelAdmin[SecurityEvent]):
    """The journal is looked at; the database itself refuses to change it."""

    show_full_result_count = False
    list_display = ("at", "kind", "person", "address", "said")
    list_filter = ("kind", "at")
    list_select_related = ("person",)
    search_fields = ("=person__email", "=address")
    fields = ("at", "kind", "person", "address", "said")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
