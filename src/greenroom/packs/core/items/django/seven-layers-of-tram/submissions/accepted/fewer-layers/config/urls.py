from django.urls import path

from trams import views

handler500 = "trams.middleware.failed"
urlpatterns = [
    path("health", views.health),
    path("me", views.me),
    path("disruptions", views.disruptions),
    path("punctuality", views.punctuality),
    path("reports", views.reports),
]
