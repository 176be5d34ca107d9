from django import forms

from hut.models import CLOSES, OPENS, Booking


class BookingForm(forms.ModelForm):
    class Meta:
        model = Booking
        fields = ["name", "arrival", "beds", "message"]
        widgets = {
            "arrival": forms.DateInput(attrs={"type": "date", "min": OPENS.isoformat(), "max": CLOSES.isoformat()}),
            "message": forms.Textarea(attrs={"rows": 3}),
        }
