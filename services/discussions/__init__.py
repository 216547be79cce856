"""Mises en relation: asked, answered, carried to a visit, never left without an answer."""
