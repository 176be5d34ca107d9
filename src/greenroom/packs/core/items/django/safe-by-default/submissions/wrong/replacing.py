import re


def render(template, context):
    text = re.sub(r"{#.*?#}", "", template, flags=re.DOTALL)

    def loop(match):
        item, name, body = match.groups()
        found = context.get(name, [])
        return "".join(re.sub(r"{{\s*%s\s*}}" % item, entry, body) for entry in found)

    text = re.sub(r"{%\s*for (\w+) in (\w+)\s*%}(.*?){%\s*endfor\s*%}", loop, text, flags=re.DOTALL)

    def condition(match):
        first, _, second = re.sub(r"{%\s*else\s*%}", "\0", match.group(2)).partition("\0")
        return first if context.get(match.group(1)) else second

    text = re.sub(r"{%\s*if (\w+)\s*%}(.*?){%\s*endif\s*%}", condition, text, flags=re.DOTALL)
    for name, value in context.items():
        if isinstance(value, str):
            safe = value.replace("<", "&lt;").replace(">", "&gt;").replace("&", "&amp;")
            text = re.sub(r"{{\s*%s\s*}}" % name, lambda _: safe, text)
    return text
