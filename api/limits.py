"""How often a public form may be used; the answer says when to try again."""

from uuid import UUID

from clients.valkey import Counters
from domain.company_team import MAX_INVITED
from domain.errors import TooManyError
from settings import Settings

HOUR_S, MINUTE_S = 3600, 60
_DAY_S = 24 * HOUR_S


async def limit_registrations(counters: Counters, settings: Settings, client_ip: str) -> None:
    """One registration started from this address; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"register:{client_ip}", settings.registrations_per_hour, HOUR_S)
    _refuse(wait_s, "Trop d’inscriptions ont été commencées depuis cet endroit.")


async def limit_mails(counters: Counters, settings: Settings, siret: str) -> None:
    """One link sent to this company's address; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"mail:{siret}", settings.mails_per_hour, HOUR_S)
    _refuse(wait_s, "Plusieurs messages ont déjà été envoyés à l’adresse de cette entreprise.")


async def limit_invitations(counters: Counters, siret: str) -> None:
    """One colleague invited to this company; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"invite:{siret}", MAX_INVITED, HOUR_S)
    _refuse(wait_s, "Plusieurs invitations viennent d’être envoyées pour cette entreprise.")


async def limit_passports(counters: Counters, settings: Settings, client_ip: str) -> None:
    """One passport made from this address; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"passport:{client_ip}", settings.passports_per_hour, HOUR_S)
    _refuse(wait_s, "Trop de passeports ont été créés depuis cet endroit.")


async def limit_sign_ins(counters: Counters, settings: Settings, client_ip: str, email: str = "") -> None:
    """One sign-in asked from this IP, for this e-mail address if any; known or not, all are counted alike.

    Raises `TooManyError` or `UnavailableError`.
    """
    wait_s = await counters.hit(f"sign-in-ip:{client_ip}", settings.sign_ins_per_ip_per_hour, HOUR_S)
    _refuse(wait_s, "Trop de connexions ont été demandées depuis cet endroit.")
    if email:
        wait_s = await counters.hit(f"sign-in:{email}", settings.sign_ins_per_email_per_hour, HOUR_S)
        _refuse(wait_s, "Plusieurs liens ont déjà été demandés pour cette adresse : regardez vos e-mails.")


async def limit_take_overs(counters: Counters, settings: Settings, token: str) -> None:
    """One name tried on a file's link; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"take-over:{token}", settings.names_per_link_per_hour, HOUR_S)
    _refuse(wait_s, "Plusieurs noms ont été essayés avec ce lien.")


async def limit_exports(counters: Counters, settings: Settings, user: UUID) -> None:
    """One copy of what is held about this account; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"export:{user}", settings.exports_per_hour, HOUR_S)
    _refuse(wait_s, "Plusieurs copies de vos données ont déjà été faites.")


async def limit_drafts(counters: Counters, settings: Settings, client_ip: str) -> None:
    """One request begun, or one CV added, from this IP; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"draft:{client_ip}", settings.drafts_per_ip_per_hour, HOUR_S)
    _refuse(wait_s, "Trop de demandes ont été commencées depuis cet endroit.")


async def limit_requests(
    counters: Counters, settings: Settings, client_ip: str, who: str, company: int
) -> None:
    """One request sent from this IP, by this address or for this person, to this company.

    Raises `TooManyError` or `UnavailableError`.
    """
    wait_s = await counters.hit(f"request-ip:{client_ip}", settings.requests_per_ip_per_hour, HOUR_S)
    _refuse(wait_s, "Trop de demandes ont été envoyées depuis cet endroit.")
    wait_s = await counters.hit(f"request-by:{who}", settings.requests_per_person_per_hour, HOUR_S)
    _refuse(wait_s, "Beaucoup de demandes viennent d’être envoyées : votre demande est gardée.")
    wait_s = await counters.hit(f"request-to:{company}", settings.requests_per_company_per_hour, HOUR_S)
    _refuse(wait_s, "Cette entreprise reçoit beaucoup de demandes en ce moment : la vôtre est gardée.")


async def limit_codes(counters: Counters, settings: Settings, signatory: UUID) -> None:
    """One code sent to somebody who signs; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"code:{signatory}", settings.codes_per_signatory_per_day, _DAY_S)
    _refuse(wait_s, "Trop de codes vous ont été envoyés aujourd’hui : vous pouvez signer sur papier.")


async def limit_signings(counters: Counters, settings: Settings, client_ip: str) -> None:
    """One code or link asked, or one code tried, from this IP.

    Raises `TooManyError` or `UnavailableError`.
    """
    wait_s = await counters.hit(f"signing-ip:{client_ip}", settings.signings_per_ip_per_hour, HOUR_S)
    _refuse(wait_s, "Trop de signatures ont été tentées depuis cet endroit.")


async def limit_sign_links(counters: Counters, settings: Settings, signatory: UUID) -> None:
    """One new link sent to somebody who signs; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"sign-link:{signatory}", settings.mails_per_hour, HOUR_S)
    _refuse(wait_s, "Plusieurs liens vous ont déjà été envoyés : regardez vos e-mails.")


async def limit_papers(counters: Counters, settings: Settings, client_ip: str) -> None:
    """One copy to sign by hand made for this IP; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"papers:{client_ip}", settings.papers_per_ip_per_hour, HOUR_S)
    _refuse(wait_s, "Trop de conventions ont été imprimées depuis cet endroit.")


async def limit_verifications(counters: Counters, settings: Settings, client_ip: str) -> None:
    """One convention or file verified from this IP; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"verify:{client_ip}", settings.verifications_per_ip_per_hour, HOUR_S)
    _refuse(wait_s, "Trop de vérifications ont été faites depuis cet endroit.")


async def limit_convention_drafts(counters: Counters, settings: Settings, client_ip: str) -> None:
    """One convention begun from this IP, or one look-up; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"convention:{client_ip}", settings.drafts_per_ip_per_hour, HOUR_S)
    _refuse(wait_s, "Trop de conventions ont été commencées depuis cet endroit.")


async def limit_convention_links(counters: Counters, settings: Settings, client_ip: str, email: str) -> None:
    """One draft's link sent from this IP, to this address; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"convention-links:{client_ip}", settings.requests_per_ip_per_hour, HOUR_S)
    _refuse(wait_s, "Trop de liens ont été envoyés depuis cet endroit.")
    wait_s = await counters.hit(f"convention-link:{email}", settings.mails_per_hour, HOUR_S)
    _refuse(wait_s, "Plusieurs liens ont déjà été envoyés à cette adresse : regardez les e-mails reçus.")


async def limit_webhooks(counters: Counters, settings: Settings, client_ip: str) -> None:
    """One report of a provider from this address; raises `TooManyError` or `UnavailableError`."""
    wait_s = await counters.hit(f"webhook:{client_ip}", settings.webhooks_per_minute, MINUTE_S)
    _refuse(wait_s, "Trop de rapports ont été envoyés depuis cet endroit.")


def _refuse(wait_s: int, what: str) -> None:
    if wait_s:
        minutes, hours = -(-wait_s // MINUTE_S), -(-wait_s // HOUR_S)
        number, unit = (minutes, "minute") if wait_s <= HOUR_S else (hours, "heure")
        raise TooManyError(f"{what} Réessayez dans {number} {unit}{'s' if number > 1 else ''}.", wait_s)
