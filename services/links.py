"""Links sent by mail: one purpose each, kept as hashes, expiring; an old one says why and what to do."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from data.queries import links
from data.queries.links import Link
from data.session import ReadSession, Session
from domain.errors import ExpiredError, NotFoundError
from services.work import Work


class Purpose(StrEnum):
    """What a link is for; it opens nothing else."""

    PROVE = "company.prove"
    EDIT = "company.edit"
    KEEP_ADDRESS = "company.keep_address"
    JOIN = "company.join"
    UP_TO_DATE = "company.up_to_date"
    SIGN_IN = "account.sign_in"
    JOIN_AGENCY = "agency.join"
    TAKE_OVER = "file.take_over"
    ANSWER = "discussion.answer"
    STOP_ALERT = "saved_search.stop"
    REQUEST = "discussion.request"
    COME_BACK = "company.come_back"
    CONVENTION_DRAFT = "convention.draft"
    CONVENTION_SIGN = "convention.sign"
    ASSESSMENT = "convention.assessment"


@dataclass(frozen=True, slots=True)
class Kind:
    """How long the links of a purpose live, as mails say it, the page they open, how to have a new one."""

    life: timedelta
    said: str
    path: str
    renew: str


KINDS = {
    # A week: a registrant on leave comes back to a link that works; the draft itself lives 30 days.
    Purpose.PROVE: Kind(
        timedelta(days=7),
        "7 jours",
        "/entreprises/preuve",
        "Reprenez votre inscription pour en recevoir un nouveau.",
    ),
    # A day: it opens a company's whole file, and a new one is two clicks away.
    Purpose.EDIT: Kind(
        timedelta(hours=24),
        "24 heures",
        "/entreprises/modifier",
        "Demandez-en un nouveau depuis la fiche de l’entreprise.",
    ),
    # A fortnight: the colleague may be away; the link alone opens nothing, their address is asked too.
    Purpose.JOIN_AGENCY: Kind(
        timedelta(days=14),
        "14 jours",
        "/structures/invitation",
        "Demandez une autre invitation à votre collègue.",
    ),
    # A quarter of an hour: it opens an account, and is used at once (domain.md, §1).
    Purpose.SIGN_IN: Kind(
        timedelta(minutes=15),
        "15 minutes",
        "/connexion/lien",
        "Demandez-en un nouveau.",
    ),
    # As long as a draft: a person far from all things digital opens their mail when somebody helps them.
    Purpose.TAKE_OVER: Kind(
        timedelta(days=30),
        "30 jours",
        "/dossier/reprendre",
        "Demandez-en un nouveau à la personne qui vous accompagne.",
    ),
    # As long as an unproved change is kept: until then it may be blocked.
    Purpose.KEEP_ADDRESS: Kind(
        timedelta(days=30),
        "30 jours",
        "/entreprises/adresse",
        "Écrivez-nous : le contact est dans les mentions légales.",
    ),
    # Two weeks: a colleague on leave comes back to a link that works.
    Purpose.JOIN: Kind(
        timedelta(days=14),
        "14 jours",
        "/entreprise/invitation",
        "Demandez une nouvelle invitation à votre collègue.",
    ),
    # It changes nothing but a date: it lives until the file is read again.
    Purpose.UP_TO_DATE: Kind(
        timedelta(days=60),
        "60 jours",
        "/entreprises/a-jour",
        "Demandez le lien de modification de la fiche.",
    ),
    # As long as the draft it sends: its mail may be opened with somebody who helps.
    Purpose.REQUEST: Kind(
        timedelta(days=30),
        "30 jours",
        "/demande/preuve",
        "Refaites votre demande depuis la page de l’entreprise.",
    ),
    # Until the request is closed, three months at most; it may serve many times.
    Purpose.ANSWER: Kind(
        timedelta(days=92),
        "3 mois",
        "/reponse",
        "La demande est close depuis longtemps : vous n’avez plus à répondre.",
    ),
    # As long as the draft itself; it may serve many times, and is shared with the other side.
    Purpose.CONVENTION_DRAFT: Kind(
        timedelta(days=30),
        "30 jours",
        "/convention",
        "Le brouillon a peut-être été supprimé. Commencez une nouvelle convention.",
    ),
    # A week: it only opens the document, a code signs; an old one offers another, to the same address.
    Purpose.CONVENTION_SIGN: Kind(
        timedelta(days=7),
        "7 jours",
        "/signature",
        "Demandez-en un nouveau depuis cette page.",
    ),
    # From the end of the immersion to the last reminder, and time to come back to it.
    Purpose.ASSESSMENT: Kind(
        timedelta(days=92),
        "3 mois",
        "/bilan",
        "Demandez-en un nouveau depuis cette page.",
    ),
    # A year: it only puts back in search a company whose file is still there.
    Purpose.COME_BACK: Kind(
        timedelta(days=365),
        "un an",
        "/entreprises/retour",
        "Connectez-vous à l’espace de l’entreprise pour revenir.",
    ),
    # As long as a search is kept without a visit: it may serve many times.
    Purpose.STOP_ALERT: Kind(
        timedelta(days=365),
        "un an",
        "/recherches-enregistrees/arreter",
        "Arrêtez les alertes depuis vos recherches enregistrées.",
    ),
}
UNKNOWN = (
    "Ce lien ne fonctionne pas. Copiez l’adresse entière depuis l’e-mail, ou demandez un nouveau lien : "
    "un lien est retiré quand l’adresse e-mail change."
)


async def mint(session: Session, secret_key: str, work: Work, purpose: Purpose, subject_id: str) -> str:
    """The path of a link for that subject, kept as a hash in this transaction.

    The token is an HMAC of the work that sends it: a mail sent twice by a crash carries the same link,
    so that whichever copy is opened works. Only the holder of the key can compute it.
    """
    seed = f"link:{purpose}:{work.id}:{work.created_at.isoformat()}"
    digest = hmac.new(secret_key.encode(), seed.encode(), hashlib.sha256).digest()
    token = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    kind = KINDS[purpose]
    await links.mint(session, token, purpose, subject_id, work.now, work.now + kind.life)
    return f"{kind.path}/{token}"


async def find(session: Session, token: str, purpose: Purpose, now: datetime) -> Link:
    """The link, locked, used or not; raises `NotFoundError` or `ExpiredError`, which say what to do."""
    return _alive(await links.lock(session, token, purpose), purpose, now)


async def read(session: ReadSession, token: str, purpose: Purpose, now: datetime) -> Link:
    """The same, not locked: of a link that serves many times.

    Whoever changes its object locks that first, then ends its links: who comes by the link locks the object,
    then reads the link again. The other order would make two people wait for each other.
    """
    return _alive(await links.read(session, token, purpose), purpose, now)


def _alive(link: Link | None, purpose: Purpose, now: datetime) -> Link:
    if link is None:
        raise NotFoundError(UNKNOWN)
    if link.used_at is None and link.expires_at <= now:
        raise ExpiredError(f"Ce lien n’est plus valable : il a dépassé sa durée. {KINDS[purpose].renew}")
    return link


async def sent_since(session: Session, purpose: Purpose, subject_id: str, since: datetime) -> bool:
    """Whether a link of that purpose and subject was minted after that moment."""
    return await links.minted_since(session, purpose, subject_id, since)


async def end(session: Session, purpose: Purpose, subject_id: str, now: datetime) -> None:
    """The links of a subject open nothing any more, and say so: what they were sent for has changed."""
    await links.end(session, purpose, subject_id, now)


async def revoke(session: Session, purpose: Purpose, subject_id: str) -> None:
    """Take the links of a subject back: what they were sent for has changed."""
    await links.revoke(session, purpose, subject_id)


async def use(session: Session, purpose: Purpose, link: Link, now: datetime) -> None:
    """A found link serves, once; raises `ExpiredError` when it has served already."""
    check_unused(purpose, link)
    await links.use(session, link.id, now)


def check_unused(purpose: Purpose, link: Link) -> None:
    """Raise `ExpiredError` when a found link has served already."""
    if link.used_at is not None:
        raise ExpiredError(f"Ce lien a déjà servi. {KINDS[purpose].renew}")
