from django.contrib.admin.models import LogEntry

from accounts import audit
from accounts.models import User


def test_a_note_says_who_did_what_to_whom(carla: User, alice: User) -> None:
    audit.note(carla, alice, "Looked at.")
    entry = LogEntry.objects.get()
    assert (entry.user, entry.get_edited_object(), entry.get_change_message()) == (carla, alice, "Looked at.")
    assert (audit.has_acted(carla), audit.has_acted(alice)) == (True, False)


def test_many_notes_have_each_their_words(carla: User, alice: User, bob: User) -> None:
    audit.note_each(carla, [(alice, "First."), (bob, "Second.")], flag=audit.DELETION)
    said = LogEntry.objects.order_by("pk").values_list("change_message", "action_flag")
    assert list(said) == [("First.", audit.DELETION), ("Second.", audit.DELETION)]


def test_a_long_name_is_cut(carla: User) -> None:
    audit.note(carla, User(pk=1, email="x" * 300), "Made.")
    assert len(LogEntry.objects.get().object_repr) == 200
