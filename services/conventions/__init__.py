"""Use cases of conventions: written, signed, reviewed, sealed, verified, assessed."""
