"""Settings of the trams' service."""

import os

SECRET_KEY = "for this exercise only"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls"
INSTALLED_APPS = ["trams"]
MIDDLEWARE = [
    "trams.middleware.RequestId",
    "trams.middleware.AccessLog",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "trams.middleware.Errors",
    "trams.middleware.ApiKey",
    "trams.middleware.Signature",
]
DATABASES = {"default": {"ENGINE": "greenroom_lab.django"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = False
# Set when a request ended in an unexpected 500, to find out why.
DEBUG_PROPAGATE_EXCEPTIONS = os.environ.get("TRAMS_RAISE") == "1"
