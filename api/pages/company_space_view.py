"""A company's space as its pages say it: shown or why not, and what is missing from the file."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.queries.company_space import Space
from domain.company import Hidden, RegistrationStatus
from domain.french import french_date
from domain.roles import ROLE_LABELS
from services.company_space import SpaceSeen

DONE = {
    "fiche": "La fiche est enregistrée. Les personnes qui cherchent la voient dès maintenant.",
    "pause": "L’entreprise est en pause : elle n’est plus proposée jusqu’au jour choisi.",
    "reprise": "L’entreprise est de nouveau proposée.",
    "fermee": "La fiche est fermée. Les personnes qui attendaient une réponse sont prévenues.",
    "quota": "Le nombre de demandes par mois est enregistré.",
    "conditions": "Les conditions pratiques sont enregistrées.",
    "bienvenue": "Vous avez rejoint l’entreprise.",
    "accepte": "Votre collègue a rejoint l’entreprise. Un e-mail le lui dit.",
    "refuse": "La demande est refusée. Un e-mail le dit à la personne.",
    "role": "Le rôle est changé. Un e-mail le dit à la personne.",
    "retire": "La personne ne fait plus partie de l’entreprise. Un e-mail le lui dit.",
    "invite": "L’invitation est envoyée.",
    "retrait-invitation": "L’invitation est retirée : son lien n’ouvre plus rien.",
    "parti": "Vous ne faites plus partie de l’entreprise.",
    "demande": "Votre demande est envoyée. Vous recevrez la réponse par e-mail.",
}
"""What a page says after a form, by the word of its address."""
_HIDDEN = {
    Hidden.GONE: ("Retirée", "La fiche n’est plus dans l’annuaire. Écrivez-nous si c’est une erreur."),
    Hidden.UNPLACED: ("Non proposée", "Ajoutez au moins un lieu d’accueil : la recherche se fait autour."),
    Hidden.WITHOUT_JOB: ("Non proposée", "Ajoutez au moins un métier à découvrir."),
    Hidden.UNRESPONSIVE: (
        "Non proposée",
        "Plusieurs demandes sont restées sans réponse. Répondez-y si vous le pouvez, puis revenez d’un clic.",
    ),
    Hidden.TAKES_NONE: ("Non proposée", "Vous avez choisi zéro demande par mois. Augmentez ce nombre."),
    Hidden.FULL: (
        "Complète",
        "Vous avez reçu le nombre de demandes choisi. La fiche revient seule dans les jours qui viennent.",
    ),
}
_CHANGING = {
    RegistrationStatus.TO_PROVE: (
        "Une nouvelle adresse e-mail attend d’être confirmée : ouvrez le message envoyé à cette adresse. "
        "D’ici là, l’ancienne reste sur la fiche."
    ),
    RegistrationStatus.TO_CHECK: (
        "Notre équipe vérifie la nouvelle adresse e-mail. D’ici là, l’ancienne reste sur la fiche."
    ),
}
APPLIED = {
    RegistrationStatus.TO_PROVE: "Adresse à confirmer : ouvrez le lien que nous vous avons envoyé.",
    RegistrationStatus.TO_CHECK: "En cours de vérification par notre équipe. Nous vous écrirons.",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that would make the file better; `step` is the form's step that says it, or `accueil`."""

    text: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceView:
    """What the pages of one company read."""

    space: Space
    url: str
    role: str
    state: str
    state_text: str
    kind: str
    """Colour of the state: `leaf` shown, `sun` not shown, `line` gone."""
    paused: bool
    set_aside: bool
    """Out of search for want of answers."""
    changing: str
    may_edit: bool
    missing: tuple[Missing, ...]


def view_of(seen: SpaceSeen) -> SpaceView:
    """The view of one company."""
    space = seen.space
    state, text, kind = _state(seen)
    return SpaceView(
        space=space,
        url=f"/entreprise/{space.id}",
        role=ROLE_LABELS[seen.role],
        state=state,
        state_text=text,
        kind=kind,
        paused=seen.hidden is Hidden.PAUSED,
        set_aside=seen.hidden is Hidden.UNRESPONSIVE,
        changing=_CHANGING[space.new_address] if space.new_address else "",
        may_edit=seen.may_edit,
        missing=tuple(_missing(space)),
    )


def _state(seen: SpaceSeen) -> tuple[str, str, str]:
    if seen.space.banned:
        return "Suspendue", "Notre équipe a retiré la fiche. Voici pourquoi :", "line"
    if seen.space.closed:
        text = "La fiche n’est plus montrée et ne reçoit plus de demandes. Vous pouvez la rouvrir."
        return "Fermée", text, "line"
    if seen.hidden is None:
        return "Proposée", "Les personnes qui cherchent près de chez vous la trouvent.", "leaf"
    if seen.hidden is Hidden.PAUSED and seen.space.paused_until:
        text = f"Elle sera de nouveau proposée le {french_date(seen.space.paused_until)}."
        return "En pause", text, "sun"
    state, text = _HIDDEN[seen.hidden]
    return state, text, "sun"


def _missing(space: Space) -> Iterator[Missing]:
    if not space.places:
        yield Missing("Aucun lieu d’accueil.", "lieux")
    if not space.offers:
        yield Missing("Aucun métier à découvrir.", "metiers")
    if space.offers_without_text:
        many = space.offers_without_text > 1
        what = f"{space.offers_without_text} métiers n’ont" if many else "Un métier n’a"
        yield Missing(f"{what} pas de texte qui dit ce que la personne verra et fera.", "metiers")
    if space.unplaced:
        many = space.unplaced > 1
        what = f"{space.unplaced} lieux sont placés" if many else "Un lieu est placé"
        yield Missing(f"{what} au centre de la commune : vérifiez le numéro et la rue.", "lieux")
    if not space.conditions.said():
        yield Missing("Rien ne dit la tenue, les horaires, les repas ni comment venir.", "accueil")
