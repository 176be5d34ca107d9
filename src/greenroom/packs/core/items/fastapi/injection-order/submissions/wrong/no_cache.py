def serve(needs, endpoint, fresh, failing):
    log, entered = [], []

    def call(name, path):
        if name in path:
            raise RecursionError
        for below in needs.get(name, []):
            call(below, [*path, name])
        if name in failing:
            raise ValueError(name)
        if name != endpoint:
            log.append("enter " + name)
            entered.append(name)

    try:
        call(endpoint, [])
    except RecursionError:
        return ["cycle"]
    except ValueError as problem:
        return [*log, f"fail {problem}", *("exit " + name for name in entered[::-1]), "respond 500"]
    return [*log, "call " + endpoint, "respond 200", *("exit " + name for name in entered[::-1])]
