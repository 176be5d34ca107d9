"""How the server of the labs is set up, and what one examination's database and roles are."""

from __future__ import annotations

from collections.abc import Mapping

from greenroom.bank.specs import Limits
from greenroom.judge.inside.cluster import MOST_FILE_MB

LIMITS = Limits(memory_mb=768, disk_mb=512, processes=96, cpu_s=300, wall_s=900)
"""What the whole server holds at most; its data lie in memory (`disk_mb`)."""

MOST_FILES = 32_768
MOST_DATABASE_MB = 64
MOST_STATEMENT_S = 15.0
"""The project is shut out of a database that is larger; its session ends when a statement takes longer."""

PROJECT_CONNECTIONS = 12
OWN_CONNECTIONS = 6
"""Connections at once to one database, for the project and for the examiner."""

SUPERUSER = "postgres"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_directories": "{sockets}",
    "unix_socket_permissions": "0700",
    "max_connections": "64",
    "shared_buffers": "16MB",
    "max_locks_per_transaction": "256",
    # Nothing is to live longer than the judge.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "16MB",
    "min_wal_size": "2MB",
    "autovacuum": "off",
    # No process and no file that is not needed.
    "dynamic_shared_memory_type": "mmap",
    "max_worker_processes": "0",
    "max_parallel_workers": "0",
    "max_prepared_transactions": "0",
    "jit": "off",
    "logging_collector": "off",
    "log_min_messages": "panic",
    "huge_pages": "off",
    "temp_file_limit": f"{MOST_FILE_MB // 2}MB",
    # A project may change the next three for itself; the supervisor's own watch has the last word.
    "statement_timeout": "10s",
    "lock_timeout": "8s",
    "idle_in_transaction_session_timeout": "60s",
    # A statement that waits says so as soon as the server has looked for a deadlock and found none.
    "deadlock_timeout": "1ms",
    "log_lock_waits": "on",
    "client_min_messages": "log",
    "search_path": "app, public",
}

_NOBODYS = (
    "lo_create(oid)", "lo_creat(integer)", "lo_from_bytea(oid, bytea)", "lo_import(text)", "lo_import(text, oid)",
    "lo_export(oid, text)", "lo_put(oid, bigint, bytea)", "lowrite(integer, bytea)", "lo_open(oid, integer)",
)  # fmt: skip
"""Functions that PUBLIC has by default and that no lab needs: large objects."""

TEMPLATE = (
    "ALTER DATABASE template1 WITH IS_TEMPLATE true;"
    + "".join(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{one} FROM PUBLIC;" for one in _NOBODYS)
    + "REVOKE ALL ON SCHEMA public FROM PUBLIC; CREATE SCHEMA app;"
)
"""What is done once to the database that all others are copied from."""


def start(programs: str) -> list[str]:
    """The command that runs the server."""
    given = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    return [f"{programs}/postgres", "-D", "{cluster}", *given]


def make(programs: str) -> list[str]:
    """The command that makes the cluster."""
    options = ["--no-sync", "--no-instructions", "--auth=trust", f"--username={SUPERUSER}", "--wal-segsize=1"]
    return [f"{programs}/initdb", "-D", "{cluster}", *options, "--locale=C", "--encoding=UTF8"]


def roles(name: str) -> tuple[str, str]:
    """(the project's role, the examiner's) of the database *name*."""
    return name, f"{name}_own"


def creation(name: str) -> tuple[list[str], str]:
    """(statements for the server, one text for the new database) that make *name* and its two roles.

    The examiner's role owns the schema `public`, in which the project may only change rows; the project's owns `app`.
    The examiner's is also a member of the project's, so it sees and ends its sessions.
    """
    project, own = roles(name)
    outside = [
        f"CREATE ROLE {project} LOGIN CONNECTION LIMIT {PROJECT_CONNECTIONS}",
        f"CREATE ROLE {own} LOGIN IN ROLE {project} CONNECTION LIMIT {OWN_CONNECTIONS}",
        f"ALTER ROLE {own} SET search_path = public",
        f"ALTER ROLE {own} SET client_min_messages = warning",
        f"CREATE DATABASE {name} TEMPLATE template1 STRATEGY file_copy",
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO {project}, {own}",
    ]
    inside = (
        f"ALTER SCHEMA public OWNER TO {own}; GRANT USAGE ON SCHEMA public TO {project};"
        f"ALTER SCHEMA app OWNER TO {project};"
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {own} IN SCHEMA public"
        f" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {project};"
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {own} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {project};"
    )
    return outside, inside


def removal(name: str) -> list[str]:
    """The statements that remove it."""
    project, own = roles(name)
    return [f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"DROP ROLE IF EXISTS {own}, {project}"]


STALE = f"""\
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE usename LIKE 'lab\\_%' AND usename NOT LIKE '%\\_own'
AND state = 'active' AND clock_timestamp() - query_start > interval '{MOST_STATEMENT_S:g} s'"""  # noqa: S608 (a number of ours)
"""Ends the sessions of projects whose statement takes too long."""

OVERFULL = f"""\
SELECT rolname FROM pg_roles JOIN pg_database ON datname = rolname
WHERE rolcanlogin AND datname LIKE 'lab\\_%' AND pg_database_size(pg_database.oid) > {MOST_DATABASE_MB} * 1048576"""  # noqa: S608
"""The databases that are larger than they may be, and still in use by their project."""


def shutting(name: str) -> list[str]:
    """The statements that keep the project out of *name* from now on. The examiner still sees it."""
    project, _ = roles(name)
    ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{project}'"  # noqa: S608
    return [f"ALTER ROLE {project} NOLOGIN", ended]
