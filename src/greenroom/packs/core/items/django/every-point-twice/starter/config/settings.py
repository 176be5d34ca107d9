"""Settings of the club's service."""

SECRET_KEY = "for this exercise only"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls"
INSTALLED_APPS = ["results.apps.ResultsConfig", "news.apps.NewsConfig"]
MIDDLEWARE = []
DATABASES = {"default": {"ENGINE": "greenroom_lab.django"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = False
DEBUG_PROPAGATE_EXCEPTIONS = True
