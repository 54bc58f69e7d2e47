"""On PostgreSQL, procrastinate wakes the workers: an idle worker listens instead of polling.

The work itself stays in `Job` rows; what procrastinate carries is only the news that there is some.
"""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


@app.task(name="amiable.wake", queue="amiable", queueing_lock="amiable.wake")
def wake_task() -> None:
    from amiable.jobs.worker import run_until_idle

    run_until_idle()


def wake() -> None:
    """Tell the workers; once is enough until one of them has taken the news."""
    try:
        wake_task.defer()
    except AlreadyEnqueued:
        return


def wait_for_wake(seconds: float) -> None:
    """Run whatever procrastinate brings for at most `seconds`, then return to look at lost leases."""
    import asyncio

    async def listen() -> None:
        worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        async with worker_app.open_async():
            try:
                await asyncio.wait_for(
                    worker_app.run_worker_async(
                        queues=["amiable"], concurrency=1, install_signal_handlers=False, wait=True
                    ),
                    timeout=seconds,
                )
            except TimeoutError:
                return

    asyncio.run(listen())
