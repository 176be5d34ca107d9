"""Which programs validate and grade: those that a package has, against those that it calls for."""

from __future__ import annotations

import os
from pathlib import Path

from greenroom.bank.kattis.cases import Group, LegacyGroupSettings
from greenroom.bank.kattis.files import Files
from greenroom.bank.kattis.package import Metadata, Program
from greenroom.bank.kattis.programs import read_one_program, read_programs


def read_output_validators(files: Files, metadata: Metadata) -> tuple[Program, ...]:
    """The output validators that judge; empty where the default one does.

    The legacy format says in `validation` which it is; in 2025-09 a validator that is there is used. One that is called
    for and missing is a problem. A package that keeps it in the other format's folder is read from there.
    """
    legacy = metadata.format == "legacy"
    own, other = ("output_validators", "output_validator") if legacy else ("output_validator", "output_validators")
    folder = files.root / own
    if not files.entries(folder) and files.entries(files.root / other):
        folder = files.root / other
        files.leave_out(folder, f"is read in place of {own}/, which this format calls for", f"rename it to {own}")
    if legacy:
        programs = read_programs(files, folder, legacy=True)
    else:
        one = read_one_program(files, folder, legacy=False)
        programs = (one,) if one else ()
    if metadata.custom_validation and not programs:
        mend = f"add it to {own}/" + (", or write `validation: default`" if legacy else "")
        files.broken(folder, "the package needs an output validator of its own, and has none that can be used", mend)
    if legacy and programs and not metadata.custom_validation:
        files.leave_out(folder, "is not used: `validation` is default", "write `validation: custom` to use it")
        return ()
    return programs


def read_input_validators(files: Files, *, legacy: bool) -> tuple[Program, ...]:
    """The input validators, from the folder of an older name as well; two of one name are a problem."""
    found: dict[str, Program] = {}
    seen: set[str] = set()
    for folder in (files.root / "input_validators", files.root / "input_format_validators"):
        if (place := os.path.realpath(folder)) in seen:
            continue
        seen.add(place)
        for program in read_programs(files, folder, legacy=legacy, checkers=True):
            if program.name in found:
                files.broken(program.path, "there is another input validator of this name", "remove one of them")
            found[program.name] = program
    return tuple(found.values())


def read_graders(files: Files, data: Group) -> tuple[Program, ...]:
    """The custom graders of a legacy package; a problem where a group calls for one and there is not exactly one."""
    folder = files.root / "graders"
    graders = read_programs(files, folder, legacy=True)
    for group in data.all_groups():
        settings = group.settings
        if isinstance(settings, LegacyGroupSettings) and settings.grading == "custom" and len(graders) != 1:
            path: Path = group.folder / "testdata.yaml"
            files.broken(path, f"grading: custom, and there are {len(graders)} graders", "have one in graders/")
            break
    return graders
