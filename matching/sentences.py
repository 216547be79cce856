"""The French sentences of the reasons, each true of the hit it is said of."""

from functools import lru_cache

from domain.waiting import delay_words

_MONTH_DAYS, _YEAR_DAYS = 31, 365


def of_wish(*, typed: bool, potentiel: bool) -> str:
    """The hit's occupation is one looked for, as typed or as the passport says."""
    wished = "que vous cherchez" if typed else "souhaité dans votre passeport"
    return f"son activité emploie souvent le métier {wished}" if potentiel else f"c’est le métier {wished}"


def of_skills(matched: int, asked: int) -> str:
    """How many of the skills asked the occupation uses."""
    if matched == asked:
        one = "votre compétence sert dans ce métier"
        return one if asked == 1 else f"vos {asked} compétences servent toutes dans ce métier"
    verb = "sert" if matched == 1 else "servent"
    return f"{matched} de vos {asked} compétences {verb} dans ce métier"


def of_distance(km: float) -> str:
    """As the crow flies."""
    return "à moins d’un kilomètre" if km < 1 else f"à {round(km)} km"


@lru_cache(maxsize=4096)
def of_answers(asked: int, answered: int, mean_hours: int, *, new: bool) -> str:
    """How it answered the requests it had time to answer, or that nobody can know yet."""
    if not asked:
        return f"{'nouvelle entreprise' if new else 'pas encore de demande à juger'} : note moyenne"
    if not answered:
        return f"pas encore de réponse ({_requests(asked)})"
    delay = delay_words(mean_hours)
    if asked == 1:
        return f"a répondu à la demande reçue, {delay}"
    if answered == asked:
        return f"répond à toutes les demandes, {delay} en moyenne"
    mean = "" if answered == 1 else " en moyenne"
    return f"a répondu à {_requests(answered)} sur {asked}, {delay}{mean}"


@lru_cache(maxsize=4096)
def of_room(left: int) -> str:
    """How many requests it may still receive."""
    return f"peut encore recevoir {_requests(left)} ce mois-ci"


@lru_cache(maxsize=4096)
def of_age(days: int) -> str:
    """When the record was last changed."""
    if days <= _MONTH_DAYS:
        return "fiche mise à jour ce mois-ci"
    if days >= _YEAR_DAYS:
        return "fiche mise à jour il y a plus d’un an"
    return f"fiche mise à jour il y a {max(2, round(days / 30.4))} mois"


def _requests(count: int) -> str:
    return "une demande" if count == 1 else f"{count} demandes"
