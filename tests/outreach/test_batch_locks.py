"""Two officers on one batch at once, each on a connection of their own (PostgreSQL)."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from amiable.domain.errors import DomainError
from amiable.outreach import services
from amiable.outreach.models import BatchLine
from tests.outreach.conftest import NOW

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_line_put_back_while_its_batch_is_approved_is_not_left_behind(town):
    town.owes(30000)
    town.owes(20000)
    (batch,) = town.prepare()
    line = batch.lines.first()
    services.remove_line(line=line, actor=town.officer)
    refused: list[str] = []
    begun = threading.Event()

    def put_back() -> None:
        begun.set()
        try:
            services.restore_line(line=line, actor=town.officer)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connection.close()

    other = threading.Thread(target=put_back)
    with transaction.atomic():
        services.approve(batch=batch, actor=town.officer, now=NOW)
        other.start()
        begun.wait()
        other.join(timeout=2)
        assert other.is_alive(), "nobody puts a line back into a batch that is being approved"
    other.join()
    assert refused == ["batch_state"]
    assert sorted(BatchLine.objects.values_list("status", flat=True)) == ["approved", "removed"]
