"""The programme as the website and the foyer's screens ask for it."""

from functools import lru_cache

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponseBadRequest, JsonResponse
from django.utils.dateparse import parse_date

from festival.models import Guest, Screening


def shown(screening):
    guests = screening.guests_shown
    return {
        "id": screening.pk,
        "starts": screening.starts.strftime("%H:%M"),
        "film": screening.film.title,
        "director": screening.film.director.name,
        "hall": screening.hall.name,
        "guests": [guest.name for guest in guests],
    }


@lru_cache(maxsize=32)
def found(day):
    screenings = (
        Screening.objects.filter(day=day)
        .select_related("film__director", "hall")
        .prefetch_related(
            Prefetch("guests", Guest.objects.filter(confirmed=True).order_by("name"), to_attr="guests_shown")
        )
        .order_by("starts", "pk")
    )
    return [shown(screening) for screening in screenings]


def programme(request: HttpRequest):
    day = parse_date(request.GET.get("day", ""))
    if day is None:
        return HttpResponseBadRequest("day=YYYY-MM-DD is needed")
    return JsonResponse({"screenings": found(day)})
