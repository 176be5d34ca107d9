"""The tree under `data/`: groups with what they inherit, cases in the order in which they are judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from greenroom.bank.kattis.cases import Arguments, Case, Comparison, Group, GroupSettings, LegacyGroupSettings
from greenroom.bank.kattis.comparison import comparison_of
from greenroom.bank.kattis.constants import substitute
from greenroom.bank.kattis.files import Entry, Files
from greenroom.bank.kattis.keys import Keys, read_keys
from greenroom.bank.kattis.package import Metadata
from greenroom.bank.kattis.parts import SETTINGS, Parts, case_of, sort_into_parts
from greenroom.bank.kattis.settings import (
    CaseSettings,
    case_settings,
    group_settings,
    legacy_settings,
    of_group,
    with_former_names,
)

_OTHER_FOLDERS = {
    "invalid_input": "inputs that validators must reject",
    "invalid_output": "outputs that the output validator must reject",
    "invalid_answer": "answers that validators must reject",
    "valid_output": "outputs that the output validator must accept",
}


@dataclass
class DataReader:
    """Reads `data/` of one package. `forced` overrides every group's settings (`settings.ancient_settings`).

    In a `draft` of 2025-09 `test_group.yaml` may still be called `testdata.yaml`.
    """

    files: Files
    metadata: Metadata
    forced: Mapping[str, Any] = field(default_factory=dict)
    draft: bool = False
    _compared: dict[tuple[str, ...], Comparison] = field(default_factory=dict)

    def read(self) -> Group:
        """The root group, with `sample` and `secret` in it; a problem where there is no secret case."""
        folder = self.files.root / "data"
        legacy = self.metadata.format == "legacy"
        root: LegacyGroupSettings | GroupSettings
        root = self._legacy(folder, LegacyGroupSettings()) if legacy else self._current(folder, GroupSettings(), "")
        groups = []
        for entry in self.files.entries(folder):
            if entry.name in {"sample", "secret"} and entry.is_folder:
                if isinstance(root, LegacyGroupSettings):
                    groups.append(self._legacy_group(entry, entry.name, root))
                else:
                    groups.append(self._current_tree(entry, root))
            elif entry.is_folder or entry.name not in SETTINGS:
                what = _OTHER_FOLDERS.get(entry.name, "neither sample nor secret test data")
                self.files.leave_out(entry.path, f"is not read: {what}")
        group = Group("", folder, root, tuple(groups))
        if self.metadata.scoring and not legacy:
            self._check_scores(group)
        if not any(case.name.startswith("secret/") for case in group.all_cases()):
            self._miss_data(folder)
        return group

    def comparison(self, arguments: tuple[str, ...], origin: Path) -> Comparison:
        """How the default output validator compares when called with *arguments*, which *origin* gives it."""
        if arguments not in self._compared:
            try:
                compared, unknown = comparison_of(arguments, once=self.metadata.format != "legacy")
            except ValueError as error:
                compared, unknown = Comparison(), []
                self.files.broken(origin, f"arguments of the output validator: {error}", "write `float_tolerance 1e-6`")
            for word in unknown:
                self.files.leave_out(origin, f"the default output validator has no argument {word[:60]!r}")
            self._compared[arguments] = compared
        return self._compared[arguments]

    def _miss_data(self, folder: Path) -> None:
        generated = self.files.is_file(self.files.root / "generators" / "generators.yaml")
        mend = "make them with the package's generators first" if generated else "add data/secret/<name>.in and .ans"
        self.files.broken(folder / "secret", "there are no secret test cases", mend)

    # --- legacy: groups within groups, each with a testdata.yaml

    def _legacy_group(self, folder: Entry, name: str, around: LegacyGroupSettings) -> Group:
        settings = self._legacy(folder.path, around)
        flags = settings.output_validator_flags
        own = CaseSettings((), settings.input_validator_flags, (), name.startswith("sample"))
        parts, others = sort_into_parts(self.files, folder.path, legacy=True)
        items: list[Case | Group] = [
            self._case(part, f"{name}/{base}", own, self._with_flags(flags))
            for base, part in parts.items()
            if part.has_input
        ]
        items += [self._legacy_group(entry, f"{name}/{entry.name}", settings) for entry in others]
        interactions = tuple(part.interaction for part in parts.values() if part.interaction and not part.has_input)
        return Group(name, folder.path, settings, _ordered(items), interactions)

    def _legacy(self, folder: Path, around: LegacyGroupSettings) -> LegacyGroupSettings:
        path = folder / "testdata.yaml"
        self._name_misspelt(folder, "testdata.yml", "test_group.yaml")
        settings = around
        if self.files.is_file(path):
            settings = legacy_settings(read_keys(self.files, path), around, scoring=self.metadata.scoring)
        return replace(settings, **self.forced)

    def _with_flags(self, own: Arguments) -> Arguments:
        first = self.metadata.validator_flags
        if own.named is None:
            return Arguments(first + own.common)
        return Arguments(named={name: first + flags for name, flags in own.named.items()})

    # --- 2025-09: groups directly under secret, folders in them without a meaning

    def _current_tree(self, folder: Entry, around: GroupSettings) -> Group:
        name = folder.name
        settings = self._current(folder.path, replace(around, full_feedback=name == "sample"), name)
        if name == "sample":
            return self._current_group(folder.path, name, settings)
        parts, others = sort_into_parts(self.files, folder.path, legacy=False)
        self._refuse_twins(parts, others)
        items: list[Case | Group] = list(self._current_cases(parts, name, settings))
        if items and others:
            if self.metadata.scoring:
                self.files.broken(folder.path, "has test cases and groups", "put every case into a group")
            else:
                self.files.leave_out(folder.path, "has test cases and groups; all are judged")
        for entry in others:
            inner = f"{name}/{entry.name}"
            items.append(self._current_group(entry.path, inner, self._current(entry.path, settings, inner)))
        return Group(name, folder.path, settings, _ordered(items))

    def _current_group(self, folder: Path, name: str, settings: GroupSettings) -> Group:
        items, interactions = self._flat(folder, name, settings)
        if not items and name != "sample":
            self.files.leave_out(folder, "has no test case")
        return Group(name, folder, settings, tuple(sorted(items, key=lambda case: case.name)), tuple(interactions))

    def _flat(self, folder: Path, name: str, settings: GroupSettings) -> tuple[list[Case], list[Path]]:
        parts, others = sort_into_parts(self.files, folder, legacy=False)
        self._refuse_twins(parts, others)
        cases = list(self._current_cases(parts, name, settings))
        interactions = [part.interaction for part in parts.values() if part.interaction and not part.has_input]
        for entry in others:
            nested = entry.path / "test_group.yaml"
            if self.files.is_file(nested):
                self.files.leave_out(nested, "is not read: groups lie directly under data/secret")
            below, more = self._flat(entry.path, f"{name}/{entry.name}", settings)
            cases, interactions = cases + below, interactions + more
        return cases, interactions

    def _current_cases(self, parts: Mapping[str, Parts], name: str, settings: GroupSettings) -> Iterator[Case]:
        for base, part in parts.items():
            if part.has_input:
                own = case_settings(self._keys(part.settings), settings) if part.settings else of_group(settings)
                yield self._case(part, f"{name}/{base}", own, Arguments(own.output_validator_args))

    def _current(self, folder: Path, around: GroupSettings, name: str) -> GroupSettings:
        path, former = folder / "test_group.yaml", folder / "testdata.yaml"
        if self.draft and self.files.is_file(former) and not self.files.is_file(path):
            self._name_misspelt(folder, "test_group.yml")
            keys = with_former_names(self._keys(former))
        else:
            self._name_misspelt(folder, "test_group.yml", "testdata.yaml")
            # Without a file too: the defaults of scores differ between secret and its groups.
            keys = self._keys(path) if self.files.is_file(path) else Keys.none(self.files, path)
        return group_settings(keys, around, name, scoring=self.metadata.scoring)

    def _keys(self, path: Path) -> Keys:
        constants = self.metadata.constants
        return read_keys(self.files, path, substitute(self.files.text(path), constants) if constants else None)

    def _check_scores(self, root: Group) -> None:
        """What one `test_group.yaml` alone does not show: names that others must have, and bounds under bounds."""
        earlier = {group.name for group in root.groups if group.name == "sample"}
        bounded = any(_bound(group) is not None for group in root.groups if group.name == "secret")
        for group in root.all_groups():
            path = group.folder / "test_group.yaml"
            settings = group.settings
            assert isinstance(settings, GroupSettings)  # this format's groups have no other
            for name in settings.require_pass:
                if name not in earlier:
                    mend = f"use one of: {', '.join(sorted(earlier))}" if earlier else "take it out"
                    self.files.broken(path, f"require_pass: {name[:60]!r} is no group before this one", mend)
            if bounded and group.name.startswith("secret/") and settings.max_score is None:
                mend = "say what the group is worth, or `max_score: unbounded` in data/secret"
                self.files.broken(path, "max_score is missing, and that of data/secret is bounded", mend)
            if group.name.startswith("secret/"):
                earlier.add(group.name)

    def _refuse_twins(self, parts: Mapping[str, Parts], folders: list[Entry]) -> None:
        for entry in folders:
            if entry.name in parts and parts[entry.name].has_input:
                self.files.broken(entry.path, "a folder and a test case have the same name", "rename one of them")

    # --- both

    def _case(self, part: Parts, name: str, own: CaseSettings, output_args: Arguments) -> Case:
        talks = self.metadata.interactive or self.metadata.multi_pass
        case = case_of(self.files, part, name, answer_needed=not talks)
        compared = None
        if not self.metadata.custom_validation:
            # The default validator has no name of its own: flags for one by name are its flags.
            flags = output_args.common if output_args.named is None else next(iter(output_args.named.values()), ())
            compared = self.comparison(flags, part.settings or case.input.parent)
        return replace(
            case,
            args=own.args,
            input_validator_args=own.input_validator_args,
            output_validator_args=output_args,
            comparison=compared,
            full_feedback=own.full_feedback,
            hint=own.hint or case.hint,
            description=own.description or case.description,
        )

    def _name_misspelt(self, folder: Path, *names: str) -> None:
        for name in names:
            if self.files.is_file(folder / name):
                right = "testdata.yaml" if self.metadata.format == "legacy" else "test_group.yaml"
                self.files.leave_out(folder / name, "is not read", f"this format calls it {right}")


def _bound(group: Group) -> int | None:
    return group.settings.max_score if isinstance(group.settings, GroupSettings) else None


def _ordered(items: list[Case | Group]) -> tuple[Case | Group, ...]:
    return tuple(sorted(items, key=lambda item: item.base_name))
