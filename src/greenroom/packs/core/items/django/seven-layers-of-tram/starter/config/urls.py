from django.urls import path

from trams import views

urlpatterns = [
    path("health", views.health),
    path("me", views.me),
    path("disruptions", views.disruptions),
    path("punctuality", views.punctuality),
    path("reports", views.reports),
]
