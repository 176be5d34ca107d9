"""Units of blood on the shelf: issued to wards, received from donors."""

import json
from threading import Lock

from django.http import JsonResponse
from django.shortcuts import get_object_or_404

from bank.models import Movement, Stock


LOCK = Lock()


def alone(view):
    """One request after the other."""

    def locked(request, group):
        with LOCK:
            return view(request, group)

    return locked


def shown(stock):
    return {"group": stock.group, "units": stock.units, "note": stock.note}


def stock(request, group):
    return JsonResponse(shown(get_object_or_404(Stock, group=group)))


@alone
def issue(request, group):
    said = json.loads(request.body)
    found = get_object_or_404(Stock, group=group)
    if found.units < said["units"]:
        return JsonResponse({"detail": "not enough", "units": found.units}, status=409)
    found.units -= said["units"]
    found.save()
    Movement.objects.create(stock=found, units=-said["units"], station=said["station"])
    return JsonResponse(shown(found))


@alone
def receive(request, group):
    said = json.loads(request.body)
    found = get_object_or_404(Stock, group=group)
    found.units += said["units"]
    found.save()
    Movement.objects.create(stock=found, units=said["units"], station=said["station"])
    return JsonResponse(shown(found))


@alone
def note(request, group):
    found = get_object_or_404(Stock, group=group)
    found.note = json.loads(request.body)["note"]
    found.save()
    return JsonResponse(shown(found))
