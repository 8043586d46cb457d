from config import gunicorn
from pricing.bodies import LARGEST_ID


def test_an_address_has_room_for_five_hundred_of_the_largest_ids() -> None:
    ids = ",".join([str(LARGEST_ID)] * 500)
    asked = (
        f"GET /api/v1/prices/?ids={ids}&as_of=2026-11-27&currency=USD&condition=NM&source=tcgplayer HTTP/1.1"
    )
    assert len(asked) < gunicorn.limit_request_line
