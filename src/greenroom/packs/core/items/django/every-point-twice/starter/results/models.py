"""Runners and their results."""

from django.db import models


def points_for(place: int) -> int:
    """What a place is worth: the first 49 points, the second 48, nobody less than one."""
    return max(1, 50 - place)


class Runner(models.Model):
    name = models.CharField(max_length=60)
    points = models.IntegerField(default=0)


class Result(models.Model):
    runner = models.ForeignKey(Runner, models.PROTECT, related_name="results")
    race = models.CharField(max_length=60)
    place = models.PositiveIntegerField()
