"""The browser and the system of a session, in words its owner recognises."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
"""In this order: Chrome names itself Safari, Edge names itself Chrome, Android names itself Linux."""
UNKNOWN = "Appareil inconnu"


def device_words(user_agent: str) -> str:
    """`Firefox sur Windows`, from what a browser says of itself; it is never trusted for anything else."""
    browser = next((words for mark, words in _BROWSERS if mark in user_agent), "")
    system = next((words for mark, words in _SYSTEMS if mark in user_agent), "")
    return " sur ".join(word for word in (browser, system) if word) or UNKNOWN
