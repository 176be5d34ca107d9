from django.urls import path

from clinic import views

urlpatterns = [
    path("patients", views.patients),
    path("patients/search", views.search),
    path("patients/<int:pk>", views.patient),
    path("chips/<slug:chip>", views.by_chip),
    path("owners/<int:pk>", views.owner),
    path("visits", views.visits),
    path("visits/<int:pk>", views.visit),
    path("statistics", views.statistics),
]
