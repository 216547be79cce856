"""E-mail addresses, telephone numbers and web sites: how they are tidied and what is accepted."""

import re
from urllib.parse import urlsplit

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from domain.values import clean_line

MAX_EMAIL = 254
"""RFC 5321, 4.5.3.1.3, less the two angle brackets."""
MAX_WEBSITE = 300

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(
    r"(?=.{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    rf"@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])",
)
_HOST = re.compile(rf"(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])")

_OVERSEAS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
"""Regions with a country code of their own, by the first three digits of their postal codes."""
_TEN_DIGITS = ("FR", "GP", "MQ", "GF", "RE", "YT")
"""Regions whose numbers are dialled with ten digits from one another: 0692… is read as Réunion's."""
_FICTION = re.compile(r"33(?:19900|26191|35301|46571|53649|63998)[0-9]{4}")
"""Numbers that Arcep keeps for works of fiction (plan de numérotation, décision 2018-0881): they never
ring. The demonstration has nothing but them; the library takes the mobile ones for no number at all."""
_COSTLY = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST)


def phone_region(postal_code: str) -> str:
    """The region that numbers without a country code belong to (`97400` → `RE`, `57000` → `FR`)."""
    return _OVERSEAS.get(postal_code[:3], "FR")


def tidy_email(text: str) -> str:
    """Without spaces around, the domain in lower case and in its ASCII form."""
    local, at, domain = clean_line(text).rpartition("@")
    if not at:
        return domain
    try:
        ascii_domain = domain.lower().encode("idna").decode("ascii") if domain else ""
    except UnicodeError:
        ascii_domain = domain.lower()
    return f"{local}@{ascii_domain}"


def is_email(text: str) -> bool:
    """Whether a mail server could be asked to deliver there (syntax only, quoted names refused)."""
    return len(text) <= MAX_EMAIL and _EMAIL.fullmatch(text) is not None


def _parse_phone(text: str, region: str) -> PhoneNumber | None:
    for tried in (region, *(other for other in _TEN_DIGITS if other != region)):
        try:
            number = phonenumbers.parse(text, tried)
        except NumberParseException:
            return None
        if text.startswith("+"):
            return number if phonenumbers.is_valid_number(number) or _is_fiction(number) else None
        if phonenumbers.is_valid_number_for_region(number, tried) or _is_fiction(number):
            return number
    return None


def _is_fiction(number: PhoneNumber) -> bool:
    digits = f"{number.country_code}{number.national_number}"
    return _FICTION.fullmatch(digits) is not None


def tidy_phone(text: str, postal_code: str = "") -> str:
    """The number as E.164 (`+33612345678`) when it is one, else what was typed, on one line."""
    typed = clean_line(text)
    compact = re.sub(r"^00", "+", re.sub(r"[\s.\-/()]", "", typed.replace("(0)", "")))
    region = phone_region(postal_code)
    if region == "PM":  # dialled from the mainland as 0508 and six digits, which reads as a French number
        compact = compact.removeprefix("0508")
    number = _parse_phone(compact, region) if compact else None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else typed


def phone_fault(text: str) -> str | None:
    """Why a tidied number cannot be taken, in French; None when it can."""
    number = _parse_phone(text, "FR") if text.startswith("+") else None
    if number is None:
        return "Écrivez un numéro de téléphone valide, par exemple 01 23 45 67 89."
    if phonenumbers.number_type(number) in _COSTLY:
        return "Ce numéro est surtaxé. Donnez un numéro au prix d’un appel local."
    return None


def show_phone(e164: str) -> str:
    """A number as people of France read it (`01 23 45 67 89`), others with their country code."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return e164
    home = phonenumbers.region_code_for_number(number) in _TEN_DIGITS or _is_fiction(number)
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def tidy_website(text: str) -> str:
    """The address with its scheme; `https` when none was typed."""
    typed = clean_line(text)
    if not typed or "://" in typed:
        return typed
    return f"https://{typed}"


def website_host(url: str) -> str:
    """The host of an address, in lower case; empty when it has none that people could visit."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        ascii_host = host.encode("idna").decode("ascii") if host else ""
        local = parts.username is not None or parts.port not in {None, 80, 443}
    except (UnicodeError, ValueError):
        return ""
    if parts.scheme not in {"http", "https"} or local or not _HOST.fullmatch(ascii_host):
        return ""
    return ascii_host


def is_website(url: str) -> bool:
    """Whether a tidied address is one of a public web site."""
    return len(url) <= MAX_WEBSITE and " " not in url and website_host(url) != ""


def by_mail(reached: str) -> bool:
    """Whether what reaches somebody, an e-mail address or a mobile number, is the address.

    >>> by_mail("lea@exemple.fr"), by_mail("+33612345678"), by_mail("")
    (True, False, False)
    """
    return "@" in reached


def masked(reached: str) -> str:
    """Enough for its owner to know an address or a number, not enough to write to: `l•••@exemple.fr`.

    >>> masked("+33612345678"), masked("lea@exemple.fr")
    ('•• •• •• •• 78', 'l•••@exemple.fr')
    """
    name, at, host = reached.rpartition("@")
    if at:
        return f"{name[:1]}•••@{host}"
    digits = "".join(one for one in reached if one.isdigit())
    return f"•• •• •• •• {digits[-2:]}" if digits else ""
