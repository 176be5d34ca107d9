"""The programme as the website and the foyer's screens ask for it."""

from django.http import HttpRequest, HttpResponseBadRequest, JsonResponse
from django.utils.dateparse import parse_date

from festival.models import Screening


def shown(screening):
    guests = screening.guests.filter(confirmed=True).order_by("name")
    return {
        "id": screening.pk,
        "starts": screening.starts.strftime("%H:%M"),
        "film": screening.film.title,
        "director": screening.film.director.name,
        "hall": screening.hall.name,
        "guests": [guest.name for guest in guests],
    }


def programme(request: HttpRequest):
    day = parse_date(request.GET.get("day", ""))
    if day is None:
        return HttpResponseBadRequest("day=YYYY-MM-DD is needed")
    screenings = Screening.objects.filter(day=day).order_by("starts", "pk")
    return JsonResponse({"screenings": [shown(screening) for screening in screenings]})
