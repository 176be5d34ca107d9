"""What surrounds a candidate's function in another language, and what stands in the editor before it is written.

The program reads the arguments from stdin and writes one letter and its content to descriptor 3, as the examinee does
for Python (`judge/inside/examinee.py`); both are encoded as `judge/inside/values.py` says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources

from greenroom.bank.specs import CodeSpec
from greenroom.judge.calling.shapes import Shape, crosses, signature
from greenroom.judge.languages import CALLER, Name

_HERE = "greenroom.judge.calling"
_UNWRITTEN = "not written yet"
_MOST_LINE = 80

# Words that a parameter of an item may be called, and that mean something else there.
_RESERVED = {
    "cpp": """
        auto bool case catch char class const default delete do double enum explicit export extern final
        float for friend goto inline int long mutable namespace new operator override private protected
        public register short signed sizeof static struct switch template this throw typedef typename union
        unsigned using virtual void volatile main
        """,
    "java": """
        abstract boolean byte case catch char class const default do double enum extends final float goto
        implements int instanceof interface long native new package private protected public short static
        super switch synchronized this throw throws transient void volatile var record
        """,
    "javascript": """
        arguments case catch class const default delete do enum eval export extends function instanceof
        interface let new package private protected public static super switch this throw typeof var void
        """,
    "go": """
        case chan const default defer fallthrough func go goto interface map package range select struct
        switch type var main init string int len cap append copy error
        """,
}


@dataclass(frozen=True)
class _Writer:
    starter: Callable[[CodeSpec, str], str]
    sources: Callable[[CodeSpec, str, str], dict[str, str]]


def languages_of(spec: CodeSpec) -> tuple[Name, ...]:
    """The languages, beside Python, in which the item's function can be written."""
    if not crosses(spec):
        return ()
    return tuple(name for name in _WRITERS if spec.entry not in _RESERVED[name].split())


def starter(language: Name, spec: CodeSpec) -> str:
    """The function's head in *language*, without a body."""
    return _WRITERS[language].starter(spec, language)


def sources(language: Name, spec: CodeSpec, source: str) -> Mapping[str, bytes]:
    """The files of the program that calls the function in *source*."""
    made = _WRITERS[language].sources(spec, source, language)
    return {name: text.encode("utf-8", "surrogatepass") for name, text in made.items()}


def entry(language: Name) -> str | None:
    """The class that such a program begins with, where it must be told."""
    return CALLER if language == "java" else None


def _runtime(suffix: str) -> str:
    return resources.files(_HERE).joinpath(f"runtime.{suffix}").read_text("utf-8")


def _named(spec: CodeSpec, language: str) -> list[str]:
    reserved = _RESERVED[language].split()
    return [f"{one.name}_" if one.name in reserved else one.name for one in spec.parameters]


def _in_python(spec: CodeSpec) -> str:
    """The head that the prompt speaks of: not every language can say what is in a row of several types."""
    return spec.signature.removeprefix("def ").removesuffix(":")


def _listed(params: list[str], margin: str) -> str:
    """The parameters in one line, or in one each where they would not fit."""
    line = ", ".join(params)
    return line if len(line) <= _MOST_LINE else f"\n{margin}" + f",\n{margin}".join(params)


def _is_row(shape: Shape) -> bool:
    """Whether all parts of a tuple are of one type."""
    return all(part == shape[1] for part in shape[1:])


# C++


def _cpp(shape: Shape) -> str:
    kind, *parts = shape
    scalars = {"int": "long long", "float": "double", "str": "std::string", "bool": "bool"}
    containers = {"optional": "optional", "list": "vector", "tuple": "tuple", "set": "set", "dict": "map"}
    return scalars.get(kind) or f"std::{containers[kind]}<{', '.join(map(_cpp, parts))}>"


def _cpp_starter(spec: CodeSpec, language: str) -> str:
    given, returned = signature(spec)
    params = [
        f"{_cpp(shape)} {name}" if shape[0] in ("int", "float", "bool") else f"const {_cpp(shape)}& {name}"
        for shape, name in zip(given, _named(spec, language), strict=True)
    ]
    head = f"{_cpp(returned)} {spec.entry}({_listed(params, '    ')})".replace("std::", "")
    return (
        f"#include <bits/stdc++.h>\nusing namespace std;\n\n// {_in_python(spec)}\n{head} {{\n"
        f'    throw logic_error("{_UNWRITTEN}");\n}}\n'
    )


def _cpp_sources(spec: CodeSpec, source: str, _language: str) -> dict[str, str]:
    given, returned = signature(spec)
    read = "".join(
        f"    auto a{at} = greenroom::Wire<{_cpp(shape)}>::read(given.at({at}));\n" for at, shape in enumerate(given)
    )
    names = ", ".join(f"a{at}" for at in range(len(given)))
    driver = (
        '#include "greenroom.hpp"\n#include "solution.hpp"\n\nint main() {\n'
        "  return greenroom::run([](const std::vector<greenroom::Node>& given) {\n"
        f"{read}    return greenroom::answer<{_cpp(returned)}>({spec.entry}({names}));\n  }});\n}}\n"
    )
    shown = f'#line 1 "solution.cpp"\n{source}'
    return {"greenroom.cpp": driver, "greenroom.hpp": _runtime("hpp"), "solution.hpp": shown}


# Java


def _java(shape: Shape, *, boxed: bool = False) -> str:
    kind, *parts = shape
    scalars = {"int": ("long", "Long"), "float": ("double", "Double"), "bool": ("boolean", "Boolean")}
    if kind in scalars:
        return scalars[kind][boxed]
    if kind == "str":
        return "String"
    if kind == "optional":
        return _java(parts[0], boxed=True)
    if kind == "list":
        return f"{_java(parts[0])}[]"
    if kind == "tuple":
        return f"{_java(parts[0])}[]" if _is_row(shape) else "Object[]"
    return f"{'Set' if kind == 'set' else 'Map'}<{', '.join(_java(part, boxed=True) for part in parts)}>"


def _java_class(shape: Shape) -> str:
    """The class of a shape's values, without what they hold."""
    return _java(shape).partition("<")[0] + ("[]" if _java(shape).endswith(">[]") else "") + ".class"


def _java_spec(shape: Shape) -> str:
    kind, *parts = shape
    held = _java_class(shape)
    if kind == "list":
        held = _java_class(parts[0])
    elif kind == "tuple":
        kind, held = "row", _java_class(parts[0]) if _is_row(shape) else "Object.class"
    made = ", ".join([json.dumps(kind), held, *map(_java_spec, parts)])
    return f"new GreenroomWire.Spec({made})"


def _java_starter(spec: CodeSpec, language: str) -> str:
    given, returned = signature(spec)
    params = [f"{_java(shape)} {name}" for shape, name in zip(given, _named(spec, language), strict=True)]
    head = f"static {_java(returned)} {spec.entry}({_listed(params, '        ')})"
    return (
        f"import java.util.*;\n\nclass Solution {{\n    // {_in_python(spec)}\n    {head} {{\n"
        f'        throw new UnsupportedOperationException("{_UNWRITTEN}");\n    }}\n}}\n'
    )


def _java_sources(spec: CodeSpec, source: str, _language: str) -> dict[str, str]:
    given, returned = signature(spec)
    arguments = ", ".join(
        f"({_java(shape, boxed=True)}) GreenroomWire.read(nodes.get({at}), {_java_spec(shape)})"
        for at, shape in enumerate(given)
    )
    driver = (
        f'import java.util.*;\n\n@SuppressWarnings("unchecked")\nfinal class {CALLER} {{\n'
        "    public static void main(String[] none) {\n"
        f"        GreenroomWire.run({_java_spec(returned)}, nodes -> Solution.{spec.entry}({arguments}));\n    }}\n}}\n"
    )
    return {f"{CALLER}.java": driver, "GreenroomWire.java": _runtime("java"), "Solution.java": source}


# JavaScript


def _js(shape: Shape) -> str:
    kind, *parts = shape
    scalars = {"int": "number", "float": "number", "str": "string", "bool": "boolean"}
    if kind in scalars:
        return scalars[kind]
    if kind == "optional":
        return f"{_js(parts[0])} | null"
    if kind == "tuple":
        return f"[{', '.join(map(_js, parts))}]"
    if kind == "list":
        return f"Array<{_js(parts[0])}>"
    return f"{'Set' if kind == 'set' else 'Map'}<{', '.join(map(_js, parts))}>"


def _js_starter(spec: CodeSpec, language: str) -> str:
    given, returned = signature(spec)
    names = _named(spec, language)
    params = "".join(f" * @param {{{_js(shape)}}} {name}\n" for shape, name in zip(given, names, strict=True))
    return (
        f"/**\n{params} * @returns {{{_js(returned)}}}\n */\n"
        f'function {spec.entry}({", ".join(names)}) {{\n  throw new Error("{_UNWRITTEN}");\n}}\n'
    )


def _js_sources(spec: CodeSpec, source: str, _language: str) -> dict[str, str]:
    given, returned = signature(spec)
    runtime = _runtime("js").replace("SPEC", json.dumps({"parameters": given, "returns": returned}), 1)
    missing = f'() => {{ throw new Error("there is no function {spec.entry}"); }}'
    called = f'(typeof {spec.entry} === "function" ? {spec.entry} : {missing});\n'
    return {"solution.js": f"{source}{runtime.rstrip()}{called}"}


# Go

_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth")


def _go(shape: Shape) -> str:
    kind, *parts = shape
    scalars = {"int": "int", "float": "float64", "str": "string", "bool": "bool"}
    if kind in scalars:
        return scalars[kind]
    if kind == "optional":
        return f"*{_go(parts[0])}"
    if kind == "list":
        return f"[]{_go(parts[0])}"
    if kind == "tuple" and _is_row(shape):
        return f"[{len(parts)}]{_go(parts[0])}"
    if kind == "tuple":
        names = (*_ORDINALS, *(f"Part{at}" for at in range(len(_ORDINALS), len(parts))))
        fields = "; ".join(f"{name} {_go(part)}" for name, part in zip(names, parts, strict=False))
        return f"struct{{ {fields} }}"
    return f"map[{_go(parts[0])}]{_go(parts[1]) if kind == 'dict' else 'struct{}'}"


def _go_starter(spec: CodeSpec, language: str) -> str:
    given, returned = signature(spec)
    params = ", ".join(f"{name} {_go(shape)}" for shape, name in zip(given, _named(spec, language), strict=True))
    head = f"func {spec.entry}({params}) {_go(returned)}"
    return f'package main\n\n// {_in_python(spec)}\n{head} {{\n\tpanic("{_UNWRITTEN}")\n}}\n'


def _go_sources(spec: CodeSpec, source: str, _language: str) -> dict[str, str]:
    given, _ = signature(spec)
    made = "".join(f"\ta{at} := new({_go(shape)})\n" for at, shape in enumerate(given))
    places = ", ".join(f"reflect.ValueOf(a{at})" for at in range(len(given)))
    passed = ", ".join(f"*a{at}" for at in range(len(given)))
    driver = (
        f'package main\n\nimport "reflect"\n\nfunc main() {{\n{made}'
        f"\tgreenroomRun([]reflect.Value{{{places}}}, func() reflect.Value {{\n"
        f"\t\treturn reflect.ValueOf({spec.entry}({passed}))\n\t}})\n}}\n"
    )
    return {"solution.go": source, "greenroom_main.go": driver, "greenroom_wire.go": _runtime("go")}


_WRITERS: dict[Name, _Writer] = {
    "cpp": _Writer(_cpp_starter, _cpp_sources),
    "java": _Writer(_java_starter, _java_sources),
    "javascript": _Writer(_js_starter, _js_sources),
    "go": _Writer(_go_starter, _go_sources),
}
