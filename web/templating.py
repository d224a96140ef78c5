"""Pages made of templates, each of which is compiled once for each language.

What a template says without values, ``{{ _("Найти") }}``, is put in when it is loaded: a page says fifty such texts,
and Jinja takes 5 microseconds to call for each.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from flask import current_app
from jinja2 import Environment
from jinja2.ext import Extension

from web.language import Speech, speech, spoken

__all__ = ["rendered"]

_SAID = re.compile(r"""\{\{ _\((["'])(?P<text>[^"'\\]*)\1\) \}\}""")


class _Saying(Extension):
    """Translates what a template says, as its environment's *speech* does."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002  # Jinja's
        """*source* with the texts in their language."""
        said: Speech = self.environment.speech  # type: ignore[attr-defined]  # _speaking gave it one
        return _SAID.sub(lambda match: str(said.say(match["text"])), source)


def rendered(template: str, **values: Any) -> str:
    """The page that the file *template* of templates/ makes of *values*, in the reader's language."""
    current_app.update_template_context(values)
    return _speaking(current_app.jinja_env, spoken()).get_template(template).render(values)


# One for each language that an application speaks.
@lru_cache(maxsize=16)
def _speaking(environment: Environment, language: str) -> Environment:
    own = environment.overlay()
    own.extend(speech=speech(language))
    own.add_extension(_Saying)
    return own
