"""Who comes to the hut."""

from datetime import date

from django.db import models

OPENS, CLOSES = date(2030, 6, 1), date(2030, 9, 30)
MOST_BEDS = 8
BEDS_A_NIGHT = 12


class Booking(models.Model):
    """Beds for one night."""

    name = models.CharField(max_length=60)
    arrival = models.DateField()
    beds = models.PositiveSmallIntegerField()
    message = models.CharField(max_length=500, blank=True)
