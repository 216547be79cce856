"""Property tests are judged on what holds, never on how fast a busy machine ran them."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
