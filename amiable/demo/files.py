"""The files of the demo, in the order an office would receive and import them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from amiable.demo import bank, lists, stories, tenants, titres
from amiable.demo.bank import Credit, Returned
from amiable.demo.people import Move, Tenant
from amiable.demo.plan_tenants import CASES, planned
from amiable.domain.law.calendar import add_months

#: Homes of the office, story tenants included.
HOMES = 3_000
#: Payments of the last days are not in the list yet: the bank's file brings them.
BANK_DAYS = 4
RETURNED_DEBITS = 14
REASONS = (
    ("AM04", "PROVISION INSUFFISANTE"),
    ("AM04", "PROVISION INSUFFISANTE"),
    ("AM04", "PROVISION INSUFFISANTE"),
    ("AC04", "COMPTE CLOTURE"),
    ("MD06", "CONTESTATION DEBITEUR"),
)


@dataclass(frozen=True)
class DemoFile:
    """One file, imported as if on the day `received_on`."""

    name: str
    list_kind: str
    data: bytes
    received_on: date
    source: str = ""
    mapping: dict[str, Any] | None = None


@dataclass(frozen=True)
class Windows:
    """How the movements are shared out: taken over, last month's list, this month's list, the bank."""

    today: date

    @property
    def this_month(self) -> date:
        return self.today.replace(day=1)

    @property
    def last_month(self) -> date:
        return add_months(self.this_month, -1)

    @property
    def bank_from(self) -> date:
        return self.today - timedelta(days=BANK_DAYS)

    def by_bank(self, move: Move) -> bool:
        return move.kind == "encaissement" and move.mode != "prelevement" and move.on >= self.bank_from

    def part(self, moves: Iterable[Move], begins_on: date, before: date) -> list[Move]:
        """The listed movements of [begins_on, before), in order of document."""
        kept = [m for m in moves if begins_on <= m.on < before and not self.by_bank(m)]
        return sorted(kept, key=lambda m: (m.on, m.account))


def landlord_files(today: date, homes: int = HOMES) -> list[DemoFile]:
    """Two months of the landlord's lists after the taking over, and the bank's last files."""
    agreed = [tenant for tenant, _ in planned(today, min(len(CASES), homes // 20))]
    people = [*stories.landlord_stories(today), *agreed]
    people += tenants.ordinary(homes - len(people), today, 1000)
    returned = _returned(people, today)
    windows = Windows(today)
    moves = [move for tenant in people for move in tenant.moves]
    names = {tenant.ref: f"{tenant.last_name} {tenant.first_name}" for tenant in people}
    before, now = windows.last_month, windows.this_month
    settled = [tenant for tenant in people if tenant.entered_on is None or tenant.entered_on < now]
    yesterday = today - timedelta(days=1)
    closed_on = now - timedelta(days=1)
    return [
        DemoFile(
            "01-locataires-reprise.csv",
            "accounts",
            lists.accounts_list(settled, before),
            before,
            "GSI locataires",
            lists.ACCOUNTS_MAPPING,
        ),
        DemoFile(
            "02-mouvements-reprise.csv",
            "movements",
            lists.opening_list(windows.part(moves, date.min, before)),
            before,
            "Reprise",
        ),
        DemoFile(
            f"03-mouvements-{before:%Y-%m}.csv",
            "movements",
            lists.movements_list(windows.part(moves, before, now), names, closed_on),
            now,
            "GSI mouvements",
        ),
        DemoFile(
            f"04-etat-des-restes-{before:%Y-%m}.xlsx",
            "snapshot",
            lists.snapshot_workbook(_remainders(settled, closed_on), closed_on),
            now,
            "GSI restes",
        ),
        DemoFile(
            f"05-locataires-{now:%Y-%m}.csv",
            "accounts",
            lists.accounts_list(people, today, flaws=True),
            today,
            "GSI locataires",
        ),
        DemoFile(
            f"06-mouvements-{now:%Y-%m}.csv",
            "movements",
            lists.movements_list(
                windows.part(moves, now, today + timedelta(days=1)), names, today, flaws=True
            ),
            today,
            "GSI mouvements",
        ),
        DemoFile("07-releve-cfonb120.txt", "bank", _statement(people, windows), today),
        DemoFile("08-rejets-cfonb240.txt", "bank", bank.cfonb240(returned), today),
        DemoFile(
            f"09-etat-des-restes-{now:%Y-%m}.xlsx",
            "snapshot",
            lists.snapshot_workbook(_with_gaps(_remainders(people, yesterday, returned)), yesterday),
            today,
            "GSI restes",
        ),
    ]


def _remainders(
    people: Iterable[Tenant], closed_on: date, returned: Iterable[Returned] = ()
) -> list[lists.Remainder]:
    """What the information system says each account owed that evening; settled accounts left out."""
    back = {one.reference: one.cents for one in returned if one.on <= closed_on}
    rows = []
    for tenant in people:
        known = [m for m in tenant.moves if m.on <= closed_on]
        balance = sum(m.amount_cents for m in known) + sum(back.get(m.reference, 0) for m in known)
        if balance:
            name = f"{tenant.last_name} {tenant.first_name}"
            rows.append(lists.Remainder(tenant.ref, name, balance, _ages(known, balance, closed_on)))
    return sorted(rows, key=lambda row: row.account)


def _ages(known: Iterable[Move], balance: int, closed_on: date) -> tuple[int, int, int, int]:
    """The balance by age as an information system prints it: the newest terms are the unpaid ones."""
    ages = [0, 0, 0, 0]
    items = sorted((m for m in known if m.amount_cents > 0), key=lambda m: m.due_on or m.on, reverse=True)
    for item in items:
        taken = max(0, min(balance, item.amount_cents))
        balance -= taken
        days = (closed_on - (item.due_on or item.on)).days
        if days >= 0:
            ages[min(days - 1, 90) // 30 if days else 0] += taken
    return ages[0], ages[1], ages[2], ages[3]


def _with_gaps(rows: list[lists.Remainder]) -> list[lists.Remainder]:
    """Two lines that disagree with the ledger: the control total has something to show."""
    wrong = [
        replace(row, balance_cents=row.balance_cents + gap)
        for row, gap in zip(rows[30:32], (4_500, -12_050), strict=False)
    ]
    return [*rows[:30], *wrong, *rows[32:]]


def _returned(people: list[Tenant], today: date) -> list[Returned]:
    """The story tenants' rejected debits, and those of some ordinary payers; their debits get a reference."""
    wanted = {stories.REFS["nguyen"]: REASONS[0], stories.REFS["carpentier"]: ("MD07", "DEBITEUR DECEDE")}
    ordinary = 0
    returns: list[Returned] = []
    for tenant in people:
        reason = wanted.get(tenant.ref)
        if reason is None and (ordinary >= RETURNED_DEBITS or int(tenant.ref[1:]) % 23):
            continue
        found = _last_debit(tenant, today)
        if found is None:
            continue
        if reason is None:
            reason = REASONS[ordinary % len(REASONS)]
            ordinary += 1
        position, move = found
        number = tenant.ref[1:]
        tenant.moves[position] = replace(move, reference=number)
        on = min(move.on + timedelta(days=4), today - timedelta(days=1))
        name = f"{tenant.last_name} {tenant.first_name}"
        returns.append(
            Returned(on, -move.amount_cents, *reason, name=name, reference=number, debited_on=move.on)
        )
    return returns


def _last_debit(tenant: Tenant, today: date) -> tuple[int, Move] | None:
    """The tenant's newest direct debit, when it is recent enough to come back these days."""
    debits = [
        (i, m) for i, m in enumerate(tenant.moves) if m.kind == "encaissement" and m.mode == "prelevement"
    ]
    if not debits:
        return None
    position, move = max(debits, key=lambda pair: pair[1].on)
    recent = today - timedelta(days=25) <= move.on <= today - timedelta(days=3)
    return (position, move) if recent and tenant.status == "present" else None


def _statement(people: list[Tenant], windows: Windows) -> bytes:
    """The credits of the last days: most bear the account, some only a name, two nobody knows."""
    credits = [
        Credit(
            move.on,
            -move.amount_cents,
            f"VIR LOYER {tenant.ref}",
            name=f"{tenant.last_name} {tenant.first_name}",
            iban=bank.iban(int(tenant.ref[1:])),
        )
        for tenant in people
        for move in tenant.moves
        if windows.by_bank(move)
    ]
    yesterday = windows.today - timedelta(days=1)
    credits += _nameless(people, yesterday)
    credits.append(Credit(yesterday, 18_400, "VIR RECU", name="ASSOCIATION SOLIDARITE"))
    credits.append(Credit(yesterday, 5_000, "REMISE CHEQUE 0012"))
    return bank.cfonb120(credits, 1_284_507_31, windows.bank_from, yesterday)


def _nameless(people: list[Tenant], on: date) -> list[Credit]:
    """Late tenants who paid a month without saying for which account: an officer confirms."""
    late = [
        tenant
        for tenant in people[len(stories.REFS) :]
        if _owes_months(tenant, on) >= 2 and tenant.status == "present"
    ]
    return [
        Credit(on, tenant.share_cents, "VIREMENT", name=f"{tenant.last_name} {tenant.first_name}")
        for tenant in late[:6]
    ]


def _owes_months(tenant: Tenant, on: date) -> float:
    owed = sum(m.amount_cents for m in tenant.moves if (m.due_on or m.on) <= on)
    return owed / max(tenant.share_cents, 1)


def treasury_files(today: date) -> list[DemoFile]:
    """The trésorerie's claims of before and of this month, its receipts, its bank statement."""
    claims = [*titres.stories(today), *titres.ordinary(today)]
    windows = Windows(today)
    now = windows.this_month
    moves = [move for titre in claims for move in titre.moves]
    names = {titre.ref: f"{titre.last_name} {titre.first_name}" for titre in claims}
    old = [titre for titre in claims if titre.taken_on < now]
    new = [titre for titre in claims if titre.taken_on >= now]
    closed_on, yesterday = now - timedelta(days=1), today - timedelta(days=1)
    files = [
        DemoFile("01-titres-repris.csv", "titres", lists.titres_list(old, closed_on), now, "Titres"),
        DemoFile(
            f"02-encaissements-{windows.last_month:%Y-%m}.xlsx",
            "movements",
            lists.receipts_workbook(windows.part(moves, date.min, now), closed_on),
            now,
            "Encaissements",
        ),
    ]
    if new:
        flawed = lists.titres_list(new, today, flaws=len(new) > 80)
        files.append(DemoFile(f"03-titres-{now:%Y-%m}.csv", "titres", flawed, today, "Titres"))
    if received := windows.part(moves, now, today + timedelta(days=1)):
        workbook = lists.receipts_workbook(received, today)
        files.append(
            DemoFile(f"04-encaissements-{now:%Y-%m}.xlsx", "movements", workbook, today, "Encaissements")
        )
    credits = [
        Credit(
            move.on,
            -move.amount_cents,
            f"Titre {move.account}",
            name=names[move.account],
            reference=move.account,
        )
        for move in moves
        if windows.by_bank(move)
    ]
    credits.append(Credit(yesterday, 4_200, "Règlement cantine", name="MARTINEAU Éva"))
    statement = bank.camt053(credits, 88_410_22, windows.bank_from, yesterday)
    return [*files, DemoFile("05-releve-camt053.xml", "bank", statement, today)]
