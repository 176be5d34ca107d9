"""What an item needs of this host beside its walls: libraries, and PostgreSQL."""

from __future__ import annotations

from greenroom.bank.models import Item
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from greenroom.judge.postgres import installation


def lacking(item: Item) -> str | None:
    """What *item* needs and this host does not have, and how to install it; None when it can be asked."""
    try:
        for name in sorted(item.environments):
            environments.find(name)
        if item.needs_postgres:
            installation.find()
    except MissingError as error:
        return str(error)
    return None
