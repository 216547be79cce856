"""Who may be written to: everybody in production, a list elsewhere, so that a copy writes to nobody."""

from dataclasses import dataclass

from domain.mail_domains import domain_of

ALL = "*"


@dataclass(frozen=True, slots=True)
class Allowed:
    """E-mail addresses, mail domains and telephone numbers (E.164), in lower case; or everybody."""

    names: frozenset[str] = frozenset()
    everybody: bool = False

    def __contains__(self, recipient: str) -> bool:
        """Whether that address or number may be written to."""
        return self.everybody or not self.names.isdisjoint({recipient.lower(), domain_of(recipient)})


EVERYBODY = Allowed(everybody=True)


def allowed(text: str) -> Allowed:
    """Read a list: entries between commas; `*` is everybody.

    >>> "ana@mairie.example" in allowed("mairie.example, bob@escale.example, +33600000000")
    True
    """
    names = frozenset(name.strip().lower() for name in text.split(",") if name.strip())
    return EVERYBODY if ALL in names else Allowed(names)
