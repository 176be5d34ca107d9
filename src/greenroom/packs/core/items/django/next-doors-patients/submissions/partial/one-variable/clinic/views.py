"""What the practices' own programs ask for."""

import json

from django.db.models import Count, Q, Sum
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from clinic.models import Owner, Patient, Visit


def shown(patient):
    return {
        "id": patient.pk,
        "name": patient.name,
        "chip": patient.chip,
        "owner": patient.owner.name,
        "visits": [visit.pk for visit in patient.visits.order_by("pk")],
    }


def patients(request):
    found = Patient.objects.order_by("pk")
    return JsonResponse({"patients": [shown(one) for one in found]})


def search(request):
    text = request.GET.get("q", "")
    found = Patient.objects.filter(Q(name__icontains=text) | Q(chip=text))
    return JsonResponse({"patients": [shown(one) for one in found.order_by("pk")]})


def patient(request, pk):
    found = get_object_or_404(Patient, pk=pk)
    if request.method == "POST":
        found.name = json.loads(request.body)["name"]
        found.save(update_fields=["name"])
    return JsonResponse(shown(found))


def by_chip(request, chip):
    return JsonResponse(shown(get_object_or_404(Patient, chip=chip)))


def owner(request, pk):
    found = get_object_or_404(Owner, pk=pk)
    return JsonResponse({"name": found.name, "patients": [one.name for one in found.patients.order_by("name")]})


def visits(request):
    said = json.loads(request.body)
    of = get_object_or_404(Patient, pk=said["patient"])
    made = Visit.objects.create(patient=of, day=said["day"], cents=said["cents"])
    return JsonResponse({"id": made.pk}, status=201)


def visit(request, pk):
    found = get_object_or_404(Visit, pk=pk)
    if request.method == "DELETE":
        found.delete()
        return HttpResponse(status=204)
    return JsonResponse({"id": found.pk, "patient": found.patient.name, "cents": found.cents})


def statistics(request):
    sums = Visit.objects.aggregate(visits=Count("pk"), cents=Sum("cents", default=0))
    best = Owner.objects.order_by("-animals", "name").first()
    return JsonResponse({"patients": Patient.objects.count(), "best_owner": best and best.name, **sums})
