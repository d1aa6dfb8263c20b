#!/usr/bin/env python3
"""Write the data of the sample projects, and the lists of the faults planted in it.

    python3 samples/generate.py [--seed N] [--out DIR]

Standard library only, Python 3.11 or later. The same seed gives the same bytes, on every machine.

How it works, for each sample:

1. Clean records are drawn that keep every rule of the sample's packs.
2. Plants change some of them: each plant picks clean records, changes a field or two, and says
   which rules must now give `fail` or `no_evidence`.
3. A small reference check (`judge` and the RULES tables below: one Python function for each rule's
   `when` and `check`, written from the rules' titles, not from the engine) judges every record. What it
   finds must be exactly what the plants said; otherwise the script stops with the difference.
4. Files are written: the data, `planted.csv` (verdicts) and `planted-data.csv` (bad cells, rejected
   rows, duplicate keys).

A value in a record is None (missing), Bad(text) (a cell that cannot be read as its type), or a
Python value. When a rule's number, a table or a house value in audit.toml changes, change it here too.
"""

import argparse
import csv
import io
import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path

DEFAULT_SEED = 2026

# ---------------------------------------------------------------------------------------------
# The reference check: three-valued, one record at a time
# ---------------------------------------------------------------------------------------------


class Bad:
    """A cell whose text cannot be read as the field's type."""

    def __init__(self, text, column=None):
        self.text = text
        self.column = column  # the name in the file, where it differs from the field's


class Shown:
    """A missing value that the file writes as a token ("-", "N/A", "无")."""

    def __init__(self, text):
        self.text = text


class NoEvidence(Exception):
    """A rule met a value that is missing or unreadable."""


class View:
    """What a rule sees of a record: missing and unreadable values raise NoEvidence when read."""

    def __init__(self, record):
        self.record = record

    def __getitem__(self, field):
        value = self.record[field]
        if value is None or isinstance(value, (Bad, Shown)):
            raise NoEvidence(field)
        return value

    def missing(self, field):
        """is_missing(field); an unreadable cell is neither there nor absent."""
        value = self.record[field]
        if isinstance(value, Bad):
            raise NoEvidence(field)
        return value is None or isinstance(value, Shown)


def judge(rule, record):
    """The outcome of one rule on one record: pass, fail, not_applicable or no_evidence."""
    _, when, check = rule
    view = View(record)
    try:
        if when is not None and not when(view):
            return "not_applicable"
        return "pass" if check(view) else "fail"
    except NoEvidence:
        return "no_evidence"


def hours(n):
    return timedelta(hours=n)


def minutes(n):
    return timedelta(minutes=n)


def contains_any(text, phrases):
    """Substring search. The samples hold no text where folding case or width would matter."""
    exact = any(p in text for p in phrases)
    folded = any(p.casefold() in text.casefold() for p in phrases)
    assert exact == folded, text
    return exact


# ---------------------------------------------------------------------------------------------
# Plants
# ---------------------------------------------------------------------------------------------


class Sample:
    """Records of one sample by kind, what is planted in them, and the files that they become."""

    def __init__(self, name, rules, rng):
        self.name = name
        self.rules = rules  # kind -> list of (full id, when, check)
        self.rng = rng
        self.records = {}  # kind -> list of records
        self.key_field = {}  # kind -> name of the key field
        self.reserved = set()  # id() of records that no plant may touch
        self.expected = {}  # (rule, key, outcome) -> what
        self.data_faults = []  # (file, row, kind, what)

    def plant(self, kind, n, where, change, *expect):
        """Change n clean records of a kind that satisfy `where`; `expect` = (rule, outcome, what)…"""
        pool = [r for r in self.records[kind] if id(r) not in self.reserved and where(r)]
        assert len(pool) >= n, (self.name, kind, n, len(pool), expect)
        for record in self.rng.sample(pool, n):
            self.reserved.add(id(record))
            change(record)
            for rule, outcome, what in expect:
                self.expected[rule, record[self.key_field[kind]], outcome] = what

    def reserve(self, kind, where):
        """Take one clean record that satisfies `where` out of the plants' reach and return it."""
        for record in self.records[kind]:
            if id(record) not in self.reserved and where(record):
                self.reserved.add(id(record))
                return record
        raise AssertionError((self.name, kind, "no record to reserve"))

    def verify(self):
        """The reference check must give exactly what the plants said."""
        found = set()
        for kind, records in self.records.items():
            for record in records:
                for rule in self.rules[kind]:
                    outcome = judge(rule, record)
                    if outcome in ("fail", "no_evidence"):
                        found.add((rule[0], record[self.key_field[kind]], outcome))
        wanted = set(self.expected)
        assert found == wanted, (
            f"{self.name}: not planted but found: {sorted(found - wanted)}; "
            f"planted but not found: {sorted(wanted - found)}"
        )
        hits = {}
        for rule, _, outcome in found:
            if outcome == "fail":
                hits[rule] = hits.get(rule, 0) + 1
        for rules in self.rules.values():
            for rule in rules:
                assert hits.get(rule[0], 0) >= 2, f"{rule[0]} is hit only {hits.get(rule[0], 0)} times"

    def write_lists(self, folder):
        rows = sorted((rule, key, outcome, what) for (rule, key, outcome), what in self.expected.items())
        write_bytes(folder / "planted.csv", csv_bytes(["rule", "key", "outcome", "what"], rows))
        faults = sorted(self.data_faults)
        write_bytes(folder / "planted-data.csv", csv_bytes(["file", "row", "kind", "what"], faults))


# ---------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------


def csv_bytes(header, rows, encoding="utf-8", newline="\n", bom=False):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=newline)
    writer.writerow(header)
    writer.writerows(rows)
    return (b"\xef\xbb\xbf" if bom else b"") + out.getvalue().encode(encoding)


def write_bytes(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def cell(value, time_format):
    """A value as the text of a CSV cell."""
    if value is None:
        return ""
    if isinstance(value, (Bad, Shown)):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime(time_format)
    return str(value)


class Raw:
    """A line that is no record: written as it stands, and rejected by the reader."""

    def __init__(self, text, what):
        self.text = text
        self.what = what


class Again:
    """A record written a second time under the same key, maybe with later values."""

    def __init__(self, record, what):
        self.record = record
        self.what = what


def note_faults(sample, file, row, item):
    """List what is wrong with the data itself at this place."""
    if isinstance(item, Raw):
        sample.data_faults.append((file, row, "rejected_row", item.what))
        return
    if isinstance(item, Again):
        sample.data_faults.append((file, row, "duplicate_key", item.what))
        return
    for field, value in item.items():
        if isinstance(value, Bad):
            sample.data_faults.append((file, row, "bad_cell", f"{value.column or field}: {value.text}"))


def write_csv(sample, folder, file, columns, items, time_format, encoding="utf-8", newline="\n", bom=False):
    """Columns: (name in the file, field). Row numbers count records, the header is row 1."""
    header = ",".join(name for name, _ in columns) + newline
    out = io.StringIO()
    out.write(header)
    writer = csv.writer(out, lineterminator=newline)
    for row, item in enumerate(items, start=2):
        note_faults(sample, file, row, item)
        if isinstance(item, Raw):
            out.write(item.text + newline)
            continue
        record = item.record if isinstance(item, Again) else item
        writer.writerow([cell(record[field], time_format) for _, field in columns])
    write_bytes(folder / file, (b"\xef\xbb\xbf" if bom else b"") + out.getvalue().encode(encoding))


def write_ndjson(sample, folder, file, fields, items, time_format):
    """One JSON object a line. Missing values are null in odd rows and left out in even ones."""
    out = []
    for row, item in enumerate(items, start=1):
        note_faults(sample, file, row, item)
        if isinstance(item, Raw):
            out.append(item.text)
            continue
        record = item.record if isinstance(item, Again) else item
        shown = {}
        for field in fields:
            value = record[field]
            if value is None and row % 2 == 0:
                continue
            if isinstance(value, Bad):
                value = value.text
            if isinstance(value, datetime):
                value = value.strftime(time_format)
            shown[field] = value
        # every seventh line is written by an old exporter that escapes all but ASCII
        out.append(json.dumps(shown, ensure_ascii=row % 7 == 0))
    write_bytes(folder / file, ("\n".join(out) + "\n").encode("utf-8"))


def weighted(rng, pairs):
    """Pick one value from [(value, weight), …]."""
    values = [v for v, _ in pairs]
    return rng.choices(values, [w for _, w in pairs])[0]


# =============================================================================================
# Sample 1: support-desk (English)
# =============================================================================================

# The desk works in UK time: UTC, and UTC+1 from 29 March 2026, 01:00 UTC (to October, outside our period).
SUMMER = datetime(2026, 3, 29, 1, 0)
DESK_EXPORT = datetime(2026, 4, 3, 9, 0)


def to_utc(wall):
    """UTC of a UK wall time in February to April 2026. The skipped hour does not occur in the data."""
    assert not SUMMER <= wall < SUMMER + hours(1), wall
    return wall - hours(1) if wall >= SUMMER + hours(1) else wall


def to_wall(utc):
    return utc + hours(1) if utc >= SUMMER else utc


def later(wall, delta):
    return to_wall(to_utc(wall) + delta)


def elapsed(start, stop):
    return to_utc(stop) - to_utc(start)


TABOO = [
    "don't know", "don’t know", "no way", "not my problem", "not my job", "not my department",
    "calm down", "whatever you say", "nothing we can do", "can't help you", "take it or leave it",
    "不清楚", "不知道", "没办法", "不归我管", "不关我的事", "你自己看", "你急什么", "随便你",
]

HOLD_MAX_SECONDS = 240  # the house value; the pack says 180
CALL_TRANSFERS_MAX = 1
CHARS_MIN = 40
TICKET_TRANSFERS_MAX = 2
SIGNED_ABOVE = 100
P1_HOURS, OTHER_HOURS = 8, 72
LOW_SCORE, FOLLOW_UP_HOURS = 2, 48
NIGHT_FROM, NIGHT_UNTIL = 22, 6


def first_reply_limit(tier, priority):
    """Minutes, as in rules/desk/tickets.toml."""
    if priority == "P1":
        return 15 if tier == "platinum" else 30
    if priority == "P2":
        return 60 if tier == "platinum" else 120
    return 480 if priority == "P3" else 1440


def done(r):
    return r["status"] in ("resolved", "closed")


def answered_call(r):
    return r["outcome"] != "abandoned"


def call_hour(r):
    return to_wall(r["started_at"]).hour  # calls carry UTC


def resolve_limit_hours(r):
    return P1_HOURS if r["priority"] == "P1" else OTHER_HOURS


DESK_RULES = {
    "call": [
        ("standards/greeting", answered_call, lambda r: "greeting" in r["steps"]),
        ("standards/identity", lambda r: r["account_access"], lambda r: "identity-verified" in r["steps"]),
        ("standards/closing", lambda r: r["outcome"] in ("resolved", "callback"), lambda r: "closing" in r["steps"]),
        ("standards/hold-time", answered_call, lambda r: r["hold_seconds"] <= HOLD_MAX_SECONDS),
        ("standards/call-transfers", answered_call, lambda r: r["transfers"] <= CALL_TRANSFERS_MAX),
        ("standards/call-words", answered_call, lambda r: not contains_any(r["transcript"], TABOO)),
        ("standards/call-transcript", answered_call, lambda r: len(r["transcript"]) >= CHARS_MIN),
        ("standards/call-times", answered_call,
         lambda r: r["started_at"] <= r["answered_at"] and r["answered_at"] <= r["ended_at"]),
        ("desk/night-calls", lambda r: call_hour(r) >= NIGHT_FROM or call_hour(r) < NIGHT_UNTIL,
         lambda r: r["site"] == "Leeds"),
    ],
    "ticket": [
        ("standards/ticket-words", done, lambda r: not contains_any(r["reply"], TABOO)),
        ("standards/ticket-complete", lambda r: r["status"] != "cancelled",
         lambda r: not r.missing("customer_id") and not r.missing("topic") and not r.missing("owner")),
        ("standards/ticket-answered", done, lambda r: not r.missing("first_response_at")),
        ("standards/ticket-dates", done,
         lambda r: to_utc(r["opened_at"]) <= to_utc(r["first_response_at"])
         and to_utc(r["first_response_at"]) <= to_utc(r["resolved_at"])),
        ("standards/ticket-transfers", lambda r: r["status"] != "cancelled",
         lambda r: r["transfers"] <= TICKET_TRANSFERS_MAX),
        ("standards/settlement-signed",
         lambda r: not r.missing("settlement_amount") and float(r["settlement_amount"]) > SIGNED_ABOVE,
         lambda r: r["evidence_signed"]),
        ("desk/first-reply", lambda r: not r.missing("first_response_at"),
         lambda r: elapsed(r["opened_at"], r["first_response_at"])
         <= minutes(first_reply_limit(r["tier"], r["priority"]))),
        ("desk/resolve-time", lambda r: not r.missing("resolved_at"),
         lambda r: elapsed(r["opened_at"], r["resolved_at"]) <= hours(resolve_limit_hours(r))),
        ("desk/p1-team", lambda r: r["priority"] == "P1", lambda r: r["team"] in ("escalation", "duty")),
        ("desk/low-score-followed", lambda r: not r.missing("csat") and r["csat"] <= LOW_SCORE,
         lambda r: not r.missing("follow_up_at")
         and elapsed(r["resolved_at"], r["follow_up_at"]) <= hours(FOLLOW_UP_HOURS)),
        ("desk/settlement-within-claim", lambda r: not r.missing("settlement_amount"),
         lambda r: float(r["settlement_amount"]) <= float(r["claim_amount"])),
    ],
    "agent": [
        ("desk/agent-complete", lambda r: r["active"],
         lambda r: not r.missing("name") and not r.missing("team") and not r.missing("site")
         and not r.missing("hired_on")),
        ("desk/agent-trained", lambda r: r["active"], lambda r: r["trained_on"] <= r["solo_from"]),
    ],
}

FIRST = ["Aisha", "Ben", "Callum", "Dana", "Ewan", "Fiona", "Gareth", "Hannah", "Imran", "Joanna", "Kwame", "Lucy",
         "Marek", "Niamh", "Oliver", "Priya", "Rhys", "Siân", "Tomasz", "Una", "Victor", "Wendy", "Yusuf", "Zoë"]
LAST = ["Ahmed", "Baker", "Clarke", "Davies", "Evans", "Fraser", "Grant", "Hughes", "Iqbal", "Jones", "Kowalski",
        "Lloyd", "Murray", "Nolan", "O'Brien", "Patel", "Reid", "Stewart", "Taylor", "Walsh", "Young"]
TOWNS = ["Harrogate", "Wakefield", "Bath", "Swindon", "Paisley", "Stirling", "York", "Weston", "Motherwell"]
DEVICES = ["the Hub 3 router", "the Hub 4 router", "the TV box", "the Wi-Fi extender", "the telephone adapter"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]

# topic -> (weight, team, summaries, what the customer says, what the agent does, replies)
TOPICS = {
    "outage": (24, "first line",
        ["No internet since this morning", "Line drops every evening", "Slow since the works in {town}",
         'Light marked "internet" stays red'],
        ["We have had no connection since {day}, and both of us work from home.",
         "The line drops every evening around eight, right in the middle of a call.",
         'The light marked "internet" on {device} is red and nothing helps.'],
        ["I have run a line test, and I can see the fault between the cabinet and your house.",
         "I have restarted {device} from here; please tell me what the lights do now.",
         "There is a cable fault in {town}; the engineers expect to be done by {day} noon."],
        ["We found a cable fault in {town} and repaired it on {day}. The line has been steady since.",
         "An engineer replaced the socket on {day}, and the line now tests at full speed.",
         'Please switch {device} off for ten minutes; the light marked "internet" should then turn white.']),
    "billing": (26, "billing",
        ["Charged twice in one month", "Bill is £{amount} higher than agreed", "Direct debit taken after cancellation",
         "Discount not on the bill, again"],
        ["I was charged £{amount} twice, once on the first and once on the third.",
         "Your colleague promised me a discount of £{amount}, but the bill does not show it.",
         "I cancelled in January, and you have taken £{amount} again."],
        ["I can see both payments; the second one goes back to your account within three working days.",
         "I have put the discount on the account, and it counts from the last bill.",
         "I have stopped the direct debit and asked for £{amount} to be paid back."],
        ["The second payment of £{amount} was our mistake. It is on its way back, within three working days.",
         "Your discount is on the account now, and the next bill shows a credit of £{amount}.",
         "We have closed the account, with a final balance of zero, and refunded £{amount}."]),
    "delivery": (18, "installations",
        ["Router not delivered", "Parcel sent to the old address", "Engineer did not come",
         "Wrong part in the box, order {order}"],
        ["I waited at home all {day}, and nobody came.",
         "Order {order} went to our old address in {town}.",
         "There was a power lead in the box but no router."],
        ["I have booked the engineer again for {day} between eight and ten, at no cost.",
         "The parcel is on its way back to us; a new one leaves today by express.",
         "I have sent {device} again under order {order}, and you will get a text with the time."],
        ["A new parcel with {device} left us today; it is with you on {day}. The old one needs no action from you.",
         "The engineer comes on {day} between 8:00 and 10:00. We have credited £{amount} for the lost day.",
         "We have corrected the address, sent order {order} again, and are sorry for the wait."]),
    "setup": (18, "first line",
        ["How do I connect the TV box?", "Password of the guest network", "Moving to {town} next month",
         "Wi-Fi weak upstairs"],
        ["I cannot get {device} to talk to the television.",
         "The signal upstairs is too weak for a video call.",
         "We are moving to {town} in three weeks and want to take the line with us."],
        ["Hold the button on the back until the light blinks, then choose your network on the screen.",
         "An extender on the landing will do; I have ordered one, free for the first month.",
         "I have entered the move for {day}; the new line is tested on the day before."],
        ["Please hold the button on the back of {device} for five seconds, then choose your network.",
         "The move to {town} is booked. The old line stays on until the new one works.",
         "We have sent an extender; put it halfway up the stairs, and tell us if the signal is still weak."]),
    "account": (14, "first line",
        ["Change of name on the account", "Locked out of the online account", "Add a second contact person",
         "Copy of the contract, please"],
        ["I married last month and need my new name on the account.",
         "The online account says that my password has expired, and the link does nothing.",
         "Please add my daughter, she looks after my bills now."],
        ["I have sent a new link to your registered address; it works for one hour.",
         "I have changed the name, and the next letter will show it.",
         "Your daughter is on the account now; she needs to answer two questions when she rings."],
        ["A new link is on its way to your registered address. It works for one hour, and only once.",
         "We have changed the name, and a copy of the contract is attached.",
         "Your second contact is entered, with the right to ask but not to change."]),
}
GREETINGS = ["Good {part}, Brightwater Broadband, you are speaking to {agent}.",
             "Brightwater Broadband, my name is {agent}, how may I help?"]
CLOSINGS = ["Is there anything else I can do for you? Then thank you for ringing, and have a good day.",
            "So: you will hear from us by {day}. Thank you for your patience, goodbye."]
SPOKEN_TABOO = ["Agent: I don't know, you will have to try the website.", "Agent: Please calm down, it is only the internet.",
                "Agent: That is not my department, ring the courier.", "Agent: There is nothing we can do about it.",
                "Agent: 这个我不清楚，您再打一次吧。"]
WRITTEN_TABOO = ["There is nothing we can do about a delivery that the courier has lost.",
                 "I don't know why the discount is not shown.", "退款的事没办法，请联系银行。",
                 "Bookings by the engineer are not my department."]


def fill(rng, text, **more):
    return text.format(town=rng.choice(TOWNS), device=rng.choice(DEVICES), day=rng.choice(DAYS),
                       amount=f"{rng.randrange(5, 90)}.{rng.choice(['00', '49', '50', '99'])}",
                       order=rng.randrange(410000, 489999), **more)


def desk_agents(rng):
    agents = []
    names = [(f, l) for f in FIRST for l in LAST]
    teams = ["first line"] * 16 + ["billing"] * 9 + ["installations"] * 7 + ["escalation"] * 6 + ["duty"] * 6
    for i, (team, (first, last)) in enumerate(zip(teams, rng.sample(names, len(teams)))):
        hired = date(2016, 1, 4) + timedelta(days=rng.randrange(0, 3600))
        trained = hired + timedelta(days=rng.randrange(10, 26))
        agents.append({
            "agent_id": f"AG-{101 + i}", "name": f"{first} {last}", "team": team,
            "site": "Leeds" if team == "duty" else rng.choice(["Leeds", "Bristol", "Glasgow"]),
            "hired_on": hired, "trained_on": trained, "solo_from": trained + timedelta(days=rng.choice([0, 1, 3, 7, 14])),
            "active": i % 11 != 7, "email": f"{first[0]}.{last}.{101 + i}@brightwater.example".lower().replace("'", ""),
        })
    return agents


def desk_moment(rng, first, last):
    """A wall time between two days: busy mornings and early evenings, quiet Sundays, a few at night."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    day = rng.choices(days, [{5: 0.6, 6: 0.4}.get(d.weekday(), 1.0) for d in days])[0]
    hour = rng.choices(range(24), [2, 1, 1, 1, 1, 2, 5, 14, 30, 42, 40, 34, 26, 27, 30, 30, 31, 34, 32, 24, 17, 10, 6, 4])[0]
    moment = datetime(day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60))
    return skip_gap(moment)


def skip_gap(wall):
    """Move a wall time out of the hour that does not exist."""
    return wall + hours(1) if SUMMER <= wall < SUMMER + hours(1) else wall


def desk_ticket(rng, number, opened, agents):
    topic = weighted(rng, [(t, spec[0]) for t, spec in TOPICS.items()])
    _, team, summaries, _, _, replies = TOPICS[topic]
    priority = weighted(rng, [("P1", 7), ("P2", 20), ("P3", 49), ("P4", 24)])
    tier = weighted(rng, [("platinum", 10), ("gold", 30), ("standard", 60)])
    if priority == "P1":
        team = "escalation" if 7 <= opened.hour < 18 else "duty"
    owner = rng.choice([a for a in agents if a["team"] == team and a["active"]])
    status = weighted(rng, [("closed", 68), ("resolved", 20), ("open", 9), ("cancelled", 3)])
    limit = first_reply_limit(tier, priority) * 60
    first = later(opened, timedelta(seconds=int(limit * min(0.97, rng.betavariate(1.6, 4)))))
    room = resolve_limit_hours({"priority": priority}) * 3600 - int(elapsed(opened, first).total_seconds())
    resolved = later(first, timedelta(seconds=int(room * min(0.97, rng.betavariate(1.2, 3)))))
    is_done = status in ("closed", "resolved") and resolved < DESK_EXPORT
    if status in ("closed", "resolved") and not is_done:
        status = "open"
    replied = is_done or (status == "open" and first < DESK_EXPORT and rng.random() < 0.7)
    salutation = rng.choice(["Hello", "Dear Mr", "Dear Mrs", "Dear Ms"])
    surname = rng.choice(LAST)
    if salutation == "Hello":
        surname = rng.choice(FIRST)
    reply = fill(rng, rng.choice(replies))
    if rng.random() < 0.4:
        reply = f"{salutation} {surname},\n\n{reply}\n\nKind regards,\n{owner['name'].split()[0]}"
    csat = follow_up = None
    if is_done and rng.random() < 0.45:
        csat = weighted(rng, [(1, 7), (2, 9), (3, 18), (4, 34), (5, 32)])
        if csat <= LOW_SCORE:
            follow_up = later(resolved, timedelta(seconds=rng.randrange(1800, FOLLOW_UP_HOURS * 3600 - 600)))
    claim = settlement = signed = None
    if topic in ("billing", "delivery") and rng.random() < 0.32:
        claim = f"{rng.randrange(20, 420)}.{rng.choice(['00', '00', '50', '99'])}"
        if is_done and rng.random() < 0.8:
            settlement = claim if rng.random() < 0.4 else f"{float(claim) * rng.uniform(0.4, 0.95):.2f}"
            signed = True if float(settlement) > SIGNED_ABOVE else rng.choice([True, False, None])
    return {
        "ticket_id": f"T-{number}", "opened_at": opened,
        "customer_id": f"K{rng.randrange(20000, 89999)}", "tier": tier,
        "channel": weighted(rng, [("email", 38), ("web", 26), ("phone", 24), ("chat", 12)]),
        "priority": priority, "topic": topic, "summary": fill(rng, rng.choice(summaries)),
        "owner": None if status == "cancelled" and rng.random() < 0.5 else owner["agent_id"],
        "team": team, "site": owner["site"],
        "transfers": weighted(rng, [(0, 66), (1, 25), (2, 9)]),
        "first_response_at": first if replied else None, "resolved_at": resolved if is_done else None,
        "status": status, "csat": csat, "follow_up_at": follow_up, "claim_amount": claim,
        "settlement_amount": settlement, "evidence_signed": signed, "reply": reply if replied else None,
    }


def desk_call(rng, number, started, agents):
    """Times of a call are UTC."""
    topic = weighted(rng, [(t, spec[0]) for t, spec in TOPICS.items()])
    _, team, _, says, acts, _ = TOPICS[topic]
    hour = to_wall(started).hour
    night = hour >= NIGHT_FROM or hour < NIGHT_UNTIL
    if night:
        team = "duty"
    agent = rng.choice([a for a in agents if a["team"] == team and a["active"]])
    outcome = weighted(rng, [("resolved", 66), ("callback", 12), ("transferred", 12), ("abandoned", 10)])
    base = {
        "call_id": f"C-{number}", "started_at": started, "agent_id": agent["agent_id"],
        "site": agent["site"], "queue": team, "topic": topic, "outcome": outcome,
    }
    if outcome == "abandoned":
        return base | {
            "answered_at": None, "ended_at": started + timedelta(seconds=rng.randrange(20, 400)), "agent_id": None,
            "site": "Leeds" if night else agent["site"], "hold_seconds": None, "transfers": 0,
            "account_access": False, "steps": [], "transcript": None,
        }
    answered = started + timedelta(seconds=int(rng.gammavariate(1.6, 22)))
    account = topic in ("billing", "account") or rng.random() < 0.35
    steps = ["greeting"] + (["identity-verified"] if account else []) + ["problem", "action"]
    parts = {0: "morning", 1: "afternoon", 2: "evening"}[0 if hour < 12 else 1 if hour < 18 else 2]
    first_name = agent["name"].split()[0]
    talk = ["Agent: " + rng.choice(GREETINGS).format(part=parts, agent=first_name),
            "Customer: " + fill(rng, rng.choice(says))]
    if account:
        talk += ["Agent: May I have your date of birth and the first line of your address? - Customer gives both."]
    talk += ["Agent: " + fill(rng, rng.choice(acts))]
    if outcome == "transferred":
        talk += ["Agent: I am handing you over to my colleague, who can see the order; I stay on the line until she has it."]
        steps += ["hand-over"]
    else:
        steps += ["recap", "closing"]
        talk += ["Customer: " + rng.choice(["Thank you, that helps.", "All right, I will wait for that.", "Fine. Thanks 🙂"]),
                 "Agent: " + fill(rng, rng.choice(CLOSINGS))]
    hold = 0 if rng.random() < 0.45 else min(HOLD_MAX_SECONDS - 5, int(rng.gammavariate(2.0, 38)))
    return base | {
        "answered_at": answered, "ended_at": answered + timedelta(seconds=hold + rng.randrange(70, 900)),
        "hold_seconds": hold, "transfers": 1 if outcome == "transferred" or rng.random() < 0.08 else 0,
        "account_access": account, "steps": steps, "transcript": "\n".join(talk),
    }


def build_desk(seed):
    rng = random.Random(f"support-desk {seed}")
    sample = Sample("support-desk", DESK_RULES, rng)
    agents = desk_agents(rng)
    opened = sorted(desk_moment(rng, date(2026, 2, 1), date(2026, 3, 31)) for _ in range(720))
    tickets = [desk_ticket(rng, 260101 + i, t, agents) for i, t in enumerate(opened)]
    started = sorted(to_utc(desk_moment(rng, date(2026, 2, 1), date(2026, 3, 31))) for _ in range(560))
    calls = [desk_call(rng, 88001 + i, t, agents) for i, t in enumerate(started)]
    sample.records = {"ticket": tickets, "call": calls, "agent": agents}
    sample.key_field = {"ticket": "ticket_id", "call": "call_id", "agent": "agent_id"}

    desk_clean_edges(sample)
    plant_tickets(sample)
    plant_calls(sample)
    plant_agents(sample)
    sample.verify()
    return sample


def is_done(r):
    return r["status"] in ("closed", "resolved")


def content(r):
    """Done, and no low score whose follow-up hangs on the times."""
    return is_done(r) and not (r["csat"] is not None and r["csat"] <= LOW_SCORE)


def put(**values):
    return lambda r: r.update(values)


def desk_clean_edges(sample):
    """Clean records that a careless reader would fail: limits met exactly, and a night with 23 hours."""
    r = sample.reserve("ticket", lambda r: content(r) and r["priority"] == "P3" and r["tier"] == "gold")
    r["opened_at"] = datetime(2026, 2, 10, 9, 0, 0)  # 480 minutes to the second, then 72 hours to the second
    r["first_response_at"] = later(r["opened_at"], minutes(480))
    r["resolved_at"] = later(r["opened_at"], hours(72))
    r = sample.reserve("ticket", lambda r: content(r) and r["priority"] == "P3" and r["opened_at"].month == 3)
    r["opened_at"] = datetime(2026, 3, 28, 21, 0, 0)  # 8 h 40 min by the clock on the wall, 7 h 40 min in truth
    r["first_response_at"] = datetime(2026, 3, 29, 5, 40, 0)
    r["resolved_at"] = datetime(2026, 3, 29, 11, 5, 30)
    r = sample.reserve("ticket", lambda r: content(r) and r["priority"] == "P1" and r["opened_at"].month == 3)
    r["opened_at"] = datetime(2026, 3, 28, 22, 15, 0)  # 8 h 30 min by the clock on the wall, 7 h 30 min in truth
    r["first_response_at"] = datetime(2026, 3, 28, 22, 21, 40)
    r["resolved_at"] = datetime(2026, 3, 29, 6, 45, 0)
    r["team"] = "duty"
    r = sample.reserve("ticket", lambda r: content(r) and r["settlement_amount"] is not None)
    r.update(claim_amount="100.00", settlement_amount="100.00", evidence_signed=False)
    r = sample.reserve("ticket", lambda r: content(r) and r["channel"] == "web")
    r["summary"] = 'Says "no picture, no sound", order 455321'
    r["reply"] = 'We tested the box, found "no signal" on input 2,\nand sent a new cable; it is free of charge.'
    for seconds in (240, 200):  # the first at the house limit, both above the pack's own 180
        r = sample.reserve("call", lambda r: r["outcome"] == "resolved")
        r["hold_seconds"] = seconds
        r["ended_at"] = r["answered_at"] + timedelta(seconds=seconds + 300)
    # 21:30 UTC: evening in February, night (22:30) after 29 March
    r = sample.reserve("call", lambda r: r["outcome"] == "resolved" and r["site"] == "Bristol"
                       and r["started_at"].month == 2)
    move_call(r, r["started_at"].replace(hour=21, minute=30))


def move_call(r, started):
    shift = started - r["started_at"]
    for field in ("started_at", "answered_at", "ended_at"):
        r[field] = r[field] + shift


def plant_tickets(s):
    fail, none = "fail", "no_evidence"

    s.plant("ticket", 3, is_done, put(customer_id=None),
            ("standards/ticket-complete", fail, "no customer on the ticket"))
    s.plant("ticket", 2, is_done, put(topic=Shown("-")),
            ("standards/ticket-complete", fail, "the topic is a dash"))
    s.plant("ticket", 1, lambda r: r["status"] == "open", put(owner=Shown("N/A")),
            ("standards/ticket-complete", fail, "an open ticket that nobody owns"))
    s.plant("ticket", 3, content, put(first_response_at=None),
            ("standards/ticket-answered", fail, "resolved without a reply"),
            ("standards/ticket-dates", none, "no time of reply to compare"))
    s.plant("ticket", 2, content, lambda r: r.update(first_response_at=later(r["opened_at"], -hours(25))),
            ("standards/ticket-dates", fail, "answered the day before it was opened"))
    s.plant("ticket", 2, lambda r: content(r) and elapsed(r["opened_at"], r["first_response_at"]) > minutes(8),
            lambda r: r.update(resolved_at=later(r["first_response_at"], -minutes(5))),
            ("standards/ticket-dates", fail, "resolved before the first reply"))
    s.plant("ticket", 2, content, put(resolved_at=None),
            ("standards/ticket-dates", none, "closed without a time of resolution"))
    words = iter(WRITTEN_TABOO)
    s.plant("ticket", 4, is_done, lambda r: r.update(reply=r["reply"] + " " + next(words)),
            ("standards/ticket-words", fail, "a forbidden phrase in the reply"))
    s.plant("ticket", 2, is_done, put(reply=None),
            ("standards/ticket-words", none, "the reply was not kept"))
    s.plant("ticket", 4, lambda r: r["status"] != "cancelled", lambda r: r.update(transfers=s.rng.randrange(3, 6)),
            ("standards/ticket-transfers", fail, "handed on more than twice"))
    s.plant("ticket", 2, lambda r: r["status"] != "cancelled", put(transfers=None),
            ("standards/ticket-transfers", none, "hand-overs not counted"))

    def large(r):
        return r["settlement_amount"] is not None and float(r["settlement_amount"]) > SIGNED_ABOVE

    s.plant("ticket", 3, large, put(evidence_signed=False),
            ("standards/settlement-signed", fail, "a large settlement without a signature"))
    s.plant("ticket", 2, large, put(evidence_signed=None),
            ("standards/settlement-signed", none, "not recorded whether the settlement was signed"))
    s.plant("ticket", 2, large, lambda r: r.update(settlement_amount=f"{float(r['claim_amount']) + 45:.2f}"),
            ("desk/settlement-within-claim", fail, "more paid than claimed"))
    s.plant("ticket", 1, large, put(claim_amount=None),
            ("desk/settlement-within-claim", none, "paid, but no claim on record"))

    def reply_late(r):
        limit = minutes(first_reply_limit(r["tier"], r["priority"]))
        r["first_response_at"] = skip_gap(later(r["opened_at"], limit + timedelta(seconds=s.rng.choice([1, 140, 1500]))))
        r["resolved_at"] = max(r["resolved_at"], later(r["first_response_at"], minutes(20)))

    for priority, n in (("P1", 2), ("P2", 3), ("P3", 3)):
        s.plant("ticket", n, lambda r: content(r) and r["priority"] == priority, reply_late,
                ("desk/first-reply", fail, f"{priority}, first reply after the limit for its tier"))
    s.plant("ticket", 2, is_done, put(tier=None),
            ("desk/first-reply", none, "tier not on record"))
    s.plant("ticket", 1, is_done, put(priority=None),
            ("desk/first-reply", none, "priority not on record"),
            ("desk/resolve-time", none, "priority not on record"),
            ("desk/p1-team", none, "priority not on record"))
    for p1, n, what in ((True, 2, "P1 took longer than eight hours"), (False, 3, "took longer than three days")):
        s.plant("ticket", n, lambda r: content(r) and (r["priority"] == "P1") == p1,
                lambda r: r.update(resolved_at=skip_gap(later(r["opened_at"], hours(resolve_limit_hours(r))
                                                     + minutes(s.rng.randrange(70, 700))))),
                ("desk/resolve-time", fail, what))
    s.plant("ticket", 2, lambda r: r["priority"] == "P1", put(team="first line"),
            ("desk/p1-team", fail, "P1 kept by the first line"))
    s.plant("ticket", 1, lambda r: r["priority"] == "P1", put(team=None),
            ("desk/p1-team", none, "P1 without a team"))

    def low(r):
        return r["csat"] is not None and r["csat"] <= LOW_SCORE

    s.plant("ticket", 2, low, put(follow_up_at=None),
            ("desk/low-score-followed", fail, "a low score and nobody rang back"))
    s.plant("ticket", 2, low,
            lambda r: r.update(follow_up_at=later(r["resolved_at"], hours(FOLLOW_UP_HOURS) + minutes(90))),
            ("desk/low-score-followed", fail, "a low score, rung back too late"))
    s.plant("ticket", 1, low, put(resolved_at=None),
            ("desk/low-score-followed", none, "no time of resolution to reckon from"),
            ("standards/ticket-dates", none, "closed without a time of resolution"))

    # bad cells: the field is neither there nor absent
    s.plant("ticket", 1, content, put(opened_at=Bad("2026-02-30 10:15:00")),
            ("standards/ticket-dates", none, "opened_at cannot be read"),
            ("desk/first-reply", none, "opened_at cannot be read"),
            ("desk/resolve-time", none, "opened_at cannot be read"))
    s.plant("ticket", 1, content, put(first_response_at=Bad("same day")),
            ("standards/ticket-answered", none, "first_response_at cannot be read"),
            ("standards/ticket-dates", none, "first_response_at cannot be read"),
            ("desk/first-reply", none, "first_response_at cannot be read"))
    s.plant("ticket", 1, lambda r: r["status"] != "cancelled", put(transfers=Bad("two")),
            ("standards/ticket-transfers", none, "transfers cannot be read"))
    s.plant("ticket", 1, large, put(settlement_amount=Bad("approx. 120")),
            ("standards/settlement-signed", none, "settlement_amount cannot be read"),
            ("desk/settlement-within-claim", none, "settlement_amount cannot be read"))
    s.plant("ticket", 1, large, put(evidence_signed=Bad("see letter")),
            ("standards/settlement-signed", none, "evidence_signed cannot be read"))
    s.plant("ticket", 1, is_done, put(tier=Bad("platinium")),
            ("desk/first-reply", none, "tier is not one of the choices"))
    s.plant("ticket", 1, content, put(csat=Bad("five")),
            ("desk/low-score-followed", none, "csat cannot be read"))


def plant_calls(s):
    fail, none = "fail", "no_evidence"

    def reached(r):
        return r["outcome"] != "abandoned"

    def ended_well(r):
        return r["outcome"] in ("resolved", "callback")

    def without(step, opening):
        def change(r):
            r["steps"] = [x for x in r["steps"] if x != step]
            lines = r["transcript"].split("\n")
            r["transcript"] = "\n".join(lines[1:] if opening else lines[:-1])
        return change

    s.plant("call", 4, reached, without("greeting", True),
            ("standards/greeting", fail, "no greeting"))
    s.plant("call", 4, ended_well, without("closing", False),
            ("standards/closing", fail, "no closing"))

    def unverified(r):
        r["steps"] = [x for x in r["steps"] if x != "identity-verified"]
        r["transcript"] = "\n".join(x for x in r["transcript"].split("\n") if "date of birth" not in x)

    s.plant("call", 3, lambda r: reached(r) and r["account_access"], unverified,
            ("standards/identity", fail, "account used without verifying the caller"))
    s.plant("call", 2, lambda r: ended_well(r) and r["account_access"], put(steps=None),
            ("standards/greeting", none, "the steps were not tagged"),
            ("standards/identity", none, "the steps were not tagged"),
            ("standards/closing", none, "the steps were not tagged"))
    s.plant("call", 1, lambda r: r["outcome"] == "transferred" and not r["account_access"], put(steps=None),
            ("standards/greeting", none, "the steps were not tagged"))
    words = iter(SPOKEN_TABOO)
    s.plant("call", 5, reached, lambda r: r.update(transcript=r["transcript"] + "\n" + next(words)),
            ("standards/call-words", fail, "a forbidden phrase was said"))
    short = iter(["Done.", "Rang about the bill, sorted out.", "See ticket, customer was content."])
    s.plant("call", 3, reached, lambda r: r.update(transcript=next(short)),
            ("standards/call-transcript", fail, "the transcript does not say what happened"))
    s.plant("call", 2, reached, put(transcript=None),
            ("standards/call-words", none, "no transcript was kept"),
            ("standards/call-transcript", none, "no transcript was kept"))

    def long_hold(r):
        r["hold_seconds"] = s.rng.choice([241, 300, 415])
        r["ended_at"] = r["answered_at"] + timedelta(seconds=r["hold_seconds"] + 200)

    s.plant("call", 3, reached, long_hold,
            ("standards/hold-time", fail, "on hold for more than four minutes"))
    s.plant("call", 1, reached, put(hold_seconds=None),
            ("standards/hold-time", none, "hold time not measured"))
    s.plant("call", 2, reached, lambda r: r.update(transfers=s.rng.randrange(2, 4)),
            ("standards/call-transfers", fail, "passed on more than once"))
    s.plant("call", 2, lambda r: reached(r) and r["answered_at"] > r["started_at"],
            lambda r: r.update(started_at=r["answered_at"], answered_at=r["started_at"]),
            ("standards/call-times", fail, "answered before it started"))
    s.plant("call", 1, reached, lambda r: r.update(ended_at=r["answered_at"] - minutes(2)),
            ("standards/call-times", fail, "ended before it was answered"))
    s.plant("call", 1, reached, put(answered_at=None),
            ("standards/call-times", none, "the answer was not stamped"))
    s.plant("call", 1, lambda r: reached(r) and r["account_access"], put(account_access=None),
            ("standards/identity", none, "not recorded whether the account was used"))
    s.plant("call", 1, reached, put(outcome=None),
            *[(f"standards/{rule}", none, "the outcome was not recorded") for rule in
              ("greeting", "closing", "hold-time", "call-transfers", "call-words", "call-transcript", "call-times")])

    def by_day(r):
        return reached(r) and NIGHT_UNTIL <= to_wall(r["started_at"]).hour < NIGHT_FROM and r["site"] != "Leeds"

    def at_night(r):
        hour = to_wall(r["started_at"]).hour
        return reached(r) and not NIGHT_UNTIL <= hour < NIGHT_FROM

    s.plant("call", 2, lambda r: by_day(r) and r["started_at"].month == 2,
            lambda r: move_call(r, r["started_at"].replace(hour=22, minute=40)),
            ("desk/night-calls", fail, "a night call taken outside Leeds"))
    s.plant("call", 1, lambda r: by_day(r) and r["started_at"] >= datetime(2026, 3, 29, 5),
            lambda r: move_call(r, r["started_at"].replace(hour=21, minute=12)),
            ("desk/night-calls", fail, "12 past 22 in summer time, taken outside Leeds"))
    s.plant("call", 1, at_night, put(site=None),
            ("desk/night-calls", none, "a night call without a site"))

    s.plant("call", 1, reached, put(hold_seconds=Bad("about a minute")),
            ("standards/hold-time", none, "hold_seconds cannot be read"))
    s.plant("call", 1, reached, put(started_at=Bad("yesterday, half past nine")),
            ("standards/call-times", none, "started_at cannot be read"),
            ("desk/night-calls", none, "started_at cannot be read"))
    s.plant("call", 1, reached, put(answered_at=Bad("2026-02-30T09:12:44Z")),
            ("standards/call-times", none, "answered_at cannot be read"))
    s.plant("call", 1, reached, put(transfers=Bad("once")),
            ("standards/call-transfers", none, "transfers cannot be read"))


def plant_agents(s):
    fail, none = "fail", "no_evidence"

    def active(r):
        return r["active"]

    s.plant("agent", 1, active, put(team=None), ("desk/agent-complete", fail, "no team"))
    s.plant("agent", 1, active, put(hired_on=None), ("desk/agent-complete", fail, "no date of hire"))
    s.plant("agent", 2, active, lambda r: r.update(trained_on=r["solo_from"] + timedelta(days=s.rng.randrange(8, 60))),
            ("desk/agent-trained", fail, "worked alone before the training"))
    s.plant("agent", 1, active, put(trained_on=None), ("desk/agent-trained", none, "no training on record"))
    s.plant("agent", 1, active, put(hired_on=Bad("2019-13-01")),
            ("desk/agent-complete", none, "hired_on cannot be read"))


TICKET_COLUMNS = ["ticket_id", "opened_at", "customer_id", "tier", "channel", "priority", "topic", "summary", "owner",
                  "team", "site", "transfers", "first_response_at", "resolved_at", "status", "csat", "follow_up_at",
                  "claim_amount", "settlement_amount", "evidence_signed", "reply"]
CALL_FIELDS = ["call_id", "started_at", "answered_at", "ended_at", "agent_id", "site", "queue", "topic", "outcome",
               "hold_seconds", "transfers", "account_access", "steps", "transcript"]
AGENT_COLUMNS = ["agent_id", "name", "team", "site", "hired_on", "trained_on", "solo_from", "active", "email"]
SPACE_TIME = "%Y-%m-%d %H:%M:%S"


def write_desk(sample, folder):
    rng = sample.rng
    months = {2: [], 3: []}
    for record in sample.records["ticket"]:
        opened = record["opened_at"]
        # the edges moved some records: file by number, as an export by id would
        months[2 if isinstance(opened, Bad) or opened.month == 2 else 3].append(record)
    february, march = months[2], months[3]

    # rejected rows: their ticket numbers occur nowhere else
    february.insert(40, Raw("T-261901,2026-02-04 11:02:10,K31877,gold,phone", "5 fields instead of 21: the line was cut"))
    february.insert(180, Raw("T-261902,2026-02-19 16:40:33,K52310,standard,email,P3,billing,Bill, again, too high,AG-118,"
                             "billing,Leeds,0,2026-02-19 17:05:00,2026-02-20 09:30:12,closed,,,,,,Corrected.",
                             "23 fields instead of 21: commas without quotes"))
    march.insert(95, Raw("export interrupted, resumed 2026-03-11 06:00", "2 fields instead of 21: a line of the exporter's own"))

    # duplicate keys: both records are clean
    def plain(record):
        return id(record) not in sample.reserved and record["status"] == "closed"

    first = next(r for r in february if isinstance(r, dict) and plain(r))
    sample.reserved.add(id(first))
    february.insert(150, Again(first, f"{first['ticket_id']} again, word for word"))
    second = next(r for r in reversed(february) if isinstance(r, dict) and plain(r) and r["csat"] is None)
    sample.reserved.add(id(second))
    march.insert(3, Again(second | {"csat": 5},
                          f"{second['ticket_id']} again, exported with February and now with a score"))

    columns = [(c, c) for c in TICKET_COLUMNS]
    write_csv(sample, folder, "data/tickets/2026-02.csv", columns, february, SPACE_TIME)
    write_csv(sample, folder, "data/tickets/2026-03.csv", columns, march, SPACE_TIME, bom=True)

    calls = list(sample.records["call"])
    twice = next(r for r in calls if id(r) not in sample.reserved and r["outcome"] == "resolved")
    calls.insert(60, Again(twice, f"{twice['call_id']} again, word for word"))
    calls.insert(133, Raw('{"call_id": "C-89901", "started_at": "2026-02-18T10:02:11Z", "outcome": "resol',
                          "the JSON object is cut off"))
    calls.insert(301, Raw("-- log rotated --", "not JSON"))
    write_ndjson(sample, folder, "data/calls.ndjson", CALL_FIELDS, calls, "%Y-%m-%dT%H:%M:%SZ")
    write_csv(sample, folder, "data/agents.csv", [(c, c) for c in AGENT_COLUMNS], sample.records["agent"], "%Y-%m-%d")
    sample.write_lists(folder)


# =============================================================================================
# Sample 2: citizen-hotline (Chinese)
# =============================================================================================

# Shanghai time has no summer time: wall times can be compared and subtracted as they stand.
HOTLINE_EXPORT = datetime(2026, 3, 31, 18, 0)

URGENT = ("urgent", "紧急")
GRADES = ("urgent", "serious", "normal", "紧急", "严重", "一般")
CLOSED = ("closed", "archived", "已结案", "已归档")
REPLY_TIME_HOURS = 24
HOTLINE_FOLLOW_UP_HOURS = 96  # the house value; the pack says 72
RUDE = ["不归我们管", "跟我们没关系", "没办法", "不知道", "不清楚", "爱找谁找谁", "你去告好了", "就这样吧"]


def reply_limit(tier, grade):
    """Hours, as in rules/complaints/handling.toml."""
    key_customer = tier in ("vip", "重点")
    if grade in URGENT:
        return 2 if (tier, grade) in (("vip", "urgent"), ("重点", "紧急")) else 4
    if grade in ("serious", "严重"):
        return 8 if key_customer else 12
    return 24


def handling_limit(unit_kind, grade):
    """Hours: 办结时限 in rules/hotline/工单.toml."""
    if grade == "紧急":
        return 1 if unit_kind == "公用企业" else 2
    if grade == "严重":
        return 5 if unit_kind == "街道" else 7
    return 20


def closed(r):
    return r["status"] in CLOSED


def yes(field):
    """A derived field: true where the column says 是."""
    return lambda r: r[field] == "是"


HOTLINE_RULES = {
    "complaint": [
        ("complaints/graded", lambda r: r["status"] not in ("withdrawn", "已撤回"),
         lambda r: not r.missing("grade") and r["grade"] in GRADES),
        ("complaints/reply-time-told", lambda r: r["渠道"] not in ("来访", "walk-in"),
         lambda r: not r.missing("reply_due_at")
         and r["reply_due_at"] - r["accepted_at"] <= hours(REPLY_TIME_HOURS)),
        ("complaints/first-owner", None, lambda r: r["owner"] == r["first_owner"] or r["transfers"] == 0),
        ("complaints/urgent-reply",
         lambda r: r["grade"] in URGENT and (r["status"] in CLOSED or not r.missing("replied_at")),
         lambda r: not r.missing("replied_at")
         and r["replied_at"] - r["accepted_at"] <= hours(reply_limit(r["tier"], r["grade"]))),
        ("complaints/reply-in-limit", lambda r: r["grade"] not in URGENT and not r.missing("replied_at"),
         lambda r: r["replied_at"] - r["accepted_at"] <= hours(reply_limit(r["tier"], r["grade"]))),
        ("complaints/told-time-kept", lambda r: not r.missing("reply_due_at") and not r.missing("replied_at"),
         lambda r: r["replied_at"] <= r["reply_due_at"]),
        ("complaints/steps-complete", closed,
         lambda r: not any(r.missing(f) for f in
                           ("accepted_at", "handled_at", "replied_at", "followed_up_at", "archived_at"))),
        ("complaints/steps-in-order", closed,
         lambda r: r["accepted_at"] <= r["handled_at"] and r["handled_at"] <= r["replied_at"]
         and r["replied_at"] <= r["followed_up_at"] and r["followed_up_at"] <= r["archived_at"]),
        ("complaints/follow-up-done", closed,
         lambda r: not r.missing("followed_up_at")
         and r["followed_up_at"] - r["replied_at"] <= hours(HOTLINE_FOLLOW_UP_HOURS)),
        ("complaints/settlement-signed",
         lambda r: not r.missing("settlement_amount") and float(r["settlement_amount"]) > 0, yes("签字凭证")),
        ("complaints/escalation-archived", yes("越级投诉"), yes("首次办理归档")),
        ("hotline/电话须有录音", lambda r: r["渠道"] == "电话", lambda r: not r.missing("录音编号")),
        ("hotline/诉求写清楚", None, lambda r: len(r["诉求内容"]) >= 12),
        ("hotline/联系电话齐全", lambda r: r["匿名"] == "否",
         lambda r: not r.missing("联系电话") and len(r["联系电话"]) == 11),
        ("hotline/按时办结", lambda r: not r.missing("handled_at"),
         lambda r: r["handled_at"] - r["accepted_at"] <= hours(handling_limit(r["承办类别"], r["grade"]))),
        ("hotline/转派不过多", lambda r: r["status"] != "已撤回", lambda r: r["transfers"] <= 2),
        ("hotline/办理用语", lambda r: r["status"] == "已结案", lambda r: not contains_any(r["办理结果"], RUDE)),
        ("hotline/不满意须有原因", lambda r: not r.missing("满意度") and r["满意度"] == "不满意",
         lambda r: not r.missing("不满意原因")),
    ],
    "followup": [
        ("hotline/回访须多次尝试", None, lambda r: r["接通"] or r["尝试次数"] >= 3),
        ("hotline/回访问到位", lambda r: r["接通"], lambda r: "办理结果" in r["询问项"] and "满意度" in r["询问项"]),
        ("hotline/低分要说明", lambda r: r["接通"] and r["评分"] <= 2,
         lambda r: not r.missing("原因说明") and len(r["原因说明"]) >= 6),
        ("hotline/回访用语", lambda r: r["接通"], lambda r: not contains_any(r["回访记录"], RUDE)),
        ("hotline/回访不扰民", None, lambda r: r["回访时间"].hour >= 8 and r["回访时间"].hour < 21),
    ],
}

SURNAMES = list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗") + ["欧阳", "䶮", "𠮷"]
GIVEN = ["伟", "芳", "娜", "敏", "静", "磊", "军", "洋", "艳", "勇", "杰", "娟", "涛", "明", "超", "秀兰", "桂英", "建国", "海燕",
         "志强", "玉梅", "婷婷", "文博", "镕基石", "堃", "喆", "㐂", "思𣲗", "淼", "晓彤"]
CLERKS = ["韩梅", "李𠮷祥", "周㐂宁", "邓喆", "陶堃", "宋玉洁", "冯海波", "沈佳", "卢俊", "蒋文静", "贾朝阳", "丁一凡"]
DISTRICTS = ["桥西区", "城南区", "河东区", "高新区", "北山县"]
ROADS = ["幸福路", "建设街", "人民大道", "滨河东路", "学府街", "解放北路", "槐安路", "和平巷"]
ESTATES = ["翠湖花园", "阳光里小区", "东方家园", "机床厂宿舍", "云锦城二期", "书香苑"]

# 诉求类别 -> (weight, 承办单位, 承办类别, 诉求, 办理结果)
MATTERS = {
    "供暖": (16, ["云川热力公司"], "公用企业",
        ["{estate}{n}号楼暖气不热，室温只有15度，家里有老人和孩子，请求尽快解决。",
         "{estate}供暖管道漏水，楼道积水结冰，希望马上派人抢修。"],
        ["热力公司已上门排气并清洗滤网，复测室温21度。", "已更换破损管段，当日恢复供暖，楼道积水已清理。"]),
    "供水": (9, ["云川水务集团"], "公用企业",
        ["{estate}昨晚起停水，没有接到任何通知，请求说明原因和恢复时间。",
         "{road}与{road2}交叉口水管爆裂,路面积水,车辆无法通行。"],
        ["水务集团已完成管网抢修，{n}时恢复供水，并在小区张贴说明。", "爆裂管道已修复，路面已恢复通行。"]),
    "市政设施": (15, ["市政管理局"], "市直部门",
        ["{road}北口路灯不亮已有三天，晚上行人多，存在安全隐患，请求维修。",
         "{road}人行道井盖破损，昨天有老人被绊倒，请求尽快更换。"],
        ["已更换灯头和线路，当晚恢复照明。", "井盖已更换，并对该路段其余井盖做了排查。"]),
    "噪音扰民": (13, ["桥西街道办事处", "城南街道办事处"], "街道",
        ["{estate}旁边工地夜里十一点后还在施工，连续{n}天，严重影响休息。",
         "{road}烧烤店深夜喧哗,油烟大,多次反映都没有改善。"],
        ["街道会同城管现场检查，责令工地二十二点后停工，已签承诺书。", "已约谈店主，调整营业时间并加装油烟净化设备。"]),
    "物业服务": (13, ["桥西街道办事处", "河东街道办事处"], "街道",
        ["{estate}电梯一个月坏了{n}次，物业一直拖着不修，请求督促。",
         "{estate}物业乱收停车费，没有公示收费标准，要求退还。"],
        ["街道已召集物业和业主代表协商，电梯配件已更换并通过检验。", "物业已公示收费标准，多收部分已退还。"]),
    "消费纠纷": (14, ["市场监管局"], "市直部门",
        ["市民在{road}某健身房办卡后门店关闭，剩余费用不退，要求协调退款。",
         "在{road}一家超市买到过期食品，商家拒绝赔偿，请求处理。"],
        ["经调解，商家同意按剩余次数退款，双方已签和解书。", "已对商家立案，商家向市民赔付并致歉。"]),
    "交通出行": (11, ["云川公交集团", "市交通局"], None,
        ["{n}路公交早高峰等了四十分钟，站牌也没有提示，希望增加班次。",
         "{road}路口信号灯配时不合理，左转要等三个红灯，建议调整。"],
        ["早高峰已加开两班区间车，站牌信息已更新。", "已调整信号配时，左转放行时间增加十二秒。"]),
    "环境卫生": (9, ["城管局"], "市直部门",
        ["{estate}门口垃圾堆了{n}天没有清运，气味很大，请求处理。",
         "{road}沿街商户把污水直接倒在路边，冬天结冰容易摔跤。"],
        ["垃圾已清运，清运频次改为每日两次。", "已对三家商户下达整改通知，路面冰层已铲除。"]),
}
REASONS = ["修好第二天又坏了，还要再打电话", "答复和实际情况对不上", "等的时间太长，中间没人联系", "退款金额少算了两个月", "工作人员态度生硬，问一句答一句"]
RECORDS = ["已向市民说明办理情况，市民表示认可。", "市民称问题已解决，希望以后不再发生。", "市民对进度有疑问，已解释并约定下周再联系。",
           "市民感谢热线帮助，建议多派人巡查。", "市民要求书面答复，已登记地址，三日内寄出。"]


def hotline_moment(rng):
    days = [date(2026, 2, 1) + timedelta(days=i) for i in range(59)]
    # the Spring Festival (16–22 February) is quiet, the first working days after it are not
    def load(d):
        if date(2026, 2, 16) <= d <= date(2026, 2, 22):
            return 0.35
        return (1.5 if date(2026, 2, 23) <= d <= date(2026, 2, 25) else 1.0) * {5: 0.7, 6: 0.6}.get(d.weekday(), 1.0)
    day = rng.choices(days, [load(d) for d in days])[0]
    hour = rng.choices(range(24), [3, 2, 1, 1, 1, 2, 7, 14, 34, 40, 36, 27, 16, 20, 31, 33, 30, 26, 20, 22, 18, 13, 9, 5])[0]
    return datetime(day.year, day.month, day.day, hour, rng.randrange(60))


def whole_minutes(span):
    return minutes(int(span.total_seconds() // 60))


def hotline_complaint(rng, number, accepted):
    matter = weighted(rng, [(m, spec[0]) for m, spec in MATTERS.items()])
    _, units, unit_kind, says, results = MATTERS[matter]
    unit = rng.choice(units)
    kind = unit_kind or ("公用企业" if unit == "云川公交集团" else "市直部门")
    grade = weighted(rng, [("紧急", 12), ("严重", 25), ("一般", 63)])
    tier = weighted(rng, [("普通", 82), ("重点", 18)])
    channel = weighted(rng, [("电话", 58), ("微信", 20), ("网站", 12), ("来访", 10)])
    anonymous = channel in ("微信", "网站") and rng.random() < 0.15
    limit = reply_limit(tier, grade)
    handled = accepted + whole_minutes(min(handling_limit(kind, grade), limit) * hours(1)
                                       * min(0.95, max(0.05, rng.betavariate(1.8, 3))))
    replied = handled + whole_minutes((accepted + hours(limit) - handled) * min(0.95, max(0.03, rng.betavariate(1.3, 3))))
    while True:
        day = replied.date() + timedelta(days=rng.choice([0, 1, 1, 1, 2, 2, 3, 4]))
        followed = datetime(day.year, day.month, day.day, rng.randrange(9, 20), rng.randrange(60))
        if minutes(20) <= followed - replied <= hours(HOTLINE_FOLLOW_UP_HOURS) - minutes(10):
            break
    archived = followed + minutes(rng.randrange(5, 600))
    status = "已撤回" if rng.random() < 0.04 else "已结案" if archived <= HOTLINE_EXPORT else "处理中"

    def by_now(t):
        return t if status == "已结案" or (status == "处理中" and t <= HOTLINE_EXPORT) else None

    clerk = rng.choice(CLERKS)
    transfers = weighted(rng, [(0, 68), (1, 24), (2, 8)])
    claim = matter == "消费纠纷" and status == "已结案" and rng.random() < 0.6
    escalated = rng.random() < 0.07
    record_no = f"LY{accepted:%m%d}{rng.randrange(1000, 9999)}" if channel == "电话" else None
    roads = rng.sample(ROADS, 2)
    text = rng.choice(says).format(estate=rng.choice(ESTATES), road=roads[0], road2=roads[1], n=rng.randrange(3, 19))
    if rng.random() < 0.05:
        text += "\n市民补充：已附照片两张，请“书面”答复。"
    return {
        "case_id": f"YC2026{accepted:%m%d}-{number:04d}", "accepted_at": accepted, "渠道": channel,
        "来电人": "匿名" if anonymous else rng.choice(SURNAMES) + rng.choice(GIVEN),
        "匿名": "是" if anonymous else "否",
        "联系电话": None if anonymous else f"1{rng.choice([38, 39, 50, 86, 87])}****{rng.randrange(1000, 9999)}",
        "tier": tier, "区县": rng.choice(DISTRICTS), "诉求类别": matter, "诉求内容": text, "grade": grade,
        "承办单位": unit, "承办类别": kind, "first_owner": clerk,
        # now and then a colleague fills in the form for the first owner: another name, never handed on
        "owner": rng.choice(CLERKS) if transfers == 0 and rng.random() < 0.04 else clerk,
        "transfers": transfers,
        "reply_due_at": None if channel == "来访" and rng.random() < 0.5 else accepted + hours(limit),
        "handled_at": by_now(handled), "replied_at": by_now(replied), "followed_up_at": by_now(followed),
        "archived_at": by_now(archived), "status": status,
        "办理结果": rng.choice(results).format(n=rng.randrange(8, 22)) if by_now(handled) else None,
        "满意度": None, "不满意原因": None,
        "settlement_amount": f"{rng.randrange(30, 3000)}.{rng.choice(['00', '00', '50'])}" if claim else None,
        "签字凭证": "是" if claim else None,
        "越级投诉": "是" if escalated else "否", "首次办理归档": "是" if escalated else None,
        "录音编号": record_no, "备注": weighted(rng, [(None, 80), (Shown("无"), 10), ("来电人要求保密", 6), ("曾来电催办,已安抚", 4)]),
    }


def hotline_followup(rng, number, case):
    """The follow-up call of a closed case; fills in the case's satisfaction too."""
    reached = rng.random() < 0.82
    score = weighted(rng, [(5, 42), (4, 30), (3, 15), (2, 8), (1, 5)]) if reached else None
    reason = rng.choice(REASONS) if reached and score <= 2 else None
    if reached:
        case["满意度"] = "满意" if score >= 4 else "基本满意" if score == 3 else "不满意"
        case["不满意原因"] = reason
    return {
        "回访编号": f"HF{number:05d}", "工单编号": case["case_id"], "回访员": rng.choice(["刘雯", "孟㐂", "曹静怡", "彭勃", "𠮷晓燕"]),
        "回访时间": case["followed_up_at"], "接通": reached,
        "尝试次数": rng.choice([1, 1, 1, 2, 3]) if reached else rng.choice([3, 3, 4]),
        "询问项": ["身份", "办理结果", "满意度"] + (["意见建议"] if rng.random() < 0.3 else []) if reached else [],
        "评分": score, "原因说明": reason, "通话时长秒": rng.randrange(35, 420) if reached else 0,
        "回访记录": rng.choice(RECORDS) if reached else "无人接听，已发短信。",
    }


def build_hotline(seed):
    rng = random.Random(f"citizen-hotline {seed}")
    sample = Sample("citizen-hotline", HOTLINE_RULES, rng)
    accepted = sorted(hotline_moment(rng) for _ in range(720))
    cases = [hotline_complaint(rng, i + 1, t) for i, t in enumerate(accepted)]
    done_cases = sorted((c for c in cases if c["status"] == "已结案"), key=lambda c: (c["followed_up_at"], c["case_id"]))
    followups = [hotline_followup(rng, i + 1, c) for i, c in enumerate(done_cases)]
    sample.records = {"complaint": cases, "followup": followups}
    sample.key_field = {"complaint": "case_id", "followup": "回访编号"}
    hotline_clean_edges(sample)
    plant_complaints(sample)
    plant_followups(sample)
    sample.verify()
    return sample


def hotline_clean_edges(s):
    """Clean records at the limits."""
    r = s.reserve("complaint", lambda r: r["status"] == "已结案" and r["grade"] == "一般" and r["渠道"] == "电话")
    r["handled_at"] = r["accepted_at"] + hours(20)  # both exactly at the limit
    r["replied_at"] = r["reply_due_at"] = r["accepted_at"] + hours(24)
    r["followed_up_at"] = r["replied_at"] + hours(96)
    r["archived_at"] = r["followed_up_at"]
    r = s.reserve("complaint", lambda r: r["status"] == "已结案" and r["grade"] == "紧急" and r["tier"] == "重点"
                  and r["承办类别"] != "公用企业")
    r["handled_at"] = r["replied_at"] = r["accepted_at"] + hours(2)
    r["followed_up_at"] = r["replied_at"] + hours(18)
    r["archived_at"] = r["followed_up_at"] + minutes(20)
    r = s.reserve("complaint", lambda r: r["status"] == "已结案" and r["诉求类别"] == "市政设施")
    r["诉求内容"] = '路灯不亮，"夜里"太黑，求修'  # 15 characters, with ASCII quotes
    r = s.reserve("followup", lambda r: not r["接通"])
    r["尝试次数"] = 3
    r = s.reserve("followup", lambda r: r["接通"] and r["评分"] == 5)
    r["回访时间"] = r["回访时间"].replace(hour=8, minute=0)
    r = s.reserve("followup", lambda r: r["接通"] and r["评分"] == 2)
    r["原因说明"] = "又漏水了两次"  # six characters, eighteen bytes


def plant_complaints(s):
    fail, none = "fail", "no_evidence"
    rng = s.rng

    def shut(r):
        return r["status"] == "已结案"

    def told(r):
        return shut(r) and r["reply_due_at"] is not None

    def normal(r):
        return told(r) and r["grade"] != "紧急"

    def urgent(r):
        return told(r) and r["grade"] == "紧急"

    def shift(r, delta, *fields):
        for field in fields:
            r[field] = r[field] + delta

    # 受理
    s.plant("complaint", 2, shut, put(grade=None),
            ("complaints/graded", fail, "没有定级"),
            ("complaints/urgent-reply", none, "没有定级，无法判断是否紧急件"),
            ("complaints/reply-in-limit", none, "没有定级，无法判断时限"),
            ("hotline/按时办结", none, "没有定级，查不到办结时限"))
    s.plant("complaint", 2, lambda r: normal(r) and r["grade"] == "一般", put(grade="特急"),
            ("complaints/graded", fail, "等级写成“特急”，不在规定之列"))
    s.plant("complaint", 3, lambda r: told(r) and r["渠道"] != "来访", put(reply_due_at=None),
            ("complaints/reply-time-told", fail, "受理时没有告知回复时间"))
    s.plant("complaint", 2, lambda r: told(r) and r["渠道"] != "来访",
            lambda r: r.update(reply_due_at=r["accepted_at"] + hours(rng.randrange(48, 120))),
            ("complaints/reply-time-told", fail, "告知的回复时间超过二十四小时"))
    others = lambda r: rng.choice([c for c in CLERKS if c != r["first_owner"]])
    s.plant("complaint", 4, lambda r: r["transfers"] >= 1, lambda r: r.update(owner=others(r)),
            ("complaints/first-owner", fail, "转派之后换了责任人"))
    s.plant("complaint", 2, lambda r: r["transfers"] >= 1, put(first_owner=None),
            ("complaints/first-owner", none, "没有登记首问责任人"))
    s.plant("complaint", 1, shut, lambda r: r.update(owner=others(r), transfers=None),
            ("complaints/first-owner", none, "责任人不同，转派次数没有登记"),
            ("hotline/转派不过多", none, "转派次数没有登记"))
    s.plant("complaint", 1, lambda r: shut(r) and r["owner"] == r["first_owner"], put(transfers=None),
            ("hotline/转派不过多", none, "转派次数没有登记"))

    # 回复
    def reply_late(r):
        late = r["accepted_at"] + hours(reply_limit(r["tier"], r["grade"])) + minutes(rng.choice([1, 25, 180, 700]))
        shift(r, late - r["replied_at"], "replied_at", "followed_up_at", "archived_at")

    for grade, n in (("一般", 3), ("严重", 2)):
        s.plant("complaint", n, lambda r: normal(r) and r["grade"] == grade, reply_late,
                ("complaints/reply-in-limit", fail, f"{grade}件回复超时"),
                ("complaints/told-time-kept", fail, "没有在告知的时间之前回复"))
    s.plant("complaint", 3, urgent, reply_late,
            ("complaints/urgent-reply", fail, "紧急件回复超时"),
            ("complaints/told-time-kept", fail, "没有在告知的时间之前回复"))
    s.plant("complaint", 1, urgent, put(replied_at=None),
            ("complaints/urgent-reply", fail, "紧急件结案，没有回复"),
            ("complaints/steps-complete", fail, "没有回复时间就结案"),
            ("complaints/steps-in-order", none, "没有回复时间，无法比较先后"),
            ("complaints/follow-up-done", none, "没有回复时间，无法计算回访时限"))
    s.plant("complaint", 2, lambda r: normal(r) and r["replied_at"] - r["accepted_at"] > minutes(90),
            lambda r: r.update(reply_due_at=r["replied_at"] - minutes(40)),
            ("complaints/told-time-kept", fail, "在时限之内，但晚于告知的时间"))
    s.plant("complaint", 2, lambda r: shut(r) and r["grade"] == "严重", put(tier=None),
            ("complaints/reply-in-limit", none, "市民类别没有登记，查不到回复时限"))
    s.plant("complaint", 1, urgent, put(tier=None),
            ("complaints/urgent-reply", none, "市民类别没有登记，查不到回复时限"))

    # 环节
    s.plant("complaint", 2, shut, put(handled_at=None),
            ("complaints/steps-complete", fail, "没有办理时间就结案"),
            ("complaints/steps-in-order", none, "没有办理时间，无法比较先后"))
    s.plant("complaint", 2, normal, put(replied_at=None),
            ("complaints/steps-complete", fail, "没有回复时间就结案"),
            ("complaints/steps-in-order", none, "没有回复时间，无法比较先后"),
            ("complaints/follow-up-done", none, "没有回复时间，无法计算回访时限"))
    s.plant("complaint", 2, shut, put(followed_up_at=None),
            ("complaints/steps-complete", fail, "没有回访就结案"),
            ("complaints/steps-in-order", none, "没有回访时间，无法比较先后"),
            ("complaints/follow-up-done", fail, "没有回访"))
    s.plant("complaint", 1, shut, put(archived_at=None),
            ("complaints/steps-complete", fail, "没有归档时间"),
            ("complaints/steps-in-order", none, "没有归档时间，无法比较先后"))
    s.plant("complaint", 2, shut, lambda r: r.update(archived_at=r["followed_up_at"] - minutes(15)),
            ("complaints/steps-in-order", fail, "先归档，后回访"))
    s.plant("complaint", 2, lambda r: shut(r) and r["handled_at"] < r["replied_at"]
            and r["followed_up_at"] - r["handled_at"] <= hours(HOTLINE_FOLLOW_UP_HOURS),
            lambda r: r.update(handled_at=r["replied_at"], replied_at=r["handled_at"]) if
            r["replied_at"] - r["accepted_at"] <= hours(handling_limit(r["承办类别"], r["grade"]))
            else r.update(handled_at=r["accepted_at"] - minutes(30)),
            ("complaints/steps-in-order", fail, "办理时间与前后环节颠倒"))
    s.plant("complaint", 3, shut, lambda r: shift(r, hours(rng.randrange(100, 200)), "followed_up_at", "archived_at"),
            ("complaints/follow-up-done", fail, "回访晚了四天以上"))

    # 赔付和越级
    paid = lambda r: r["settlement_amount"] is not None
    s.plant("complaint", 3, paid, put(签字凭证="否"), ("complaints/settlement-signed", fail, "赔付没有签字凭证"))
    s.plant("complaint", 2, paid, put(签字凭证=Shown("-")), ("complaints/settlement-signed", none, "有无签字凭证没有登记"))
    over = lambda r: r["越级投诉"] == "是"
    s.plant("complaint", 3, over, put(首次办理归档="否"), ("complaints/escalation-archived", fail, "越级投诉，首次办理没有归档"))
    s.plant("complaint", 1, over, put(首次办理归档=None), ("complaints/escalation-archived", none, "首次办理是否归档没有登记"))
    s.plant("complaint", 1, shut, put(越级投诉=None), ("complaints/escalation-archived", none, "是否越级没有登记"))

    # 本热线的规则
    s.plant("complaint", 3, lambda r: r["渠道"] == "电话", put(录音编号=None), ("hotline/电话须有录音", fail, "电话受理，没有录音编号"))
    s.plant("complaint", 1, lambda r: r["渠道"] == "电话", put(渠道=None),
            ("hotline/电话须有录音", none, "受理渠道没有登记"),
            ("complaints/reply-time-told", none, "受理渠道没有登记"))
    short = iter(["路灯不亮", "停水了，快来人", "物业问题，请处理。"])
    s.plant("complaint", 3, shut, lambda r: r.update(诉求内容=next(short)), ("hotline/诉求写清楚", fail, "诉求内容太短"))
    s.plant("complaint", 1, shut, put(诉求内容=None), ("hotline/诉求写清楚", none, "诉求内容没有填"))
    named = lambda r: r["匿名"] == "否"
    s.plant("complaint", 2, named, lambda r: r.update(联系电话=r["联系电话"][:-1]), ("hotline/联系电话齐全", fail, "联系电话少一位"))
    s.plant("complaint", 2, named, put(联系电话=Shown("无")), ("hotline/联系电话齐全", fail, "实名工单，联系电话写“无”"))
    s.plant("complaint", 1, shut, put(匿名=None), ("hotline/联系电话齐全", none, "是否匿名没有登记"))

    def handle_late(r):
        """Between the limit of handling and the limit of reply."""
        latest = r["accepted_at"] + hours(reply_limit(r["tier"], r["grade"]))
        r["handled_at"] = r["accepted_at"] + hours(handling_limit(r["承办类别"], r["grade"])) + minutes(10)
        late = max(r["replied_at"], r["handled_at"] + minutes(15))
        assert late <= latest
        shift(r, late - r["replied_at"], "replied_at", "followed_up_at", "archived_at")

    for grade, tier, kind, n in (("一般", "普通", "市直部门", 2), ("严重", "普通", "街道", 1), ("紧急", "普通", "公用企业", 1)):
        s.plant("complaint", n,
                lambda r: told(r) and r["grade"] == grade and r["tier"] == tier and r["承办类别"] == kind, handle_late,
                ("hotline/按时办结", fail, f"{grade}件，{kind}办理超过时限"))
    s.plant("complaint", 1, lambda r: shut(r) and r["grade"] == "严重", put(承办类别=None),
            ("hotline/按时办结", none, "承办类别没有登记，查不到办结时限"))
    s.plant("complaint", 4, lambda r: shut(r) and r["owner"] == r["first_owner"],
            lambda r: r.update(transfers=rng.randrange(3, 6)),
            ("hotline/转派不过多", fail, "转派超过两次"))
    rude = iter(["该路段不归我们管，请市民自行联系。", "暂时没办法处理，等通知。", "此事跟我们没关系。"])
    s.plant("complaint", 3, shut, lambda r: r.update(办理结果=next(rude)), ("hotline/办理用语", fail, "办理结果中有忌语"))
    s.plant("complaint", 2, shut, put(办理结果=None), ("hotline/办理用语", none, "没有写办理结果"))
    unhappy = lambda r: r["满意度"] == "不满意"
    s.plant("complaint", 2, unhappy, put(不满意原因=None), ("hotline/不满意须有原因", fail, "不满意，原因空着"))
    s.plant("complaint", 1, unhappy, put(不满意原因=Shown("无")), ("hotline/不满意须有原因", fail, "不满意，原因写“无”"))

    # 读不出来的单元格
    s.plant("complaint", 1, lambda r: normal(r) and r["渠道"] != "来访",
            put(accepted_at=Bad("2026/02/30 10:00", "受理时间")),
            *[(rule, none, "受理时间读不出来") for rule in
              ("complaints/reply-time-told", "complaints/reply-in-limit", "complaints/steps-complete",
               "complaints/steps-in-order", "hotline/按时办结")])
    s.plant("complaint", 1, normal, put(replied_at=Bad("次日上午", "回复时间")),
            *[(rule, none, "回复时间读不出来") for rule in
              ("complaints/reply-in-limit", "complaints/told-time-kept", "complaints/steps-complete",
               "complaints/steps-in-order", "complaints/follow-up-done")])
    s.plant("complaint", 1, lambda r: told(r) and r["渠道"] != "来访", put(reply_due_at=Bad("尽快", "告知回复时间")),
            ("complaints/reply-time-told", none, "告知回复时间读不出来"),
            ("complaints/told-time-kept", none, "告知回复时间读不出来"))
    s.plant("complaint", 1, lambda r: shut(r) and r["owner"] == r["first_owner"], put(transfers=Bad("两次", "转派次数")),
            ("hotline/转派不过多", none, "转派次数读不出来"))
    s.plant("complaint", 1, paid, put(settlement_amount=Bad("约三百元", "赔付金额")),
            ("complaints/settlement-signed", none, "赔付金额读不出来"))


def plant_followups(s):
    fail, none = "fail", "no_evidence"
    reached = lambda r: r["接通"]
    lost = lambda r: not r["接通"]
    low = lambda r: r["接通"] and r["评分"] <= 2
    s.plant("followup", 3, lost, lambda r: r.update(尝试次数=s.rng.randrange(1, 3)),
            ("hotline/回访须多次尝试", fail, "没有接通，试了不到三次"))
    s.plant("followup", 1, lost, put(尝试次数=None), ("hotline/回访须多次尝试", none, "没有接通，尝试次数没有记"))
    s.plant("followup", 1, lambda r: reached(r) and not low(r), put(接通=None, 尝试次数=1, 评分=None, 询问项=None),
            *[(f"hotline/{rule}", none, "是否接通没有记") for rule in
              ("回访须多次尝试", "回访问到位", "低分要说明", "回访用语")])
    s.plant("followup", 4, reached, lambda r: r.update(询问项=[x for x in r["询问项"] if x != "满意度"]),
            ("hotline/回访问到位", fail, "没有问满意度"))
    s.plant("followup", 2, reached, lambda r: r.update(询问项=["身份", "满意度"]),
            ("hotline/回访问到位", fail, "没有问办理结果"))
    s.plant("followup", 2, reached, put(询问项=None), ("hotline/回访问到位", none, "询问项没有记录"))
    s.plant("followup", 2, low, put(原因说明=None), ("hotline/低分要说明", fail, "低分，没有原因说明"))
    s.plant("followup", 2, low, put(原因说明="太慢了"), ("hotline/低分要说明", fail, "低分，原因说明只有三个字"))
    s.plant("followup", 2, lambda r: reached(r) and not low(r), put(评分=None), ("hotline/低分要说明", none, "接通了，没有评分"))
    rude = iter(["市民仍有异议。回访员：那我也没办法。", "市民追问原因，回访员答不清楚，让市民再打电话。", "回访员说你去告好了，市民挂断。"])
    s.plant("followup", 3, reached, lambda r: r.update(回访记录=next(rude)), ("hotline/回访用语", fail, "回访中说了忌语"))
    s.plant("followup", 1, reached, put(回访记录=None), ("hotline/回访用语", none, "没有回访记录"))
    late = iter([(21, 0), (22, 35), (7, 59)])

    def at_odd_hour(r):
        hour, minute = next(late)
        r["回访时间"] = r["回访时间"].replace(hour=hour, minute=minute)

    s.plant("followup", 3, reached, at_odd_hour, ("hotline/回访不扰民", fail, "早八点前或晚九点后回访"))
    s.plant("followup", 1, reached, put(回访时间=Bad("上周三下午")), ("hotline/回访不扰民", none, "回访时间读不出来"))
    s.plant("followup", 1, low, put(评分=Bad("二分")), ("hotline/低分要说明", none, "评分读不出来"))


CASE_COLUMNS = [
    ("工单编号", "case_id"), ("受理时间", "accepted_at"), ("渠道", "渠道"), ("来电人", "来电人"), ("匿名", "匿名"),
    ("联系电话", "联系电话"), ("市民类别", "tier"), ("区县", "区县"), ("诉求类别", "诉求类别"), ("诉求内容", "诉求内容"),
    ("等级", "grade"), ("承办单位", "承办单位"), ("承办类别", "承办类别"), ("首问责任人", "first_owner"), ("承办人", "owner"),
    ("转派次数", "transfers"), ("告知回复时间", "reply_due_at"), ("办理时间", "handled_at"), ("回复时间", "replied_at"),
    ("回访时间", "followed_up_at"), ("归档时间", "archived_at"), ("状态", "status"), ("办理结果", "办理结果"),
    ("满意度", "满意度"), ("不满意原因", "不满意原因"), ("赔付金额", "settlement_amount"), ("签字凭证", "签字凭证"),
    ("越级投诉", "越级投诉"), ("首次办理归档", "首次办理归档"), ("录音编号", "录音编号"), ("备注", "备注"),
]
FOLLOWUP_FIELDS = ["回访编号", "工单编号", "回访员", "回访时间", "接通", "尝试次数", "询问项", "评分", "原因说明", "通话时长秒", "回访记录"]
SLASH_TIME = "%Y/%m/%d %H:%M"


def write_hotline(sample, folder):
    cases = list(sample.records["complaint"])
    twice = next(r for r in cases if id(r) not in sample.reserved and r["status"] == "已结案")
    cases.insert(210, Again(twice, f"{twice['case_id']} 重复，内容相同"))
    cases.insert(66, Raw("YC20260208-9001,2026/02/08 11:20,电话,赵敏,否", "只有 5 列，应为 31 列"))
    cases.insert(333, Raw("YC20260318-9002,2026/03/18 09:05,微信,何军,否,138****5521,普通,桥西区,供水,停水了,没有通知,要求说明,一般,云川水务集团,"
                          "公用企业,邓喆,邓喆,0,2026/03/19 09:05,,,,,处理中,,,,,,否,,,", "33 列，应为 31 列：逗号没有加引号"))
    write_csv(sample, folder, "data/工单.csv", CASE_COLUMNS, cases, SLASH_TIME, encoding="gb18030", newline="\r\n")

    followups = list(sample.records["followup"])
    again = next(r for r in followups if id(r) not in sample.reserved and r["接通"])
    followups.insert(120, Again(again, f"{again['回访编号']} 重复，内容相同"))
    followups.insert(45, Raw('{"回访编号": "HF90001", "工单编号": "YC20260205-0031", "回访员": "刘雯", "回访时间": "2026/02',
                             "这一行被截断，不是完整的 JSON"))
    followups.insert(250, Raw("{'回访编号': 'HF90002', '接通': True}", "单引号，不是 JSON"))
    write_ndjson(sample, folder, "data/回访.ndjson", FOLLOWUP_FIELDS, followups, SLASH_TIME)
    sample.write_lists(folder)


# =============================================================================================
# Sample 3: after-sales (Chinese): promises and business calendars
# =============================================================================================

# Reckoned here the slow way, from lists of open intervals; wall times of Shanghai, which has no summer time.
SERVICE_AS_OF = datetime(2026, 4, 1)
SERVICE_DAYS = [date(2026, 1, 26) + timedelta(days=i) for i in range(120)]
# By the State Council's notice for 2026: off from 15 to 23 February, and on 4 to 6 April; at work on two Saturdays.
FESTIVAL = [date(2026, 2, 15) + timedelta(days=i) for i in range(9)] + [date(2026, 4, d) for d in (4, 5, 6)] \
    + [date(2026, 5, d) for d in (1, 2, 3, 4, 5)]
MAKE_UP = [date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9)]
TRAINING = date(2026, 2, 12)  # the afternoon is off
UPGRADE = date(2026, 3, 18)  # shut from 14:00 to 16:00


def at(day, hour, minute=0, second=0):
    return datetime(day.year, day.month, day.day) + timedelta(hours=hour, minutes=minute, seconds=second)


def office_day(day):
    """工作时间: when the office is open on a day."""
    if day in FESTIVAL or (day.weekday() >= 5 and day not in MAKE_UP):
        return []
    if day == TRAINING:
        return [(at(day, 9), at(day, 12))]
    if day == UPGRADE:
        return [(at(day, 9), at(day, 12)), (at(day, 13, 30), at(day, 14)), (at(day, 16), at(day, 18))]
    return [(at(day, 9), at(day, 12)), (at(day, 13, 30), at(day, 18))]


def crew_day(day):
    """抢修班: every day, the last shift until two in the night."""
    return [(at(day, 8), at(day, 12)), (at(day, 13), at(day, 18)), (at(day, 20), at(day, 26))]


OPEN = {name: [span for day in SERVICE_DAYS for span in of_day(day)] for name, of_day in
        (("工作时间", office_day), ("抢修班", crew_day), ("全天", lambda day: [(at(day, 0), at(day, 24))]))}


def open_between(calendar, start, stop):
    return sum((max(min(stop, b) - max(start, a), timedelta(0)) for a, b in OPEN[calendar]), timedelta(0))


def after_open(calendar, start, span):
    """The instant at which so much open time is up; a closing where it falls on one."""
    for a, b in OPEN[calendar]:
        if b > start:
            have = b - max(a, start)
            if have >= span:
                return max(a, start) + span
            span -= have
    raise AssertionError("beyond the calendar")


def business_days_after(calendar, start, n):
    """The same wall time on the n-th open day after; from the next opening where it is shut."""
    a = next(max(a, start) for a, b in OPEN[calendar] if b > start)
    days = sorted({x.date() for x, _ in OPEN[calendar] if x.date() > a.date()})
    return datetime.combine(days[n - 1], a.time())


class State:
    """How a clock stands: outcome, due, open time, overrun."""

    def __init__(self, outcome, due, spent, overrun):
        self.outcome, self.due, self.open, self.overrun = outcome, due, spent, overrun


def clock(r, start, stop, calendar, target, pauses=()):
    """One clock by SEMANTICS: `target` is a timedelta (open time), ("bd", n), ("d", n) or an instant."""
    begin = r[start]
    end = max(SERVICE_AS_OF, begin) if r.missing(stop) else r[stop]
    stopped = not r.missing(stop)
    spans = []
    for a, b in pauses:
        if not r.missing(a):
            spans.append((max(begin, r[a]), min(end, end if r.missing(b) else r[b])))
    if end < begin:
        raise NoEvidence("the stop is before the start")
    calendar = calendar or "全天"
    paused = sum((open_between(calendar, a, b) for a, b in spans if a < b), timedelta(0))
    spent = open_between(calendar, begin, end) - paused
    if isinstance(target, timedelta):
        due = after_open(calendar, begin, target + paused)  # the pauses here end before the target is up
        late, share = spent - target, spent / target
    else:
        if isinstance(target, datetime):
            due = target
        elif target[0] == "bd":
            due = business_days_after(calendar, begin, target[1])
            due = after_open(calendar, due, paused) if paused else due
        else:
            due = begin + timedelta(days=target[1])
        late, share = end - due, (end - begin) / (due - begin)
    if late > timedelta(0):
        outcome = "breached"
    else:
        outcome = "kept" if stopped else "at_risk" if share >= 0.8 else "running"
    return State(outcome, due, spent, max(late, timedelta(0)))


def arrival_target(tier, priority, channel):
    """rules/service/targets.csv"""
    if priority == "紧急":
        return hours({"贵宾": 2, "重点": 3, "普通": 4}[tier])
    if tier == "贵宾":
        return hours(4)
    return ("bd", 1) if channel == "微信" else hours(8)


def reply_target(tier, priority):
    """rules/promises/promises.toml: first-reply-by-tier"""
    if tier in ("贵宾", "重点"):
        return minutes(30)
    return hours(1) if priority == "紧急" else hours(4)


SERVICE_CLOCKS = {
    "service/promise:到场": (
        lambda r: r["渠道"] != "送修",
        lambda r: clock(r, "opened_at", "到场时间", "抢修班" if r["priority"] == "紧急" else "工作时间",
                        arrival_target(r["tier"], r["priority"], r["渠道"]), [("改约起", "改约止")])),
    "promises/promise:first-response": (
        lambda r: True,
        lambda r: clock(r, "opened_at", "first_response_at", "全天" if r["渠道"] == "热线" else "工作时间",
                        reply_target(r["tier"], r["priority"]))),
    "promises/promise:resolution": (
        lambda r: True,
        lambda r: clock(r, "opened_at", "resolved_at", "工作时间", ("bd", 3), [("pending_at", "resumed_at")])),
    "promises/promise:hand-over": (
        lambda r: not r.missing("handed_over_at"),
        lambda r: clock(r, "handed_over_at", "taken_over_at", None, hours(2))),
    "promises/promise:call-back": (
        lambda r: not r.missing("call_back_due_at"),
        lambda r: clock(r, "opened_at", "called_back_at", None, r["call_back_due_at"])),
    "promises/promise:follow-up": (
        lambda r: not r.missing("resolved_at"),
        lambda r: clock(r, "resolved_at", "followed_up_at", None, ("d", 30))),
}
ARRIVAL, REPLY, RESOLUTION, HAND_OVER, CALL_BACK, FOLLOW_UP = SERVICE_CLOCKS


def stands(r, promise):
    """The state of a promise as rules read it; missing where it is not given."""
    when, reckon = SERVICE_CLOCKS[promise]
    return reckon(r) if when(r) else State("not_applicable", None, None, None)


def in_time(promise):
    return lambda r: stands(r, promise).outcome != "breached"


SERVICE_RULES = {
    "ticket": [(promise, when, in_time(promise)) for promise, (when, _) in SERVICE_CLOCKS.items()] + [
        ("promises/far-over", lambda r: stands(r, REPLY).outcome == "breached",
         lambda r: stands(r, REPLY).overrun <= stands(r, REPLY).open - stands(r, REPLY).overrun),
        ("service/延误须提前告知", lambda r: stands(r, ARRIVAL).outcome == "breached",
         lambda r: not r.missing("延误告知时间") and r["延误告知时间"] <= stands(r, ARRIVAL).due),
        ("service/高等级客户须致歉", lambda r: r["tier"] != "普通" and stands(r, ARRIVAL).outcome == "breached",
         lambda r: not r.missing("致歉时间") and r["致歉时间"] - stands(r, ARRIVAL).due <= hours(24)),
    ],
}

SITES = {"城东服务站": ["石磊", "范晓东", "𠮷永年"], "城西服务站": ["龚建平", "潘雪", "段志强"], "开发区服务站": ["黎明", "尹海", "钟海燕"]}
PRODUCTS = {"空调": ["不制热，面板报E4", "外机异响，邻居有意见", "内机滴水"], "热水器": ["点不着火", "水温忽冷忽热"],
            "洗衣机": ["脱水时跳动，声音很大", "门打不开，衣服取不出来"], "冰箱": ["冷藏室结冰", "不制冷，食品要坏了"]}
EMERGENCIES = {"热水器": ["有燃气味，已关阀", "漏电保护跳闸"], "空调": ["内机冒烟，已断电"], "洗衣机": ["漏水，楼下已渗水"]}


def repair(rng, opened, tier=None, priority=None, channel=None):
    """A repair that keeps every promise, as far as its times have come by the day of the audit."""
    while True:
        r = draft_repair(rng, opened, tier, priority, channel)
        if all(judge(rule, r) in ("pass", "not_applicable") for rule in SERVICE_RULES["ticket"]):
            return r


def draft_repair(rng, opened, tier, priority, channel):
    tier = tier or weighted(rng, [("贵宾", 10), ("重点", 25), ("普通", 65)])
    priority = priority or weighted(rng, [("紧急", 15), ("一般", 85)])
    channel = channel or ("热线" if priority == "紧急" else weighted(rng, [("热线", 50), ("微信", 35), ("送修", 15)]))
    site = rng.choice(list(SITES))
    product, says = rng.choice(list((EMERGENCIES if priority == "紧急" else PRODUCTS).items()))
    first = after_open("全天" if channel == "热线" else "工作时间", opened,
                       reply_target(tier, priority) * min(0.95, max(0.04, rng.betavariate(1.5, 4))))
    arrived, due = None, business_days_after("工作时间", opened, 3)
    if channel != "送修":
        target = arrival_target(tier, priority, channel)
        target = target if isinstance(target, timedelta) else hours(7.5)
        arrived = after_open("抢修班" if priority == "紧急" else "工作时间", opened,
                             target * min(0.97, max(0.3, rng.betavariate(3, 2.5))))
    worked = minutes(rng.randrange(25, 150))
    resolved = (arrived or after_open("工作时间", opened, hours(rng.uniform(2, 14)))) + worked
    pending = resumed = None
    if arrived and rng.random() < 0.22:
        pending = arrived + minutes(rng.randrange(10, 25))
        resumed = at(pending.date() + timedelta(days=rng.randrange(1, 5)), rng.randrange(9, 12), rng.randrange(60))
        resolved = resumed + worked
    handed = taken = promised = called = None
    if rng.random() < 0.25:
        handed = first + minutes(rng.randrange(2, 30))
        taken = handed + minutes(rng.randrange(3, 115))
    if rng.random() < 0.2:
        promised = (first + hours(rng.randrange(2, 6))).replace(minute=rng.choice([0, 30]), second=0)
        called = promised - minutes(rng.randrange(1, 50))
    asked = at(resolved.date() + timedelta(days=rng.randrange(3, 22)), rng.randrange(9, 18), rng.randrange(60), rng.randrange(60))

    def by_now(t):
        return t if t is not None and t <= SERVICE_AS_OF else None

    r = {
        "opened_at": opened, "渠道": channel, "tier": tier, "priority": priority, "网点": site,
        "owner": rng.choice(SITES[site]), "产品": product, "故障": rng.choice(says),
        "first_response_at": by_now(first), "handed_over_at": by_now(handed), "taken_over_at": by_now(taken),
        "call_back_due_at": promised if by_now(first) else None, "called_back_at": by_now(called),
        "改约起": None, "改约止": None, "到场时间": by_now(arrived), "pending_at": by_now(pending),
        "resumed_at": by_now(resumed), "resolved_at": by_now(resolved), "followed_up_at": by_now(asked),
        "延误告知时间": None, "致歉时间": None,
    }
    if due < resolved and not pending:
        r["resolved_at"] = None  # drawn again
    return r


def service_moment(rng):
    days = [date(2026, 2, 2) + timedelta(days=i) for i in range(58)]
    day = rng.choices(days, [0.3 if d in FESTIVAL else 1.0 for d in days])[0]
    hour = rng.choices(range(24), [2, 2, 1, 1, 1, 1, 3, 8, 24, 36, 34, 24, 14, 20, 28, 28, 26, 20, 16, 14, 14, 10, 6, 3])[0]
    return at(day, hour, rng.randrange(60), rng.randrange(60))


def build_service(seed):
    rng = random.Random(f"after-sales {seed}")
    sample = Sample("after-sales", SERVICE_RULES, rng)
    records = [repair(rng, service_moment(rng)) for _ in range(260)]
    planted = plant_repairs(rng)
    records += [r for r, _, _, _ in planted]
    moment = {id(r): r["opened_at"] for r in records}
    records.sort(key=lambda r: moment[id(r)])
    for number, r in enumerate(records, 1):
        r["ticket_id"] = f"BX{moment[id(r)]:%m%d}-{number:03d}"
    sample.records = {"ticket": records}
    sample.key_field = {"ticket": "ticket_id"}
    sample.clocks = []
    for r, what, outcomes, verdicts in planted:
        r["opened_at"] = verdicts.pop("报修时间", r["opened_at"])
        sample.reserved.add(id(r))
        for rule, outcome in verdicts.items():
            sample.expected[rule, r["ticket_id"], outcome] = what
        for promise, outcome in outcomes.items():
            try:
                state = stands(View(r), promise)
            except NoEvidence:
                state = State("no_evidence", None, None, None)
            assert state.outcome == outcome, (what, promise, outcome, state.outcome, state.due)
            sample.clocks.append((promise, r["ticket_id"], outcome, what))
    sample.verify()
    return sample


def plant_repairs(rng):
    """Records for every way in which a clock can end: record, what it shows, outcomes, and findings."""
    planted = []

    def plant(what, opened, kind, change, outcomes, verdicts=None):
        """`kind`: tier, priority, channel. A breach of the arrival was told beforehand, unless the findings say otherwise."""
        r = repair(rng, opened, *kind)
        r.update(change)
        verdicts = dict(verdicts or {})
        for promise, outcome in outcomes.items():
            if outcome == "breached":
                verdicts.setdefault(promise, "fail")
            elif outcome == "no_evidence":
                verdicts.setdefault(promise, outcome)
        if outcomes.get(ARRIVAL) == "breached":
            due = stands(View(r), ARRIVAL).due
            if "service/延误须提前告知" not in verdicts:
                r["延误告知时间"] = due - minutes(rng.randrange(5, 60))
            if r["tier"] != "普通" and "service/高等级客户须致歉" not in verdicts:
                r["致歉时间"] = due + hours(rng.randrange(2, 20))
        planted.append((r, what, outcomes, verdicts))

    def day(month, of_month, *time):
        return at(date(2026, month, of_month), *time)

    plain, chat, vip = ("普通", "一般", "热线"), ("普通", "一般", "微信"), ("贵宾", "一般", "热线")
    no_parts = {"pending_at": None, "resumed_at": None}

    def came(moment, mended=None, **more):
        """Came at this moment, mended within the hour unless told, asked five days later if that has come."""
        mended = mended or moment + minutes(50)
        asked = mended + timedelta(days=5)
        times = {"到场时间": moment, "resolved_at": mended, "followed_up_at": asked if asked <= SERVICE_AS_OF else None}
        return no_parts | times | more

    # 到场：午休、正好、差一秒
    plant("正好八小时：午休不计", day(3, 4, 10), plain, came(day(3, 5, 10, 30)), {ARRIVAL: "kept"})
    plant("超过八小时一秒", day(3, 4, 10), plain, came(day(3, 5, 10, 30, 1)), {ARRIVAL: "breached"})
    plant("中午报修，下午上班才起算，正好四小时", day(3, 10, 12, 20), vip, came(day(3, 10, 17, 30)), {ARRIVAL: "kept"})
    # 春节和调休
    plant("2月14日（周六）调休上班，当天计时，春节九天不计，正好八小时", day(2, 14, 10), plain, came(day(2, 24, 10, 30)),
          {ARRIVAL: "kept"})
    plant("只因2月14日调休上班才超时：当作普通周六则按时", day(2, 14, 10), plain, came(day(2, 24, 11)), {ARRIVAL: "breached"})
    plant("一个工作日落在调休的周六，节后到场已超时", day(2, 13, 17), chat, came(day(2, 24, 9, 30)), {ARRIVAL: "breached"})
    plant("隔了春节九天，只用了五个半小时", day(2, 14, 16), plain, came(day(2, 24, 14)), {ARRIVAL: "kept"})
    plant("假期中报修，2月24日开门才起算，一个工作日正好", day(2, 18, 15), chat, came(day(2, 25, 9)), {ARRIVAL: "kept"})
    plant("2月28日（周六）调休上班，五点半仍来得及，次周一上门已超时", day(2, 27, 17), vip, came(day(3, 2, 10)), {ARRIVAL: "breached"})
    plant("2月12日下午培训停业，不计时", day(2, 12, 11), plain, came(day(2, 13, 16, 30)), {ARRIVAL: "kept"})
    plant("3月18日系统升级停业两小时，扣除后仍超时，也没有致歉", day(3, 18, 11), vip, came(day(3, 19, 10)), {ARRIVAL: "breached"},
          {"service/高等级客户须致歉": "fail"})
    plant("3月18日系统升级停业两小时，不计时，按时", day(3, 18, 11, 30), vip, came(day(3, 19, 9, 30)), {ARRIVAL: "kept"})
    # 夜间抢修
    plant("夜班跨零点，正好两小时", day(3, 6, 23, 30), ("贵宾", "紧急", "热线"), came(day(3, 7, 1, 30)), {ARRIVAL: "kept"})
    plant("凌晨两点夜班结束，早八点接着计，超过四小时一秒", day(3, 8, 1, 30), ("普通", "紧急", "热线"),
          came(day(3, 8, 11, 30, 1)), {ARRIVAL: "breached"})
    plant("大年初一夜间抢修，抢修班不放假，超时", day(2, 17, 20, 10), ("重点", "紧急", "热线"), came(day(2, 17, 23, 40)),
          {ARRIVAL: "breached"}, {"service/延误须提前告知": "fail"})
    # 改约
    plant("客户改约两天，不计时，按时", day(3, 11, 9, 30), plain,
          came(day(3, 13, 16), 改约起=day(3, 11, 14), 改约止=day(3, 13, 14)), {ARRIVAL: "kept"})
    plant("扣除改约一天仍超时", day(3, 11, 9, 30), plain,
          came(day(3, 13, 16), 改约起=day(3, 11, 14), 改约止=day(3, 12, 14)), {ARRIVAL: "breached"})
    plant("午休时改约半小时，本来就不计时，仍超时", day(3, 16, 9), vip,
          came(day(3, 16, 14, 45), 改约起=day(3, 16, 12, 15), 改约止=day(3, 16, 12, 45)), {ARRIVAL: "breached"})
    # 尚未到场
    open_ = {"到场时间": None, "resolved_at": None, "followed_up_at": None} | no_parts
    plant("尚未到场，用了三小时", day(3, 31, 15), plain, open_, {ARRIVAL: "running"})
    plant("尚未到场，八小时用了七小时", day(3, 31, 9, 30), plain, open_, {ARRIVAL: "at_risk"})
    plant("尚未到场，已超时，没有告知客户", day(3, 30, 10), plain, open_, {ARRIVAL: "breached", RESOLUTION: "running"},
          {"service/延误须提前告知": "fail"})
    # 没有依据
    lost = {ARRIVAL: "no_evidence", REPLY: "no_evidence", RESOLUTION: "no_evidence"}
    silent = {"promises/far-over": "no_evidence", "service/延误须提前告知": "no_evidence"}
    plant("没有登记报修时间", day(3, 9, 10), plain, {"call_back_due_at": None}, lost, silent | {"报修时间": None})
    plant("报修时间读不出来", day(3, 12, 10), plain, {"call_back_due_at": None}, lost,
          silent | {"报修时间": Bad("2026-02-30 10:15:00", "报修时间")})
    plant("到场早于报修", day(3, 5, 14), plain, {"到场时间": day(3, 5, 8)}, {ARRIVAL: "no_evidence"},
          {"service/延误须提前告知": "no_evidence"})
    plant("客户等级没有登记，查不到时限", day(3, 3, 11), plain, {"tier": None}, {ARRIVAL: "no_evidence", REPLY: "no_evidence"},
          silent | {"service/高等级客户须致歉": "no_evidence"})
    plant("客户送修，没有上门承诺", day(3, 3, 15), ("普通", "一般", "送修"), {}, {ARRIVAL: "not_applicable"})
    # 修复：三个工作日，待件不计
    plant("三个工作日正好", day(3, 2, 15, 20), plain, came(day(3, 3, 10), day(3, 5, 15, 20)), {RESOLUTION: "kept"})
    plant("超过三个工作日一分钟", day(3, 2, 15, 20), plain, came(day(3, 3, 10), day(3, 5, 15, 21)),
          {RESOLUTION: "breached"})
    plant("节前报修，2月14日算一个工作日，2月25日到期", day(2, 13, 16), chat,
          came(day(2, 14, 10), day(2, 25, 17)), {RESOLUTION: "breached"})
    plant("等配件八天不计时，按时", day(3, 2, 10), plain,
          came(day(3, 2, 15), day(3, 12, 16), pending_at=day(3, 2, 16), resumed_at=day(3, 10, 16)),
          {RESOLUTION: "kept"})
    plant("配件到了以后又拖了四天，超时", day(3, 2, 10), plain,
          came(day(3, 2, 15), day(3, 16, 16), pending_at=day(3, 2, 16), resumed_at=day(3, 10, 16)),
          {RESOLUTION: "breached"})
    plant("配件还没有到，计时停着：半个月没有修好，也不算超时", day(3, 16, 10), plain,
          came(day(3, 16, 15)) | {"pending_at": day(3, 16, 16), "resolved_at": None, "followed_up_at": None}, {RESOLUTION: "at_risk"})
    plant("尚未修复，三个工作日将满", day(3, 27, 9, 30), plain,
          came(day(3, 27, 16)) | {"resolved_at": None, "followed_up_at": None}, {RESOLUTION: "at_risk"})
    # 首次响应
    plant("热线全天受理，夜里也计时，正好三十分钟", day(3, 14, 23, 50), ("重点", "一般", "热线"),
          {"first_response_at": day(3, 15, 0, 20)}, {REPLY: "kept"})
    plant("热线夜里无人应答，超过时限一倍以上", day(3, 14, 22), ("重点", "一般", "热线"), {"first_response_at": day(3, 15, 8)},
          {REPLY: "breached"}, {"promises/far-over": "fail"})
    plant("微信留言下班后不计，按时", day(3, 5, 17, 45), chat, {"first_response_at": day(3, 6, 11)}, {REPLY: "kept"})
    plant("微信留言四小时没有回应，略超", day(3, 5, 10), chat, {"first_response_at": day(3, 5, 15, 40)}, {REPLY: "breached"})
    # 转派、回电、回访
    handed = {"handed_over_at": day(3, 24, 10), "taken_over_at": day(3, 24, 12)}
    plant("转派两小时整接单", day(3, 24, 9), plain, handed, {HAND_OVER: "kept"})
    plant("转派后两小时没有接单", day(3, 24, 9), plain, handed | {"taken_over_at": day(3, 24, 12, 1)}, {HAND_OVER: "breached"})
    plant("转派后一直没有接单", day(3, 25, 9), plain,
          open_ | {"到场时间": day(3, 25, 15), "handed_over_at": day(3, 25, 10), "taken_over_at": None},
          {HAND_OVER: "breached", RESOLUTION: "breached"})
    plant("夜里转派，还没有接单", day(3, 31, 17, 30), plain,
          open_ | {"handed_over_at": day(3, 31, 23), "taken_over_at": None}, {HAND_OVER: "running"})
    back = {"call_back_due_at": day(3, 24, 17), "called_back_at": day(3, 24, 17)}
    plant("到点回电", day(3, 24, 9), plain, back, {CALL_BACK: "kept"})
    plant("约定五点回电，五点四十才回", day(3, 24, 9), plain, back | {"called_back_at": day(3, 24, 17, 40)}, {CALL_BACK: "breached"})
    plant("答应回电，一直没有回", day(3, 24, 9), plain, back | {"called_back_at": None}, {CALL_BACK: "breached"})
    plant("第三十天同一时刻回访", day(2, 3, 9), plain,
          came(day(2, 3, 15)) | {"followed_up_at": day(3, 5, 15, 50)}, {FOLLOW_UP: "kept"})
    plant("三十天过了才回访", day(2, 3, 9), plain,
          came(day(2, 3, 15)) | {"followed_up_at": day(3, 6, 10)}, {FOLLOW_UP: "breached"})
    plant("一直没有回访，已过三十天", day(2, 5, 9), plain,
          came(day(2, 5, 15)) | {"followed_up_at": None}, {FOLLOW_UP: "breached"})
    plant("还没有回访，三十天将满", day(3, 4, 9), plain,
          came(day(3, 4, 16)) | {"followed_up_at": None}, {FOLLOW_UP: "at_risk"})
    # 平常的超时
    for _ in range(9):
        opened = at(rng.choice([date(2026, 3, d) for d in (2, 3, 9, 10, 16, 17, 23)]), rng.randrange(9, 12), rng.randrange(60))
        tier = weighted(rng, [("贵宾", 25), ("重点", 25), ("普通", 50)])
        late = after_open("工作时间", opened, hours(8 + rng.choice([0.4, 1.2, 3, 4.5])))
        told = {} if rng.random() < 0.5 else {"service/延误须提前告知": "fail"}
        if tier != "普通" and rng.random() < 0.4:
            told["service/高等级客户须致歉"] = "fail"
        plant("上门超时", opened, (tier, "一般", "热线"), came(late), {ARRIVAL: "breached"}, told)
    for _ in range(5):
        opened = at(rng.choice([date(2026, 3, d) for d in (3, 4, 11, 12, 19, 26)]), rng.randrange(9, 11), rng.randrange(60))
        slow = after_open("工作时间", opened, hours(4 + rng.choice([0.2, 0.7, 1.5, 2.6])))
        plant("首次响应超时", opened, chat, {"first_response_at": slow}, {REPLY: "breached"})
    plant("贵宾报修，两小时才有人回应", day(3, 20, 10), vip, {"first_response_at": day(3, 20, 12)}, {REPLY: "breached"},
          {"promises/far-over": "fail"})
    return planted


SERVICE_COLUMNS = [
    ("报修单号", "ticket_id"), ("报修时间", "opened_at"), ("渠道", "渠道"), ("客户等级", "tier"), ("紧急程度", "priority"),
    ("网点", "网点"), ("工程师", "owner"), ("产品", "产品"), ("故障", "故障"), ("首次响应时间", "first_response_at"),
    ("转派时间", "handed_over_at"), ("接单时间", "taken_over_at"), ("约定回电时间", "call_back_due_at"),
    ("回电时间", "called_back_at"), ("改约起", "改约起"), ("改约止", "改约止"), ("到场时间", "到场时间"),
    ("待件起", "pending_at"), ("待件止", "resumed_at"), ("修复时间", "resolved_at"), ("延误告知时间", "延误告知时间"),
    ("致歉时间", "致歉时间"), ("回访时间", "followed_up_at"),
]


def write_service(sample, folder):
    repairs = list(sample.records["ticket"])
    twice = next(r for r in repairs if id(r) not in sample.reserved and r["followed_up_at"])
    repairs.insert(150, Again(twice, f"{twice['ticket_id']} 重复，内容相同"))
    repairs.insert(61, Raw("BX0213-901,2026-02-13 10:20:00,热线,普通", "只有 4 列，应为 23 列"))
    write_csv(sample, folder, "data/报修单.csv", SERVICE_COLUMNS, repairs, SPACE_TIME)
    sample.write_lists(folder)
    write_bytes(folder / "planted-promises.csv", csv_bytes(["promise", "key", "outcome", "what"], sorted(sample.clocks)))


# =============================================================================================
# A contact centre whose agents are appraised: no faults are planted, the scores are what it is about.

CENTRE_AGENTS = [
    ("Amy Chan", "north"), ("Ben Okoro", "north"), ("Carla Diaz", "north"), ("Deepak Rao", "north"),
    ("Ewa Nowak", "south"), ("Femi Ade", "south"), ("Grace Lin", "south"), ("Hugo Silva", "south"),
]


def write_centre(seed, folder):
    rng = random.Random(seed + 4)
    lines = [["work_id", "agent", "team", "done_at", "greeted", "heard_out", "next_step_told", "rude_words", "errors", "praise", "score"]]
    for month in (2, 3):
        for who, (agent, team) in enumerate(CENTRE_AGENTS):
            # The last of the south has just begun: too few for a grade.
            for _ in range(6 if who == 7 and month == 2 else 30):
                slip = 0.03 + 0.015 * (who % 4)
                yes = lambda often: "" if rng.random() < 0.02 else str(rng.random() >= often).lower()
                lines.append([
                    f"W{len(lines):04}", agent, team, f"2026-{month:02}-{rng.randrange(1, 28):02}T{rng.randrange(9, 18):02}:{rng.randrange(60):02}:00",
                    yes(slip), yes(slip * 1.5), yes(slip * 2), int(who == 3 and month == 3 and rng.random() < 0.05),
                    int(rng.random() < slip), int(rng.random() < 0.06), rng.choice([5, 5, 4, 4, 4, 3, 2]) if rng.random() < 0.5 else "",
                ])
    write_bytes(folder / "data/work.csv", csv_bytes(lines[0], lines[1:]))
    print(f"{folder.name}: {len(lines) - 1} of kind work")


# =============================================================================================
# A service office: cases put together from a log, complaints by customer, topic and site, orders, customer files, and the
# load of its hours. Clean records keep every rule; each planted fault names the rule that tells it.

OFFICE_PEOPLE = ["李娜", "王磊", "赵敏", "陈晨"]
OFFICE_SITES = ["城东", "城西", "城南", "城北"]
OFFICE_TOPICS = ["账单", "线路", "安装", "态度", "排队"]


def office_time(day, hour=9.0):
    return datetime(2026, 3, 1) + timedelta(days=day - 1, hours=hour)


def iso(moment):
    return "" if moment is None else moment.isoformat(timespec="minutes")


def office_events(rng):
    """Events as (case, step, time, who), and the planted verdicts."""
    events, planted = [], []

    def case(number, *steps, day=None):
        begin = office_time(day or 2 + number % 20, 9 + number % 5)
        who = OFFICE_PEOPLE[number % 4]
        for step, hours, *other in steps:
            events.append((f"GD{number:03}", step, begin + timedelta(hours=hours), other[0] if other else who))
        return f"GD{number:03}"

    whole = [("受理", 0), ("办理", 1), ("答复", 5), ("回访", 29), ("办结", 30)]
    for number in range(1, 51):
        case(number, *whole)
    fault = lambda rule, key, what: planted.append((rule, key, "fail", what))
    fault("process/accepted-once", case(51, *whole, ("受理", 2)), "受理两次")
    fault("process/steps-in-order", case(52, *whole[:2], ("回访", 29), ("办结", 30)), "没有答复就办结")
    late = case(53, *whole[:3], ("回访", 85), ("办结", 86))
    fault("process/loop-closed", late, "答复后 80 小时才回访")
    fault("process/not-stalled", late, "停滞 80 小时")
    fault("process/first-owner", case(54, *whole[:4], ("办结", 30, "孙悦")), "他人办结")
    fault("process/few-hand-offs", case(55, *whole[:2], ("办理", 2, "孙悦"), ("办理", 3), ("办理", 4, "周凯"), *whole[2:]), "转手四次")
    fault("process/taken-over", case(56, *whole[:2], ("转派", 2), ("接手", 8), *whole[2:]), "转派六小时后才接手")
    fault("process/closed-is-closed", case(57, *whole, ("办理", 31)), "办结后继续办理")
    fault("process/verified-before-paid", case(58, *whole[:2], ("赔付", 3), ("核身", 4), *whole[2:]), "先赔付后核身")
    fault("process/promise:first-handling", case(59, ("受理", 0), ("办理", 6), ("答复", 7), *whole[3:]), "六小时后才办理")
    reopened = [("重开", 70), ("办理", 110), ("办理", 150), ("办结", 165)]
    fault("process/promise:closing", case(60, *whole, *reopened), "重开前 30 小时、重开后 95 小时")
    # Opened again for as long, and closed in time: the closed span does not count.
    case(61, *whole, ("重开", 70), ("办理", 110), ("办结", 150))
    rng.shuffle(events)
    # Events of one moment keep the order of the file: there are none.
    return events, planted


OFFICE_COMPLAINT = ["case_id", "customer_id", "topic", "site", "status", "grade", "tier", "channel", "owner", "first_owner", "transfers",
                    "accepted_at", "reply_due_at", "handled_at", "replied_at", "followed_up_at", "archived_at", "settlement_amount",
                    "evidence_signed", "escalated", "first_handling_archived", "watch_listed", "supervisor_told_at"]


def office_complaints():
    rows, planted = [], []

    def add(accepted, customer, topic, site, **other):
        hours = lambda it: iso(accepted + timedelta(hours=it))
        row = dict(case_id=f"TS{len(rows) + 1:03}", customer_id=customer, topic=topic, site=site, status="archived", grade="normal", tier="basic",
                   channel="phone", owner="李娜", first_owner="李娜", transfers=0, accepted_at=iso(accepted), reply_due_at=hours(20),
                   handled_at=hours(2), replied_at=hours(5), followed_up_at=hours(24), archived_at=hours(30), settlement_amount="0.00",
                   evidence_signed="true", escalated="false", first_handling_archived="true", watch_listed="false", supervisor_told_at="")
        row.update(other)
        rows.append(row)
        return row["case_id"]

    fault = lambda rule, key, what: planted.append((f"complaints/{rule}", key, "fail", what))
    for number in range(40):
        add(office_time(1, 14 * number), f"KH{number:03}", OFFICE_TOPICS[number % 5], OFFICE_SITES[number // 5 % 4])
    fault("no-repeat", add(office_time(24, 10), "KH037", "态度", "城东"), "同一客户两天内再次投诉")
    for number in range(5):
        key = add(office_time(26, 9 + number), f"KH{100 + number}", "停机", OFFICE_SITES[number % 4])
    fault("no-burst-on-topic", key, "一天内第五件“停机”")
    for number in range(5):
        key = add(office_time(28, 9 + number), f"KH{110 + number}", f"其他{number}", "开发区")
    fault("no-burst-on-site", key, "开发区一天内第五件")
    for number in range(3):
        key = add(office_time(12, 9 + number), f"KH{120 + number}", "噪声", "机房")
    fault("no-group-complaint", key, "机房噪声，第三名客户")
    fault("escalation-after-handling", add(office_time(5, 11), "KH130", "越级", "总部", escalated="true"), "此前没有办理")
    add(office_time(25, 11), "KH131", "旧事", "总部二")
    add(office_time(29, 20), "KH132", "旧事", "总部三")
    fault("watch-list-told", add(office_time(6, 11), "KH133", "重点", "总部四", watch_listed="true"), "没有报告主管")
    add(office_time(7, 11), "KH134", "重点", "总部五", watch_listed="true", supervisor_told_at=iso(office_time(7, 12)))
    late = add(office_time(9, 11), "KH136", "归档", "总部七", archived_at=iso(office_time(19, 11)))
    fault("archived-soon", late, "回访九天后归档")
    key = add(office_time(8, 11), "KH135", "归档", "总部六", status="closed", archived_at="")
    fault("steps-complete", key, "没有归档")
    planted.append(("complaints/steps-in-order", key, "no_evidence", "没有归档，无法比较先后"))
    return [[row[name] for name in OFFICE_COMPLAINT] for row in rows], planted


OFFICE_ORDER = ["order_id", "facts_told_at", "sold_at", "quoted", "billed", "promised_for", "delivered_at", "needs_installation", "installed_at",
                "signed", "followed_up_at"]


def office_orders():
    rows, planted = [], []

    def add(**other):
        number = len(rows) + 1
        sold = datetime(2026, 2, 1, 10) + timedelta(days=number % 20)
        after = lambda days: iso(sold + timedelta(days=days))
        row = dict(order_id=f"DD{number:03}", facts_told_at=after(-0.125), sold_at=after(0), quoted=f"{1000 + number}.00", billed=f"{1000 + number}.00",
                   promised_for=after(4), delivered_at=after(3), needs_installation="true", installed_at=after(4), signed="true",
                   followed_up_at=after(17))
        row.update({name: after(value) if isinstance(value, (int, float)) else value for name, value in other.items()})
        rows.append(row)
        return row["order_id"]

    fault = lambda rule, key, what: planted.append((f"lifecycle/{rule}", key, "fail", what))
    for _ in range(30):
        add()
    fault("facts-told", add(facts_told_at=1), "成交后才告知")
    fault("price-kept", add(billed="9999.00"), "实收高于报价")
    fault("installed-soon", add(installed_at=9), "六天后才安装")
    fault("acceptance-signed", add(signed="false"), "没有签收")
    key = add(followed_up_at="")
    fault("followed-up", key, "没有回访")
    fault("promise:asked-again", key, "没有回访")
    fault("promise:delivery", add(delivered_at=5, installed_at=6), "晚一天送达")
    return [[row[name] for name in OFFICE_ORDER] for row in rows], planted


OFFICE_CUSTOMER = ["customer_id", "name", "phone", "address", "tier", "manager", "marketing", "consent_at", "last_contact_at", "updated_at"]


def office_customers():
    rows, planted = [], []

    def add(**other):
        number = len(rows) + 1
        row = dict(customer_id=f"DA{number:03}", name=f"客户{number}", phone=f"139{number:08}", address=f"青河路 {number} 号", tier="basic", manager="",
                   marketing="false", consent_at="", last_contact_at="2026-03-01T09:00", updated_at="2026-02-20T09:00")
        row.update(other)
        rows.append(row)
        return row["customer_id"]

    fault = lambda rule, key, what: planted.append((f"customer-file/{rule}", key, "fail", what))
    for number in range(30):
        add(**(dict(tier="vip", manager="王磊", marketing="true", consent_at="2025-06-01T09:00") if number % 6 == 0 else {}))
    fault("complete", add(address=""), "没有地址")
    fault("reachable", add(phone="问邻居"), "不是号码")
    fault("current", add(updated_at="2024-02-20T09:00", last_contact_at=""), "两年没有核对")
    fault("contact-noted", add(updated_at="2025-09-20T09:00"), "有联系，没有核对")
    fault("consent", add(marketing="true"), "没有同意记录")
    fault("vip-has-manager", add(tier="vip"), "重点客户没有负责人")
    add(phone="13900000001")
    fault("one-file-a-customer", "13900000001", "一个电话两份档案")
    return [[row[name] for name in OFFICE_CUSTOMER] for row in rows], planted


def office_contacts():
    rows, planted = [], []

    def hour(day, hour, calls, people, slow=0, faulty=0):
        for number in range(calls):
            started = office_time(day, hour) + timedelta(seconds=3600 // calls * number)
            rows.append([f"LX{len(rows) + 1:04}", f"坐席{number % people + 1}", iso(started), 90 if number < slow else 6, str(number < faulty).lower()])

    fault = lambda rule, key, what: planted.append((f"workload/{rule}", key, "fail", what))
    for day in range(2, 7):
        for clock in range(9, 17):
            if (day, clock) not in ((3, 10), (4, 14), (5, 11)):
                hour(day, clock, 10, 4, slow=1)
    hour(3, 10, 40, 2, slow=20)
    fault("peak-staffed", "2026-03-03|10", "两个人接四十通")
    hour(4, 14, 10, 5, slow=6)
    fault("slow-without-load", "2026-03-04|14", "五个人十通，六通超时")
    hour(5, 11, 10, 5, faulty=4)
    fault("faults-with-load", "2026-03-05|11", "不忙时十通四错")
    fault("faults-by-hour", "4|11", "不忙时十通四错")
    return rows, planted


def write_office(seed, folder):
    rng = random.Random(f"service-office {seed}")
    events, planted = office_events(rng)
    write_bytes(folder / "data/流程.csv", csv_bytes(["工单", "环节", "时间", "经办人"], [[case, step, iso(at), who] for case, step, at, who in events]))
    parts = [("投诉", OFFICE_COMPLAINT, office_complaints), ("订单", OFFICE_ORDER, office_orders), ("客户", OFFICE_CUSTOMER, office_customers),
             ("话务", ["contact_id", "agent_id", "started_at", "waited_seconds", "faulty"], office_contacts)]
    for name, columns, make in parts:
        rows, more = make()
        write_bytes(folder / f"data/{name}.csv", csv_bytes(columns, rows))
        planted += more
    write_bytes(folder / "planted.csv", csv_bytes(["rule", "key", "outcome", "what"], sorted(planted)))
    print(f"{folder.name}: {len(events)} events; {len(planted)} planted verdicts")


# =============================================================================================
# The voice of customers: a survey, SERVQUAL and Kano forms, evaluations by listeners and mystery shoppers, touchpoints.


def voice_surveys():
    rows, planted = [], []
    fault = lambda rule, key, what: planted.append((f"survey/{rule}", key, "fail", what))

    def add(month, answered=True, score=5, expected=4, recommend=9, effort=6, reason="", expectation=""):
        sent = datetime(2026, month, 1 + len(rows) % 25, 9 + len(rows) % 8)
        answers = [iso(sent + timedelta(hours=5)), score, expected, recommend, effort, reason, expectation]
        rows.append([f"S{len(rows) + 1:04}", iso(sent), *(answers if answered else [""] * len(answers))])
        return rows[-1][0]

    slow = "Nobody called back for three days"
    # February: 50 of 100 answer and 44 are satisfied, but 20 warn of us and 15 recommend us.
    for number in range(100):
        low = dict(score=2, expected=4, reason=slow, expectation="reasonable") if number < 6 else {}
        add(2, answered=number < 50, recommend=3 if number < 20 else 9 if number < 35 else 8, **low)
    fault("recommended", "2026-02", "20 detractors, 15 promoters of 50")
    # March: 36 of 200 answer, with more effort; of ten who are not satisfied six had expected what nobody promised.
    for number in range(200):
        low = number < 10
        answer = dict(score=2, reason=slow, expectation="reasonable" if number < 4 else "mistaken") if low else {}
        add(3, answered=number < 36, recommend=3 if low else 9, effort=4 if number < 30 else 5, **answer)
    fault("response-rate", "2026-03", "36 of 200 answer")
    fault("satisfied", "2026-03", "26 of 36; of those with a reasonable expectation 26 of 30")
    fault("effort", "2026-03", "30 of 36 found it hard")
    # April has hardly begun: too few for a verdict on the month.
    fault("on-scale", add(4, score=99), "99 for no answer")
    fault("dissatisfied-reason", add(4, score=1, expected=1), "no reason")
    fault("expectation-told", add(4, score=3, expected=5), "which kind of expectation?")
    key = add(4, score="")
    planted += [(f"survey/{rule}", key, "no_evidence", "answered without a score") for rule in ("on-scale", "dissatisfied-reason", "expectation-told")]
    return ["survey_id", "sent_at", "answered_at", "score", "expected", "recommend", "effort", "reason", "expectation"], rows, planted


VOICE_DIMENSIONS = ["tangibles", "empathy", "responsiveness", "assurance", "reliability"]


def voice_servqual():
    columns = ["form_id"] + [f"{dimension}_{end}" for dimension in VOICE_DIMENSIONS for end in "pe"]
    rows = []
    for number in range(40):
        # Customers wait: responsiveness is 1.5 below what is expected, all else a quarter.
        gaps = [1 + number % 2 if dimension == "responsiveness" else int(number % 4 == 0) for dimension in VOICE_DIMENSIONS]
        rows.append([f"Q{number + 1:03}"] + [it for gap in gaps for it in (6 - gap, 6)])
    rows[-1][1] = ""
    return columns, rows, [
        ("servqual/gap-responsiveness", "*", "fail", "1.5 below"),
        ("servqual/complete", rows[-1][0], "fail", "tangibles not answered"),
    ]


def voice_kano():
    rows, planted = [], []
    features = [("call-back", ("like", "neutral")), ("clear bill", ("must-be", "dislike")), ("voice menu", ("dislike", "like"))]
    for feature, usual in features:
        for number in range(30):
            rows.append([f"K{len(rows) + 1:03}", feature, *(("like", "dislike") if number < 6 else usual)])
    planted.append(("kano/pleases", "clear bill", "fail", "taken for granted: 6 of 30"))
    planted.append(("kano/not-reverse", "voice menu", "fail", "24 of 30 would rather be without it"))
    rows.append([f"K{len(rows) + 1:03}", "call-back", "like", "like"])
    planted.append(("kano/consistent", rows[-1][0], "fail", "liked with and without"))
    rows.append([f"K{len(rows) + 1:03}", "call-back", "fine", "dislike"])
    planted.append(("kano/answered", rows[-1][0], "fail", "“fine” is no answer"))
    return ["form_id", "feature", "with_it", "without_it"], rows, planted


def voice_evaluations():
    rows, planted = [], []
    fault = lambda rule, key, what: planted.append((f"monitoring/{rule}", key, "fail", what))

    def add(agent, call, evaluator, mark, **other):
        happened = datetime(2026, 3, 1 + call % 27, 9 + call % 8)
        row = dict(evaluation_id=f"E{len(rows) + 1:03}", call_id=f"C{call:03}", agent_id=agent, evaluator_id=evaluator, happened_at=iso(happened),
                   evaluated_at=iso(happened + timedelta(days=2)), solved=str(call % 7 != 0).lower(), mark=mark,
                   evidence=f"0{call % 9}:12 interrupted the customer" if mark != "" and mark <= 3 else "")
        row.update(other)
        rows.append(row)
        return row["evaluation_id"]

    agents = ["Amy", "Ben", "Cleo", "Dan"]
    for call in range(1, 61):
        mark = [4, 5, 3, 5, 2][call % 5] if call % 11 else 1
        # Quinn is milder by a point than the lead, save in the last call; Rosa marks as the lead does.
        evaluator = ["Quinn", "Rosa"][call % 2]
        add(agents[call % 4], call, evaluator, min(5, mark + 1) if evaluator == "Quinn" and call < 60 else mark)
        if call % 5 in (0, 2):
            add(agents[call % 4], call, "Lead", mark)
    fault("result-told", add("Amy", 61, "Rosa", 5, solved=""), "solved or not?")
    fault("evidence-given", add("Ben", 62, "Rosa", 2, evidence=""), "marked down without evidence")
    fault("on-scale", add("Cleo", 63, "Rosa", 50), "50 for 5")
    fault("not-oneself", add("Dan", 64, "Dan", 5), "marked himself")
    fault("marked-soon", add("Amy", 65, "Rosa", 5, evaluated_at="2026-04-20T09:00"), "weeks later")
    add("Eve", 66, "Rosa", 5)
    fault("enough-marked", "Eve|2026-03", "one call")
    return list(rows[0]), [list(row.values()) for row in rows], planted


def voice_touchpoints():
    rows, planted = [], []
    fault = lambda rule, key, what: planted.append((f"moments/{rule}", key, "fail", what))

    def visit(*scores, **marks):
        case = f"V{len({row[1] for row in rows}) + 1:03}"
        for number, (touchpoint, score) in enumerate(zip(["door", "counter", "till"], scores)):
            own = {name: 4 for name in ("appearance", "behaviour", "communication")}
            own.update(marks if number == 1 else {})
            rows.append([f"M{len(rows) + 1:04}", case, touchpoint, *own.values(), score, str(touchpoint == "till").lower()])
        return case

    for number in range(40):
        visit(3 + number % 2, 5, 4 + number % 2)
    for name in ("appearance", "behaviour", "communication"):
        visit(4, 4, 5, **{name: 1})
        fault(name, rows[-2][0], f"{name} marked 1 of 5")
    fault("peak", visit(3, 3, 3), "no good moment")
    fault("end", rows[-1][0], "ends at 3 of 5")
    fault("no-pit", visit(5, 1, 4), "one moment of 1")
    visit(4, 4, "")
    planted.append(("moments/end", rows[-1][0], "no_evidence", "not asked at the end"))
    return ["touchpoint_id", "case_id", "touchpoint", "appearance", "behaviour", "communication", "score", "closing"], rows, planted


def write_voice(folder):
    planted, counts = [], []
    parts = [("surveys", voice_surveys), ("servqual", voice_servqual), ("kano", voice_kano), ("evaluations", voice_evaluations),
             ("touchpoints", voice_touchpoints)]
    for name, make in parts:
        columns, rows, more = make()
        write_bytes(folder / f"data/{name}.csv", csv_bytes(columns, rows))
        planted += more
        counts.append(f"{len(rows)} {name}")
    write_bytes(folder / "planted.csv", csv_bytes(["rule", "key", "outcome", "what"], sorted(planted)))
    print(f"{folder.name}: {', '.join(counts)}; {len(planted)} planted verdicts")


# =============================================================================================


def main():
    parser = argparse.ArgumentParser(description="Write the data of the sample projects and the lists of planted faults.")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help=f"another set of records (default {DEFAULT_SEED})")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that holds the sample folders")
    options = parser.parse_args()
    for build, write in ((build_desk, write_desk), (build_hotline, write_hotline), (build_service, write_service)):
        sample = build(options.seed)
        write(sample, options.out / sample.name)
        counts = ", ".join(f"{len(records)} of kind {kind}" for kind, records in sample.records.items())
        faulty = len({key for _, key, _ in sample.expected})
        print(f"{sample.name}: {counts}; {faulty} records with {len(sample.expected)} planted verdicts, "
              f"{len(sample.data_faults)} faults in the data")
    write_centre(options.seed, options.out / "contact-centre")
    write_office(options.seed, options.out / "service-office")
    write_voice(options.out / "customer-voice")


if __name__ == "__main__":
    main()
