"""The hut's pages, and the tourist office's way in."""

import json

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from hut.forms import BookingForm
from hut.models import Booking


def guests(request):
    return render(request, "guests.html", {"bookings": Booking.objects.order_by("arrival", "pk")})


def book(request):
    form = BookingForm(request.POST or None)
    if request.method == "POST":
        form = BookingForm(request.POST)
        if form.is_valid():
            form.save()
            return render(request, "guests.html", {"bookings": Booking.objects.order_by("arrival", "pk")})
    return render(request, "book.html", {"form": form})


@csrf_exempt  # it has a key, and no cookie that a browser would send along
def office(request):
    """Bookings that the tourist office has taken: a list of them as JSON."""
    if not constant_time_compare(request.headers.get("X-Office-Key", ""), settings.OFFICE_KEY):
        return JsonResponse({"detail": "not the office"}, status=403)
    taken, refused = 0, []
    for at, row in enumerate(json.loads(request.body)):
        form = BookingForm(row)
        if form.is_valid():
            form.save()
            taken += 1
        else:
            refused.append({"row": at, "fields": sorted(form.errors)})
    return JsonResponse({"taken": taken, "refused": refused})
