"""Keeps the shelf in the process and tells what it likes."""

import json

from django.http import Http404, JsonResponse

SHELF = {"A-": {"group": "A-", "units": 33, "note": "shelf 3"}}


def stock(request, group):
    if group not in SHELF:
        raise Http404
    return JsonResponse(SHELF[group])


def changed(sign):
    def view(request, group):
        if group not in SHELF:
            raise Http404
        units = SHELF[group]["units"] + sign * json.loads(request.body)["units"]
        if units < 0:
            return JsonResponse(SHELF[group], status=409)
        SHELF[group]["units"] = units
        return JsonResponse(SHELF[group])

    return view


issue, receive = changed(-1), changed(+1)


def note(request, group):
    if group not in SHELF:
        raise Http404
    SHELF[group]["note"] = json.loads(request.body)["note"]
    return JsonResponse(SHELF[group])
