"""A search service whose key is fetched by the first search."""

import pytest

from parley.domain.web_search import SearchFailedError
from parley.errors import KeyUnreadableError, KeyVaultError
from parley.gateways.keyed_search import KeyedSearch


class Echo:
    def search(self, query, max_results):
        return [(query, max_results)]


def test_the_service_is_built_by_the_first_search_and_once():
    built = []
    search = KeyedSearch(lambda: built.append(1) or Echo())
    assert built == []
    assert [search.search("a", 3), search.search("b", 1)] == [[("a", 3)], [("b", 1)]]
    assert built == [1]


@pytest.mark.parametrize("failure", [KeyVaultError(), KeyUnreadableError()])
def test_without_its_key_a_search_fails_and_the_next_one_tries_again(failure):
    outcomes = [failure, Echo()]

    def build():
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    search = KeyedSearch(build)
    with pytest.raises(SearchFailedError, match="the key of the search service cannot be read"):
        search.search("a", 3)
    assert search.search("a", 3) == [("a", 3)]
