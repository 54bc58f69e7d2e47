"""On PostgreSQL, procrastinate wakes the workers: an idle worker listens instead of polling.

The work itself stays in `Job` rows; what procrastinate carries is only the news that there is some.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

#: What this process does when it hears the news; a process that only enqueues does nothing.
_on_wake: list[Callable[[], int]] = []


@app.task(name="amiable.wake", queue="amiable", queueing_lock="amiable.wake")
def wake_task() -> None:
    for work in _on_wake:
        work()


def wake() -> None:
    """Tell the workers; once is enough until one of them has taken the news."""
    try:
        wake_task.defer()
    except AlreadyEnqueued:
        return


def wait_for_wake(seconds: float, work: Callable[[], int]) -> None:
    """Call `work` at each news for at most `seconds`, then return, so that lost leases are looked at."""
    _on_wake[:] = [work]

    async def listen() -> None:
        worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        async with worker_app.open_async():
            listening = worker_app.run_worker_async(
                queues=["amiable"], concurrency=1, install_signal_handlers=False, wait=True
            )
            try:
                await asyncio.wait_for(listening, timeout=seconds)
            except TimeoutError:
                return

    asyncio.run(listen())
