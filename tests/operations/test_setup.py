"""init, doctor, user: what brings an installation to life, run as an office's machine runs them."""

from __future__ import annotations

from tests.installation import Installation


def test_init_is_safe_to_run_again(installation: Installation):
    before = _found(installation)
    assert "à jour" in installation.run("init").stdout
    assert _found(installation) == before


def _found(installation: Installation) -> dict[str, object]:
    """What `doctor` says of the installation itself: the room left on the disk is everybody's, and moves."""
    return {check["name"]: check for check in installation.lines("doctor") if check["name"] != "disque"}


def test_init_makes_a_public_accountant_beside_the_landlord(installation: Installation):
    said = installation.run("init", "--kind", "local_accountant", "--name", "Trésorerie de Valmont").stdout
    assert "Trésorerie de Valmont" in said and "Bailleur social" in said


def test_init_refuses_an_unknown_territory_and_writes_nothing(tmp_path):
    empty = Installation(tmp_path / "home")
    refused = empty.run("init", "--territory", "GES", expect=1)
    assert "GES" in refused.stderr and "Traceback" not in refused.stderr
    assert not (empty.home / "amiable.sqlite3").exists()


def test_wrong_usage_is_exit_code_two(installation: Installation):
    assert installation.run("init", "--kind", "boulanger", expect=2).returncode == 2


def test_doctor_speaks_before_init_and_says_what_to_do(tmp_path):
    checks = {check["name"]: check for check in Installation(tmp_path / "home").lines("doctor", expect=1)}
    assert not checks["migrations"]["ok"] and "amiable init" in checks["migrations"]["detail"]
    assert not checks["offices"]["ok"]
    assert checks["droit"]["ok"] and checks["lettres"]["ok"]


def test_doctor_finds_nothing_wrong_after_init(installation: Installation):
    assert all(check["ok"] for check in installation.lines("doctor"))


def test_a_user_is_added_with_a_provisional_password(installation: Installation):
    said = installation.run("user", "add", "garnier", "--role", "service_head").stdout
    assert "garnier" in said and "provisoire" in said
    assert "existe déjà" in installation.run("user", "add", "garnier", "--role", "officer", expect=1).stderr
