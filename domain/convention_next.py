"""What comes next of a convention, in the words of whoever reads: what to do, or who is waited for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.convention import SIGNABLE, As, Kind, Status
from domain.french import french_date, listed, of_names

WHO = {
    As.BENEFICIARY: "la personne accueillie",
    As.REPRESENTATIVE: "son représentant légal",
    As.COMPANY: "l’entreprise",
    As.EMPLOYER: "son employeur actuel",
}
NOT_BEFORE = "Ne commencez pas avant sa validation : sans elle, la personne n’est pas assurée."
_AGENTS = frozenset({As.COUNSELLOR, As.VALIDATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where a convention stands for one reader. `agency`: the prescriber's name.

    `elsewhere`: another agency validates for it, where this reader does not.
    """

    status: Status
    whom: frozenset[As]
    unsigned: frozenset[As]
    two_step: bool
    agency: str
    starts_on: date | None
    ends_on: date | None
    today: date
    kind: Kind = Kind.PMSMP
    deposited: bool = False
    elsewhere: bool = False
    unreached: frozenset[As] = frozenset()
    """Who has neither an address nor a mobile here."""


def next_step(moment: Moment) -> str:
    """One or two sentences."""
    said = {
        Status.DRAFT: "Terminez de la remplir, puis envoyez-la à signer.",
        Status.REJECTED: "La structure prescriptrice l’a refusée. L’immersion n’a pas lieu.",
        Status.CANCELLED: "Elle est annulée. L’immersion n’a pas lieu, ou s’arrête.",
        Status.EXPIRED: "Personne ne l’a validée à temps. Pour une autre date, faites-en une copie.",
    }.get(moment.status)
    if said is not None:
        return said
    if moment.status in SIGNABLE:
        return _to_sign(moment)
    return _validated(moment) if moment.status is Status.VALIDATED else _to_decide(moment)


def waited_for(unsigned: Iterable[As]) -> str:
    """Who has not signed: « l’entreprise et la personne accueillie »."""
    return listed(label for one, label in WHO.items() if one in set(unsigned))


def _to_sign(moment: Moment) -> str:
    others = moment.unsigned - moment.whom
    if moment.whom & moment.unsigned:
        after = (
            f" Il manque aussi {waited_for(others)}."
            if others
            else " Vous êtes la dernière personne attendue."
        )
        return f"Relisez-la, puis signez-la.{after}"
    whose = of_names(label for one, label in WHO.items() if one in moment.unsigned)
    return f"On attend la signature {whose}. {_by_paper(moment)}Ensuite, la structure prescriptrice décide."


def _by_paper(moment: Moment) -> str:
    """Whom nothing is sent to: the agency has them sign."""
    alone = moment.unsigned & moment.unreached
    if not alone:
        return ""
    who = waited_for(alone)
    without = "n’ont" if len(alone) > 1 else "n’a"
    return f"{who[:1].upper()}{who[1:]} {without} ni e-mail ni mobile ici : faites signer sur papier. "


def _to_decide(moment: Moment) -> str:
    first = moment.two_step and moment.status is Status.IN_REVIEW
    if first and As.COUNSELLOR in moment.whom:
        return "Tout le monde a signé. Relisez-la, puis pré-validez-la ou refusez-la."
    if not first and As.VALIDATOR in moment.whom and not moment.elsewhere:
        return "Tout le monde a signé. Relisez-la, puis validez-la ou refusez-la."
    if moment.whom & _AGENTS:
        who = "le conseil" if first else "la personne qui valide"
        return f"On attend {who} de {moment.agency}."
    return f"Tout le monde a signé. {moment.agency} la relit et décide. {NOT_BEFORE}"


def _validated(moment: Moment) -> str:
    if moment.whom & _AGENTS and moment.kind is Kind.PMSMP and not moment.deposited:
        return "Déposez-la auprès de l’État, puis enregistrez ici le numéro de l’accusé."
    first, last, today = moment.starts_on, moment.ends_on, moment.today
    if first is not None and today < first:
        return f"Tout est prêt : l’immersion commence le {french_date(first)}."
    if last is not None and today <= last:
        return f"L’immersion a lieu jusqu’au {french_date(last)}. Le bilan vient à la fin."
    return "L’immersion est terminée. Le bilan se remplit par le lien reçu par e-mail."
