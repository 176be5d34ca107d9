"""Practices, the owners of animals, their animals, and visits. An owner may be known to several practices."""

from django.db import models

from clinic.tenancy import OfPractice, OwnersOfPractice, VisitsOfPractice


class Practice(models.Model):
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=64, unique=True)


class Owner(models.Model):
    name = models.CharField(max_length=60)

    objects = OwnersOfPractice()


class Patient(models.Model):
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="patients")
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="patients")
    name = models.CharField(max_length=60)
    chip = models.CharField(max_length=20, db_index=True)

    objects = OfPractice()
    everyone = models.Manager()  # for the nightly backup


class Visit(models.Model):
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="visits")
    day = models.DateField()
    cents = models.PositiveIntegerField()

    objects = VisitsOfPractice()
