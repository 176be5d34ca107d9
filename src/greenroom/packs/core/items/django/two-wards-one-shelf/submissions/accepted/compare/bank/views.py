"""Units of blood on the shelf: issued to wards, received from donors."""

import json

from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404

from bank.models import Movement, Stock


def shown(stock):
    return {"group": stock.group, "units": stock.units, "note": stock.note}


def stock(request, group):
    return JsonResponse(shown(get_object_or_404(Stock, group=group)))


def change(request, group, sign):
    """Read, decide, and write only if nobody has written meanwhile; otherwise once more from the start."""
    said = json.loads(request.body)
    while True:
        found = get_object_or_404(Stock, group=group)
        seen, wanted = found.units, found.units + sign * said["units"]
        if wanted < 0:
            return JsonResponse({"detail": "not enough", "units": seen}, status=409)
        with transaction.atomic():
            if Stock.objects.filter(pk=found.pk, units=seen).update(units=wanted):
                Movement.objects.create(stock=found, units=sign * said["units"], station=said["station"])
                found.units = wanted
                return JsonResponse(shown(found))


def issue(request, group):
    return change(request, group, -1)


def receive(request, group):
    return change(request, group, +1)


def note(request, group):
    Stock.objects.filter(group=group).update(note=json.loads(request.body)["note"])
    return stock(request, group)
