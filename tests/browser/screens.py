"""Plain data for the screens that are looked at in a browser: one judge's item, one applicant's item, a round, a front page."""

from datetime import UTC, date, datetime
from typing import Any

from award.kernel.web.rendering import Page
from award.regulations.model import Text

STEPS = ([0, 5], [10, 15, 20, 25], [30, 35, 40, 45], [50, 55, 60, 65], [70, 75, 80, 85], [90, 95, 100])
BANDS = [{"label": f"{s[0]}–{s[-1]}", "steps": s, "text": f"描述 {s[0]}"} for s in STEPS]
DEADLINE = {"text": "8 月 28 日 18:00", "said": "8 月 28 日 18:00", "left": "3 天 5 小时"}
FILES = [{"code": "E-31", "name": "SPC 覆盖清单.xlsx", "size": "1.2 MB", "url": "/e31", "used": True}]
APPLICATION = {
    "zone": "Asia/Shanghai", "url": "/apply", "name": "云川", "number": "2026-017", "kind": "application", "code": "draft",
    "round": "第六届", "in_correction": False, "is_submitted": False, "is_writable": True,
}  # fmt: skip
NAV = [{"label": "我的评审", "url": "/review", "current": True, "icon": "clipboard-list", "group": "评审", "count": 3}]
GROUPS = [
    {"name": "4.5 过程管理", "done": 1, "total": 2, "items": [
        {"key": "4.5.2", "name": "过程的识别与设计", "url": "/452", "code": "complete", "shown": "65%"},
        {"key": "4.5.3", "name": "过程的实施与改进", "url": "/judge", "code": "in_progress", "shown": "70%", "current": True},
    ]},
]  # fmt: skip
STAGES = [
    {"name": "申报", "when": "3/1–5/31", "note": "42 份", "state": "done"},
    {"name": "材料评审", "when": "7/1–8/28", "state": "running"},
    {"name": "公示", "when": "10/20–10/26", "state": "not_started"},
]


def judge() -> dict[str, Any]:
    """4.5.3, worth 50 points, at 70 %, with one strength and one opportunity."""
    strength = {"id": "c1", "mark": "++", "text": "全面应用 SPC。", "refs": ["自评 p71", "E-31"]}
    opportunity = {"id": "c2", "mark": "-", "text": "未见周期性的系统评价。", "refs": []}
    return {
        "sheet": {"id": "s1", "zone": "Asia/Shanghai", "url": "/sheet", "number": "2026-017", "application": "云川精密轴承股份有限公司",
            "tags": ["制造业"], "scored_items": 13, "total_items": 23, "submit_url": "/submit",
            "may_submit": True, "closed": "", "returned": ""},
        "deadline": DEADLINE, "groups": GROUPS, "bands": BANDS, "steps": "0、5、10、……、100", "view": "score", "nav": NAV,
        "item": {"key": "4.5.3", "name": "过程的实施与改进", "points": 50, "kind": "process", "requirements": ["如何实施过程"],
            "version": 7, "percent": 70, "scored": "35.00", "url": "/save", "saved_at": "14:32:08", "note": "", "plain_url": "/save",
            "factors": [{"key": "approach", "name": "方法", "value": "70–85"}],
            "strengths": [strength], "opportunities": [opportunity]},
        "material": {
            "tabs": [{"label": "自评报告", "url": "/judge", "current": True}], "tab": "report",
            "answer": [("正文", "")], "files": FILES, "doc": None},
        "refs_longest": 840, "ref_choices": [{"code": "E-31", "label": "SPC"}],
        "previous": {"url": "/452", "label": "4.5.2"}, "next": {"url": "/462", "label": "4.6.2"},
    }  # fmt: skip


def office() -> dict[str, Any]:
    """A round with one application sealed and one open."""
    row = {"url": "/a", "name": "云川精密轴承股份有限公司", "number": "2026-017", "facts": "制造业", "panel": "第 3 组",
        "kind": "sheet", "code": "in_progress", "squares": ["in", 60, 0, None], "sheets_in": 1, "sheets_due": 4, "strip": None}  # fmt: skip
    opened = {
        **row,
        "name": "江南电气",
        "strip": {"values": [560, 610], "middle": 585, "shown": "585.00"},
        "level": "warn",
    }
    return {
        "round": {"name": "第六届", "state_word": "材料评审中", "facts": ["GB/T 19580"]},
        "acts": [{"label": "导出", "url": "/export", "icon": "download"},
            {"label": "进入下一阶段", "url": "/next", "why": "尚有 3 份未交"}],
        "stages": STAGES, "rows": [row, opened], "page": Page([], 1, 8, 38, "?page={}".format), "nav": NAV,
        "figures": [{"label": "受理申报", "value": 38, "unit": "家"}, {"label": "截止", "value": 3, "alert": True}],
        "filters": {"search": {"name": "q", "value": "", "label": "名称"}, "fields": [], "segments": []},
        "asked": {"round": "r"},
        "todos": [{"text": "缺 1 名评审员", "level": "bad", "url": "/x"}], "todos_url": "/todo", "todos_total": 7,
        "completion": {"points": [(0, 0), (51, 68)], "total_days": 58, "label": "68%", "start": "7/1", "today": "今天", "end": "8/28"},
        "panels": [{"name": "第 4 组", "percent": 58, "is_late": True}],
    }  # fmt: skip


def applicant_item() -> dict[str, Any]:
    """The same item as the applicant writes it."""
    item = {"key": "4.5.3", "name": "过程的实施与改进", "points": 50, "requirements": ["如何实施过程"], "text": "正文",
        "limit": 3000, "version": 3, "is_done": False, "url": "/save", "saved_at": "", "history_url": "/history"}  # fmt: skip
    return {"application": APPLICATION, "item": item, "deadline": DEADLINE, "closed": "",
        "files": FILES, "evidence_url": "/evidence", "previous": None, "next": None}  # fmt: skip


def tasks() -> dict[str, Any]:
    """A task list with a finished and an unfinished task."""
    todo = [
        {"name": "4.1.2", "url": "/412", "kind": "item", "code": "complete"},
        {"name": "4.1.3", "url": "/413", "kind": "item", "code": "in_progress"},
    ]
    return {"application": APPLICATION, "deadline": DEADLINE, "closed": "",
        "next": {"url": "/413", "label": "继续"},
        "groups": [{"title": "4.1", "tasks": todo}], "done": 1, "total": 2, "check_url": "/check"}  # fmt: skip


def home() -> dict[str, Any]:
    """The public front page of a running round."""
    name = Text("云川市市长质量奖", "Yunchuan Mayor's Quality Award")
    issuer = Text("云川市人民政府", "People's Government of Yunchuan")
    running = {"title": Text("材料评审", "Desk review"), "closes_at": datetime(2026, 8, 28, 10, tzinfo=UTC)}
    return {"award": {"award": name, "issuer": issuer}, "recommends": False,
        "notices": [{"title": "申报通知", "url": "/n", "day": date(2026, 3, 1)}],
        "rounds": [{"name": "第六届", "call_url": "/call", "may_apply": True, "stages": STAGES, "current": running,
            "zone": "Asia/Shanghai"}],
        "winners": [{"name": "江南电气", "award": "质量奖", "year": 2024, "url": "/r", "revoked": ""}]}  # fmt: skip


SCREENS = {
    "judge": ("judging/item.html", judge()),
    "closed": ("judging/item.html", {**judge(), "sheet": {**judge()["sheet"], "closed": "已提交"}}),
    "office": ("office/dashboard.html", office()),
    "item": ("applications/item.html", applicant_item()),
    "tasks": ("applications/tasks.html", tasks()),
    "home": ("public/home.html", home()),
    "styleguide": ("styleguide/index.html", {}),
}
