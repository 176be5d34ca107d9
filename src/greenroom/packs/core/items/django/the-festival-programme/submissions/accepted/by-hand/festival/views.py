"""The programme as the website and the foyer's screens ask for it."""

from django.http import HttpRequest, HttpResponseBadRequest, JsonResponse
from django.utils.dateparse import parse_date

from festival.models import Guest, Screening


def programme(request: HttpRequest):
    day = parse_date(request.GET.get("day", ""))
    if day is None:
        return HttpResponseBadRequest("day=YYYY-MM-DD is needed")
    screenings = (
        Screening.objects.filter(day=day)
        .order_by("starts", "pk")
        .values_list("pk", "starts", "film__title", "film__director__name", "hall__name")
    )
    coming = Guest.objects.filter(screening__day=day, confirmed=True).order_by("name")
    guests: dict[int, list[str]] = {}
    for screening, name in coming.values_list("screening_id", "name"):
        guests.setdefault(screening, []).append(name)
    found = [
        {
            "id": pk,
            "starts": starts.strftime("%H:%M"),
            "film": film,
            "director": director,
            "hall": hall,
            "guests": guests.get(pk, []),
        }
        for pk, starts, film, director, hall in screenings
    ]
    return JsonResponse({"screenings": found})
