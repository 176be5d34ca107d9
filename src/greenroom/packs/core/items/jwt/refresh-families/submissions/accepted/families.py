from dataclasses import dataclass


@dataclass
class Family:
    newest: str = ""
    alive: bool = True


class Service:
    def __init__(self, lifetime: int) -> None:
        self.lifetime = lifetime
        self.tokens: dict[str, tuple[Family, int]] = {}

    def issue(self, family: Family, at: int) -> str:
        token = f"t{len(self.tokens) + 1}"
        self.tokens[token] = (family, at)
        family.newest = token
        return token

    def login(self, at: int, _user: str) -> str:
        return self.issue(Family(), at)

    def refresh(self, at: int, token: str) -> str:
        if token not in self.tokens:
            return "unknown"
        family, issued = self.tokens[token]
        if not family.alive:
            return "revoked"
        if token != family.newest:
            family.alive = False
            return "reuse"
        if at >= issued + self.lifetime:
            return "expired"
        return self.issue(family, at)

    def logout(self, _at: int, token: str) -> str:
        if token not in self.tokens:
            return "unknown"
        self.tokens[token][0].alive = False
        return "bye"


def replay(events: list[tuple[int, str, str]], lifetime: int) -> list[str]:
    service = Service(lifetime)
    return [getattr(service, action)(at, value) for at, action, value in events]
