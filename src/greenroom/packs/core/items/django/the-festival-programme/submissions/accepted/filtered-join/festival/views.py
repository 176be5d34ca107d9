"""The programme as the website and the foyer's screens ask for it."""

from itertools import groupby

from django.db.models import FilteredRelation, Q
from django.http import HttpRequest, HttpResponseBadRequest, JsonResponse
from django.utils.dateparse import parse_date

from festival.models import Screening


def programme(request: HttpRequest):
    day = parse_date(request.GET.get("day", ""))
    if day is None:
        return HttpResponseBadRequest("day=YYYY-MM-DD is needed")
    rows = (
        Screening.objects.filter(day=day)
        .annotate(coming=FilteredRelation("guests", condition=Q(guests__confirmed=True)))
        .order_by("starts", "pk", "coming__name")
        .values_list("pk", "starts", "film__title", "film__director__name", "hall__name", "coming__name")
    )
    found = []
    for (pk, starts, film, director, hall), group in groupby(rows, key=lambda row: row[:5]):
        found.append(
            {
                "id": pk,
                "starts": starts.strftime("%H:%M"),
                "film": film,
                "director": director,
                "hall": hall,
                "guests": [row[5] for row in group if row[5] is not None],
            }
        )
    return JsonResponse({"screenings": found})
