"""Greenroom: a self-hosted mock technical interview that runs what you answer."""

__version__ = "0.1.0"
