"""The club's results."""

import json

from django.db.models import F
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from federation.client import tell
from news.models import News
from results.models import Result, Runner, points_for


def shown(result):
    return {"id": result.pk, "runner": result.runner_id, "race": result.race, "place": result.place}


def announce(results):
    News.objects.bulk_create(
        [News(text=f"{one.runner.name}: {points_for(one.place)} points at {one.race}") for one in results]
    )
    for one in results:
        tell(one)


def results(request):
    said = json.loads(request.body)
    runner = get_object_or_404(Runner, pk=said["runner"])
    made = Result.objects.create(runner=runner, race=said["race"], place=said["place"])
    announce([made])
    return JsonResponse(shown(made), status=201)


def result(request, pk):
    found = get_object_or_404(Result, pk=pk)
    if request.method == "DELETE":
        found.delete()
        return HttpResponse(status=204)
    if request.method == "PATCH":
        found.place = json.loads(request.body)["place"]
        found.save()
    return JsonResponse(shown(found))


def import_results(request):
    said = json.loads(request.body)
    made = [Result(runner_id=one["runner"], race=said["race"], place=one["place"]) for one in said["results"]]
    Result.objects.bulk_create(made)
    announce(Result.objects.filter(pk__in=[one.pk for one in made]).select_related("runner").order_by("pk"))
    return JsonResponse({"imported": len(made)}, status=201)


def move_up(request):
    """Somebody was disqualified: those behind move up by one."""
    said = json.loads(request.body)
    behind = Result.objects.filter(race=said["race"], place__gt=said["behind"])
    return JsonResponse({"moved": behind.update(place=F("place") - 1)})


def runner(request, pk):
    found = get_object_or_404(Runner, pk=pk)
    points = sum(points_for(place) for place in found.results.values_list("place", flat=True))
    return JsonResponse({"name": found.name, "points": points})
