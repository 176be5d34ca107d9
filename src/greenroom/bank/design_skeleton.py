"""The skeleton of a new item that is answered by a design."""

from __future__ import annotations

RUBRIC = """\
design:
  rps: 400
  slo: {p99_ms: 250, errors_pct: 0.5, usd_month: 900}
  faults: [{at: 15, for: 4, kill: async_api/1}]
  given: {postgres: {query_ms: 3}}
  needs: {postgres: 1}
  estimates: [peak_rps, postgres_busy_cores]
  seconds: 30
rubric:
  - id: estimates
    points: 2
    title: The load is estimated before the first run
    measure: {design: estimates}
    follow_up:
      ask: How do you come from requests a second to busy cores?
      claim: The cores that are busy are the rate times the work of one request.
  - id: basic
    points: 2
    title: The limits are met when nothing is broken
    measure: {design: steady-state}
    follow_up:
      ask: Which node would be full first if twice as many requests came?
      claim: The node whose utilisation is highest is full first.
  - id: faults
    points: 2
    title: It comes back after a copy is lost
    measure: {design: faults}
    follow_up:
      ask: What happens to the requests that a lost copy had?
      claim: They fail or are tried again at another copy.
"""

_STARTER = """\
design: brand-new
estimate: {peak_rps: 1, postgres_busy_cores: 1}
nodes:
  api: {kind: async_api}
  db:  {kind: postgres}
flows: {all: "api 2ms"}
bottleneck: api
reasons: |
  Why it is built so.
"""

_GOOD = """\
design: several copies
estimate: {peak_rps: 400, postgres_busy_cores: 1.2}
nodes:
  edge: {kind: lb}
  api:  {kind: async_api, copies: 3}
  db:   {kind: postgres, cores: 4}
flows: {all: "edge > api 2ms > db"}
calls: {client: {timeout_ms: 1000, retries: 1, budget_pct: 10}}
bottleneck: db
reasons: |
  The database works 3 ms for each of 400 requests a second, so 1.2 of its cores are busy.
"""

DESIGN = {
    "starter/design.yaml": _STARTER,
    "submissions/accepted/copies.yaml": _GOOD,
    "submissions/partial/alone.yaml": _GOOD.replace("copies: 3", "copies: 1"),
    "submissions/wrong/no-database.yaml": _STARTER,
    "submissions/hostile/tags.yaml": "!!python/object/apply:os.system [id]\n",
    "submissions/expect.yaml": (
        "accepted/copies.yaml: {}\npartial/alone.yaml: {findings: {faults: missed}}\n"
        "wrong/no-database.yaml: {findings: {basic: missed}}\nhostile/tags.yaml: {}\n"
    ),
}
