from django.urls import path

from parcels import views

urlpatterns = [
    path("parcels", views.parcels),
    path("parcels/batch", views.batch),
    path("parcels/<str:reference>", views.parcel),
]
