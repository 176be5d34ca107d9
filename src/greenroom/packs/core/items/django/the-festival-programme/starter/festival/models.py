"""Films, halls, screenings, and the guests who were invited to them."""

from django.db import models


class Director(models.Model):
    name = models.CharField(max_length=80)


class Film(models.Model):
    title = models.CharField(max_length=120)
    director = models.ForeignKey(Director, models.PROTECT, related_name="films")
    minutes = models.PositiveSmallIntegerField()


class Hall(models.Model):
    name = models.CharField(max_length=40)
    seats = models.PositiveSmallIntegerField()


class Screening(models.Model):
    film = models.ForeignKey(Film, models.PROTECT, related_name="screenings")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="screenings")
    day = models.DateField(db_index=True)
    starts = models.TimeField()


class Guest(models.Model):
    screening = models.ForeignKey(Screening, models.CASCADE, related_name="guests")
    name = models.CharField(max_length=80)
    confirmed = models.BooleanField(default=False)
