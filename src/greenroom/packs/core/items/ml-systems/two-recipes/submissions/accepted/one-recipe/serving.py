"""The features of one booking, in the booking service."""

from recipe import features

__all__ = ["features"]
