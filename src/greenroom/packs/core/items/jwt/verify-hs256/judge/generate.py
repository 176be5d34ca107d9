"""Tokens of every sort, made with the standard library alone."""

import base64
import hashlib
import hmac
import json

KEY = "correct horse battery staple, and then some"
NOW = 1_700_000_000
AUDIENCE = "orders"
ISSUER = "https://login.example"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def mac(message, key=KEY, digest=hashlib.sha256):
    return b64(hmac.new(key.encode(), message.encode(), digest).digest())


def signed(payload, header=b'{"alg":"HS256","typ":"JWT"}', key=KEY, digest=hashlib.sha256):
    """A compact token over raw bytes or over a mapping."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    message = f"{b64(head)}.{b64(body)}"
    return f"{message}.{mac(message, key, digest)}"


def claims(sub, **more):
    full = {"iss": ISSUER, "aud": AUDIENCE, "sub": sub, "exp": NOW + 900, **more}
    return {name: value for name, value in full.items() if value is not ...}


def case(group, name, token, visible=False, now=NOW, audience=AUDIENCE, key=KEY):
    return {"name": name, "group": group, "visible": visible, "args": [token, key, now, audience, ISSUER]}


def cases(rng):
    yield from basic()
    yield from forged(rng)
    yield from wrong_claims(rng)
    yield from malformed(rng)


def basic():
    yield case("basic", "a good token", signed(claims("alice")), visible=True)
    yield case("basic", "expired an hour ago", signed(claims("alice", exp=NOW - 3600)), visible=True)
    yield case("basic", "good, for several services", signed(claims("bob", aud=["billing", "orders"])), visible=True)
    yield case("basic", "signed with another key", signed(claims("carol"), key="another key that is long enough, too"))
    yield case("basic", "a sub with an umlaut", signed(json.dumps(claims("jürgen"), ensure_ascii=False).encode()))
    beyond = "schlüssel für die prüfung der prüfung"
    yield case("basic", "a key beyond ASCII", signed(claims("dora"), key=beyond), key=beyond)


def forged(rng):
    honest = signed(claims("eve"))
    head, body, mark = honest.split(".")
    yield case("forged", "untouched", honest)
    yield case("forged", "untouched, with spaces in its JSON", spaced())
    yield case("forged", "payload exchanged", f"{head}.{b64(json.dumps(claims('admin')).encode())}.{mark}")
    reordered = b64(b'{"typ":"JWT","alg":"HS256"}')
    yield case("forged", "header exchanged", f"{reordered}.{body}.{mark}")
    for alg in ("None", "nOnE", "none"):
        naked = f"{b64(json.dumps({'alg': alg}).encode())}.{b64(json.dumps(claims('admin')).encode())}"
        yield case("forged", f"alg {alg}, empty signature", naked + ".")
    yield case("forged", "alg none, some signature", f"{naked}.{mark}")
    yield case("forged", "alg none, signed all the same", signed(claims("admin"), {"alg": "none"}))
    yield case("forged", "HS512 with the right key", signed(claims("admin"), {"alg": "HS512"}, digest=hashlib.sha512))
    yield case("forged", "says HS512, is HS256", signed(claims("admin"), {"alg": "HS512"}))
    yield case("forged", "says RS256, is HS256", signed(claims("admin"), {"alg": "RS256"}))
    yield case("forged", "hs256 in small letters", signed(claims("admin"), {"alg": "hs256"}))
    yield case("forged", "no alg", signed(claims("admin"), {"typ": "JWT"}))
    yield case("forged", "signed with the empty key", signed(claims("admin"), key=""))
    yield case("forged", "signature cut short", f"{head}.{body}.{mark[:-8]}")
    yield case("forged", "the signature of another token", f"{head}.{body}.{signed(claims('frank')).split('.')[2]}")
    for number in range(4):
        place = rng.randrange(len(body) - 4)
        other = rng.choice(ALPHABET.replace(body[place], ""))
        changed = f"{head}.{body[:place]}{other}{body[place + 1 :]}.{mark}"
        yield case("forged", f"one character of the payload changed ({number})", changed)
        yield case("forged", f"untouched ({number})", signed(claims(f"user-{rng.randrange(10**6)}")))


def spaced():
    return signed(json.dumps(claims("spaced"), indent=2).encode(), b'{ "alg" : "HS256" }')


def wrong_claims(rng):
    good = {
        "expires in a second": {"exp": NOW + 1},
        "expiry with a fraction": {"exp": NOW + 0.5},
        "audience among three": {"aud": ["a", "b", "orders"]},
        "valid from now": {"nbf": NOW},
        "valid since long": {"nbf": 0},
        "other claims": {"role": "admin", "jti": "1", "iat": NOW + 50},
    }
    for name, change in good.items():
        yield case("claims", name, signed(claims(f"user-{rng.randrange(10**6)}", **change)))
    bad = {
        "expires right now": {"exp": NOW},
        "expired by a fraction": {"exp": NOW - 0.5},
        "no expiry": {"exp": ...},
        "expiry null": {"exp": None},
        "expiry as text": {"exp": str(NOW + 900)},
        "expiry true": {"exp": True},
        "expiry in a list": {"exp": [NOW + 900]},
        "not yet valid": {"nbf": NOW + 1},
        "nbf as text": {"nbf": str(NOW - 900)},
        "nbf null": {"nbf": None},
        "another issuer": {"iss": "https://login.example.evil.test"},
        "no issuer": {"iss": ...},
        "issuer in a list": {"iss": [ISSUER]},
        "another audience": {"aud": "billing"},
        "audience contains ours as text": {"aud": "my-orders-v2"},
        "audience is a part of ours": {"aud": "order"},
        "no audience": {"aud": ...},
        "empty list of audiences": {"aud": []},
        "others in the list": {"aud": ["billing", "orders2"]},
        "audience as an object": {"aud": {"orders": True}},
        "audience null": {"aud": None},
        "no subject": {"sub": ...},
        "empty subject": {"sub": ""},
        "subject a number": {"sub": 42},
    }
    for name, change in bad.items():
        yield case("claims", name, signed(claims(**{"sub": "mallory", **change})))


def malformed(rng):
    good = signed(claims("grace"))
    head, body, mark = good.split(".")
    yield case("malformed", "well formed", good)
    yield case("malformed", "well formed, many claims", signed(claims("heidi", **{f"c{n}": "x" * n for n in range(60)})))
    texts = {
        "empty": "",
        "one dot": ".",
        "two dots": "..",
        "only text": "hello",
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.{mark}",
        "five parts": f"{good}.{mark}.{mark}",
        "empty header": f".{body}.{mark}",
        "empty payload": f"{head}..{mark}",
        "Bearer in front": f"Bearer {good}",
        "line break behind": good + "\n",
        "space in front": " " + good,
        "padding behind": good + "=",
        "foreign character in the signature": f"{head}.{body}.{mark[:9]}!{mark[9:]}",
        "line break in the signature": f"{head}.{body}.{mark[:9]}\n{mark[9:]}",
        "beyond ASCII": f"{head}.{body}.{mark[:-1]}é",
        "full-width digits": "１.２.３",
        "null character": f"{head}.\x00.{mark}",
        "a lone surrogate's neighbour": "\ud7ff.\ue000.x",
        "header is a list": signed(claims("x"), b"[]"),
        "header is null": signed(claims("x"), b"null"),
        "header is text": signed(claims("x"), b'"HS256"'),
        "header is no JSON": signed(claims("x"), b"alg=HS256"),
        "header is not UTF-8": signed(claims("x"), b'{"alg":"HS256","x":"\xff"}'),
        "alg is a list": signed(claims("x"), {"alg": ["HS256"]}),
        "alg is an object": signed(claims("x"), {"alg": {"HS256": 1}}),
        "header nested too deep": f"{b64(b'[' * 20_000)}.{body}.{mark}",
        "payload is a list": signed(b"[1, 2]"),
        "payload is null": signed(b"null"),
        "payload is a number": signed(b"7"),
        "payload is no JSON": signed(b"sub=alice"),
        "payload is not UTF-8": signed(b'{"sub": "\xfe"}'),
        "payload nested too deep": signed(b'{"a":' * 20_000),
        "impossible length": "aaaaa.aaaaa.aaaaa",
    }
    for name, text in texts.items():
        yield case("malformed", name, text)
    raw = json.dumps(claims("padded")).encode()
    padded_body = base64.urlsafe_b64encode(raw + b" " * (-len(raw) % 3 + 1)).decode()
    yield case("malformed", "padding inside, signed with it", f"{head}.{padded_body}.{mac(f'{head}.{padded_body}')}")
    odd = f"{head}.{body[:12]}*{body[12:]}"
    yield case("malformed", "foreign character inside, signed with it", f"{odd}.{mac(odd)}")
