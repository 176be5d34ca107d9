"""Large route tables whose answers are known by construction."""


def cases(rng):
    for number, kind in enumerate(("shops", "mixed", "late"), 1):
        routes, requests, expect = [], [], []
        count = 5_000
        for index in range(count):
            routes.append(("GET", f"/api/v1/{{region}}/{kind}/{{item:int}}/part{index}", f"r{index}"))
        for _ in range(count):
            index = rng.randrange(count)
            item = str(rng.randrange(1000))
            path = f"/api/v1/eu/{kind}/{item}/part{index}"
            dice = rng.random()
            if dice < 0.8:
                requests.append(("GET", path))
                expect.append([200, f"r{index}", {"region": "eu", "item": item}])
            elif dice < 0.9:
                requests.append(("PUT", path))
                expect.append([405, "GET", {}])
            else:
                requests.append(("GET", path + "x"))
                expect.append([404, "", {}])
        yield {"name": f"five thousand routes, {number}", "group": "scale", "args": [routes, requests], "expect": expect}
