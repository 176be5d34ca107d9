"""What results mean for others. No signals: whoever changes results says so here."""

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from federation.client import tell
from news.models import News
from results.models import Result, Runner, points_for


def recount(runners):
    """Set the points of *runners* to the sum over their results."""
    each = Greatest(1, 50 - F("place"))
    own = Result.objects.filter(runner=OuterRef("pk")).order_by().values("runner").annotate(sum=Sum(each)).values("sum")
    Runner.objects.filter(pk__in=runners).update(points=Coalesce(Subquery(own), 0))


def announce(results):
    """New results: points, news, and word to the federation; each with its runner loaded."""
    recount({one.runner_id for one in results})
    News.objects.bulk_create(
        News(text=f"{one.runner.name}: {points_for(one.place)} points at {one.race}") for one in results
    )
    for one in results:
        tell(one)


def connect():
    """Nothing is left to connect."""
