"""What clients ask for."""

import json

from django.http import JsonResponse

from trams.models import Disruption, Report


def health(request):
    return JsonResponse({"status": "fine"})


def me(request):
    return JsonResponse({"client": request.client.name})


def disruptions(request):
    found = Disruption.objects.order_by("pk").values("line", "text")
    return JsonResponse({"disruptions": list(found)})


def punctuality(request):
    running = 0 if request.GET.get("day") == "strike" else 40
    return JsonResponse({"late": round(7 / running, 3)})


def reports(request):
    said = json.loads(request.body)
    made = Report.objects.create(client=request.client, text=said["text"])
    return JsonResponse({"id": made.pk}, status=201)
