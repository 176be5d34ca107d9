"""What is on the shelf, and the journal of how it came and went."""

from django.db import models


class Stock(models.Model):
    group = models.CharField(max_length=3, unique=True)
    units = models.IntegerField()
    note = models.CharField(max_length=200, blank=True)


class Movement(models.Model):
    stock = models.ForeignKey(Stock, models.PROTECT, related_name="movements")
    units = models.IntegerField()
    station = models.CharField(max_length=40)
