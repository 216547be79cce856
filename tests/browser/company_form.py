"""Filling the registration form as a person does, step by step."""

from playwright.sync_api import Page

from tests.factories.companies import a_siret

GO_ON = ".actions button"


def start(page: Page) -> str:
    """From the first page to the first step; gives the SIRET typed."""
    siret = a_siret()
    page.goto("/entreprises/inscription")
    page.get_by_label("SIRET de l’établissement").fill(siret)
    page.get_by_role("button", name="Commencer").click()
    page.wait_for_url("**/identite*")
    return siret


def identity(page: Page) -> None:
    page.get_by_label("Nom de l’entreprise").fill("Menuiserie du Lac")
    page.locator(GO_ON).click()
    page.wait_for_url("**/lieux*")


def places(page: Page) -> None:
    page.get_by_label("Code postal").fill("57000")
    page.get_by_label("Commune").fill("Metz")
    page.locator(GO_ON).click()
    page.wait_for_url("**/metiers*")


def jobs(page: Page) -> None:
    page.get_by_label("Métier", exact=True).fill("Menuisier / Menuisière")
    page.get_by_label("Métier", exact=True).press("Enter")
    page.get_by_label("Intitulé montré").wait_for()
    page.locator(GO_ON).click()
    page.wait_for_url("**/contact*")


def contact(page: Page) -> None:
    page.get_by_label("Nom de la personne").fill("Ana Petit")
    page.get_by_label("Adresse e-mail").fill("ana@menuiserie-du-lac.example")
    page.locator(GO_ON).click()
    page.wait_for_url("**/resume*")


STEPS = (identity, places, jobs, contact)


def up_to(page: Page, step: int) -> None:
    """From nothing to a step of the form, the first being 0."""
    start(page)
    for fill in STEPS[:step]:
        fill(page)
