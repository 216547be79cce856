"""A convention's table walked whole: every status, every move, every capacity, in every state."""

from itertools import chain, combinations, product

import pytest

from domain.convention import (
    AS_LABELS,
    EDITABLE,
    ENDED,
    KIND_LABELS,
    LIVE,
    MAX_REASON,
    RULES,
    SIGNATORIES,
    STATUS_LABELS,
    As,
    Kind,
    Move,
    State,
    Status,
    after,
    allowed,
    check_reason,
)
from domain.errors import ConflictError, ForbiddenError, InvalidInputError

DRAFT, TO_SIGN, PARTLY = Status.DRAFT, Status.TO_SIGN, Status.PARTLY_SIGNED
REVIEW, APPROVED, VALIDATED = Status.IN_REVIEW, Status.PRE_APPROVED, Status.VALIDATED
REJECTED, CANCELLED, EXPIRED = Status.REJECTED, Status.CANCELLED, Status.EXPIRED
HOLDER, PERSON, PARENT, COMPANY = As.HOLDER, As.BENEFICIARY, As.REPRESENTATIVE, As.COMPANY
EMPLOYER, TUTOR = As.EMPLOYER, As.TUTOR
COUNSELLOR, VALIDATOR, OFFICE, CLOCK = As.COUNSELLOR, As.VALIDATOR, As.BACK_OFFICE, As.CLOCK
PEOPLE = (PERSON, PARENT, COMPANY, EMPLOYER)
AGENTS = (COUNSELLOR, VALIDATOR)
SENT = (TO_SIGN, PARTLY, REVIEW, APPROVED)
UNSIGNED = frozenset({PERSON, COMPANY})
"""In the walk these two have not signed; the parent and the employer have, or need not."""


def each(
    statuses: tuple[Status, ...], move: Move, whom: tuple[As, ...], to: Status | None = None
) -> dict[tuple[Status, Move, As], Status]:
    return {(status, move, one): to or status for status in statuses for one in whom}


LEADS = {
    **each((DRAFT,), Move.WRITE, (*PEOPLE, *AGENTS, HOLDER)),
    **each((DRAFT,), Move.SUBMIT, (*PEOPLE, *AGENTS, HOLDER), TO_SIGN),
    **each(SENT, Move.EDIT, (*PEOPLE, *AGENTS), TO_SIGN),
    **each((TO_SIGN, PARTLY), Move.SIGN, (PERSON, COMPANY), PARTLY),
    **each((TO_SIGN, PARTLY), Move.ATTEST_PAPER, AGENTS, PARTLY),
    **each((TO_SIGN, PARTLY), Move.REMIND, (*PEOPLE, *AGENTS)),
    **each((REVIEW, APPROVED), Move.VALIDATE, (VALIDATOR,), VALIDATED),
    **each(SENT, Move.REJECT, (*AGENTS, OFFICE), REJECTED),
    **each(SENT, Move.TRANSFER, (*AGENTS, OFFICE)),
    **each((APPROVED,), Move.TRANSFER, (*AGENTS, OFFICE), REVIEW),
    **each(SENT, Move.EXPIRE, (CLOCK,), EXPIRED),
    **each((VALIDATED,), Move.CANCEL, (*AGENTS, OFFICE), CANCELLED),
    **each(SENT, Move.LEAVE, (PERSON,), CANCELLED),
    **each((VALIDATED,), Move.RENEW, AGENTS),
    **each((VALIDATED,), Move.CHANGE_TUTOR, (*AGENTS, COMPANY)),
    **each((VALIDATED,), Move.RECORD_DEPOSIT, AGENTS),
    **each((VALIDATED,), Move.ASSESS, (TUTOR, COMPANY, PERSON)),
    **each((*SENT, VALIDATED), Move.FOLLOW, AGENTS),
    **each(tuple(Status), Move.DUPLICATE, (*PEOPLE, *AGENTS, HOLDER)),
}
"""Written again by hand from domain.md §5, for one review, no assessment, no renewal, two to sign."""
STATES = list(product((False, True), repeat=4))


def expected(
    two_step: bool, assessed: bool, answered: bool, renewed: bool
) -> dict[tuple[Status, Move, As], Status]:
    """The same, with what each fact of a convention changes."""
    found = dict(LEADS)
    if two_step:
        found |= each((REVIEW,), Move.PRE_APPROVE, (COUNSELLOR,), APPROVED)
        del found[REVIEW, Move.VALIDATE, VALIDATOR]
    if assessed:
        for one in (*AGENTS, OFFICE):
            del found[VALIDATED, Move.CANCEL, one]
    if answered:
        for one in (*AGENTS, COMPANY):
            del found[VALIDATED, Move.CHANGE_TUTOR, one]
    if renewed:
        for one in AGENTS:
            del found[VALIDATED, Move.RENEW, one]
    return found


@pytest.mark.parametrize(("two_step", "assessed", "answered", "renewed"), STATES)
def test_each_move_leads_where_the_specification_says(
    two_step: bool, assessed: bool, answered: bool, renewed: bool
) -> None:
    leads = expected(two_step, assessed, answered, renewed)
    for status, move, whom in product(Status, Move, As):
        state = State(
            status=status,
            two_step=two_step,
            assessed=assessed,
            answered=answered,
            renewed=renewed,
            unsigned=UNSIGNED,
        )
        to = leads.get((status, move, whom))
        assert (move in allowed(state, [whom])) == (to is not None), (status, move, whom)
        if to is not None:
            assert after(state, move, whom) is to, (status, move, whom)
            continue
        refusal = ConflictError if whom in RULES[move].whom else ForbiddenError
        with pytest.raises(refusal) as error:
            after(state, move, whom)
        assert error.value.message.endswith(".")


def test_somebody_may_what_each_of_their_capacities_may() -> None:
    for status in Status:
        state = State(status=status, unsigned=UNSIGNED)
        for pair in combinations(As, 2):
            assert allowed(state, pair) == allowed(state, pair[:1]) | allowed(state, pair[1:])


@pytest.mark.parametrize(
    "unsigned", list(chain.from_iterable(combinations(SIGNATORIES, count) for count in range(5)))
)
def test_the_last_signature_asks_the_agency(unsigned: tuple[As, ...]) -> None:
    """No order among those who sign; who has signed signs no more."""
    state = State(status=PARTLY, unsigned=frozenset(unsigned))
    to = REVIEW if len(unsigned) == 1 else PARTLY
    for one in SIGNATORIES:
        assert (Move.SIGN in allowed(state, [one])) == (one in unsigned)
        if one in unsigned:
            assert after(state, Move.SIGN, one) is to
            assert after(state, Move.ATTEST_PAPER, COUNSELLOR) is to


@pytest.mark.parametrize(("followed", "follows"), [(False, False), (True, False), (True, True)])
def test_a_referent_changes_until_the_validation(followed: bool, follows: bool) -> None:
    """Then the document names one: only a convention that nobody follows any more is taken on."""
    for status in Status:
        state = State(status=status, followed=followed, follows=follows)
        free = not follows and (not followed or status is not VALIDATED)
        able = {one for one in As if Move.FOLLOW in allowed(state, [one])}
        assert able == (set(AGENTS) if free and status in LIVE else set())


def test_what_ended_stays_ended() -> None:
    assert {REJECTED, CANCELLED, EXPIRED} == ENDED
    assert set(SENT) == EDITABLE
    assert {*SENT, VALIDATED} == LIVE
    for status in ENDED:
        assert allowed(State(status=status, two_step=True, unsigned=UNSIGNED), As) == {Move.DUPLICATE}


def test_everything_has_its_words() -> None:
    assert set(STATUS_LABELS) == set(Status)
    assert set(AS_LABELS) == set(As)
    assert set(KIND_LABELS) == set(Kind)
    assert set(RULES) == set(Move)


def test_a_reason_is_given_in_words() -> None:
    assert check_reason("  Les dates\u200b ne vont pas. ") == "Les dates ne vont pas."
    assert check_reason("é" * MAX_REASON) == "é" * MAX_REASON
    for wrong in ("", " \n\u200b ", "é" * (MAX_REASON + 1)):
        with pytest.raises(InvalidInputError) as error:
            check_reason(wrong)
        assert [one.field for one in error.value.errors] == ["reason"]
