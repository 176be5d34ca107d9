"""Facts that the django items state, asserted on the real library with an in-memory SQLite database."""

# Django ships no types: its classes are Any for mypy.
# mypy: disable-error-code="misc"

import gc
import types
from collections.abc import Callable, Iterator
from typing import Any

import django
import pytest
from django.conf import settings

if not settings.configured:
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
        SECRET_KEY="facts",
        USE_TZ=True,
    )
    django.setup()

from django.apps import AppConfig, apps
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import Signal
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template import Context, Engine, TemplateSyntaxError
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

LABEL = "shelf_facts"


class Author(models.Model):
    """A to-one relation of a book."""

    name = models.CharField(max_length=40)

    class Meta:
        app_label = LABEL


class Tag(models.Model):
    """A to-many relation of a book."""

    name = models.CharField(max_length=40)
    visible = models.BooleanField(default=True)

    class Meta:
        app_label = LABEL


class Book(models.Model):
    """The model of the prompts."""

    title = models.CharField(max_length=40)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    tags = models.ManyToManyField(Tag, related_name="books")

    class Meta:
        app_label = LABEL


@pytest.fixture(scope="module", autouse=True)
def tables() -> Iterator[None]:
    """The three models as an installed app with tables, taken away afterwards."""
    package = types.ModuleType(LABEL)
    package.__path__ = ["/nonexistent"]
    # Another file of facts may have configured Django first, with other apps.
    missing = [f"django.contrib.{label}" for label in ("contenttypes", "auth") if label not in apps.app_configs]
    apps.set_installed_apps([*apps.app_configs.values(), *missing, AppConfig(LABEL, package)])
    with connection.schema_editor() as editor:
        for model in (Author, Tag, Book):
            editor.create_model(model)
    yield
    with connection.schema_editor() as editor:
        for model in (Book, Tag, Author):
            editor.delete_model(model)
    apps.unset_installed_apps()


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    """No rows and no receivers are left behind."""
    signals = (pre_save, post_save, pre_delete, post_delete, m2m_changed)
    before = [list(signal.receivers) for signal in signals]
    yield
    for signal, receivers in zip(signals, before, strict=True):
        signal.receivers = receivers
        signal.sender_receivers_cache.clear()
    with connection.cursor() as cursor:
        for model in (Book.tags.through, Book, Tag, Author):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


@pytest.fixture
def log() -> list[str]:
    """The order of events in one test."""
    return []


@pytest.fixture
def heard(log: list[str]) -> list[str]:
    """Notes each save and delete signal of a book as it arrives."""
    for name, signal in {
        "pre_save": pre_save,
        "post_save": post_save,
        "pre_delete": pre_delete,
        "post_delete": post_delete,
    }.items():
        signal.connect(_noting(name, log), sender=Book, weak=False)
    return log


def _noting(name: str, log: list[str]) -> Callable[..., None]:
    def receiver(sender: type[Book], instance: Book, created: bool | None = None, **kwargs: Any) -> None:
        log.append(name if created is None else f"{name} created={created}")

    return receiver


def queries(action: Callable[[], object]) -> int:
    """How many statements *action* sends."""
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


# --- signals ------------------------------------------------------------------------------------------------------


def test_save_and_its_relatives_send_post_save_with_created(heard: list[str]) -> None:
    """the-signal-that-stayed-silent: create, save, get_or_create, update_or_create go through save()."""
    author = Author.objects.create(name="Ada")
    book = Book.objects.create(title="one", author=author)
    book.save()
    Book.objects.get_or_create(title="two", author=author)
    Book.objects.update_or_create(title="two", defaults={"author": author})
    assert [line for line in heard if line.startswith("post_save")] == [
        "post_save created=True",
        "post_save created=False",
        "post_save created=True",
        "post_save created=False",
    ]


def test_bulk_writes_and_raw_sql_send_no_signals(heard: list[str]) -> None:
    """the-signal-that-stayed-silent: bulk_create, bulk_update, update() and SQL are silent."""
    author = Author.objects.create(name="Ada")
    books = Book.objects.bulk_create([Book(title=str(number), author=author) for number in range(3)])
    Book.objects.bulk_update(books, ["title"])
    assert Book.objects.update(title="same") == 3
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Book._meta.db_table}")
    assert heard == []


def test_queryset_delete_sends_delete_signals_for_each_object_and_for_cascades(heard: list[str]) -> None:
    """the-signal-that-stayed-silent: deletion through a queryset is not silent."""
    author = Author.objects.create(name="Ada")
    Book.objects.bulk_create([Book(title=str(number), author=author) for number in range(3)])
    Book.objects.filter(title__in=["0", "1"]).delete()
    assert heard == ["pre_delete", "pre_delete", "post_delete", "post_delete"]
    heard.clear()
    author.delete()
    assert heard == ["pre_delete", "post_delete"]


def test_queryset_delete_does_not_call_the_models_delete_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """the-signal-that-stayed-silent, debrief: an overridden delete() is passed over."""
    called: list[Book] = []
    monkeypatch.setattr(Book, "delete", called.append)
    Book.objects.create(title="one", author=Author.objects.create(name="Ada"))
    Book.objects.all().delete()
    assert called == []
    assert Book.objects.count() == 0


def test_at_pre_delete_the_row_is_there_and_afterwards_the_key_is_gone() -> None:
    """the-signal-that-stayed-silent: what the receivers of pre_delete and post_delete can still see."""
    seen: list[bool] = []

    def look(sender: type[Author], instance: Author, **kwargs: Any) -> None:
        seen.append(Author.objects.filter(pk=instance.pk).exists())

    pre_delete.connect(look, sender=Author)
    post_delete.connect(look, sender=Author)
    author = Author.objects.create(name="Ada")
    author.delete()
    assert seen == [True, False]
    assert author.pk is None


def test_receivers_run_inside_save_before_the_next_line(log: list[str]) -> None:
    """a-mail-for-an-order-that-never-was: synchronous, and inside the transaction."""

    def receiver(sender: type[Author], **kwargs: Any) -> None:
        log.append(f"receiver, in transaction: {connection.in_atomic_block}")

    post_save.connect(receiver, sender=Author)
    with transaction.atomic():
        Author.objects.create(name="Ada")
        log.append("after save")
    assert log == ["receiver, in transaction: True", "after save"]


def test_an_exception_in_a_receiver_leaves_save_and_rolls_the_block_back() -> None:
    """a-mail-for-an-order-that-never-was: send lets exceptions through; the row is gone."""

    def broken(sender: type[Author], **kwargs: Any) -> None:
        raise ConnectionError

    post_save.connect(broken, sender=Author)
    with pytest.raises(ConnectionError), transaction.atomic():
        Author.objects.create(name="Ada")
    assert not Author.objects.exists()
    signal = Signal()
    signal.connect(broken)
    [(_, answer)] = signal.send_robust(sender=Author)
    assert isinstance(answer, ConnectionError)


def test_receivers_are_held_weakly() -> None:
    """Background of the signal items: a local receiver disappears with its function."""
    signal = Signal()

    def connect() -> None:
        def local(**kwargs: Any) -> None:
            return None

        signal.connect(local)

    connect()
    gc.collect()
    assert signal.send(sender=None) == []


# --- on_commit ----------------------------------------------------------------------------------------------------


def test_on_commit_waits_for_the_outermost_commit_and_keeps_the_order(log: list[str]) -> None:
    """a-mail-for-an-order-that-never-was, after-the-commit: order, nesting, and at once in autocommit."""
    with transaction.atomic():
        transaction.on_commit(lambda: log.append("one"))
        with transaction.atomic():
            transaction.on_commit(lambda: log.append("two"))
        assert log == []
        transaction.on_commit(lambda: log.append("three"))
    transaction.on_commit(lambda: log.append("at once"))
    assert log == ["one", "two", "three", "at once"]


def test_a_rollback_drops_what_was_registered_inside_committed_savepoints_too(log: list[str]) -> None:
    """after-the-commit: a savepoint's rollback drops its own; an outer one drops inner, committed ones."""
    with transaction.atomic():
        transaction.on_commit(lambda: log.append("kept"))
        with pytest.raises(KeyError), transaction.atomic():
            transaction.on_commit(lambda: log.append("lost"))
            with transaction.atomic():
                transaction.on_commit(lambda: log.append("lost as well"))
            raise KeyError
    assert log == ["kept"]


def test_a_failing_callback_loses_the_ones_behind_it_but_not_the_data(log: list[str]) -> None:
    """after-the-commit: the commit stands, the rest is dropped for good, robust goes on."""

    def fails() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError), transaction.atomic():
        Author.objects.create(name="Ada")
        transaction.on_commit(lambda: log.append("one"))
        transaction.on_commit(fails)
        transaction.on_commit(lambda: log.append("never"))
    assert Author.objects.exists()
    with transaction.atomic():
        transaction.on_commit(fails, robust=True)
        transaction.on_commit(lambda: log.append("after a robust one"))
    assert log == ["one", "after a robust one"]


# --- querysets ----------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf() -> int:
    """Ten books with one author and two tags each; returns how many."""
    for number in range(10):
        book = Book.objects.create(title=f"b{number}", author=Author.objects.create(name=f"a{number}"))
        book.tags.add(Tag.objects.create(name=f"t{number}"), Tag.objects.create(name="all"))
    return 10


PAGE = """{% for book in books %}
  {{ book.author.name }}: {% for tag in book.tags.all %}{{ tag.name }} {% endfor %}
{% endfor %}"""


def render(books: models.QuerySet[Book]) -> str:
    """The page of the prompt of the-queryset-that-waits."""
    return str(Engine().from_string(PAGE).render(Context({"books": books})))


def test_building_a_queryset_sends_nothing_and_the_template_pays(shelf: int) -> None:
    """the-queryset-that-waits: lazy until iterated; 1 + N + N statements in the template."""
    assert queries(lambda: Book.objects.filter(title__startswith="b").order_by("title")[:100]) == 0
    assert queries(lambda: render(Book.objects.order_by("title")[:100])) == 1 + shelf + shelf


def test_select_related_joins_and_prefetch_related_asks_once_more(shelf: int) -> None:
    """the-queryset-that-waits: two statements however many books."""
    mended = Book.objects.select_related("author").prefetch_related("tags")
    assert queries(lambda: render(mended.order_by("title")[:100])) == 2
    assert queries(lambda: render(mended.order_by("title")[:3])) == 2
    assert "JOIN" in str(Book.objects.select_related("author").query)
    with pytest.raises(FieldError):
        list(Book.objects.select_related("tags"))


def test_a_filter_on_a_prefetched_relation_asks_again_for_each_book(shelf: int) -> None:
    """the-queryset-that-waits: 2 + N statements; a Prefetch with its own queryset keeps it at two."""
    mended = Book.objects.select_related("author").prefetch_related("tags")
    assert queries(lambda: [list(book.tags.filter(visible=True)) for book in mended]) == 2 + shelf
    visible = models.Prefetch("tags", queryset=Tag.objects.filter(visible=True), to_attr="visible_tags")
    chosen = Book.objects.prefetch_related(visible)
    assert queries(lambda: [book.visible_tags for book in chosen]) == 2


def test_evaluation_is_kept_and_exists_costs_one_more(shelf: int) -> None:
    """the-queryset-that-waits, debrief: the traps."""

    def twice() -> None:
        books = Book.objects.all()
        assert len(list(books)) == len(books) == shelf

    def exists_first() -> None:
        books = Book.objects.all()
        assert books.exists()
        assert list(books)

    assert queries(twice) == 1
    assert queries(exists_first) == 2
    assert queries(lambda: [book.author_id for book in Book.objects.all()]) == 1


# --- middleware ---------------------------------------------------------------------------------------------------

EVENTS: list[str] = []
Answer = Callable[[HttpRequest], HttpResponseBase]


class Layer:
    """Middleware that notes the way in and the way out; subclasses are the layers of the prompt."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = type(self).__name__
        EVENTS.append(f"{name} in, resolved: {request.resolver_match is not None}")
        response = self.answer(request)
        EVENTS.append(f"{name} out {response.status_code}")
        return response

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The rest of the onion."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Notes that the hook was called."""
        EVENTS.append(f"{type(self).__name__} told of {type(exception).__name__}")


class Timing(Layer):
    """The outermost layer."""


class Session(Layer):
    """A layer between."""


class Maintenance(Layer):
    """Answers by itself on one path."""

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """503 without asking further in, while the switch is on."""
        return HttpResponse(status=503) if request.path == "/closed" else super().answer(request)


def page(request: HttpRequest) -> HttpResponse:
    """A view that notes its call, and raises on some paths."""
    EVENTS.append("view")
    if request.path == "/broken":
        raise KeyError
    if request.path == "/gone":
        raise Http404
    return HttpResponse("page")


urlpatterns = [path(name, page) for name in ("open", "closed", "broken", "gone")]


def visit(url: str) -> HttpResponse:
    """One request through the three layers of this module."""
    EVENTS.clear()
    layers = [f"{__name__}.{layer.__name__}" for layer in (Timing, Session, Maintenance)]
    with override_settings(MIDDLEWARE=layers, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], LOGGING_CONFIG=None):
        return Client(raise_request_exception=False).get(url)


def test_in_from_the_top_out_from_the_bottom_and_unresolved_on_the_way_in() -> None:
    """middleware-in-and-out: an onion; the URL is resolved at its core."""
    visit("/open")
    assert EVENTS == [
        "Timing in, resolved: False",
        "Session in, resolved: False",
        "Maintenance in, resolved: False",
        "view",
        "Maintenance out 200",
        "Session out 200",
        "Timing out 200",
    ]


def test_a_short_circuit_skips_the_view_but_not_the_outer_layers() -> None:
    """middleware-in-and-out: the 503 passes the layers that were entered."""
    assert visit("/closed").status_code == 503
    assert EVENTS[-3:] == ["Maintenance out 503", "Session out 503", "Timing out 503"]
    assert "view" not in EVENTS


def test_exceptions_reach_the_layers_as_responses(caplog: pytest.LogCaptureFixture) -> None:
    """middleware-in-and-out: get_response does not raise for a view's error; process_exception is told, inside out."""
    assert visit("/broken").status_code == 500
    assert EVENTS[3:] == [
        "view",
        "Maintenance told of KeyError",
        "Session told of KeyError",
        "Timing told of KeyError",
        "Maintenance out 500",
        "Session out 500",
        "Timing out 500",
    ]
    assert visit("/gone").status_code == 404
    assert EVENTS[-1] == "Timing out 404"


def test_authentication_without_a_session_before_it_is_refused() -> None:
    """middleware-in-and-out: the two Django lines may not be swapped."""
    swapped = [
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
    ]
    with (
        override_settings(MIDDLEWARE=swapped, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], LOGGING_CONFIG=None),
        pytest.raises(ImproperlyConfigured),
    ):
        Client().get("/open")


# --- templates ----------------------------------------------------------------------------------------------------


def rendered(source: str, **context: Any) -> str:
    """*source* rendered by Django's engine."""
    return str(Engine().from_string(source).render(Context(context)))


def test_templates_escape_by_default_and_safe_counts_only_at_the_end() -> None:
    """who-does-what-in-mvt, safe-by-default: the five characters, safe, and a later filter that undoes it."""
    assert rendered("{{ x }}", x="<b a=\"1\" b='2'>&") == "&lt;b a=&quot;1&quot; b=&#x27;2&#x27;&gt;&amp;"
    assert rendered("{{ x|safe }}", x="<b>") == "<b>"
    assert rendered("{{ x|upper|safe }}", x="<b>") == "<B>"
    assert rendered("{{ x|safe|upper }}", x="<b>") == "&lt;B&gt;"


def test_data_is_not_read_as_template_and_calls_take_no_arguments() -> None:
    """who-does-what-in-mvt, safe-by-default: one pass, little logic, and a loop's variable does not stay."""
    assert rendered("{{ x }}", x="{{ secret }}", secret="hunter2") == "{{ secret }}"
    assert rendered("{% for x in xs %}{{ x }}{% endfor %}{{ x }}{{ nobody }}", xs=["1", "2"], x="0") == "120"
    with pytest.raises(TemplateSyntaxError):
        rendered("{{ f(1) }}")
