"""Use cases of assessments: asked for, filled by each side, told, written in passports."""
