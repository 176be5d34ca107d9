"""Who is asking: every request carries the key of one practice."""

from contextvars import ContextVar

from django.db import models
from django.http import JsonResponse

current: ContextVar[int | None] = ContextVar("practice", default=None)


class OfPractice(models.Manager):
    """Only what belongs to the practice that is asking."""

    def get_queryset(self):
        return super().get_queryset().filter(practice_id=current.get())


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
        token = current.set(practice.pk)
        try:
            return self.get_response(request)
        finally:
            current.reset(token)
