"""The club's results."""

import json

from django.db.models import F
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from results.models import Result, Runner, points_for
from results.signals import added, give


def shown(result):
    return {"id": result.pk, "runner": result.runner_id, "race": result.race, "place": result.place}


def results(request):
    said = json.loads(request.body)
    runner = get_object_or_404(Runner, pk=said["runner"])
    made = Result.objects.create(runner=runner, race=said["race"], place=said["place"])
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
    runners = Runner.objects.in_bulk({one["runner"] for one in said["results"]})
    made = [Result(runner=runners[one["runner"]], race=said["race"], place=one["place"]) for one in said["results"]]
    added(Result.objects.bulk_create(made))
    return JsonResponse({"imported": len(made)}, status=201)


def move_up(request):
    """Somebody was disqualified: those behind move up by one."""
    said = json.loads(request.body)
    behind = Result.objects.filter(race=said["race"], place__gt=said["behind"])
    moved = list(behind)
    for one in moved:
        give(one.runner_id, points_for(one.place - 1) - points_for(one.place))
    behind.update(place=F("place") - 1)
    return JsonResponse({"moved": len(moved)})


def runner(request, pk):
    found = get_object_or_404(Runner, pk=pk)
    return JsonResponse({"name": found.name, "points": found.points})
