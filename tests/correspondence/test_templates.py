from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from amiable.correspondence import catalogue, templates
from amiable.correspondence.models import TemplateVersion
from amiable.domain.errors import DomainError
from tests.factories import office, user

pytestmark = pytest.mark.django_db


def save(of, actor, body=None, base=0, code="relance_1"):
    default = catalogue.get(code)
    return templates.save_version(
        office=of,
        code=code,
        subject=default.subject,
        body=body or default.body,
        actor=actor,
        base_version=base,
    )


def test_versions_follow_each_other_and_are_kept():
    of = office()
    head = user(of, "service_head")
    text = catalogue.get("relance_1").body.replace("Il s’agit peut-être d’un oubli.", "Un oubli ?")
    save(of, head, text)
    save(of, head, text + "\n\nMerci.", base=1)
    assert templates.current(of, "relance_1").version == 2
    assert "Merci." in templates.current(of, "relance_1").body
    assert TemplateVersion.objects.get(office=of, version=1).body.strip() == text.strip()


def test_two_heads_do_not_overwrite_each_other():
    of = office()
    head = user(of, "service_head")
    save(of, head)
    with pytest.raises(DomainError) as error:
        save(of, head, base=0)
    assert error.value.code == "stale"
    assert TemplateVersion.objects.count() == 1


def test_a_text_without_its_mention_is_not_saved():
    of = office()
    body = catalogue.get("relance_1").body.replace("{{ telephone }}", "nos bureaux")
    with pytest.raises(DomainError) as error:
        save(of, user(of, "service_head"), body)
    assert error.value.code == "missing_mention" and "joindre" in error.value.message_fr


def test_an_officer_may_not_change_the_wording():
    of = office()
    with pytest.raises(PermissionDenied):
        save(of, user(of, "officer"))


def test_an_office_sees_its_own_documents_only():
    codes = [entry.wording.code for entry in templates.of_office(office("tresor", kind="local_accountant"))]
    assert "mise_en_demeure_payer" in codes and "convocation" not in codes
    assert templates.current(office(), "relance_1").version == 0
