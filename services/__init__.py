"""Use cases: load, decide, save, note what follows."""
