from django.urls import path

from news.views import news
from results import views

urlpatterns = [
    path("results", views.results),
    path("results/import", views.import_results),
    path("results/move-up", views.move_up),
    path("results/<int:pk>", views.result),
    path("runners/<int:pk>", views.runner),
    path("news", news),
]
