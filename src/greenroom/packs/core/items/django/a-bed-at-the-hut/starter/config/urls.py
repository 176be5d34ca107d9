from django.urls import path

from hut import views

urlpatterns = [
    path("", views.guests, name="guests"),
    path("book", views.book, name="book"),
    path("office", views.office, name="office"),
]
