"""The company of a convention as it is known already: what we hold of it, what the register says."""

from dataclasses import replace

from clients.sirene import Sirene
from data.queries import companies, convention_sources
from data.queries.companies import CompanyRow
from data.session import ReadSession
from domain.errors import InvalidInputError
from domain.roles import Actor, Permission
from domain.terms import Contact, Host
from domain.values import compact_siret
from services.companies import CompanyDraft, Lookup, lookup, public_company

SIRET_DIGITS = 14


async def own_host(session: ReadSession, company: CompanyRow) -> Host:
    """A company with who answers for it: for those whose request it accepted, and for its own people."""
    contact = company.contact
    first, _, last = contact.name.partition(" ")
    signs = Contact(
        first_name=first, last_name=last, function=contact.job, email=contact.email, phone=contact.phone
    )
    return replace(await _facts(session, company), contact=signs)


async def _facts(session: ReadSession, company: CompanyRow) -> Host:
    identity = company.identity
    place = await convention_sources.address(session, company.id)
    return Host(
        siret=identity.siret,
        name=identity.name,
        address=place.address if place else "",
        postal_code=place.postal_code if place else "",
        city=place.city if place else "",
        insee=place.insee if place else "",
        naf=identity.naf,
        activity=await convention_sources.naf_label(session, identity.naf),
    )


async def host_of(
    session: ReadSession, actor: Actor, siret: str, sirene: Sirene | None
) -> tuple[Host, int | None]:
    """The company of a SIRET and its id: all of it for its own people, public facts for others.

    Nobody's name or address for a stranger. What we do not hold is asked of the register, when it is given.
    """
    compact = compact_siret(siret)[:SIRET_DIGITS]
    company = await companies.by_siret(session, compact)
    if company and actor.may(Permission.COMPANY_ANSWER, company=company.id):
        return await own_host(session, company), company.id
    if company and await _is_public(session, company):
        return await _facts(session, company), company.id
    host = Host(siret=compact)
    if sirene is None:
        return host, None
    try:
        found: Lookup = await lookup(sirene, compact)
    except InvalidInputError:
        return host, None
    return (await with_facts(session, host, found.draft) if found.draft else host), None


async def _is_public(session: ReadSession, company: CompanyRow) -> bool:
    return company.diffusible and await public_company(session, company.identity.siret) is not None


async def with_own(session: ReadSession, host: Host) -> Host | None:
    """The company with the public facts that we hold, its people and agreement kept; None without them."""
    company = await companies.by_siret(session, compact_siret(host.siret)[:SIRET_DIGITS])
    if company is None or not await _is_public(session, company):
        return None
    facts = await _facts(session, company)
    if not facts.city:
        return None
    return replace(
        facts,
        address=facts.address or host.address,
        activity=facts.activity or host.activity,
        agreement=host.agreement,
        contact=host.contact,
        tutor=host.tutor,
    )


async def with_facts(session: ReadSession, host: Host, found: CompanyDraft) -> Host:
    """The company with what the register says of it; its people and its collective agreement stay."""
    identity, place = found.identity, found.place
    activity = await convention_sources.naf_label(session, identity.naf)
    named = replace(
        host,
        siret=identity.siret,
        name=identity.name or host.name,
        naf=identity.naf,
        activity=activity or host.activity,
    )
    if place is None:
        return named
    return replace(
        named, address=place.address, postal_code=place.postal_code, city=place.city, insee=place.insee
    )
