"""Units of blood on the shelf: issued to wards, received from donors."""

import json

from django.db import transaction
from django.db.models import F
from django.http import JsonResponse
from django.shortcuts import get_object_or_404

from bank.models import Movement, Stock


def shown(stock):
    return {"group": stock.group, "units": stock.units, "note": stock.note}


def stock(request, group):
    return JsonResponse(shown(get_object_or_404(Stock, group=group)))


def moved(group, units, station):
    """Change the stock by *units*, if it stays above zero, and write it down; whether it did."""
    with transaction.atomic():
        enough = Stock.objects.filter(group=group, units__gte=-units)
        if not enough.update(units=F("units") + units):
            return False
        Movement.objects.create(stock=Stock.objects.get(group=group), units=units, station=station)
    return True


def issue(request, group):
    said = json.loads(request.body)
    done = moved(group, -said["units"], said["station"])
    found = get_object_or_404(Stock, group=group)
    if not done:
        return JsonResponse({"detail": "not enough", "units": found.units}, status=409)
    return JsonResponse(shown(found))


def receive(request, group):
    said = json.loads(request.body)
    moved(group, said["units"], said["station"])
    return JsonResponse(shown(get_object_or_404(Stock, group=group)))


def note(request, group):
    found = get_object_or_404(Stock, group=group)
    found.note = json.loads(request.body)["note"]
    found.save(update_fields=["note"])
    found.refresh_from_db()
    return JsonResponse(shown(found))
