"""Settings of the parcels' service."""

SECRET_KEY = "for this exercise only"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "parcels.urls"
INSTALLED_APPS = ["parcels"]
MIDDLEWARE = []
DATABASES = {"default": {"ENGINE": "greenroom_lab.django", "ATOMIC_REQUESTS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = False
DEBUG_PROPAGATE_EXCEPTIONS = True
