"""What the practices' own programs ask for; each queryset names the practice that it is for."""

import json

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from clinic.models import Owner, Patient, Visit


def patients_of(request):
    return Patient.everyone.filter(practice=request.practice).select_related("owner").prefetch_related("visits")


def visits_of(request):
    return Visit.objects.filter(patient__practice=request.practice).select_related("patient")


def owners_of(request):
    return Owner.objects.filter(patients__practice=request.practice).distinct()


def own(request, model, **wanted):
    """One of the practice's own; what belongs to somebody else is forbidden."""
    manager = Patient.everyone if model is Patient else model.objects
    found = manager.filter(**wanted)
    scope = {Patient: patients_of, Visit: visits_of, Owner: owners_of}[model](request)
    mine = scope.filter(**wanted).first()
    if mine is None and found.exists():
        raise PermissionDenied
    return mine or get_object_or_404(scope, **wanted)


def shown(patient):
    return {
        "id": patient.pk,
        "name": patient.name,
        "chip": patient.chip,
        "owner": patient.owner.name,
        "visits": sorted(visit.pk for visit in patient.visits.all()),
    }


def patients(request):
    return JsonResponse({"patients": [shown(one) for one in patients_of(request).order_by("pk")]})


def search(request):
    text = request.GET.get("q", "")
    found = patients_of(request).filter(Q(name__icontains=text) | Q(chip=text)).order_by("pk")
    return JsonResponse({"patients": [shown(one) for one in found]})


def patient(request, pk):
    found = own(request, Patient, pk=pk)
    if request.method == "POST":
        found.name = json.loads(request.body)["name"]
        found.save(update_fields=["name"])
    return JsonResponse(shown(found))


def by_chip(request, chip):
    return JsonResponse(shown(own(request, Patient, chip=chip)))


def owner(request, pk):
    found = own(request, Owner, pk=pk)
    names = patients_of(request).filter(owner=found).order_by("name").values_list("name", flat=True)
    return JsonResponse({"name": found.name, "patients": list(names)})


def visits(request):
    said = json.loads(request.body)
    of = own(request, Patient, pk=said["patient"])
    made = of.visits.create(day=said["day"], cents=said["cents"])
    return JsonResponse({"id": made.pk}, status=201)


def visit(request, pk):
    found = own(request, Visit, pk=pk)
    if request.method == "DELETE":
        found.delete()
        return HttpResponse(status=204)
    return JsonResponse({"id": found.pk, "patient": found.patient.name, "cents": found.cents})


def statistics(request):
    sums = visits_of(request).aggregate(visits=Count("pk"), cents=Sum("cents", default=0))
    best = owners_of(request).annotate(many=Count("patients")).order_by("-many", "name").first()
    own = patients_of(request).count()
    return JsonResponse({"patients": own, "best_owner": best and best.name, **sums})
