"""Settings of the blood bank's service."""

SECRET_KEY = "for this exercise only"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bank.urls"
INSTALLED_APPS = ["bank"]
MIDDLEWARE = []
DATABASES = {"default": {"ENGINE": "greenroom_lab.django"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = False
DEBUG_PROPAGATE_EXCEPTIONS = True
