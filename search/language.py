"""The query language as one table: the help page, the README, the parser's tests and its words all come from here."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AND_WORDS", "CLOSING", "FIELDS", "KEYWORDS", "LANGUAGE", "NOT_WORDS", "OPENING", "OR_WORDS", "Rule"]

OPENING = '"«“„”'
CLOSING = '"»”“'
OR_WORDS = frozenset({"ИЛИ", "OR"})
AND_WORDS = frozenset({"И", "AND"})
NOT_WORDS = frozenset({"НЕ", "NOT"})
# What may stand before a colon, in Russian and in English.
FIELDS = {"заголовок": "title", "title": "title", "текст": "text", "text": "text"}
KEYWORDS = {"источник": "source", "source": "source", "тег": "tag", "tag": "tag", "автор": "author", "author": "author"}
DATES = ("дата", "date")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the language: how it is written, what it means, a query to try."""

    syntax: str
    meaning: str
    example: str


LANGUAGE = (
    Rule("слово слово", "все слова, в любой форме; служебные («в», «и», «кто») не обязательны", "министр сталь"),
    Rule('"фраза"', "слова рядом и в этом порядке, в любой форме; кавычки любые", "«премьер-министр страны»"),
    Rule('"фраза"~5', "слова в любом порядке, между ними не больше пяти других", '"завод авария"~5'),
    Rule("!слово", "только в этой форме; в кавычках тоже", "!стали"),
    Rule("-слово", "без этого слова; то же: НЕ, NOT", "сталь -чугун"),
    Rule("слово | слово", "хотя бы одно; то же: ИЛИ, OR", "сталь | чугун"),
    Rule("слово И слово", "оба; то же: AND и просто пробел", "сталь И завод"),
    Rule("( )", "порядок действий", "(сталь | чугун) завод"),
    Rule("слово & слово", "в одном предложении", "министр & отставка"),
    Rule("слово /3 слово", "на расстоянии не больше трёх слов, в любом порядке", "суд /3 приговор"),
    Rule("минист*", "слова с таким началом; ? внутри слова — любая одна буква", "минист* м?нистр"),
    Rule("слово~", "с одной-двумя описками; слово~1 — с одной", "минстр~"),
    Rule("заголовок: текст:", "искать только там", "заголовок:сталь"),
    Rule("источник: тег: автор:", "только с таким источником, тегом, автором", 'тег:"экономика"'),
    Rule("дата:", "год, месяц, день, промежуток, сравнение, «вчера», «за неделю»", "дата:01.02.2024..15.03.2024"),
    Rule("слово^2", "это слово вдвое важнее", "сталь^2 завод"),
)
