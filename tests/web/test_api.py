"""/api/v1 as a program meets it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from search.service import Service
from web import create_app

SEARCH = "/api/v1/search"


def _json(response: TestResponse) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    found = response.get_json()
    assert isinstance(found, dict)
    return found


def test_an_answer_has_every_key_of_the_contract(client: FlaskClient) -> None:
    found = _json(client.get(SEARCH, query_string={"q": "сталь"}))
    assert set(found) >= {
        "query", "total", "page", "size", "took_ms", "generation", "hits", "facets", "timeline",
    }  # fmt: skip
    assert set(found["query"]) >= {"text", "words", "warnings", "correction"}
    assert set(found["query"]["words"][0]) >= {"text", "start", "end", "lemmas", "forms", "documents"}
    assert set(found["hits"][0]) >= {
        "id", "title", "title_marks", "url", "source", "date", "score", "snippets", "similar",
    }  # fmt: skip
    assert set(found["facets"]) == {"source", "tag", "author"}
    assert set(found["timeline"][0]) == {"from", "to", "count"}


def test_marks_slice_whole_words_out_of_snippets(client: FlaskClient) -> None:
    found = _json(client.get(SEARCH, query_string={"q": "сталь", "size": 50}))
    marked = {
        snippet["text"][start:end].lower()
        for hit in found["hits"]
        for snippet in hit["snippets"]
        for start, end in snippet["marks"]
    }
    assert {"стали", "сталью"} <= marked
    # One author wrote «cталь» with a Latin letter.
    assert all(word[1:4] == "тал" for word in marked)


def test_pages_together_give_every_hit_once(client: FlaskClient) -> None:
    query = {"q": "год", "size": 7}
    first = _json(client.get(SEARCH, query_string=query))
    hits = []
    for page in range(1, first["total"] // 7 + 2):
        hits += _json(client.get(SEARCH, query_string={**query, "page": page}))["hits"]
    ids = [hit["id"] for hit in hits]
    assert len(ids) == len(set(ids)) == first["total"] - first["folded"] > 7
    assert sum(hit["similar"] for hit in hits) == first["folded"] > 0


def test_filters_alone_give_all_documents_they_let_through(client: FlaskClient) -> None:
    found = _json(client.get(SEARCH, query_string={"from": "2024", "to": "2024", "size": 100}))
    assert found["total"] == len(found["hits"]) > 0
    assert all(hit["date"].startswith("2024") for hit in found["hits"])


@pytest.mark.parametrize("name", ["source", "tag", "author"])
def test_a_facet_counts_what_its_filter_finds(client: FlaskClient, name: str) -> None:
    query = {"q": "год"}
    for facet in _json(client.get(SEARCH, query_string=query))["facets"][name][:5]:
        narrowed = _json(client.get(SEARCH, query_string={**query, name: facet["value"]}))
        assert narrowed["total"] == facet["count"]


def test_a_document_is_given_whole_with_its_marks(client: FlaskClient) -> None:
    hit = _json(client.get(SEARCH, query_string={"q": "сталь"}))["hits"][0]
    found = _json(client.get(f"/api/v1/documents/{hit['id']}", query_string={"q": "сталь"}))
    assert (found["id"], found["title"], found["date"]) == (hit["id"], hit["title"], hit["date"])
    assert {found["text"][start:end].lower()[1:4] for start, end in found["text_marks"]} == {"тал"}
    assert _json(client.get(f"/api/v1/documents/{hit['id']}"))["text_marks"] == []


def test_mistakes_are_a_problem_document_that_names_each(client: FlaskClient) -> None:
    response = client.get(SEARCH, query_string={"q": "сталь", "page": "0", "colour": "red"})
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    problem = response.get_json(force=True)
    assert problem["status"] == 400
    assert problem["parameter"] in ("page", "colour")
    assert {error["parameter"] for error in problem["errors"]} == {"page", "colour"}
    assert all(error["detail"] in problem["detail"] for error in problem["errors"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/documents/нет-такого", 404),
        ("GET", "/api/v1/nowhere", 404),
        ("POST", SEARCH, 405),
        ("GET", "/api/v1/documents/x?page=1", 400),
    ],
)
def test_every_failure_of_the_api_is_a_problem_document(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.get_json(force=True)["status"] == status


def test_a_slip_of_syntax_is_answered_with_a_warning(client: FlaskClient) -> None:
    assert _json(client.get(SEARCH, query_string={"q": '"сталь ('}))["query"]["warnings"]


def test_an_unforeseen_failure_says_nothing_of_the_inside(index_folder: Any) -> None:
    service = Service(index_folder)
    broken = create_app(service)
    service.close()

    def fail() -> str:
        raise RuntimeError("secret of the inside")

    broken.add_url_rule("/api/fail", "fail", fail)
    broken.add_url_rule("/fail", "page_fail", fail)
    for path, mimetype in (("/api/fail", "application/problem+json"), ("/fail", "text/html")):
        response = broken.test_client().get(path)
        assert (response.status_code, response.mimetype) == (500, mimetype)
        assert "secret" not in response.text
        assert "Traceback" not in response.text


def test_without_an_index_the_service_is_alive_but_not_ready(tmp_path: Any) -> None:
    service = Service(tmp_path / "none")
    try:
        client = create_app(service).test_client()
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        response = client.get(SEARCH, query_string={"q": "сталь"})
        assert (response.status_code, response.mimetype) == (503, "application/problem+json")
        assert response.headers["Retry-After"]
        assert client.get("/").status_code == 503
        assert str(tmp_path) not in response.text + client.get("/").text
    finally:
        service.close()


def test_with_an_index_it_says_which_it_serves(client: FlaskClient, app: Flask) -> None:
    assert app.test_client().get("/healthz").get_json() == {"status": "ok"}
    ready = _json(client.get("/readyz"))
    assert ready["generation"] == _json(client.get(SEARCH, query_string={"q": "сталь"}))["generation"]


def test_suggestions_begin_with_what_was_typed_and_count_what_they_find(client: FlaskClient) -> None:
    found = _json(client.get("/api/v1/suggest", query_string={"q": "метал"}))
    assert found["query"] == "метал"
    assert 1 <= len(found["suggestions"]) <= 8
    for suggestion in found["suggestions"]:
        assert suggestion["text"].lower().startswith("метал")
        total = _json(client.get(SEARCH, query_string={"q": suggestion["text"], "verbatim": "1"}))["total"]
        assert total == suggestion["documents"] > 0


def test_nothing_is_suggested_for_nothing(client: FlaskClient) -> None:
    for text in ("", " ", "м"):
        assert _json(client.get("/api/v1/suggest", query_string={"q": text}))["suggestions"] == []


def test_a_document_is_not_similar_to_itself(client: FlaskClient) -> None:
    one = _json(client.get(SEARCH, query_string={"q": "доменная печь авария"}))["hits"][0]["id"]
    found = _json(client.get(f"/api/v1/documents/{one}/similar", query_string={"size": "4"}))
    ids = [hit["id"] for hit in found["hits"]]
    assert found["id"] == one
    assert len(ids) == len(set(ids)) == 4
    assert one not in ids
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_nothing_is_similar_to_a_document_that_is_not_there(client: FlaskClient) -> None:
    response = client.get("/api/v1/documents/нет-такого/similar")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


def test_the_json_tells_a_correction_and_obeys_who_wants_none(client: FlaskClient) -> None:
    found = _json(client.get(SEARCH, query_string={"q": "стпль"}))
    query = found["query"]
    assert query["correction"] == {"text": "сталь", "kind": "spelling", "applied": True, "total": found["total"]}
    assert (query["text"], query["answered"], query["words"][0]["typed"]) == ("стпль", "сталь", "стпль")
    for refusal in ({"verbatim": "1"}, {"keep": "стпль"}):
        literal = _json(client.get(SEARCH, query_string={"q": "стпль", **refusal}))
        assert (literal["query"]["answered"], literal["query"]["correction"]) == ("стпль", None)


def test_copies_are_the_hit_and_what_is_folded_under_it(client: FlaskClient) -> None:
    query = {"q": "совещание металлургия"}
    hits = _json(client.get(SEARCH, query_string=query))["hits"]
    for hit in [hit for hit in hits if hit["similar"]]:
        copies = _json(client.get(SEARCH, query_string={**query, "copies": hit["id"]}))["hits"]
        assert copies[0]["id"] == hit["id"]
        assert len(copies) == 1 + hit["similar"]
    assert any(hit["similar"] for hit in hits)


def test_explained_scores_are_the_sums_of_their_parts(client: FlaskClient) -> None:
    for query in ("сталь", "сталь завод", "авария домна печь комбинат погибшие", "РК сталь", '"домна" | сталь^2'):
        answer = client.get("/api/v1/search", query_string={"q": query, "explain": "1"}).get_json()
        assert answer["hits"]
        for hit in answer["hits"]:
            parts = [part["value"] for part in hit["explanation"]["parts"]]
            assert sum(parts) == pytest.approx(hit["score"], rel=1e-4, abs=1e-4)
    assert client.get("/api/v1/search", query_string={"q": "сталь"}).get_json()["hits"][0]["explanation"] is None
