"""Django in labs: its querysets on the lab's engine, its applications served, and the examiner's view of both."""

from __future__ import annotations

from tests.judge.labs.conftest import Examine
from tests.judge.labs.querysets import CHECKS, PROJECT

from greenroom.judge.results import Verdict


def test_querysets_give_what_they_give_on_sqlite(examine: Examine) -> None:
    result = examine(PROJECT, CHECKS, "{cpu_s: 20, wall_s: 60}")
    assert result.verdict is Verdict.accepted, result.cases[0].message


SITE = {
    "site_settings.py": """
        SECRET_KEY = "a secret of the test's"
        ROOT_URLCONF = "site_urls"
        INSTALLED_APPS = ["django.contrib.sessions", "django.contrib.messages", "guests"]
        MIDDLEWARE = [
            "site_urls.stamp",
            "site_urls.Counter",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ]
        TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["pages"], "OPTIONS": {
            "context_processors": ["django.contrib.messages.context_processors.messages"]}}]
        DATABASES = {"default": {"ENGINE": "greenroom_lab.django"}}
        ALLOWED_HOSTS = ["testserver"]
        DEBUG_PROPAGATE_EXCEPTIONS = True
        USE_TZ = True
        """,
    "site_asgi.py": """
        import os

        from django.core.asgi import get_asgi_application

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
        application = get_asgi_application()
        """,
    "guests/__init__.py": "",
    "guests/models.py": """
        from django.db import models
        from django.db.models.signals import post_save
        from django.dispatch import receiver


        class Guest(models.Model):
            name = models.CharField(max_length=30)
            greeted = models.PositiveIntegerField(default=0)


        class Note(models.Model):
            text = models.CharField(max_length=60)


        @receiver(post_save, sender=Guest)
        def note(sender, instance, created, **kwargs):
            Note.objects.create(text=f"{instance.name} {'came' if created else 'changed'}")
        """,
    "pages/guests.html": """
        <form method="post">{% csrf_token %}{{ form }}</form>
        {% for message in messages %}<p class="said">{{ message }}</p>{% endfor %}
        <ul>{% for guest in guests %}<li>{{ guest.name }}</li>{% endfor %}</ul>
        """,
    "site_urls.py": """
        import asyncio
        import threading

        from asgiref.sync import sync_to_async
        from django import forms
        from django.contrib import messages
        from django.db import transaction
        from django.db.models import F
        from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
        from django.shortcuts import get_object_or_404, redirect, render
        from django.urls import path
        from django.utils.decorators import async_only_middleware
        from guests.models import Guest


        def stamp(get_response):
            def middleware(request):
                response = get_response(request)
                response["X-Way"] = response.get("X-Way", "") + " sync"
                return response

            return middleware


        @async_only_middleware
        def Counter(get_response):
            async def middleware(request):
                response = await get_response(request)
                response["X-Way"] = "async"
                return response

            return middleware


        class GuestForm(forms.ModelForm):
            class Meta:
                model = Guest
                fields = ["name"]


        def guests(request):
            form = GuestForm(request.POST or None)
            if request.method == "POST" and form.is_valid():
                form.save()
                messages.success(request, f"Welcome, {form.cleaned_data['name']}!")
                return redirect("guests")
            return render(request, "guests.html", {"form": form, "guests": Guest.objects.order_by("pk")})


        def greet(request, number):
            with transaction.atomic():
                Guest.objects.filter(pk=number).update(greeted=F("greeted") + 1)
                guest = get_object_or_404(Guest, pk=number)
            return JsonResponse({"greeted": guest.greeted, "thread": threading.current_thread().name != "MainThread"})


        async def later(request, number):
            guest = await Guest.objects.aget(pk=number)
            names = [one.name async for one in Guest.objects.order_by("pk")]
            count = await sync_to_async(Guest.objects.count)()
            return JsonResponse({"name": guest.name, "names": names, "count": count})


        async def careless(request):
            return JsonResponse({"count": Guest.objects.count()})


        def visits(request):
            request.session["visits"] = request.session.get("visits", 0) + 1
            return HttpResponse(str(request.session["visits"]))


        async def stream(request):
            async def parts():
                async for guest in Guest.objects.order_by("pk").aiterator():
                    yield guest.name + ";"
                    await asyncio.sleep(0)

            return StreamingHttpResponse(parts())


        def broken(request):
            Guest.objects.create(name="nobody")
            raise LookupError("the view is broken")


        urlpatterns = [
            path("guests", guests, name="guests"), path("guests/<int:number>/greet", greet),
            path("guests/<int:number>", later), path("careless", careless), path("visits", visits),
            path("stream", stream), path("broken", transaction.atomic(broken)),
        ]
        """,
}

SITE_CHECKS = """
    import re
    from http.cookies import SimpleCookie

    TABLES = '''
    CREATE TABLE guests_guest (id integer PRIMARY KEY AUTOINCREMENT, name text NOT NULL, greeted integer NOT NULL);
    CREATE TABLE guests_note (id integer PRIMARY KEY AUTOINCREMENT, text varchar(60) NOT NULL);
    CREATE TABLE django_session (session_key text PRIMARY KEY, session_data text, expire_date datetime);
    INSERT INTO guests_guest (name, greeted) VALUES ('Ada', 0), ('Grace', 0);
    '''

    def site(lab):
        database = Database(TABLES)
        return database, lab.service("site_asgi:application", database=database, start=False)

    def cookies(answer):
        jar = SimpleCookie()
        for one in answer.all_headers("set-cookie"):
            jar.load(one)
        return {"Cookie": "; ".join(f"{name}={one.value}" for name, one in jar.items())}

    @check("all")
    def sync_and_async_views(lab):
        database, service = site(lab)
        with database.counted() as statements:
            answer = service.get("/guests/1/greet").expect(200)
        assert answer.fields() == {"greeted": 1, "thread": True}, answer.text
        try:
            service.get("/stream").fields()
        except Exception as error:
            assert "not JSON" in str(error), error
        assert answer.header("x-way") == "async sync"
        assert [one.sql.split()[0] for one in statements] == ["UPDATE", "SELECT"], statements
        assert service.get("/guests/7/greet").status == 404
        later = service.get("/guests/2").expect(200).json()
        assert later == {"name": "Grace", "names": ["Ada", "Grace"], "count": 2}
        assert service.get("/stream").text == "Ada;Grace;"
        careless = service.begin("GET", "/careless")
        careless.wait_for(lambda one: one.done)
        assert careless.raised.type == "SynchronousOnlyOperation", careless
        assert not [one for one in database._connections.values() if one.connection.in_transaction]

    @check("all")
    def what_a_view_raises_is_told_and_undone(lab):
        database, service = site(lab)
        try:
            service.get("/broken")
        except Exception as error:
            assert "LookupError: the view is broken" in str(error) and "site_urls.py" in str(error), error
        assert database.rows("SELECT count(*) FROM guests_guest") == [(2,)]
        assert database.rows("SELECT count(*) FROM guests_note") == [(0,)]

    @check("all")
    def forms_tokens_messages_and_signals(lab):
        database, service = site(lab)
        assert service.request("POST", "/guests", form={"name": "Eve"}).status == 403
        page = service.get("/guests").expect(200)
        token = re.search('csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        jar = cookies(page)
        refused = service.request("POST", "/guests", form={"name": "", "csrfmiddlewaretoken": token}, headers=jar)
        assert refused.status == 200 and "This field is required" in refused.text, refused.text
        sent = service.request("POST", "/guests", form={"name": "<Alan>", "csrfmiddlewaretoken": token}, headers=jar)
        assert (sent.status, sent.header("location")) == (302, "/guests")
        jar["Cookie"] += "; " + cookies(sent)["Cookie"]
        page = service.get("/guests", headers=jar).text
        assert "<li>&lt;Alan&gt;</li>" in page and '<p class="said">Welcome, &lt;Alan&gt;!</p>' in page, page
        assert database.rows("SELECT text FROM guests_note") == [("<Alan> came",)]

    @check("all")
    def sessions(lab):
        database, service = site(lab)
        first = service.get("/visits")
        assert first.text == "1"
        assert service.get("/visits", headers=cookies(first)).text == "2"
        assert service.get("/visits").text == "1"
        assert database.rows("SELECT count(*) FROM django_session") == [(2,)]

    @check("all")
    def requests_are_served_at_once_and_put_in_an_order(lab):
        database, service = site(lab)
        database.hold = lambda sql, connection: sql.startswith("UPDATE")
        asked = [service.begin("GET", "/guests/1/greet") for _ in range(6)]
        service.until(lambda: len(database.held) == 6)
        assert len({one.asked["connection"] for one in database.held}) == 6
        database.hold = None
        database.own.execute("BEGIN IMMEDIATE")
        database.release(2)
        assert database.blocked == 2, database.blocked
        database.own.execute("ROLLBACK")
        database.release()
        assert sorted(one.wait().json()["greeted"] for one in asked) == [1, 2, 3, 4, 5, 6]

    @check("all")
    def a_crash_leaves_what_was_committed(lab):
        database, service = site(lab)
        database.hold = lambda sql, connection: sql == "COMMIT"
        service.begin("GET", "/guests/1/greet")
        service.until(lambda: database.held)
        service.seat.crash()
        database.disconnect(service.seat)
        assert database.rows("SELECT greeted FROM guests_guest WHERE id = 1") == [(0,)]

    @check("all")
    def statements_are_planned(lab):
        database, service = site(lab)
        with database.counted() as statements:
            service.get("/guests").expect(200)
        assert database.plan(statements[-1]).scans("guests_guest"), statements
    """


def test_applications_are_served_and_looked_at_from_outside(examine: Examine) -> None:
    result = examine(SITE, SITE_CHECKS)
    assert result.verdict is Verdict.accepted, [case.message for case in result.cases]
    assert len(result.cases) == 7


COUNTER = {
    "counter.py": """
        from django.conf import settings


        def begin(mode, command):
            import django

            options = {"transaction_mode": mode, "init_command": command}
            settings.configure(DATABASES={"default": {"ENGINE": "greenroom_lab.django", "OPTIONS": options}})
            django.setup()


        def add(value):
            from django.db import connection, transaction

            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO t VALUES (%s)", [value])


        def leave_open():
            from django.db import connection, transaction

            transaction.set_autocommit(False)
            connection.cursor().execute("INSERT INTO t VALUES (3)")
        """
}


def test_settings_of_sqlite_hold_and_nobody_makes_the_examiner_wait(examine: Examine) -> None:
    checks = """
        from greenroom.judge.inside import values

        def add(seat, value):
            return seat.request("call", values.encode([value]), target="counter:add")

        @check("all")
        def one(lab):
            for mode, command in (
                ("IMMEDIATE", "PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL"),
                ("EXCLUSIVE", "/**/ PRAGMA Busy_Timeout(60000)"),
            ):
                database = Database("CREATE TABLE t (v INTEGER);")
                first, second = lab.process(database=database), lab.process(database=database)
                for seat in (first, second):
                    lab.call("counter:begin", mode, command, seat=seat)
                database.hold = lambda sql, connection: sql == "COMMIT"
                one = add(first, 1)
                first.until(lambda: database.held)
                two = add(second, 2)
                second.until(lambda: database.blocked == 1)
                assert len(database.held) == 1
                database.hold = None
                database.release()
                first.wait(one, during="add() raised")
                second.wait(two, during="add() raised")
                assert database.rows("SELECT v FROM t") == [(1,), (2,)]
                for seat in (first, second):
                    lab.end(seat)
                    database.disconnect(seat)

        @check("all")
        def two(lab):
            database = Database("CREATE TABLE t (v INTEGER);")
            seat = lab.process(database=database)
            lab.call("counter:begin", None, "", seat=seat)
            lab.call("counter:leave_open", seat=seat)
            assert database.rows("SELECT count(*) FROM t") == [(0,)]
            database.execute("DELETE FROM t")
        """
    first, second = examine(COUNTER, checks).cases
    assert first.verdict is Verdict.accepted, first.message
    assert (second.verdict, second.message) == (
        Verdict.wrong_answer,
        "a transaction of the project's is still open, and keeps the database locked",
    )
