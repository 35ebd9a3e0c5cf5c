"""The web layer: a function of the release. HTTP lives here and nowhere else."""

from kg.web.app import create_app

__all__ = ["create_app"]
