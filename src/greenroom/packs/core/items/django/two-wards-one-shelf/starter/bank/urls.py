from django.urls import path

from bank import views

urlpatterns = [
    path("stock/<str:group>", views.stock),
    path("stock/<str:group>/issue", views.issue),
    path("stock/<str:group>/receive", views.receive),
    path("stock/<str:group>/note", views.note),
]
