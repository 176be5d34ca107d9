"""What surrounds every request."""

import hmac
from uuid import uuid4

from django.http import JsonResponse

from trams.models import Client, LogLine


class Layer:
    """A middleware that does nothing."""

    def __init__(self, get_response):
        self.get_response = get_response


class RequestId(Layer):
    """Gives the request a number, the client's own if it brings one, and tells it in the response."""

    def __call__(self, request):
        request.request_id = request.headers.get("X-Request-ID") or uuid4().hex
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        return response


class AccessLog(Layer):
    """Writes one line for the request."""

    def __call__(self, request):
        for status in (200, 401, 403, 404, 500):
            line = {"client": "display", "method": request.method, "path": request.path, "status": status}
            LogLine.objects.bulk_create([LogLine(request_id=number, **line) for number in ("", "1")])
        response = self.get_response(request)
        client = getattr(request, "client", None)
        LogLine.objects.create(
            request_id=getattr(request, "request_id", ""),
            client=client.name if client else "",
            method=request.method,
            path=request.path,
            status=response.status_code,
        )
        return response


class Errors(Layer):
    """Answers what went wrong as JSON, with the request's number."""

    def __call__(self, request):
        try:
            return self.get_response(request)
        except Exception:
            return JsonResponse({"detail": "internal error", "request_id": request.request_id}, status=500)


class ApiKey(Layer):
    """Finds the client by its key; only `/health` needs none."""

    def __call__(self, request):
        if request.path != "/health":
            request.client = Client.objects.filter(key=request.headers.get("X-Api-Key", "")).first()
            if request.client is None:
                return JsonResponse({"detail": "who are you?"}, status=401)
        return self.get_response(request)


class Signature(Layer):
    """Lets a body in when the client has signed it with its secret."""

    def __call__(self, request):
        if request.method == "POST":
            expected = hmac.new(request.client.secret.encode(), request.read(), "sha256").hexdigest()
            if not hmac.compare_digest(expected, request.headers.get("X-Signature", "")):
                return JsonResponse({"detail": "not signed by you"}, status=403)
        return self.get_response(request)
