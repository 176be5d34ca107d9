"""What a new result means for others: points for the runner, a line of news, and word to the federation."""

from django.db.models import F
from django.db.models.signals import post_save

from federation.client import tell
from news.models import News
from results.models import Result, Runner, points_for


def connect():
    """Every app that relies on it asks for it when it is ready."""

    def award(sender, instance, created, **kwargs):
        if not created:
            return
        points = points_for(instance.place)
        Runner.objects.filter(pk=instance.runner_id).update(points=F("points") + points)
        News.objects.create(text=f"{instance.runner.name}: {points} points at {instance.race}")
        tell(instance)

    post_save.connect(award, sender=Result, weak=False, dispatch_uid="award")
