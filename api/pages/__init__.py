"""Server-rendered pages, one file per noun."""

from litestar.handlers import HTTPRouteHandler

from api.pages import (
    about,
    accompaniment,
    account,
    account_end,
    account_file,
    agency_finding,
    agency_joining,
    agency_registration,
    agency_space,
    back_office,
    back_office_reports,
    back_office_service,
    companies,
    company_answers,
    company_requests,
    company_space,
    company_space_links,
    company_space_team,
    contact_request,
    convention_signing,
    home,
    mailbox,
    mailbox_reply,
    my_agents,
    my_requests,
    offers,
    own_data,
    passport,
    proconnect,
    ranking,
    registration,
    saved,
    search,
    sign_in,
)
from settings import Settings


def page_handlers(settings: Settings) -> list[HTTPRouteHandler]:
    """Every page these settings open (the demo's mailbox only where there is one, never in production)."""
    pages = (
        home,
        search,
        passport,
        offers,
        contact_request,
        convention_signing,
        ranking,
        registration,
        companies,
        about,
        sign_in,
        proconnect,
        account,
        account_file,
        own_data,
        account_end,
        company_space,
        company_space_team,
        company_space_links,
        company_requests,
        company_answers,
        accompaniment,
        my_agents,
        my_requests,
        saved,
        agency_finding,
        agency_registration,
        agency_joining,
        agency_space,
        back_office,
        back_office_reports,
        back_office_service,
    )
    handlers: list[HTTPRouteHandler] = [handler for page in pages for handler in page.HANDLERS]
    if settings.mailbox_path and not settings.production:
        handlers += [*mailbox.HANDLERS, *mailbox_reply.HANDLERS]
    return handlers
