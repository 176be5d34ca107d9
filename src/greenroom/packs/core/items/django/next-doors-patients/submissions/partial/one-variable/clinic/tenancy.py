"""Who is asking: every request carries the key of one practice."""

from django.db import models
from django.http import JsonResponse


class Current:
    """The practice that is asking."""

    practice: int | None = None

    def get(self):
        return self.practice


current = Current()


class OfPractice(models.Manager):
    """Only what belongs to the practice that is asking."""

    def get_queryset(self):
        return super().get_queryset().filter(practice_id=current.get())


class OwnersOfPractice(models.Manager):
    """Only owners with an animal at the practice that is asking; `animals` is how many."""

    def get_queryset(self):
        here = models.Q(patients__practice_id=current.get())
        found = super().get_queryset()
        return found.annotate(animals=models.Count("patients", filter=here)).filter(animals__gt=0)


class VisitsOfPractice(models.Manager):
    """Only visits to the practice that is asking."""

    def get_queryset(self):
        return super().get_queryset().filter(patient__practice_id=current.get())


class KeyMiddleware:
    """Finds the practice by its key, for the time of the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        from clinic.models import Practice

        practice = Practice.objects.filter(key=request.headers.get("X-Api-Key", "")).first()
        if practice is None:
            return JsonResponse({"detail": "who are you?"}, status=401)
        request.practice = practice
        current.practice = practice.pk
        return self.get_response(request)
