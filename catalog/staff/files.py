"""Import and export of files in the lists of sets and cards: looked at first, then confirmed."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV
from import_export.forms import ImportForm
from import_export.results import Result
from import_export.tmp_storages import CacheStorage

from catalog.staff.resources import CardResource, CuratedResource, SetResource

MOST_EXPORTED = 50_000
LARGEST = 5 * 2**20  # bytes of a file to import


class FileForm(ImportForm):  # type: ignore[misc]  # the library is not typed
    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > LARGEST:
            self.add_error(
                "import_file", f"The file is larger than {LARGEST // 2**20} MB. Import it in parts."
            )
        return file


class Files(ImportExportMixin):  # type: ignore[misc]  # as above
    """CSV in both directions. What an import changes is put on record by its resource."""

    resource: ClassVar[type[CuratedResource]]
    import_form_class = FileForm
    import_template_name = "admin/catalog/import.html"
    skip_admin_log = True
    tmp_storage_class = CacheStorage  # any web process may read what another one took

    def get_resource_classes(self, request: HttpRequest) -> list[type[CuratedResource]]:  # noqa: ARG002
        return [self.resource]

    def get_import_formats(self) -> list[type[CSV]]:
        return [CSV]

    def get_export_formats(self) -> list[type[CSV]]:
        return [CSV]

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """All rows or none."""
        given: dict[str, Any] = super().get_import_data_kwargs(**kwargs)
        return {**given, "rollback_on_validation_errors": True}

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            said = "Nothing was imported: meanwhile the catalogue changed. Look at the file again."
            messages.error(request, said)
            return HttpResponseRedirect(self._list("import"))
        answer: HttpResponse = super().process_result(result, request)
        return answer

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """The library holds a file in memory, so that it is bounded."""
        if self.has_export_permission(request):
            count = self.get_export_queryset(request).order_by()[: MOST_EXPORTED + 1].count()
            if count > MOST_EXPORTED:
                said = f"At most {MOST_EXPORTED:,} rows are exported at once: filter or search for fewer."
                messages.error(request, said)
                return HttpResponseRedirect(f"{self._list('changelist')}?{request.GET.urlencode()}")
        answer: HttpResponse = super().export_action(request)
        return answer

    def _list(self, page: str) -> str:
        app, model = self.get_model_info()
        return reverse(f"admin:{app}_{model}_{page}")


class SetFiles(Files):
    resource = SetResource


class CardFiles(Files):
    resource = CardResource
