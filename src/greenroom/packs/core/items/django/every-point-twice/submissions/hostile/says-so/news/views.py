from django.http import JsonResponse


def news(request):
    return JsonResponse({"news": ["Jarno: 47 points at Spring"]})
