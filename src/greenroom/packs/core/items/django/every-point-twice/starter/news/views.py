from django.http import JsonResponse

from news.models import News


def news(request):
    return JsonResponse({"news": list(News.objects.order_by("pk").values_list("text", flat=True))})
