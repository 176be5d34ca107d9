"""Parcels: taken, paid for, and fetched by the courier."""

from django.db import IntegrityError, transaction
from django.db.models import F

from parcels.courier import CourierError, book
from parcels.models import Account, Parcel


WAITING = []


def fetch_all():
    """Have everything fetched that waits for it."""
    while WAITING:
        fetch(WAITING.pop(0))


class NoCreditError(Exception):
    """The account cannot pay for it."""


def fetch(number):
    """Have the courier fetch the parcel *number*, and write down whether he will."""
    try:
        book(number)
        said = "booked"
    except CourierError:
        said = "failed"
    Parcel.objects.filter(pk=number).update(courier=said)


def take(account, reference, cents):
    """Take one parcel. Raises NoCreditError, and IntegrityError for a reference that was used before."""
    with transaction.atomic():
        parcel = Parcel.objects.create(account_id=account, reference=reference, cents=cents)
        WAITING.append(parcel.pk)
        transaction.on_commit(fetch_all, robust=True)
        if not Account.objects.filter(pk=account, credit__gte=cents).update(credit=F("credit") - cents):
            raise NoCreditError
    return parcel


def take_all(account, wanted, limit):
    """Take what can be taken of a batch: references of those taken and of those refused.

    Raises NoCreditError, and takes nothing, when those taken cost more than *limit* together.
    """
    taken, refused, cents = [], [], 0
    with transaction.atomic():
        for one in wanted:
            try:
                take(account, one["reference"], one["cents"])
            except (NoCreditError, IntegrityError):
                refused.append(one["reference"])
            else:
                taken.append(one["reference"])
                cents += one["cents"]
        if cents > limit:
            raise NoCreditError
    return taken, refused
