"""Importers of the official files: ROME, communes, NAF, companies."""
