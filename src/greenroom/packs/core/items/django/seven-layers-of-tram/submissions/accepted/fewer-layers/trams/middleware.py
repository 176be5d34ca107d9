"""What surrounds every request: number and log outside, key and signature inside."""

import hashlib
import hmac
import string
import uuid

from django.http import JsonResponse

from trams.models import Client, LogLine

ALLOWED = frozenset(string.ascii_letters + string.digits + "-")


def numbered_and_logged(get_response):
    def layer(request):
        said = request.headers.get("X-Request-ID", "")
        fine = 0 < len(said) <= 64 and ALLOWED.issuperset(said)
        request.request_id = said if fine else str(uuid.uuid4())
        request.client = None
        response = get_response(request)
        response.headers["X-Request-ID"] = request.request_id
        LogLine.objects.create(
            request_id=request.request_id,
            client=getattr(request.client, "name", ""),
            method=request.method,
            path=request.path,
            status=response.status_code,
        )
        return response

    return layer


def known(get_response):
    def refused(request):
        if request.path == "/health":
            return None
        request.client = Client.objects.filter(key=request.headers.get("X-Api-Key", "")).first()
        if request.client is None:
            return JsonResponse({"detail": "who are you?"}, status=401)
        if request.method == "POST" and not is_signed(request):
            return JsonResponse({"detail": "not signed by you"}, status=403)
        return None

    return lambda request: refused(request) or get_response(request)


def is_signed(request):
    mac = hmac.new(request.client.secret.encode(), request.body, hashlib.sha256)
    return hmac.compare_digest(mac.hexdigest().encode(), request.headers.get("X-Signature", "").encode())


def failed(request):
    """Django's handler500: whatever raised."""
    return JsonResponse({"detail": "internal error", "request_id": request.request_id}, status=500)
