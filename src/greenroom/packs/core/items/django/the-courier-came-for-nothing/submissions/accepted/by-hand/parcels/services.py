"""Parcels: taken, paid for, and fetched by the courier."""

from django.db import IntegrityError, transaction
from django.db.models import F

from parcels.courier import CourierError, book
from parcels.models import Account, Parcel


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


def store(account, reference, cents):
    """Store one parcel. Raises NoCreditError, and IntegrityError for a reference that was used before."""
    with transaction.atomic():
        parcel = Parcel.objects.create(account_id=account, reference=reference, cents=cents)
        if not Account.objects.filter(pk=account, credit__gte=cents).update(credit=F("credit") - cents):
            raise NoCreditError
    return parcel


def take(account, reference, cents):
    """Take one parcel, and have it fetched; not to be called inside of a transaction."""
    parcel = store(account, reference, cents)
    fetch(parcel.pk)
    return parcel


def take_all(account, wanted, limit):
    """Take what can be taken of a batch: references of those taken and of those refused.

    Raises NoCreditError, and takes nothing, when those taken cost more than *limit* together.
    """
    taken, refused, cents = [], [], 0
    with transaction.atomic():
        for one in wanted:
            try:
                parcel = store(account, one["reference"], one["cents"])
            except (NoCreditError, IntegrityError):
                refused.append(one["reference"])
            else:
                taken.append(parcel)
                cents += one["cents"]
        if cents > limit:
            raise NoCreditError
    for parcel in taken:
        fetch(parcel.pk)
    return [parcel.reference for parcel in taken], refused
