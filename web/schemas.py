"""What the JSON looks like: the schemas of /openapi.json, each key with what it means.

Written by hand, as web/openapi.py is and for the same reason. Tests hold every key against real answers.
"""

from __future__ import annotations

from typing import Any

__all__ = ["kind", "schemas"]

Json = dict[str, Any]


def schemas() -> Json:
    """Name -> JSON schema of everything that is answered as JSON."""
    return {
        "Answer": _object(
            query=_ref("Query", "What was asked, and how it was understood"),
            total=_count("Documents with everything that was asked for, exactly; facets and timeline cover them all"),
            relaxed=_count("Documents that lack a word; they follow the full matches when those are less than a page"),
            folded=_count("Of these, retellings under other hits; pages are counted without them"),
            page=_count("The page, from 1"),
            size=_count("Hits a page may hold"),
            took_ms=_number("Milliseconds from question to answer"),
            generation=_text("The state of the archive that answered; it grows with every change"),
            hits=_list(_ref("Hit"), "The page, best first or as sort says"),
            facets=_map(_list(_ref("Count")), "source, tag, author: their commonest values"),
            timeline=_list(_ref("Period"), "When the matches were published: days, months or years, at most 60"),
            cursor=_maybe(_text(), "For the parameter of this name: leads to the hits behind these"),
            timed_out=_flag("Whether the query was stopped before all was found; counts are of what was found by then"),
        ),
        "Query": _object(
            text=_text("As it was given"),
            answered=_text("The same, or the correction that was applied; offsets of words are into this"),
            words=_list(_ref("Word"), "The words that are looked for"),
            warnings=_list(_text(), "Slips of syntax and how they were understood, for a reader"),
            correction=_maybe(_ref("Correction"), "Another reading of the query"),
        ),
        "Word": _object(
            text=_text("As it was given"),
            start=_count("Where it begins in query.answered"),
            end=_count("Where it ends, exclusive"),
            lemmas=_list(_text(), "Dictionary forms, the likeliest first"),
            forms=_list(_ref("Form"), "Forms that the archive has, the commonest first"),
            documents=_count("Documents with any of them, whatever the rest of the query says"),
            expansions=_list(_text(), "Other names that are looked for in its place"),
            folded=_text("What its spelling was brought to; empty when that is the same"),
            typed=_text("What stood there before a correction; empty without one"),
        ),
        "Form": _object(form=_text("As it is written in documents"), count=_count("Documents that have it")),
        "Correction": _object(
            text=_text("The other reading"),
            kind={"enum": ["spelling", "layout", "translit"], "description": "What seems to have gone wrong"},
            applied=_flag("Whether it was answered in place of what was given"),
            total=_count("Documents that it finds"),
        ),
        "Hit": _object(
            **_about(),
            score=_number("Higher is better; 0 when only filters were given"),
            snippets=_list(_ref("Snippet"), "Passages with what was found"),
            similar=_count("Retellings of it that were folded away"),
            lacks=_list(_text(), "Words of the query that it does not have"),
            explanation=_maybe(_ref("Explanation"), "With explain=1 what the score is made of"),
        ),
        "Explanation": _object(
            score=_number("The sum of the parts; that of the hit, to the precision of the engine"),
            parts=_list(
                _object(text=_text("A word"), value=_number("What it adds"), detail=_text("How, for a reader")),
                "Term by term",
            ),
        ),
        "Snippet": _object(
            text=_text("As it is written"),
            marks=_marks("Of what was found in text"),
            html=_text("The same, escaped, with mark elements"),
        ),
        "Count": _object(value=_text("Of the field"), count=_count("Matches that have it")),
        "Period": _object(
            **{"from": _day("Its first day"), "to": _day("Its last day, included"), "count": _count("Matches in it")}
        ),
        "Suggestions": _object(query=_text("As it was given"), suggestions=_list(_ref("Suggestion"), "Best first")),
        "Suggestion": _object(
            text=_text("What the query would be"),
            kind={"enum": ["word", "phrase", "title"], "description": "What it is in the archive"},
            documents=_count("Documents that a search for it finds"),
        ),
        "Similar": _object(id=_text("Of the document"), hits=_list(_ref("Hit"), "Likest first, without marks")),
        "Document": _object(
            **_about(),
            text=_text("The whole text"),
            text_marks=_marks("Of what q finds in text"),
            authors=_list(_text(), "As signed"),
            tags=_list(_text(), "As given by the source"),
        ),
        "Problem": _object(
            type=_text("about:blank: the status says it all"),
            title=_text("The status in words"),
            status=_count("The status"),
            detail=_text("What was wrong, for a reader; errors names every parameter that was"),
        ),
    }


def kind(schema: Json) -> str:
    """What *schema* is, in a word or two for people: «integer», «list of Hit», «Correction or null»."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "oneOf" in schema:
        return " or ".join(map(kind, schema["oneOf"]))
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}"
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if "additionalProperties" in schema:
        return f"name to {kind(schema['additionalProperties'])}"
    named = schema["type"]
    return named if isinstance(named, str) else " or ".join(named)


def _about() -> Json:
    return {
        "id": _text("Of the document, for /api/v1/documents/"),
        "title": _text("As written, or the first sentence"),
        "title_marks": _marks("Of what was found in title"),
        "url": _text("Where it was published; may be empty"),
        "source": _text("Who published it; may be empty"),
        "date": {"type": ["string", "null"], "format": "date", "description": "When it was published"},
    }


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _flag(description: str) -> Json:
    return {"type": "boolean", "description": description}


def _text(description: str = "") -> Json:
    return _told({"type": "string"}, description)


def _count(description: str = "") -> Json:
    return _told({"type": "integer", "minimum": 0}, description)


def _number(description: str) -> Json:
    return _told({"type": "number"}, description)


def _day(description: str) -> Json:
    return _told({"type": "string", "format": "date"}, description)


def _list(items: Json, description: str = "") -> Json:
    return _told({"type": "array", "items": items}, description)


def _marks(description: str) -> Json:
    pair = _list(_count()) | {"minItems": 2, "maxItems": 2}
    return _list(pair, f"{description}: [start, end), in code points")


def _map(values: Json, description: str) -> Json:
    return _told({"type": "object", "additionalProperties": values}, description)


def _maybe(schema: Json, description: str) -> Json:
    return _told({"oneOf": [schema, {"type": "null"}]}, description)


def _ref(name: str, description: str = "") -> Json:
    return _told({"$ref": f"#/components/schemas/{name}"}, description)


def _told(schema: Json, description: str) -> Json:
    return {**schema, "description": description} if description else schema
