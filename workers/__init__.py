"""The job door (arq)."""
