import json

import pytest
from xeno_canto_server import KEY, XenoCanto, running

from projects.audio.fetching.api import Api, api_key
from projects.audio.fetching.polite import FetchError
from projects.errors import UserError

QUERY = 'sp:"turdus merula" q:A'


def ids(pages):
    return [[entry["id"] for entry in page["recordings"]] for page in pages]


def test_all_pages_of_a_query_are_asked_for(polite, site):
    pages = Api(site.api, KEY, polite).pages(QUERY, limit=100)
    assert ids(pages) == [["1", "2"], ["3", "4"], ["5"]]
    assert [asked["query"] for _, asked, _ in site.asked] == [[QUERY]] * 3
    assert [asked["page"] for _, asked, _ in site.asked] == [["1"], ["2"], ["3"]]


@pytest.mark.parametrize(("limit", "asked"), [(1, 1), (2, 1), (3, 2), (5, 3)])
def test_a_limit_asks_for_no_page_too_many(polite, site, limit, asked):
    """What is not wanted is not asked for, and the pages kept say that they are all."""
    pages = Api(site.api, KEY, polite).pages(QUERY, limit)
    assert sum(len(page["recordings"]) for page in pages) == limit
    assert len(site.asked) == asked
    assert {page["numPages"] for page in pages} == {asked}


def test_a_wrong_key_is_named_and_not_told(polite, site):
    with pytest.raises(FetchError, match=r"HTTP 401.*check XENO_CANTO_KEY") as caught:
        Api(site.api, "hush-hush", polite).pages(QUERY, 10)
    assert "hush-hush" not in str(caught.value)
    assert len(site.asked) == 1


def test_the_key_is_not_carried_to_where_the_server_sends_on(polite, site):
    with running(XenoCanto()) as other:
        site.faults["/api/3/recordings"] = [302]
        site.headers[302] = {"Location": other.api}
        with pytest.raises(FetchError, match="HTTP 302"):
            Api(site.api, KEY, polite).pages(QUERY, 10)
    assert other.asked == []


def test_a_server_that_is_down_is_one_line(polite):
    with pytest.raises(FetchError, match="try again later") as caught:
        Api("http://127.0.0.1:9/", KEY, polite).pages(QUERY, 10)
    assert KEY not in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({"error": "invalid query"}, "no list of recordings.*invalid query"),
        ({"recordings": [{"en": "Wren"}]}, "recording 1 of the page has no id"),
        ({"recordings": [{"id": "../../etc/passwd"}]}, "which is no number"),
        ({"recordings": [{"id": {"a": 1}}]}, "which is no number"),
        ({"recordings": [], "numPages": "many"}, "numPages is 'many'"),
    ],
)
def test_an_answer_that_is_no_page_is_refused(polite, site, page, expected):
    """An id names a file: nothing but a number may get that far."""
    site.page = lambda number: page
    with pytest.raises(FetchError, match=expected):
        Api(site.api, KEY, polite).pages(QUERY, 10)


def test_pages_without_end_come_to_an_end(polite, site):
    site.page = lambda number: {"recordings": [], "numPages": 10**6}
    assert ids(Api(site.api, KEY, polite).pages(QUERY, 10)) == [[]]


def test_without_a_key_the_line_says_where_it_belongs(monkeypatch):
    monkeypatch.delenv("XENO_CANTO_KEY", raising=False)
    with pytest.raises(UserError, match="environment variable XENO_CANTO_KEY, got none"):
        api_key()
    monkeypatch.setenv("XENO_CANTO_KEY", " abc ")
    assert api_key() == "abc"


def test_pages_are_what_the_api_gave(polite, site):
    """Licence, recordist and all else are kept as they came."""
    (page, *_) = Api(site.api, KEY, polite).pages(QUERY, 100)
    assert json.loads(json.dumps(page)) == site.page(1)
