"""/openapi.json against the code and the running server: neither may promise what the other does not keep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from lxml import html  # type: ignore[import-untyped]  # published without types
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from search.service import DEPTH
from tests.web.conftest import Running
from web import params
from web.openapi import document

_OPERATIONS = sorted(document()["paths"])


def _takes(path: str) -> set[str]:
    references = document()["paths"][path]["get"]["parameters"]
    return {reference["$ref"].rpartition("/")[2] for reference in references}


def test_every_route_for_programs_is_described_and_no_other(app: Flask) -> None:
    rules = {re.sub(r"<\w+:\w+>", "{id}", rule.rule) for rule in app.url_map.iter_rules()}
    meant = {rule for rule in rules if rule.startswith(("/api/", "/export.", "/search.atom"))}
    assert meant == set(_OPERATIONS)


def test_the_search_takes_exactly_the_parameters_that_are_described() -> None:
    assert _takes("/api/v1/search") == set(params.SEARCH)


@pytest.mark.parametrize("path", [path for path in _OPERATIONS if "{" not in path])
def test_every_address_refuses_a_parameter_that_is_not_described(client: FlaskClient, path: str) -> None:
    for name in {*params.SEARCH, "separator", "colour"} - _takes(path):
        response = client.get(path, query_string={name: "1"})
        assert (response.status_code, response.mimetype) == (400, "application/problem+json")
        assert response.get_json(force=True)["parameter"] == name


def test_the_keys_of_answers_are_those_described(client: FlaskClient) -> None:
    schemas = document()["components"]["schemas"]
    found: Any = client.get("/api/v1/search?q=сталь").get_json()
    whole: Any = client.get(f"/api/v1/documents/{found['hits'][0]['id']}").get_json()
    problem: Any = client.get("/api/v1/search?page=0").get_json(force=True)
    word, hit = found["query"]["words"][0], found["hits"][0]
    answered = {
        "Answer": found, "Query": found["query"], "Word": word, "Form": word["forms"][0], "Hit": hit,
        "Snippet": hit["snippets"][0], "Count": found["facets"]["source"][0], "Period": found["timeline"][0],
        "Document": whole,
    }  # fmt: skip
    for name, shown in answered.items():
        assert set(schemas[name]["properties"]) == set(shown), name
    assert set(schemas["Problem"]["properties"]) <= set(problem)


def test_the_page_for_people_tells_every_parameter_and_key(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/api").text)
    shown = {code.text_content() for code in page.xpath("//main//code")}
    described = document()
    takes = {name for path in _OPERATIONS for name in _takes(path)}
    keys = {key for schema in described["components"]["schemas"].values() for key in schema["properties"]}
    assert shown >= takes | keys | set(_OPERATIONS)
    assert all(operation["get"]["summary"] in page.text_content() for operation in described["paths"].values())
    assert not [
        link for link in page.xpath("//main//a/@href") if link[0] == "#" and not page.xpath(f"//*[@id='{link[1:]}']")
    ]


def _beyond_a_schema(query: Mapping[str, Any]) -> bool:
    """Whether parameters may be wrong together, a day be none of its month, a cursor none that was given.

    No schema can say so.
    """
    days = [str(query.get(name) or "") for name in ("from", "to")]
    deep = isinstance(query.get("page"), int) and query["page"] * 10 > DEPTH / params.MAX_SIZE
    return all(days) or any(day[8:] > "28" for day in days) or deep or bool(query.get("cursor"))


@pytest.fixture(scope="session")
def api(server: Running) -> Any:
    return schemathesis.openapi.from_url(f"{server.address}/openapi.json")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize("path", _OPERATIONS)
def test_schemathesis_finds_nothing(api: Any, path: str, mode: GenerationMode) -> None:
    @given(case=api[path]["GET"].as_strategy(generation_mode=mode))
    @settings(max_examples=30, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case[Any]) -> None:
        response = case.call()
        query = case.query or {}
        skipped: list[schemathesis.CheckFunction] = [positive_data_acceptance] if _beyond_a_schema(query) else []
        # In an address nothing and null are an empty text, which is one not given; and 414 is a refusal too.
        refused = response.status_code == HTTPStatus.REQUEST_URI_TOO_LONG
        skipped += [negative_data_rejection] if refused or not all(query.values()) else []
        case.validate_response(response, excluded_checks=skipped)

    holds()


def test_schemathesis_sees_an_answer_that_is_not_as_described(server: Running) -> None:
    wrong = document()
    wrong["components"]["schemas"]["Answer"]["properties"]["total"] = {"type": "string"}
    operation = schemathesis.openapi.from_dict(wrong)["/api/v1/search"]["GET"]
    case = operation.Case(query={"q": "сталь"})
    with pytest.raises(FailureGroup, match="Response violates schema"):
        case.call_and_validate(base_url=server.address)
