"""Tells the stories of the demonstration: organisations, what they state and what they write, from the texts beside it."""

import random
from collections.abc import Mapping
from datetime import date
from typing import Any

from stdnum.cn.uscc import calc_check_digit

from award.demo.figures import Figure, Model, money
from award.demo.prose import answers, citations, evidence, evidence_kinds, told
from award.demo.stories import Story
from award.organisations.credit_code import organisation_check
from award.regulations.model import Criteria

PLACE = "349900"
"""The division code of the invented city; no real place has it."""
COMMON = 192
"""After so many, trade and choice of wordings would meet again (24 trades, 64 choices); so the choice moves on by one."""
LOWEST, HIGHEST = 0.1, 0.95
"""Merit of the weakest and of the best."""


def stories(count: int, seed: int, year: int, criteria: Criteria) -> list[Story]:
    """So many organisations applying in a year, no two alike; the same again for the same seed.

    Raises ValueError where the criteria have a part nothing is told about.
    """
    rng = random.Random(seed)  # noqa: S311 (a story, not a secret)
    merits = [LOWEST + (HIGHEST - LOWEST) * step / max(count - 1, 1) for step in range(count)]
    rng.shuffle(merits)
    return [_story(number, seed, year, merit, criteria) for number, merit in enumerate(merits)]


def _story(number: int, seed: int, year: int, merit: float, criteria: Criteria) -> Story:
    rng = random.Random(f"{seed} {number}")  # noqa: S311 (a story, not a secret)
    base = _organisation(number, rng)
    kind = told("kinds")["kinds"][base["kind"]]
    words = _words(base, kind, year, merit, rng)
    kinds = evidence_kinds(rng)
    texts = answers(number + number // COMMON + seed, seed, words, citations(kinds))
    parts = [*(f"profile.{one.key}" for one in criteria.profile), *(one.key for one in criteria.items())]
    if missing := [part for part in parts if part not in texts]:
        raise ValueError(f"nothing is told about {', '.join(missing)}")
    return Story(
        name=base["name"],
        name_en=base["en"],
        credit_code=credit_code(kind["registered"], seed * 1000 + number),
        sector=kind["sector"],
        established_on=date(base["founded"], rng.randint(1, 12), rng.randint(1, 28)),
        address=base["address"],
        contact_name=base["contact"][0],
        contact_email=f"quality@{base['contact'][2]}.example",
        facts=_facts(base, words, year),
        answers={part: texts[part] for part in parts},
        evidence=evidence(kinds, words, rng),
        merit=merit,
    )


def credit_code(registered: str, number: int) -> str:
    """A unified social credit code with both checks, different for each number below a million.

    registered: the first two characters, department and kind of body.
    """
    body = f"MA{(number * 7919 + 13) % 1_000_000:06d}"
    code = registered + PLACE + body + organisation_check(body)
    return code + str(calc_check_digit(code + "0"))


def _organisation(number: int, rng: random.Random) -> dict[str, Any]:
    """One of the list or, past its end, a further one of the same trade with a name and people of its own."""
    listed = told("organisations")
    base: dict[str, Any] = {**listed[number % len(listed)]}
    again = number // len(listed)
    if again == 0:
        return base
    texts = told("kinds")
    marks, places = list(texts["further"]["marks"].items()), list(texts["further"]["places"].items())
    mark, spelt = marks[(again - 1) % len(marks)]
    if round_ := (again - 1) // len(marks):
        place, where = places[(round_ - 1) % len(places)]
        mark, spelt = place + mark, f"{where} {spelt}"
    city = base["name"][: 3 if base["name"][2] == "市" else 2]
    in_name = base["mark"] in base["name"]
    base["name"] = base["name"].replace(base["mark"] if in_name else city, mark if in_name else city + mark, 1)
    base["en"] = base["en"].replace("Yunchuan", f"Yunchuan {spelt}", 1)
    base["address"] = f"{base['address'].rstrip('0123456789号')}{100 + number}号"
    base["rep"], contact = (rng.choice(texts["surnames"]) + rng.choice(texts["given"]) for _ in range(2))
    base["contact"] = [contact, base["contact"][1], f"{base['contact'][2]}-{again + 1}"]
    base["staff"] = round(base["staff"] * rng.uniform(0.6, 1.4))
    base["revenue"] = round(base["revenue"] * rng.uniform(0.6, 1.4))
    base["founded"] += rng.randint(0, 6)
    return base


def _words(base: Mapping[str, Any], kind: Mapping[str, Any], year: int, merit: float, rng: random.Random) -> dict[str, Any]:
    """Everything a sentence can name: words of the trade, numbers and figures."""
    texts = told("kinds")
    model = Model(merit, rng, texts["compared"], texts["trends"])
    words: dict[str, Any] = {**kind["words"], **base["words"]}
    words |= {key: rng.randint(low, high) for key, (low, high) in texts["counts"].items()}
    words |= _figures(base, kind, words, model)
    first, last = words["revenue"].values[0], words["revenue"].values[2]
    yearly = ((last / first) ** 0.5 - 1) * 100
    words |= {
        "name": base["name"], "address": base["address"], "founded": base["founded"], "staff": base["staff"],
        "office": words["office"], "since": min(year - rng.randint(4, 11), year - 3),
        "age": year - base["founded"], "y1": year - 3, "y2": year - 2, "y3": year - 1,
        "plan_years": f"{year - 3}—{year - 1}", "cagr": f"{yearly:.1f}%", "growth": f"{max(round(yearly), 3)}%",
        "sat_goal": words["sat"].goal, "tax_sum": f"{sum(words['tax'].values):.0f}",
        "groups": max(base["staff"] // 24, 5), "volunteers": round(base["staff"] * rng.uniform(0.25, 0.7)),
    }  # fmt: skip
    return words


def _figures(
    base: Mapping[str, Any], kind: Mapping[str, Any], words: Mapping[str, str], model: Model
) -> dict[str, Figure]:
    own = {f"{letter}{number}": entry for letter in "mq" for number, entry in enumerate(base[letter], start=1)}
    named = {key: entry for key, entry in kind["figures"].items() if isinstance(entry, str)}
    entries = told("kinds")["figures"] | {k: e for k, e in kind["figures"].items() if k not in named} | own
    figures = {key: model.figure(entry, words, base["revenue"] / 10_000) for key, entry in entries.items()}
    named["peers"] = kind["figures"]["invest"][4]
    return figures | money(model, named, base["revenue"], base["margin"], base["tax"], base["staff"])


def _facts(base: Mapping[str, Any], words: Mapping[str, Any], year: int) -> dict[str, str]:
    texts = told("kinds")
    contact, department, _ = base["contact"]
    since = words["since"]
    facts = {
        "legal_representative": base["rep"],
        "staff": str(base["staff"]),
        "size_class": size_class(base["industry"][0], base["staff"], base["revenue"]),
        "industry_code": base["industry"][0],
        "industry_name": base["industry"][1],
        "products": words["products"],
        "excellence_since": str(since),
        "certifications": "\n".join(one.format(year=since - age) for one, age in zip(texts["certified"], (3, 2, 1), strict=True)),
        "honours": "\n".join(one.format(year=year - age, **words) for one, age in zip(texts["honours"], (4, 2), strict=True)),
        "contact_name": contact,
        "contact_department": department,
        "contact_phone": f"0599-31{(base['staff'] * 37 + base['revenue']) % 100_000:05d}",
        "contact_email": f"quality@{base['contact'][2]}.example",
        "contact_address": base["address"],
    }
    for key in ("revenue", "profit", "tax"):
        for step, value in enumerate(words[key].values):
            facts[f"{key}_{year - 3 + step}"] = f"{value:.0f}"
    return facts


def size_class(industry: str, staff: int, revenue: int) -> str:
    """How the national bureau of statistics classes an enterprise. revenue: 10,000 yuan. Source: domain.md 4.6."""
    sizes = told("kinds")["sizes"]
    beginning = max((key for key in sizes if industry.startswith(key)), key=len)
    return next(str(name) for people, earned, name in sizes[beginning] if staff >= people and revenue >= earned)
