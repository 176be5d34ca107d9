def render(template: str, context: dict[str, str | list[str]]) -> str:
    """The text of the template with the values of the context.

    {{ name|filter }} prints a value, escaped unless its last filter is safe; filters: upper, lower, trim,
    length, safe. {% if name %}..{% else %}..{% endif %}, {% for item in name %}..{% endfor %}, {# .. #}.
    Missing names print nothing.
    """
    raise NotImplementedError
