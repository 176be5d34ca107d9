"""The service that shops give their parcels to."""

import json

from django.db import IntegrityError, transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404

from parcels import services
from parcels.models import Parcel


@transaction.non_atomic_requests
def parcels(request):
    said = json.loads(request.body)
    try:
        made = services.take(said["account"], said["reference"], said["cents"])
    except services.NoCreditError:
        return JsonResponse({"detail": "not enough credit"}, status=402)
    except IntegrityError:
        return JsonResponse({"detail": "this reference was used before"}, status=409)
    return JsonResponse({"id": made.pk}, status=201)


@transaction.non_atomic_requests
def batch(request):
    said = json.loads(request.body)
    try:
        taken, refused = services.take_all(said["account"], said["parcels"], said["limit"])
    except services.NoCreditError:
        return JsonResponse({"detail": "above the limit"}, status=402)
    return JsonResponse({"taken": taken, "refused": refused})


def parcel(request, reference):
    found = get_object_or_404(Parcel, reference=reference)
    return JsonResponse({"id": found.pk, "cents": found.cents, "courier": found.courier})
