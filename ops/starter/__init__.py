"""Build the starter data of ``data/starter`` from openly licensed packages.

Usage::

    python -m ops.starter --naf-rome FILE --communes DIR --cities FILE --out data/starter
    python -m ops.starter skills FILE.json... --out data/starter

The first form writes occupations, NAF divisions, departments and communes; the second
writes the skills, their links with the occupations, and the everyday words.  Both are
deterministic: the same sources always give the same bytes.
"""
