from django.urls import path

from festival import views

urlpatterns = [path("programme", views.programme)]
