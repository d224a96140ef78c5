"""A template is compiled once for each language, with what it says without values put in."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, current_app

from web import errors, openapi, operations, pages
from web.language import LANGUAGES
from web.templating import rendered

_PATHS = ("/", "/search?q=сталь", "/search?q=нетакогослова", "/help", "/api", "/status", "/nowhere", "/doc/nowhere")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_what_it_would_when_asked_text_by_text(
    app: Flask, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def both(template: str, **values: Any) -> str:
        made.append(rendered(template, **values))
        current_app.update_template_context(values)
        assert current_app.jinja_env.get_template(template).render(values) == made[-1]
        return made[-1]

    for module in (errors, openapi, operations, pages):
        monkeypatch.setattr(module, "rendered", both)
    client = app.test_client()
    for path in _PATHS:
        client.get(path, headers={"Accept-Language": language})
    assert len(made) == len(_PATHS)
    assert all(f'<html lang="{language}">' in page for page in made)
