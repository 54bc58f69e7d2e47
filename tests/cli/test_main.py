"""The command itself: what it says before anything is set up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installation import Installation


@pytest.mark.parametrize("command", [("positions", "--json"), ("nightly",), ("worker", "--until-idle")])
def test_before_init_a_command_says_what_to_do(tmp_path: Path, command: tuple[str, ...]):
    refused = Installation(tmp_path / "home").run(*command, expect=1)
    assert refused.stdout == ""
    assert refused.stderr == "La base n’est pas prête : lancez « amiable init ».\n"


def test_without_a_command_the_usage_is_wrong(tmp_path: Path):
    assert "usage: amiable" in Installation(tmp_path / "home").run(expect=2).stderr
