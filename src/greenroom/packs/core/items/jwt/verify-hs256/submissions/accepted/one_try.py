import base64, hashlib, hmac, json, string

OK = frozenset(string.ascii_letters + string.digits + "-_.")


def trusted_subject(token: str, key: str, now: int, audience: str, issuer: str) -> str | None:
    try:
        return _check(token, key.encode(), now, audience, issuer)
    except Exception:
        return None


def _check(token, key, now, audience, issuer):
    assert set(token) <= OK
    h, p, s = token.split(".")
    good = base64.urlsafe_b64encode(hmac.new(key, (h + "." + p).encode(), hashlib.sha256).digest()).rstrip(b"=")
    assert hmac.compare_digest(good, s.encode())
    header = json.loads(base64.urlsafe_b64decode(h + "=="))
    assert header["alg"] == "HS256"
    c = json.loads(base64.urlsafe_b64decode(p + "=="))
    assert c["iss"] == issuer
    assert audience == c["aud"] or type(c["aud"]) is list and audience in c["aud"]
    assert type(c["exp"]) in (int, float) and c["exp"] > now
    nbf = c.get("nbf", now)
    assert type(nbf) in (int, float) and nbf <= now
    assert type(c["sub"]) is str and c["sub"]
    return c["sub"]
