"""A discussion's table walked whole: every status, every move, every side."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from domain.contact_request import Availability, ContactRequest, HalfDay, check_request, coordinates_in
from domain.discussion import (
    CLOSED,
    COMPANY_REASONS,
    OPEN,
    REASON_LABELS,
    RULES,
    STATUS_LABELS,
    TOLD_LABELS,
    Move,
    Reason,
    Refusal,
    Side,
    Status,
    Told,
    after,
    check_message,
    check_refusal,
    moves,
)
from domain.errors import ConflictError, ForbiddenError, InvalidInputError
from domain.search import Objective
from domain.visit import Proposal, VisitMove, VisitStatus, after_visit, check_slots, no_show_rate, visit_moves

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
C, K, R, S = Side.CANDIDATE, Side.COMPANY, Side.REFERENT, Side.SERVICE
WAITS, PENDING, ACCEPTED = Status.AWAITING_REFERENT, Status.PENDING, Status.ACCEPTED
LEADS = {
    (WAITS, Move.VALIDATE, R): PENDING,
    (WAITS, Move.VALIDATE, S): PENDING,
    (WAITS, Move.DECLINE, R): Status.REJECTED,
    (WAITS, Move.WITHDRAW, C): Status.WITHDRAWN,
    (WAITS, Move.EXPIRE, S): Status.EXPIRED,
    (WAITS, Move.CLOSE, S): Status.REJECTED,
    (PENDING, Move.ACCEPT, K): ACCEPTED,
    (PENDING, Move.REJECT, K): Status.REJECTED,
    (PENDING, Move.WITHDRAW, C): Status.WITHDRAWN,
    (PENDING, Move.EXPIRE, S): Status.EXPIRED,
    (PENDING, Move.CLOSE, S): Status.REJECTED,
    **{
        (status, move, side): status
        for status in (PENDING, ACCEPTED)
        for move in (Move.WRITE, Move.PLAN_VISIT, Move.SAY_WHETHER_MET)
        for side in (C, K)
    },
    **{(status, Move.REPORT, K): status for status in Status if status is not WAITS},
}
"""Written again by hand from domain.md §4: the rule's table must say the same."""


@pytest.mark.parametrize(("status", "move", "side"), list(product(Status, Move, Side)))
def test_each_move_leads_where_the_specification_says(status: Status, move: Move, side: Side) -> None:
    expected = LEADS.get((status, move, side))
    assert (move in moves(status, side)) == (expected is not None)
    if expected is not None:
        assert after(status, move, side) is expected
        return
    refusal = ConflictError if side in RULES[move].sides else ForbiddenError
    with pytest.raises(refusal):
        after(status, move, side)


def test_a_closed_discussion_does_not_reopen() -> None:
    for status in CLOSED:
        assert all(after(status, move, side) is status for side in Side for move in moves(status, side))
    assert frozenset() == OPEN & CLOSED


def test_everything_has_its_words() -> None:
    assert set(STATUS_LABELS) == set(Status)
    assert set(REASON_LABELS) == set(Reason)
    assert set(TOLD_LABELS) == set(Told)
    assert set(COMPANY_REASONS) == set(Reason) - {Reason.COMPANY_CLOSED, Reason.REFERENT}


def fields(error: pytest.ExceptionInfo[InvalidInputError]) -> set[str]:
    return {one.field for one in error.value.errors}


@pytest.mark.parametrize(
    ("refusal", "wrong"),
    [
        (Refusal(reason=Reason.NO_CAPACITY), set()),
        (Refusal(reason=Reason.OTHER), {"text"}),
        (Refusal(reason=Reason.OTHER, text="Travaux"), set()),
        (Refusal(reason=Reason.NOT_NOW), {"until"}),
        (Refusal(reason=Reason.NOT_NOW, until=TODAY), {"until"}),
        (Refusal(reason=Reason.NOT_NOW, until=TODAY + timedelta(days=30)), set()),
        (Refusal(reason=Reason.REFERENT), {"reason"}),
        (Refusal(reason=Reason.NO_CAPACITY, text="x" * 1001), {"text"}),
    ],
)
def test_refusals(refusal: Refusal, wrong: set[str]) -> None:
    if not wrong:
        assert check_refusal(refusal, TODAY).reason is refusal.reason
        return
    with pytest.raises(InvalidInputError) as error:
        check_refusal(refusal, TODAY)
    assert fields(error) == wrong


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4001])
def test_messages_have_a_size(text: str) -> None:
    with pytest.raises(InvalidInputError):
        check_message(text)


WHOLE = ContactRequest(
    first_name=" Zoé ",
    last_name="Durand",
    email="Zoe@Exemple.fr",
    phone="06 39 98 12 34",
    objective=Objective.DISCOVER,
    availability=Availability(start=TODAY, end=TODAY + timedelta(days=5), half_days=(HalfDay.MON_AM,)),
    message="Je voudrais découvrir le métier de boulangère chez vous.",
)


def test_a_whole_request_is_tidied() -> None:
    tidy = check_request(WHOLE, TODAY, known=False)
    assert (tidy.first_name, tidy.email, tidy.phone) == ("Zoé", "zoe@exemple.fr", "+33639981234")


def test_an_empty_request_names_every_field() -> None:
    late = Availability(start=date(2020, 1, 1), end=date(2019, 1, 1))
    with pytest.raises(InvalidInputError) as error:
        check_request(ContactRequest(phone="12", availability=late), TODAY, known=False)
    named = {"first_name", "last_name", "email", "phone", "objective", "message", "start", "end"}
    assert fields(error) == named
    with pytest.raises(InvalidInputError) as error:
        check_request(ContactRequest(), TODAY, known=True)
    assert "email" not in fields(error)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bonjour, je cherche un stage de 2 semaines en 2026.", ()),
        ("Écrivez à zoe.durand@exemple.fr ou au 06 39 98 12 34", ("zoe.durand@exemple.fr", "06 39 98 12 34")),
        ("mon site : https://exemple.fr/moi", ("https://exemple.fr/moi",)),
        ("+33639981234", ("+33639981234",)),
        ("SIRET 99900000100017", ()),
    ],
)
def test_coordinates_are_seen(text: str, found: tuple[str, ...]) -> None:
    assert coordinates_in(text) == found


BEGUN, LATER = NOW - timedelta(hours=1), NOW + timedelta(days=2)
VISITS = {
    (VisitStatus.PROPOSED, VisitMove.PICK, C),
    *((status, VisitMove.CANCEL, side) for status in ("proposed", "confirmed") for side in (C, K)),
    (VisitStatus.CONFIRMED, VisitMove.MARK_DONE, K),
    (VisitStatus.CONFIRMED, VisitMove.MARK_NO_SHOW, K),
}


@pytest.mark.parametrize(("status", "side"), list(product(VisitStatus, Side)))
def test_moves_of_a_visit_the_company_proposed(status: VisitStatus, side: Side) -> None:
    allowed = visit_moves(status, side, proposed_by=K, starts_at=BEGUN, now=NOW)
    assert allowed == {move for one, move, who in VISITS if (one, who) == (status, side)}


def test_attendance_waits_for_the_visit() -> None:
    with pytest.raises(ConflictError):
        after_visit(VisitStatus.CONFIRMED, VisitMove.MARK_DONE, K, proposed_by=C, starts_at=LATER, now=NOW)
    assert VisitMove.PICK in visit_moves(VisitStatus.PROPOSED, K, proposed_by=C, starts_at=None, now=NOW)


def test_slots_are_checked() -> None:
    asked = Proposal((LATER, LATER, NOW + timedelta(days=1)), 60, " 1 rue du Four ")
    assert check_slots(asked, NOW) == Proposal((NOW + timedelta(days=1), LATER), 60, "1 rue du Four")
    with pytest.raises(InvalidInputError) as error:
        check_slots(Proposal((NOW, *(LATER + timedelta(hours=hour) for hour in range(5))), 5, ""), NOW)
    assert fields(error) == {"slots", "minutes", "place"}


def test_no_show_rate_counts_every_closed_visit() -> None:
    assert no_show_rate(done=6, no_show=2, cancelled=2) == pytest.approx(0.2)
    assert no_show_rate(done=0, no_show=0, cancelled=0) is None
