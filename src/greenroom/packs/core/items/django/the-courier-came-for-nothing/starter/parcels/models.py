"""Shops' accounts and their parcels."""

from django.db import models


class Account(models.Model):
    name = models.CharField(max_length=60)
    credit = models.IntegerField()


class Parcel(models.Model):
    account = models.ForeignKey(Account, models.PROTECT, related_name="parcels")
    reference = models.CharField(max_length=30, unique=True)
    cents = models.PositiveIntegerField()
    courier = models.CharField(max_length=10, default="waiting")
