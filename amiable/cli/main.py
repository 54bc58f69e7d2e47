"""The `amiable` command: one module of this folder per group of commands.

Each module defines `register(subparsers)`; a command sets `run=handler` (takes the parsed arguments,
returns an exit code) and `needs_django`. Exit codes: 0 done, 1 refused (nothing written), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys

from amiable import cli
from amiable.domain.errors import DomainError


def parser() -> argparse.ArgumentParser:
    """The whole command, each group registered by its own module."""
    root = argparse.ArgumentParser(prog="amiable", description="Recouvrement amiable des impayés.")
    subparsers = root.add_subparsers(dest="command", required=True, metavar="COMMANDE")
    for module in sorted(m.name for m in pkgutil.iter_modules(cli.__path__)):
        if module not in {"main", "common"}:
            importlib.import_module(f"amiable.cli.{module}").register(subparsers)
    return root


def main(argv: list[str] | None = None) -> int:
    """Run one command; what a user may read goes to stderr in French."""
    arguments = parser().parse_args(argv)
    if getattr(arguments, "needs_django", True):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.config.settings")
        import django

        django.setup()
    try:
        return int(arguments.run(arguments) or 0)
    except BrokenPipeError:
        # `amiable … | head`: the reader has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except DomainError as error:
        print(error.message_fr, file=sys.stderr)
        return 1
    except Exception as error:
        if not _lacks_tables(error):
            raise
        print("La base n’est pas prête : lancez « amiable init ».", file=sys.stderr)
        return 1


def _lacks_tables(error: Exception) -> bool:
    """Whether a command failed because `amiable init` never ran, or has not run since an upgrade."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    if not isinstance(error, DatabaseError) or connection.in_atomic_block:
        return False
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


if __name__ == "__main__":
    sys.exit(main())
