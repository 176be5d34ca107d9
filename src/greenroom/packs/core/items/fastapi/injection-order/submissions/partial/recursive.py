class Failed(Exception):
    pass


def serve(needs, endpoint, fresh, failing):
    open_now, done = set(), set()

    def circular(name):
        if name in open_now:
            return True
        if name in done:
            return False
        open_now.add(name)
        found = any(circular(below) for below in needs.get(name, []))
        open_now.discard(name)
        done.add(name)
        return found

    if circular(endpoint):
        return ["cycle"]
    log, entered, kept = [], [], set()

    def call(name):
        for below in needs.get(name, []):
            if below not in kept or (name, below) in fresh:
                call(below)
        if name in failing:
            log.append("fail " + name)
            raise Failed
        if name != endpoint:
            log.append("enter " + name)
            entered.append(name)
            kept.add(name)

    try:
        call(endpoint)
        log.extend(["call " + endpoint, "respond 200"])
        log.extend("exit " + name for name in reversed(entered))
    except Failed:
        log.extend("exit " + name for name in reversed(entered))
        log.append("respond 500")
    return log
