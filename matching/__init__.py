"""Ranking in memory: occupations, index, terms, look-ups. No I/O."""
