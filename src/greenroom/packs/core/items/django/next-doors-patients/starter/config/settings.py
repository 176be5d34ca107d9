"""Settings of the practices' service."""

SECRET_KEY = "for this exercise only"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "clinic.urls"
INSTALLED_APPS = ["clinic"]
MIDDLEWARE = ["clinic.tenancy.KeyMiddleware"]
DATABASES = {"default": {"ENGINE": "greenroom_lab.django"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = False
DEBUG_PROPAGATE_EXCEPTIONS = True
