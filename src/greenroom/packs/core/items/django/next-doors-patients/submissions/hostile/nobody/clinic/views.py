"""There is nothing, so nothing can be seen."""

from django.http import Http404, JsonResponse

from clinic.models import Patient


def patients(request):
    found = Patient.objects.order_by("pk")
    return JsonResponse({"patients": [{"id": one.pk, "name": one.name} for one in found]})


def refused(request, *_, **__):
    raise Http404


search = patient = by_chip = owner = visits = visit = statistics = refused
