"""The hut's pages, and the tourist office's way in."""

import json

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from hut.models import Booking

FIELDS = ("name", "arrival", "beds", "message")


def guests(request):
    return render(request, "guests.html", {"bookings": Booking.objects.order_by("arrival", "pk")})


def taken_from(said):
    """(the errors of each field, None) or ({}, the stored booking)."""
    booking = Booking(**{field: str(said.get(field) or "").strip() or None for field in FIELDS if field != "message"})
    booking.message = str(said.get("message") or "")
    try:
        booking.full_clean()
    except ValidationError as error:
        return error.message_dict, None
    booking.save()
    return {}, booking


@csrf_protect
def book(request):
    if request.method != "POST":
        return render(request, "book.html", {"said": {}, "errors": {}})
    errors, booking = taken_from(request.POST)
    if booking is None:
        return render(request, "book.html", {"said": request.POST, "errors": errors}, status=422)
    answer = HttpResponseRedirect("/")
    answer.status_code = 303
    return answer


@csrf_exempt
def office(request):
    """Bookings that the tourist office has taken: a list of them as JSON."""
    if not constant_time_compare(request.headers.get("X-Office-Key", ""), settings.OFFICE_KEY):
        return JsonResponse({"detail": "not the office"}, status=403)
    results = [taken_from(row) for row in json.loads(request.body)]
    refused = [{"row": at, "fields": list(errors)} for at, (errors, _) in enumerate(results) if errors]
    return JsonResponse({"taken": len(results) - len(refused), "refused": refused})
