import pickle

from integrations.errors import MarketError


def test_a_market_error_survives_the_way_between_processes() -> None:
    revived = pickle.loads(pickle.dumps(MarketError("gone", permanent=True, source="tcgcsv")))  # noqa: S301
    assert (str(revived), revived.permanent, revived.source) == ("gone", True, "tcgcsv")
