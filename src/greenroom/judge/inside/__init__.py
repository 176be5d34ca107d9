"""What runs on the far side of the wall.

Standard library only, importable under `python -I -S` both as `inside` (by the launcher) and as
`greenroom.judge.inside` (by the supervisor, which shares the framing and the value codec). `pathlib`, `typing` and
`dataclasses` are left alone here: each costs more start-up time than a case takes to run.
"""
