from django.db import models


class News(models.Model):
    text = models.CharField(max_length=200)
