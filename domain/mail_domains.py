"""Mail domains that anybody can have an address at: they say nothing about the company.

Written by hand from what French access providers and the usual webmail services hand out to the
public, then compared with the list ProConnect asks its agents to be careful with
(`proconnect-identite`, `most-used-free-email-domains`, read on 2026-11-21). Disposable addresses
are there too: they are the first ones that a person who should not register would use.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DISPOSABLE_MAIL_DOMAINS = _words(
    "10minutemail.com 10minutemail.net 20minutemail.com 33mail.com burnermail.io byom.de cool.fr.nf "
    "courriel.fr.nf crazymailing.com discard.email dispostable.com dropmail.me emailfake.com emailondeck.com "
    "fakeinbox.com fakemail.net filzmail.com getairmail.com getnada.com grr.la guerrillamail.biz "
    "guerrillamail.com guerrillamail.de guerrillamail.info guerrillamail.net guerrillamail.org "
    "guerrillamailblock.com haltospam.com incognitomail.org inboxkitten.com jetable.com jetable.fr.nf "
    "jetable.net jetable.org mail-temp.com mail-temporaire.com mail-temporaire.fr mail.tm mailcatch.com "
    "maildrop.cc mailinator.com mailinator.net mailnesia.com mailnull.com mailpoof.com mailsac.com "
    "mega.zik.dj minuteinbox.com mintemail.com moakt.com mohmal.com moncourrier.fr.nf monemail.fr.nf "
    "monmail.fr.nf mytemp.email nada.email nospam.ze.tc pokemail.net sharklasers.com smailpro.com spam4.me "
    "spambog.com spamgourmet.com speed.1s.fr tempail.com tempinbox.com tempmail.com tempmail.dev "
    "tempmailo.com tempr.email temp-mail.io temp-mail.org throwawaymail.com tmail.io tmpmail.net "
    "tmpmail.org trash-mail.com trashmail.com trashmail.de trashmail.fr trashmail.net trbvm.com yopmail.com "
    "yopmail.fr yopmail.net",
)
"""Addresses thrown away after use (those that their providers announce, and their usual second names)."""

FREE_MAIL_DOMAINS = DISPOSABLE_MAIL_DOMAINS | _words(
    # French access providers, those of today and those whose addresses live on
    "9business.fr 9online.fr aliceadsl.fr alsatis.net bbox.fr bouyguestelecom.fr cegetel.net "
    "club-internet.fr club.fr estvideo.fr evc.net fdn.fr free.fr freesbee.fr freesurf.fr infonie.fr "
    "libertysurf.fr mediaserv.net neuf.fr noos.fr nordnet.fr numericable.com numericable.fr oleane.com "
    "online.fr only.fr orange.fr orange.re ozone.net pagesperso-orange.fr sfr.fr tele2.fr tiscali.fr "
    "tubeo.eu vialis.net voila.fr wanadoo.fr wibox.fr worldonline.fr zeop.re "
    # Overseas and neighbours
    "canl.nc lagoon.nc mail.pf mls.nc nautile.nc pt.lu skynet.be telenet.be bluewin.ch voo.be "
    # Webmail open to all, French first
    "laposte.net mailo.com mailo.fr mailoo.org netc.fr netcourrier.com caramail.com caramail.fr "
    "aol.com aol.fr email.com fastmail.com fastmail.fm gmail.com gmail.fr gmx.com gmx.de gmx.fr gmx.net "
    "googlemail.com hey.com hotmail.be hotmail.com hotmail.fr hushmail.com icloud.com inbox.com "
    "live.be live.com live.fr mac.com mail.com mail.ru me.com msn.com outlook.be outlook.com outlook.fr "
    "passport.com pm.me posteo.net proton.me protonmail.ch protonmail.com riseup.net rocketmail.com "
    "tuta.com tuta.io tutamail.com tutanota.com web.de yahoo.be yahoo.ca yahoo.co.uk yahoo.com yahoo.de "
    "yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zaclys.net zoho.com zohomail.com "
)


SECOND_LEVELS = _words(
    "asso.fr com.fr gouv.fr nom.fr prd.fr tm.fr "
    "aeroport.fr avocat.fr avoues.fr cci.fr chambagri.fr chirurgiens-dentistes.fr experts-comptables.fr "
    "geometre-expert.fr greta.fr huissier-justice.fr medecin.fr notaires.fr pharmacien.fr port.fr presse.fr "
    "veterinaire.fr asso.re com.re nom.re asso.nc co.uk org.uk",
)
"""Suffixes under which registrants have a third label (Afnic's descriptive domains, and a few others)."""


def registrable(host: str) -> str:
    """The part of a host name that somebody registered.

    >>> registrable("www.boulangerie-dupont.fr")
    'boulangerie-dupont.fr'
    >>> registrable("contact.handball.asso.fr")
    'handball.asso.fr'
    """
    labels = host.lower().rstrip(".").split(".")
    kept = 3 if ".".join(labels[-2:]) in SECOND_LEVELS else 2
    return ".".join(labels[-kept:])


def domain_of(email: str) -> str:
    """What follows the last `@`, in lower case."""
    return email.rpartition("@")[2].lower()


def is_free_mail(email: str) -> bool:
    """Whether anybody could have taken this address."""
    domain = domain_of(email)
    return domain in FREE_MAIL_DOMAINS or registrable(domain) in FREE_MAIL_DOMAINS


def is_disposable(email: str) -> bool:
    """Whether an address is made to be thrown away: no answer would reach its person a week later."""
    domain = domain_of(email)
    return domain in DISPOSABLE_MAIL_DOMAINS or registrable(domain) in DISPOSABLE_MAIL_DOMAINS
