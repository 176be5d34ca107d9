"""Input validators in Checktestdata, the language of `.ctd` files: what a script says of an input.

Grammar and meaning are those of https://github.com/DOMjudge/checktestdata (`doc/format-spec.md`). These files stand
alone: their text is what runs in the sandbox, beside the script, because scripts come from strangers and may loop for
ever.
"""
