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


def issue(request, group):
    said = json.loads(request.body)
    found = get_object_or_404(Stock, group=group)
    if found.units < said["units"]:
        return JsonResponse({"detail": "not enough", "units": found.units}, status=409)
    with transaction.atomic():
        Stock.objects.filter(pk=found.pk).update(units=F("units") - said["units"])
        Movement.objects.create(stock=found, units=-said["units"], station=said["station"])
    return stock(request, group)


def receive(request, group):
    said = json.loads(request.body)
    found = get_object_or_404(Stock, group=group)
    with transaction.atomic():
        Stock.objects.filter(pk=found.pk).update(units=F("units") + said["units"])
        Movement.objects.create(stock=found, units=said["units"], station=said["station"])
    return stock(request, group)


def note(request, group):
    found = get_object_or_404(Stock, group=group)
    found.note = json.loads(request.body)["note"]
    found.save(update_fields=["note"])
    return stock(request, group)
