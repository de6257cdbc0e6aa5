import pytest

from llm import address

COMPLETE = "http://h:1/v1/chat/completions"


@pytest.mark.parametrize(
    ("api", "url"),
    [
        (COMPLETE, COMPLETE),
        (f" {COMPLETE}/ \n", COMPLETE),
        ("http://h:1/v1", COMPLETE),
        ("http://h:1/v1/", COMPLETE),
        ("http://h:1/v1/chat", COMPLETE),
        ("http://h:1", COMPLETE),
        ("http://h:1/", COMPLETE),
        ("HTTP://h:1/v1#top", COMPLETE),
        ("h:1", COMPLETE),
        ("localhost/v1", "http://localhost/v1/chat/completions"),
        ("192.168.1.5", "http://192.168.1.5/v1/chat/completions"),
        ("api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
        ("https://h/api/v3", "https://h/api/v3/chat/completions"),
        ("https://h/v1beta/openai/", "https://h/v1beta/openai/chat/completions"),
        ("https://h/v1?api-version=2&k=a%20b", "https://h/v1/chat/completions?api-version=2&k=a%20b"),
        (f"{COMPLETE}?a=&a=1", f"{COMPLETE}?a=&a=1"),
        ("http://[::1]:8080", "http://[::1]:8080/v1/chat/completions"),
        ("http://user:pass@h:1/v1", "http://user:pass@h:1/v1/chat/completions"),
    ],
)
def test_every_form_of_address_becomes_the_complete_one(api, url):
    assert address.completions_url(api) == url
    assert address.completions_url(url) == url


@pytest.mark.parametrize(
    "api", ["", "ftp://h/v1", "http://", "http://h:port/v1", "http://h:0", "http://[::1/v1", "你好 世界"]
)
def test_what_is_no_address_is_a_sentence(api):
    with pytest.raises(ValueError, match=r"LLM\.api"):
        address.completions_url(api)


@pytest.mark.parametrize(
    ("api", "shown"),
    [
        ("http://user:pass@h:1/v1/secret?key=abc", "http://h:1"),
        ("https://api.example.com/v1", "https://api.example.com"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
    ],
)
def test_only_the_harmless_part_is_shown(api, shown):
    assert address.shown(api) == shown


@pytest.mark.parametrize(
    ("api", "is_loopback"),
    [
        ("http://127.0.0.1:1", True),
        ("http://127.8.8.8", True),
        ("localhost:11434", True),
        ("http://model.localhost", True),
        ("http://[::1]:1/v1", True),
        ("http://0.0.0.0:1", True),
        ("http://192.168.1.5", False),
        ("https://localhost.example.com", False),
    ],
)
def test_loopback_is_recognised(api, is_loopback):
    assert address.is_loopback(api) is is_loopback


def test_secrets_of_an_address_are_found_in_both_spellings():
    found = address.secrets_in("http://me:p%40ss@h/v1?key=a%20b&empty=")
    assert {"me", "p%40ss", "p@ss", "a b"} <= set(found)
    assert "" not in found
