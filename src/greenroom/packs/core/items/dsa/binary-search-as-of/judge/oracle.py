"""For each question a walk through the whole log. For short logs."""


def oracle(stdin):
    head, *lines = stdin.splitlines()
    n, q = map(int, head.split())
    records = [line.split() for line in lines[:n]]
    answers = []
    for line in lines[n : n + q]:
        key, time = line.split()
        value = "-"
        for record_key, record_time, record_value in records:
            if record_key == key and int(record_time) <= int(time):
                value = record_value
        answers.append("none" if value == "-" else value)
    return "".join(f"{answer}\n" for answer in answers)
