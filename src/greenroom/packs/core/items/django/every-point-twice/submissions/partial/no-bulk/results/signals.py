"""What results mean for others. Bulk operations send no signals, so they call `added` and `recount` themselves."""

from django.db.models import F
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from federation.client import tell
from news.models import News
from results.models import Result, Runner, points_for


def give(runner, points):
    if points:
        Runner.objects.filter(pk=runner).update(points=F("points") + points)


def added(results):
    """New results, each with its runner: points, news, and word to the federation."""
    earned = {}
    for one in results:
        earned[one.runner_id] = earned.get(one.runner_id, 0) + points_for(one.place)
    for runner, points in earned.items():
        give(runner, points)
    lines = [f"{one.runner.name}: {points_for(one.place)} points at {one.race}" for one in results]
    News.objects.bulk_create([News(text=line) for line in lines])
    for one in results:
        tell(one)


@receiver(pre_save, sender=Result, dispatch_uid="results.corrected")
def corrected(sender, instance, raw=False, **kwargs):
    before = Result.objects.filter(pk=instance.pk).first() if instance.pk else None
    if before is not None and not raw:
        give(before.runner_id, -points_for(before.place))
        give(instance.runner_id, points_for(instance.place))


@receiver(post_save, sender=Result, dispatch_uid="results.award")
def award(sender, instance, created, raw=False, **kwargs):
    if created and not raw:
        added([instance])


@receiver(post_delete, sender=Result, dispatch_uid="results.removed")
def removed(sender, instance, **kwargs):
    give(instance.runner_id, -points_for(instance.place))


def connect():
    """The receivers are connected when this module is imported, once."""
