"""A Django project that asks its database for all sorts of things; the same on the lab's engine and on SQLite's own."""

from __future__ import annotations

PROJECT = {
    "zoo/__init__.py": "",
    "zoo/models.py": """
        import uuid

        from django.db import models


        class Keeper(models.Model):
            name = models.CharField(max_length=40, unique=True)
            boss = models.ForeignKey("self", models.SET_NULL, null=True, related_name="team")


        class Tag(models.Model):
            name = models.CharField(max_length=20)


        class Animal(models.Model):
            name = models.CharField(max_length=40)
            keeper = models.ForeignKey(Keeper, models.CASCADE, related_name="animals")
            tags = models.ManyToManyField(Tag)
            key = models.UUIDField(default=uuid.uuid4)
            kilos = models.DecimalField(max_digits=8, decimal_places=2, null=True)
            legs = models.PositiveSmallIntegerField(default=4)
            speed = models.FloatField(null=True)
            tame = models.BooleanField(default=False)
            born = models.DateField(null=True)
            seen = models.DateTimeField(null=True)
            fed = models.TimeField(null=True)
            naps = models.DurationField(null=True)
            notes = models.JSONField(default=dict)
            photo = models.BinaryField(null=True)

            class Meta:
                ordering = ["pk"]
        """,
    "project.py": """
        import sys

        import django
        from django.conf import settings


        def begin(engine, **database):
            settings.configure(
                DATABASES={"default": {"ENGINE": engine, **database}},
                INSTALLED_APPS=["zoo"],
                USE_TZ=True,
                TIME_ZONE="Europe/Berlin",
                DEBUG=True,
            )
            django.setup()
            from django.db import connection
            from zoo import models

            with connection.schema_editor() as editor:
                for model in (models.Keeper, models.Tag, models.Animal):
                    editor.create_model(model)


        def on_lab():
            begin("greenroom_lab.django")
            import asked

            return asked.everything()


        def on_sqlite():
            begin("django.db.backends.sqlite3", NAME="zoo.db")
            import asked

            return asked.everything()
        """,
    "asked.py": '''
        """Each function is one sort of question; its answer is plain data."""

        import asyncio
        import datetime as dt
        from decimal import Decimal
        from uuid import UUID

        from django.db import DatabaseError, IntegrityError, connection, models, transaction
        from django.db.models import Avg, Case, Count, Exists, F, Max, Min, OuterRef, Prefetch, Q, StdDev, Subquery, Sum
        from django.db.models import Value, Variance, When, Window
        from django.db.models import functions as fn
        from django.test.utils import CaptureQueriesContext
        from zoo.models import Animal, Keeper, Tag

        ALL = []
        BERLIN = dt.timezone(dt.timedelta(hours=1))
        YEAR = dt.datetime(2024, 1, 1, tzinfo=BERLIN)


        def asked(function):
            ALL.append(function)
            return function


        def everything():
            fill()
            return {one.__name__: plain(one()) for one in ALL}


        def plain(value):
            if isinstance(value, dict):
                return [[plain(one), plain(other)] for one, other in value.items()]
            if isinstance(value, (list, tuple, set, models.QuerySet)):
                return [plain(one) for one in value]
            if isinstance(value, models.Model):
                return [f"{field.attname}={plain(getattr(value, field.attname))}" for field in value._meta.fields]
            if isinstance(value, memoryview):
                return bytes(value)
            return value if isinstance(value, (int, float, str, type(None))) else f"{type(value).__name__} {value}"


        def fill():
            ada = Keeper.objects.create(name="Ada")
            keepers = [ada, *(Keeper(name=f"Keeper {number}", boss=ada) for number in range(4))]
            Keeper.objects.bulk_create(keepers[1:])
            tags = [Tag(name=name) for name in ("old", "shy", "loud")]
            Tag.objects.bulk_create(tags)
            made = Animal.objects.bulk_create(
                Animal(
                    name=f"animal {number}%_\\\\'",
                    keeper=keepers[number % 5],
                    key=UUID(int=number),
                    kilos=Decimal(number) / 4 if number % 6 else None,
                    legs=number % 3 * 2,
                    speed=number / 7,
                    tame=number % 2 == 0,
                    born=dt.date(2019, 12, 25) + dt.timedelta(days=number),
                    seen=dt.datetime(2024, 3, 30, 23, 59, 58, 7 * number, BERLIN) + dt.timedelta(hours=9 * number),
                    fed=dt.time(number % 24, 30, 15, number) if number % 4 else None,
                    naps=dt.timedelta(minutes=number, microseconds=number),
                    notes={"food": ["hay", number], "age": number, "ill": None if number % 2 else False},
                    photo=bytes([number % 256, 0, 255]),
                )
                for number in range(260)
            )
            for one in made[::7]:
                one.tags.set(tags[: one.pk % 3 + 1])


        @asked
        def whole_rows():
            return Animal.objects.all()


        @asked
        def filters():
            return [
                sorted(Animal.objects.filter(one).values_list("pk", flat=True))
                for one in (
                    Q(name__icontains="1%_"),
                    Q(name__regex=r"7.*'$") & ~Q(legs=2),
                    Q(name__iregex="ANIMAL 3"),
                    Q(kilos__gt=Decimal("60.25")) | Q(kilos=None),
                    Q(tame=True, legs__in=[0, 4]),
                    Q(born__year=2019) | Q(born__week=9) | Q(born__quarter=4),
                    Q(seen__date=dt.date(2024, 4, 1)) | Q(seen__hour=3) | Q(seen__week_day=1),
                    Q(fed__minute=30, fed__lt=dt.time(4)),
                    Q(seen__range=(dt.datetime(2024, 4, 1, tzinfo=BERLIN), dt.datetime(2024, 4, 3, tzinfo=BERLIN))),
                    Q(naps__gte=dt.timedelta(minutes=250)),
                    Q(notes__age__lt=3) | Q(notes__food__1=9) | Q(notes__ill=None) & Q(pk__lt=20),
                    Q(notes__has_key="nothing"),
                    Q(key=UUID(int=77)),
                    Q(photo=bytes([8, 0, 255])),
                    Q(tags__name="shy"),
                )
            ]


        @asked
        def aggregates():
            return Animal.objects.aggregate(
                Avg("kilos"), Sum("naps"), Max("seen"), Min("fed"), Count("tags", distinct=True), StdDev("speed"),
                Variance("speed", sample=True), tame=Count("pk", filter=Q(tame=True)), none=Sum("legs", filter=Q(pk=0)),
            )


        @asked
        def groups():
            return Keeper.objects.annotate(many=Count("animals"), heavy=Max("animals__kilos")).order_by("pk").values()


        @asked
        def truncated_and_extracted():
            moments = [fn.TruncMonth("seen"), fn.TruncWeek("seen"), fn.TruncHour("seen"), fn.TruncDate("seen")]
            moments += [fn.TruncTime("seen"), fn.TruncQuarter("born"), fn.TruncYear("born"), fn.TruncMinute("fed")]
            moments += [fn.ExtractIsoYear("born"), fn.ExtractWeek("seen"), fn.ExtractSecond("fed")]
            moments += [fn.ExtractDay("born")]
            named = {f"m{number}": one for number, one in enumerate(moments)}
            return Animal.objects.annotate(**named).values_list(*named)


        @asked
        def days():
            return [Animal.objects.dates("born", "month"), Animal.objects.datetimes("seen", "day")]


        @asked
        def arithmetic():
            return Animal.objects.annotate(
                later=models.ExpressionWrapper(F("seen") + dt.timedelta(days=1), models.DateTimeField()),
                woken=models.ExpressionWrapper(F("seen") + F("naps"), models.DateTimeField()),
                since=models.ExpressionWrapper(F("seen") - YEAR, models.DurationField()),
                double=models.ExpressionWrapper(F("kilos") * 2, models.DecimalField()),
                size=Case(When(kilos__gt=30, then=Value("big")), default=Value("small")),
            ).values_list("later", "woken", "since", "double", "size")


        @asked
        def texts_and_numbers():
            return Animal.objects.annotate(
                a=fn.LPad("name", 20, Value("*")), b=fn.RPad("name", 3, Value("*")), c=fn.Reverse("name"),
                d=fn.MD5("name"), e=fn.SHA256("name"), f=fn.Repeat("name", 2), g=fn.Sign(F("legs") - 2),
                h=fn.Round(fn.Sqrt("speed"), 6), i=fn.Concat("name", Value("!")), j=fn.Length("name"),
                k=fn.Upper("name"), l=fn.Coalesce("kilos", Value(Decimal("0.5"))), n=fn.StrIndex("name", Value("7")),
                m=fn.Cast("legs", models.CharField()),
            ).values_list(*"abcdefghijklmn")


        @asked
        def windows():
            rank = Window(fn.RowNumber(), partition_by=F("keeper"), order_by=F("speed").desc())
            return Animal.objects.annotate(rank=rank).filter(rank__lte=2).values_list("pk", "rank")


        @asked
        def subqueries():
            heaviest = Animal.objects.filter(keeper=OuterRef("pk")).order_by("-speed").values("name")[:1]
            shy = Exists(Animal.objects.filter(keeper=OuterRef("pk"), tags__name="shy"))
            return Keeper.objects.annotate(best=Subquery(heaviest), shy=shy).order_by("pk").values_list("best", "shy")


        @asked
        def joined():
            with CaptureQueriesContext(connection) as seen:
                found = [(one.name, one.keeper.name, one.keeper.boss and one.keeper.boss.name)
                         for one in Animal.objects.select_related("keeper__boss")[:30]]
            return found, [one["sql"] for one in seen]


        @asked
        def prefetched():
            loud = Prefetch("animals__tags", Tag.objects.filter(name="loud"), to_attr="loud")
            with CaptureQueriesContext(connection) as seen:
                found = [[keeper.name, [[one.name, [tag.name for tag in one.loud]] for one in keeper.animals.all()]]
                         for keeper in Keeper.objects.order_by("name").prefetch_related("animals", loud)]
            return found, [one["sql"] for one in seen]


        @asked
        def streamed():
            return [[one.pk, [tag.pk for tag in one.tags.all()]]
                    for one in Animal.objects.prefetch_related("tags").iterator(chunk_size=50)]


        @asked
        def written():
            one = Animal.objects.create(name="new", keeper_id=1)
            one.legs = F("legs") + 3
            one.save(update_fields=["legs"])
            one.refresh_from_db()
            changed = Animal.objects.filter(legs=one.legs).update(legs=F("legs") * 2, notes={"x": [1.5, "é", None]})
            got, made = Tag.objects.get_or_create(name="brown")
            Tag.objects.update_or_create(name="brown", defaults={"name": "grey"})
            Animal.objects.bulk_update([one], ["legs", "speed"])
            conflict = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": ["name"]}
            Tag.objects.bulk_create([Tag(pk=got.pk, name="green")], **conflict)
            gone = Keeper.objects.filter(name="Keeper 3").delete()
            return one.legs, changed, made, Tag.objects.order_by("pk").values_list(), gone, Animal.objects.count()


        @asked
        def refused():
            said = []
            for work in (
                lambda: Keeper.objects.create(name="Ada"),
                lambda: Animal.objects.create(name="x", keeper_id=4711),
                lambda: Animal.objects.filter(pk=1).update(legs=F("legs") - 100),
                lambda: Animal.objects.filter(pk=1).update(name=None),
                lambda: connection.cursor().execute("SELECT nothing FROM nowhere"),
            ):
                try:
                    with transaction.atomic():
                        work()
                except (IntegrityError, DatabaseError) as error:
                    said.append(f"{type(error).__name__}: {error}")
            return said


        @asked
        def nested():
            events = []
            with transaction.atomic():
                Tag.objects.create(name="kept")
                transaction.on_commit(lambda: events.append("kept"))
                try:
                    with transaction.atomic():
                        Tag.objects.create(name="dropped")
                        transaction.on_commit(lambda: events.append("dropped"))
                        raise LookupError
                except LookupError:
                    pass
                point = transaction.savepoint()
                Tag.objects.create(name="undone")
                transaction.savepoint_rollback(point)
                Tag.objects.select_for_update().get(name="kept")
                assert not events
            try:
                with transaction.atomic():
                    Tag.objects.all().delete()
                    raise LookupError
            except LookupError:
                pass
            transaction.set_autocommit(False)
            Tag.objects.create(name="taken back")
            transaction.rollback()
            Tag.objects.create(name="committed")
            transaction.set_autocommit(True)
            return events, Tag.objects.order_by("pk").values_list("name", flat=True)


        @asked
        def raw():
            with connection.cursor() as cursor:
                cursor.execute("SELECT name FROM zoo_animal WHERE legs = %s AND name LIKE '%%9%%' ORDER BY id", [4])
                first, rest = cursor.fetchmany(2), cursor.fetchall()
                cursor.execute("SELECT %(a)s || %(b)s", {"a": "x", "b": "y%"})
                both = cursor.fetchone()
                cursor.executemany("UPDATE zoo_tag SET name = %s WHERE id = %s", [("one", 1), ("two", 2)])
                many = cursor.rowcount
            models = Animal.objects.raw("SELECT * FROM zoo_animal WHERE legs = %s", [2])
            return first, rest, both, many, list(models)[:3]


        @asked
        def unions():
            few = Animal.objects.filter(pk__lt=4).order_by().values_list("name")
            other = Animal.objects.filter(pk__gt=2, pk__lt=9).order_by().values_list("name")
            return [few.union(Tag.objects.values_list("name")).order_by("name"), few.intersection(other)]


        @asked
        def awaited():
            async def work():
                names = [one.name async for one in Tag.objects.order_by("name")]
                return names, await Animal.objects.acount(), (await Keeper.objects.aget(pk=1)).name

            return asyncio.run(work())


        @asked
        def explained():
            return Animal.objects.filter(keeper=3).order_by("name").explain()


        @asked
        def introspected():
            with connection.cursor() as cursor:
                columns = connection.introspection.get_table_description(cursor, "zoo_animal")
            return connection.introspection.table_names(), [column.name for column in columns]
        ''',
}

CHECKS = """
    @check("all")
    def one(lab):
        database = Database("")
        seat = lab.process(database=database)
        real, ours = lab.call("project:on_sqlite"), lab.call("project:on_lab", seat=seat)
        assert len(real) == len(ours) > 20
        for what in real:
            lab.expect(repr(real[what]) == repr(ours[what]), f"{what}: {told(real[what], ours[what])}")
        assert database.rows("SELECT count(*) FROM zoo_animal")[0][0] > 100
        return f"{len(real)} alike"

    def told(one, other):
        one, other = repr(one), repr(other)
        at = next((at for at, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), 0)
        return f"{one[max(0, at - 60):at + 200]} is not {other[max(0, at - 60):at + 200]}"
"""
