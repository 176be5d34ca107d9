"""Clients, what they report, what runs late, and the log."""

from django.db import models


class Client(models.Model):
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=64, unique=True)
    secret = models.CharField(max_length=64)


class Disruption(models.Model):
    line = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)


class Report(models.Model):
    client = models.ForeignKey(Client, models.PROTECT)
    text = models.CharField(max_length=200)


class LogLine(models.Model):
    request_id = models.CharField(max_length=64)
    client = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
