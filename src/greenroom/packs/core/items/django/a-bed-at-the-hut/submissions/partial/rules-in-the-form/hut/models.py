"""Who comes to the hut."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

OPENS, CLOSES = date(2030, 6, 1), date(2030, 9, 30)
MOST_BEDS = 8
BEDS_A_NIGHT = 12


class Booking(models.Model):
    """Beds for one night."""

    name = models.CharField(max_length=60)
    arrival = models.DateField(validators=[MinValueValidator(OPENS), MaxValueValidator(CLOSES)])
    beds = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_BEDS)])
    message = models.CharField(max_length=500, blank=True)

    def clean(self):
        """There must be enough beds left."""
        if not isinstance(self.arrival, date) or not isinstance(self.beds, int):
            return  # that is said already; a field that is wrong stays as it came
        others = Booking.objects.filter(arrival=self.arrival).exclude(pk=self.pk)
        left = BEDS_A_NIGHT - (others.aggregate(taken=models.Sum("beds"))["taken"] or 0)
        if self.beds > left:
            raise ValidationError({"beds": f"Only {max(0, left)} beds are left that night."})
