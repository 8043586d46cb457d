"""Reads a page as a browser with our Content-Security-Policy and as a screen reader would."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """Collects what the policy would block (`blocked`) and what a screen reader would miss (`unheard`)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.blocked: list[str] = []
        self._ids: list[str] = []
        self._labelled: set[str] = set()
        self._controls: list[dict[str, str]] = []
        self._references: list[str] = []
        self._image_without_text = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._watch_policy(tag, values)
        if "id" in values:
            self._ids.append(values["id"])
        if tag == "label":
            self._labelled.add(values.get("for", ""))
        if tag == "img" and not values.get("alt"):
            self._image_without_text += 1
        if tag in ("input", "select", "textarea") and values.get("type") not in ("hidden", "submit"):
            self._controls.append(values)
        self._references += values.get("aria-describedby", "").split()

    def _watch_policy(self, tag: str, values: dict[str, str]) -> None:
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.blocked.append("inline script")
        if tag == "style":
            self.blocked.append("style element")
        self.blocked += [f"{tag} {name}" for name in values if name == "style" or name.startswith("on")]

    @property
    def unheard(self) -> list[str]:
        twice = {name for name in self._ids if self._ids.count(name) > 1}
        return [
            *(f"no label: {control}" for control in self._controls if not self._has_name(control)),
            *(f"describes nothing: {name}" for name in self._references if name not in self._ids),
            *(f"used twice: {name}" for name in sorted(twice)),
            *(["image without text"] * self._image_without_text),
        ]

    def _has_name(self, control: dict[str, str]) -> bool:
        return control.get("id", "") in self._labelled or "aria-label" in control
