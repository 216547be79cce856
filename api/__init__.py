"""The HTTP door (Litestar)."""
