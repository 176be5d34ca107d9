import re


def render(template, context):
    # Plain substitution: no escaping, and the blocks are left in the text.
    def value(match):
        name, *filters = [part.strip() for part in match.group(1).split("|")]
        found = context.get(name, "")
        for one in filters:
            if one == "length":
                found = str(len(found))
            elif isinstance(found, str):
                found = {"upper": str.upper, "lower": str.lower, "trim": str.strip, "safe": str}[one](found)
        return found if isinstance(found, str) else ""

    text = re.sub(r"{#.*?#}", "", template, flags=re.DOTALL)
    return re.sub(r"{{\s*(\w.*?)\s*}}", value, text, flags=re.DOTALL)
