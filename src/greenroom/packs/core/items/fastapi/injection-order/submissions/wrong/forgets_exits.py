def serve(needs, endpoint, fresh, failing):
    log, entered, kept = [], [], []

    def call(name):
        for below in needs.get(name, []):
            if below not in kept:
                if not call(below):
                    return False
        if name in failing:
            log.append("fail " + name)
            return False
        if name != endpoint:
            log.append("enter " + name)
            entered.append(name)
            kept.append(name)
        return True

    if not call(endpoint):
        return log + ["respond 500"]
    return log + ["call " + endpoint, "respond 200"] + ["exit " + name for name in reversed(entered)]
