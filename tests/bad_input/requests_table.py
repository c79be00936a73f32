"""Requests no page of ours sends, and what programs send wrongly: cause, method, address, what is different, status, words."""

from dataclasses import dataclass, field
from typing import Any

PROBLEM_DETAIL = "cannot be understood"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
ITEM = "/api/v1/sheets/{open_seat}/items/4.1.2"
DRAFT = "/api/v1/applications/{application_apply}/items/4.1.2"
PROFILE = "/api/v1/applications/{application_apply}/profile"
ME = "/me"


@dataclass(frozen=True)
class Sent:
    """who: "" is the public. plain: without the token our pages carry. body: bytes of the body."""

    cause: str
    method: str
    path: str
    status: int
    words: str = ""
    who: str = "nobody"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    plain: bool = False
    cookies: dict[str, str] = field(default_factory=dict)


def put(
    cause: str, body: str | bytes, status: int = 422, words: str = PROBLEM_DETAIL, path: str = ITEM, **more: Any
) -> Sent:
    """A write of a program with a token."""
    headers = {**JSON, "if-match": '"1"' if path != DRAFT else '"0"', **more.pop("headers", {})}
    sent = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return Sent(cause, "PUT", path, status, words, more.pop("who", "judge0"), headers, sent, **more)


WHOLE = {"percent": "65", "factors": "{}", "comments": "[]", "note": '""'}


def entry(**changed: str) -> str:
    """A whole entry for an item with some members as they are written here."""
    return "{" + ", ".join(f'"{name}": {text}' for name, text in (WHOLE | changed).items()) + "}"


def posted(cause: str, body: bytes, status: int, words: str, content_type: str, **more: Any) -> Sent:
    """A form made by hand."""
    return Sent(
        cause,
        "POST",
        ME,
        status,
        words,
        headers={"content-type": content_type, **more.pop("headers", {})},
        body=body,
        **more,
    )


COMMENT = '{"key": "s1", "kind": "strength", "weight": "+", "text": "方法系统。", "references": ["E-1"]}'
GONE = "There is no such page"
NOTHING = "There is no such thing at this address"
UNREADABLE = "Part of this cannot be read"
OTHERWISE = "Nothing of this kind can be sent here"
FOREIGN = "came from another site"
ADDRESSES = (
    Sent("NUL in a path", "GET", "/v/%00", 400, UNREADABLE),
    Sent("NUL in a query", "GET", "/office/judges?q=a%00", 400, UNREADABLE, "office"),
    Sent("versions compared under names there are not", "GET", "/apply/{application_apply}/items/4.1.2/history?earlier=x&later=-1", 422,
         "check: earlier, later", "apply"),
    Sent("a version that is no number", "GET", "/apply/{application_apply}/items/4.1.2/history?old=x&new=-1", 422, "check:", "apply"),
    Sent("a path that climbs", "GET", "/static/../award/app.py", 404, GONE),
    Sent("a path that climbs, escaped", "GET", "/static/%2e%2e/%2e%2e/etc/passwd", 404, GONE),
    Sent("a path that climbs, escaped twice", "GET", "/static/%252e%252e%252fetc%252fpasswd", 404, GONE),
    Sent("a path that climbs with backslashes", "GET", "/static/..%5c..%5cetc%5cpasswd", 404, GONE),
    Sent("a page with a slash too many", "GET", "/office/", 404, GONE, "office"),
    Sent("a page in capitals", "GET", "/OFFICE", 404, GONE, "office"),
    Sent("a link of 5000 characters", "GET", "/reset/" + "A" * 5000, 404, ""),
    Sent("a path in UTF-16", "GET", "/v/%ff%fe%41%00", 400, UNREADABLE),
    Sent("a scheme that climbs", "GET", "/office/schemes/..%2f..%2fpyproject", 404, GONE, "office"),
    Sent("the page of a scheme that does not exist", "GET", "/office/schemes/atlantis", 404, GONE, "office"),
    Sent("the id of a round where an application belongs", "GET", "/office/applications/{round_id}", 404, GONE, "office"),
    Sent("the id of an application where a round belongs", "GET", "/office/rounds/{judged}", 404, GONE, "office"),
    Sent("an inner number where an id belongs", "GET", "/office/rounds/1", 404, GONE, "office"),
    Sent("an id in capitals", "GET", "/office/rounds/ABCDEFGHJKLM", 404, GONE, "office"),
    Sent("an id with SQL in it", "GET", "/office/rounds/1%27%20OR%20%271%27=%271", 404, GONE, "office"),
    Sent("a page number of zero", "GET", "/office/rounds/{round_id}/applications?page=0", 422, "check:", "office"),
    Sent("a negative page number", "GET", "/office/rounds/{round_id}/applications?page=-1", 422, "check:", "office"),
    Sent("a page number in words", "GET", "/office/rounds/{round_id}/applications?page=two", 422, "check:", "office"),
    Sent("a page number of 25 digits", "GET", "/office/rounds/{round_id}/trail?page=" + "9" * 25, 422, "check:", "office"),
    Sent("a page number with a decimal", "GET", "/office/rounds/{round_id}/trail?page=1.5", 422, "check:", "office"),
    Sent("a submission number in words", "GET", "/apply/{application_accept}/submissions/first.json", 404, GONE, "accept"),
    Sent("a list that does not exist", "GET", "/office/export/secrets", 404, GONE, "office"),
    Sent("a kind of paper that does not exist", "GET", "/papers/ransom/{judged}", 404, GONE, "office"),
    Sent("a language that does not exist", "GET", "/lang/tlh", 404, GONE),
    Sent("a year of 20 digits", "POST", "/office/calendar/99999999999999999999/day", 404, GONE, "office"),
    Sent("an item that is not in the criteria", "GET", "/review/{open_seat}/items/9.9.9", 404, GONE, "judge0"),
    Sent("a page of a document far behind its last", "GET", "/evidence/{evidence_id}/pages/999999", 404, GONE, "owner0"),
    Sent("page 0 of a document", "GET", "/evidence/{evidence_id}/pages/0", 404, GONE, "owner0"),
)  # fmt: skip
METHODS = (
    Sent("DELETE of a page", "DELETE", "/office", 405, OTHERWISE, "office"),
    Sent("PUT on a page of forms", "PUT", "/me", 405, OTHERWISE),
    Sent("PATCH of an account", "PATCH", "/me", 405, OTHERWISE),
    Sent("GET of an act", "GET", "/office/rounds/{round_id}/advance", 405, OTHERWISE, "office"),
    Sent("TRACE of the start", "TRACE", "/", 405, OTHERWISE),
    Sent("a method of one's own", "BREW", "/", 405, OTHERWISE),
    Sent("a POST to a picture", "POST", "/static/favicon.svg", 405, OTHERWISE),
)  # fmt: skip
SESSIONS = (
    Sent("a form without its token", "POST", ME, 403, FOREIGN, plain=True),
    Sent("a form with another session's token", "POST", ME, 403, FOREIGN, plain=True, headers={"x-csrf-token": "0" * 40}),
    Sent("a token that is no ASCII", "POST", ME, 403, FOREIGN, plain=True, headers={"x-csrf-token": "\xff" * 40}),
    Sent("a form from another origin", "POST", ME, 403, FOREIGN, headers={"origin": "https://evil.example"}),
    Sent("a form from our host at another port", "POST", ME, 403, FOREIGN, headers={"origin": "http://localhost:81"}),
    Sent("a form from a sandboxed frame", "POST", ME, 403, FOREIGN, headers={"origin": "null"}),
    Sent("a form that a browser says is cross-site", "POST", ME, 403, FOREIGN, headers={"sec-fetch-site": "cross-site"}),
    Sent("a form of a sister site", "POST", ME, 403, FOREIGN, headers={"sec-fetch-site": "same-site"}),
    Sent("a forged session", "POST", ME, 403, FOREIGN, cookies={"session": "f" * 43}),
    Sent("an overlong session", "POST", ME, 403, FOREIGN, cookies={"session": "f" * 4000}),
    Sent("a session with SQL in it", "POST", ME, 403, FOREIGN, cookies={"session": "' OR 1=1 --"}),
    Sent("a host that is not ours", "GET", "/", 400, "", headers={"host": "evil.example"}),
    Sent("a host with our name before it", "GET", "/", 400, "", headers={"host": "localhost.evil.example"}),
    Sent("no host", "GET", "/", 400, "", headers={"host": ""}),
)  # fmt: skip
FORMS = (
    posted("a form in UTF-7", b"name=a", 415, "says it is", "application/x-www-form-urlencoded; charset=utf-7"),
    posted("a form in GBK", "name=李".encode("gbk"), 415, "says it is", "application/x-www-form-urlencoded; charset=gbk"),
    posted("a form in an encoding that does not exist", b"name=a", 415, "says it is", "text/plain; charset=klingon"),
    posted("a form as JSON", b'{"name": "a"}', 422, "Fill this in.", "application/json"),
    posted("a form as XML", b"<name>a</name>", 422, "Fill this in.", "application/xml"),
    posted("a form of no kind", b"name=a", 422, "Fill this in.", "application/octet-stream"),
    posted("multipart without a boundary", b"--x\r\n\r\n--x--", 400, UNREADABLE, "multipart/form-data"),
    posted("multipart with another boundary", b"--y\r\n\r\nx\r\n--y--", 400, UNREADABLE, "multipart/form-data; boundary=x"),
    posted(
        "multipart cut off in a header", b'--x\r\nContent-Disposition: form-data; na', 422, "", "multipart/form-data; boundary=x"
    ),
    posted(
        "multipart with a part without a name", b"--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--\r\n", 400, UNREADABLE,
        "multipart/form-data; boundary=x",
    ),
    posted("2000 fields", b"&".join(b"f%d=1" % n for n in range(2000)), 400, UNREADABLE, FORM["content-type"]),
    posted("a field of two megabytes", b"name=" + b"a" * 2_000_000, 400, UNREADABLE, FORM["content-type"]),
    posted("a field name of two megabytes", b"a" * 2_000_000 + b"=1", 400, UNREADABLE, FORM["content-type"]),
    posted("a broken escape", b"name=%zz&language=%", 422, "Choose one", FORM["content-type"]),
    posted("bytes that are no UTF-8", b"name=%ff%fe&language=xx", 422, "Choose one", FORM["content-type"]),
    posted("a name given as a list", b"name[]=a&name[]=b&language=zh", 422, "Fill this in.", FORM["content-type"]),
    posted(
        "a name given twice, empty at last", b"name=a&name=&language=zh", 422, "Fill this in.", FORM["content-type"]
    ),
    posted("a file where a text belongs",
           b'--x\r\nContent-Disposition: form-data; name="name"; filename="n.txt"\r\n\r\nx\r\n--x--\r\n', 422, "Fill this in.",
           "multipart/form-data; boundary=x"),
)  # fmt: skip
BODIES = (
    put("no JSON at all", "percent=65"),
    put("an empty body", ""),
    put("JSON cut off", '{"percent": 6'),
    put("JSON with a comma at its end", '{"percent": 65,}'),
    put("JSON in single quotes", "{'percent': 65}"),
    put("JSON with a comment", '{"percent": 65 /* steps of 5 */}'),
    put("NaN in JSON", entry(percent="NaN")),
    put("Infinity in JSON", entry(percent="Infinity")),
    put("a JSON list where an object belongs", "[65]"),
    put("a JSON number where an object belongs", "65"),
    put("null where an object belongs", "null"),
    put("JSON nested 100000 deep", "[" * 100_000 + "]" * 100_000, 400, "JSON nested too deep or with a number too long"),
    put("JSON that is no UTF-8", b'{"note": "\xff\xfe", "percent": 65}', 400, "JSON nested too deep or with a number too long"),
    put("half a surrogate pair, escaped", entry(note=r'"a\ud800"')),
    put("half a surrogate pair in a name", entry(**{r"\udfff": "1"})),
    put("a field that is not known", entry(total="999")),
    put("a field that is known to others", entry(is_admin="true")),
    put("a percentage as a fraction in JSON", entry(percent="65.5")),
    put("a percentage as a truth", entry(percent="true"), words="without quotes, sign or point"),
    put("a percentage as a list", entry(percent="[65]")),
    put("a percentage that is no step", entry(percent="67"), words="one of the steps"),
    put("a percentage of 30 digits", entry(percent="1" + "0" * 30), words="one of the steps"),
    put("a percentage of 5000 digits in JSON", '{"percent": ' + "9" * 5000 + "}", 400, "JSON nested too deep or with a number too long"),
    put("a percentage of 1e400", entry(percent="1e400")),
    put("a negative percentage", entry(percent="-5"), words="one of the steps"),
    put("factors as a list", entry(factors='["b50"]')),
    put("a factor of another kind of item", entry(factors='{"beauty": "b50"}'), words="other factors"),
    put("comments as an object", entry(comments='{"kind": "strength"}')),
    put("a comment without a text", entry(comments='[{"kind": "strength", "weight": "++"}]')),
    put("a comment of an unknown kind", entry(comments='[{"kind": "praise", "weight": "++", "text": "x"}]'), words="strength, opportunity"),
    put("an entry with a percentage alone", '{"percent": 65}', words="send the whole back"),
    put("an entry without its note", '{"percent": 65, "factors": {}, "comments": []}', words="check: note."),
    put(
        "a comment without its references", entry(comments='[{"key": "a", "kind": "strength", "weight": "+", "text": "x"}]'),
        words="send the whole back",
    ),
    *(
        put(f"a percentage as {text}", entry(percent=text), words="without quotes, sign or point")
        for text in ("false", '"65"', '" 65 "', '"6_5"', '"+65"', '"65.0"', '"-0"', "65.0", "6.5e1")
    ),
    put("a percentage that is named twice", entry(note='"", "percent": 70'), words="named twice"),
    put("a name twice deep inside", entry(factors='{"approach": "b50", "approach": "b70"}'), words="named twice"),
    put("two comments of the same key by a program", entry(comments=f"[{COMMENT}, {COMMENT}]"), words="the same key"),
    put("evidence that does not exist, cited by a program", entry(comments=f"[{COMMENT}]".replace("E-1", "E-99")), words="code E-99"),
    put("a note that is NUL by a program", entry(note='"\\u0000"'), words="begins with a character that nobody sees"),
    put("a note that is turned round", entry(note='"a\\u202eb"'), words="After “a” stands a character"),
    put("a control character in a comment", entry(comments=f"[{COMMENT}]".replace("系统", "\\u0007")), words="After “方法” stands"),
    put("a control character in a reference", entry(comments=f"[{COMMENT}]".replace("E-1", "\\u0001")), words="nobody sees"),
    Sent("a part that may be complete, while typing", "PUT", "/apply/{application_apply}/items/4.1.2", 422, "Choose one of", "apply",
         {**JSON, "if-match": "0"}, b'{"fields": {"text": "a", "is_done": "maybe"}}'),
    put("NUL in the text of a part", '{"text": "a\\u0000"}', words="After “a” stands", path=DRAFT, who="apply"),
    put("NUL in a fact", '{"fields": {"staff": "8\\u0000"}}', words="After “8” stands", path=PROFILE, who="apply"),
    *(
        Sent(f"a control character while typing {what}", "PUT", path, 422, "After “a” stands", who,
             {**JSON, "if-match": version}, f'{{"fields": {{"{name}": "a\\u0000"}}}}'.encode())
        for what, path, who, version, name in (
            ("a part", "/apply/{application_apply}/items/4.1.2", "apply", "0", "text"),
            ("a fact", "/apply/{application_apply}/profile", "apply", "1", "staff"),
            ("a note", "/review/{open_seat}/items/4.1.2", "judge0", "1", "note"),
        )
    ),
    put("whether a part is complete, as a number", '{"text": "x", "is_complete": 1}', words="true or false", path=DRAFT, who="apply"),
    put("whether a part is complete, in words", '{"text": "x", "is_complete": "yes"}', words="true or false", path=DRAFT, who="apply"),
    put("a body that says it is text", entry(), 415, "says it is", headers={"content-type": "text/plain"}),
    put("a body that says it is a form", "percent=65", 415, "says it is", headers=FORM),
    put("JSON that says it is UTF-7", entry(), 415, "says it is", headers={"content-type": "application/json; charset=utf-7"}),
    put("a write without If-Match", entry(), 428, "", headers={"if-match": ""}),
    put("a write from any version", entry(), 400, "* names no version", headers={"if-match": "*"}),
    put("a write from two versions", entry(), 400, "one ETag", headers={"if-match": '"71", "72"'}),
    put("a write from a weak tag", entry(), 400, "compresses answers", headers={"if-match": 'W/"1"'}),
    put("a write from a tag without quotes", entry(), 400, "in its quotes", headers={"if-match": "1"}),
    *(
        Sent(f"a list with {query}", "GET", f"/api/v1/{query}", 422, PROBLEM_DETAIL, "office")
        for query in (
            "applications?state=nope", "applications?state=", "applications?category=nope", "rounds?stat=open", "rounds?limit=5&limit=6",
            "rounds?limit=1_0", "rounds?limit=+5", "rounds?limit=%2B5", "rounds?limit=5.0", "rounds?year=2_026",
        )
    ),
    put("a write from a stale version", entry(), 412, "", headers={"if-match": '"77"'}),
    put("an overlong key of one write", entry(), headers={"idempotency-key": "k" * 300}),
    put("a key of one write that is too short", entry(), headers={"idempotency-key": "k"}),
    put("an item that is none", entry(), 404, NOTHING, path="/api/v1/sheets/{open_seat}/items/9.9.9"),
    put("another's sheet", entry(), 404, NOTHING, who="judge1"),
    put("a text as a number", '{"text": 5}', path=DRAFT, who="apply"),
    put("a text of 200001 characters", '{"text": "' + "a" * 200_001 + '"}', path=DRAFT, who="apply"),
    put("facts that are no texts", '{"fields": {"staff": 860}}', path=PROFILE, who="apply"),
    put("facts as a list", '{"fields": []}', path=PROFILE, who="apply"),
    put("300 facts", '{"fields": {' + ", ".join(f'"f{n}": ""' for n in range(300)) + "}}", path=PROFILE, who="apply"),
    Sent("a list of 0 rows", "GET", "/api/v1/rounds?limit=0", 422, PROBLEM_DETAIL, "office"),
    Sent("a list of 101 rows", "GET", "/api/v1/rounds?limit=101", 422, PROBLEM_DETAIL, "office"),
    Sent("a cursor that is none", "GET", "/api/v1/rounds?cursor=../..", 422, PROBLEM_DETAIL, "office"),
    Sent("a program with half a token", "GET", "/api/v1/rounds", 401, "", headers={"authorization": "Bearer award_abc"}),
    Sent("a program with a password", "GET", "/api/v1/rounds", 401, "", headers={"authorization": "Basic YWRtaW46YWRtaW4="}),
    Sent("a program without anything", "GET", "/api/v1/rounds", 401, "", who="", plain=True),
    Sent("DELETE of a round by a program", "DELETE", "/api/v1/rounds/{round_id}", 405, "The header Allow names", "office"),
    Sent("an address of the API that is none", "GET", "/api/v1/secrets", 404, NOTHING, "office"),
    Sent("another version of the API", "GET", "/api/v9/rounds", 404, NOTHING, "office"),
)  # fmt: skip
REQUESTS = (*ADDRESSES, *METHODS, *SESSIONS, *FORMS, *BODIES)
