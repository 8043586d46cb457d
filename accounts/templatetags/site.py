"""The site's own frame, which is Jinja2, around the pages that Django's templates render."""

from django.template import Context, Library, engines
from django.utils.safestring import SafeString, mark_safe

register = Library()


@register.simple_block_tag(takes_context=True)
def site_page(context: Context, content: SafeString, title: str) -> SafeString:
    page = engines["jinja2"].get_template("_account.html")
    values = {"title": title.strip(), "content": content}
    return mark_safe(page.render(values, context["request"]))  # noqa: S308 -- Jinja2 escaped it
