"""Bodies that no page of ours sends get 400 and a sentence: never a 500, never a traceback."""

import json
import random

import pytest

import app

ROUTE = "/_dash-update-component"
JUNK = (
    *(None, True, 0, -1, 1e300, 10**400, "", "x", "\ud800", "<b>", "0,0", "a=1&b"),
    *([], [None], [[]], {}, {"clock": 0}, {"clock": None, "beta": []}, {"beta": "7", "clock": 1}),
    *({"runs": "x/x", "clock": 0}, {"show": ["theory"]}, ["data:;base64,AAAA"], {"a": {"b": [1]}}),
)


@pytest.fixture(scope="module")
def served():
    return app.create_app()


def whole(key, spec, rng):
    """A body of the right shape for a callback, with values that its page would not send."""

    def one(entry):
        ident = entry["id"]
        parsed = json.loads(ident) if ident.startswith("{") else ident
        if isinstance(parsed, dict):
            parsed = {k: v[0] if isinstance(v, list) else v for k, v in parsed.items()}
            value = {"id": parsed, "property": entry["property"], "value": rng.choice(JUNK)}
            return [value] if "ALL" in ident else value
        return {"id": parsed, "property": entry["property"], "value": rng.choice(JUNK)}

    parts = [part.rsplit(".", 1) for part in key.strip(".").split("...") if "." in part]
    outputs = [
        {"id": json.loads(i) if i.startswith("{") else i, "property": p.split("@")[0]} for i, p in parts
    ]
    first = spec["inputs"][0]
    return {
        "output": key,
        "outputs": outputs if key.startswith("..") else next(iter(outputs), None),
        "inputs": [one(entry) for entry in spec["inputs"]],
        "state": [one(entry) for entry in spec["state"]],
        "changedPropIds": [f"{first['id']}.{first['property']}"],
    }


def mutated(body, rng):
    """The body with one thing of it dropped, replaced or doubled."""
    name = rng.choice(sorted(body))
    kind = rng.randrange(4)
    if kind == 0:
        return {k: v for k, v in body.items() if k != name}
    if kind == 1:
        return {**body, name: rng.choice(JUNK)}
    if kind == 2 and isinstance(body[name], list):
        return {**body, name: body[name] * 2}
    return {**body, rng.choice(["inputs", "state"]): [rng.choice(JUNK)]}


def statuses(served, count, seed):
    rng = random.Random(seed)
    client = served.server.test_client()
    callbacks = [(key, spec) for key, spec in served.callback_map.items() if "callback" in spec]
    assert len(callbacks) > 20
    for _ in range(count):
        body = whole(*rng.choice(callbacks), rng)
        if rng.random() < 0.5:
            body = mutated(body, rng)
        try:
            sent = json.dumps(body).encode("utf-8", "surrogatepass")
        except UnicodeEncodeError:
            continue
        answer = client.post(ROUTE, data=sent, content_type="application/json")
        assert b"Traceback" not in answer.data
        yield answer.status_code, body


@pytest.mark.parametrize("seed", range(4))
def test_malformed_bodies_are_refused_and_nothing_fails(served, seed):
    failed = [body for status, body in statuses(served, 100, seed) if status >= 500]
    assert failed == []


@pytest.mark.slow
def test_ten_thousand_malformed_bodies_are_refused_and_nothing_fails(served):
    found = [status for status, _ in statuses(served, 10_000, 2026)]
    assert max(found) < 500
    assert 400 in found


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'{"output": 1}', b'{"output": "none.data"}', b"\xff\xfe", b"[" * 100_000],
)
def test_what_is_no_callback_request_is_named(served, body):
    answer = served.server.test_client().post(ROUTE, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith("This request cannot be used: it")
