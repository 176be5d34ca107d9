
;(function (solution) {
  // What a function's arguments and its answer are on the wire (judge/inside/values.py), for JavaScript.
  "use strict";
  const fs = require("fs");
  const HUGE = 2 ** 53;

  // An integer is a number as far as numbers are exact, and a BigInt beyond.
  function parsed(text) {
    const marked = text.replace(/"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g, (found) => {
      if (found[0] === '"' || Math.abs(Number(found)) < HUGE) return found;
      return `{"n":"${found}"}`;
    });
    return JSON.parse(marked);
  }

  function elements(node) {
    while (!Array.isArray(node)) node = Object.values(node)[0];
    return node;
  }

  function read(node, [kind, ...parts]) {
    switch (kind) {
      case "optional":
        return node === null ? null : read(node, parts[0]);
      case "int":
        if (typeof node === "number") return node;
        return "n" in node ? BigInt(node.n) : (node.i[0] === "-" ? -BigInt(node.i.slice(1)) : BigInt(node.i));
      case "float":
        return typeof node === "number" ? node : Number({ nan: "NaN", inf: "Infinity", "-inf": "-Infinity" }[node.f] ?? node.n);
      case "list":
        return elements(node).map((part) => read(part, parts[0]));
      case "tuple":
        return elements(node).map((part, at) => read(part, parts[at]));
      case "set":
        return new Set(elements(node).map((part) => read(part, parts[0])));
      case "dict": {
        const values = elements(node.d[1]);
        return new Map(elements(node.d[0]).map((key, at) => [read(key, parts[0]), read(values[at], parts[1])]));
      }
      default:
        return node;
    }
  }

  class Unfit extends Error {}

  function plain(value) {
    if (typeof value === "bigint") {
      return value >= -(2n ** 63n) && value < 2n ** 63n ? String(value) : `{"i":"${value < 0n ? "-" : ""}0x${(value < 0n ? -value : value).toString(16)}"}`;
    }
    if (typeof value === "number") {
      if (!Number.isFinite(value)) return `{"f":"${Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf"}"}`;
      return Number.isInteger(value) && Math.abs(value) >= HUGE ? String(BigInt(value)) : String(value);
    }
    if (value === null || value === undefined) return "null";
    if (typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(plain).join(",")}]`;
    if (value instanceof Set) return `{"s":[${[...value].map(plain).join(",")}]}`;
    if (value instanceof Map) return `{"d":[[${[...value.keys()].map(plain).join(",")}],[${[...value.values()].map(plain).join(",")}]]}`;
    throw new Unfit(`an object of class ${value?.constructor?.name ?? typeof value}, which is not plain data`);
  }

  function written(value, [kind, ...parts]) {
    const rows = (held, spec) => `[${Array.from(held, (one) => written(one, spec)).join(",")}]`;
    switch (kind) {
      case "optional":
        return value === null || value === undefined ? "null" : written(value, parts[0]);
      case "float":
        return typeof value === "number" && Number.isInteger(value) ? (Object.is(value, -0) ? "-0.0" : value.toExponential()) : plain(value);
      case "list":
        return Array.isArray(value) ? rows(value, parts[0]) : plain(value);
      case "tuple":
        return Array.isArray(value) && value.length === parts.length
          ? `{"t":[${value.map((one, at) => written(one, parts[at])).join(",")}]}` : plain(value);
      case "set":
        return value instanceof Set ? `{"s":${rows(value, parts[0])}}` : plain(value);
      case "dict":
        return value instanceof Map ? `{"d":[${rows(value.keys(), parts[0])},${rows(value.values(), parts[1])}]}` : plain(value);
      default:
        return plain(value);
    }
  }

  function send(text) {
    const bytes = Buffer.from(text, "utf8");
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(3, bytes, at);
  }

  const { parameters, returns } = SPEC;
  try {
    const nodes = elements(parsed(fs.readFileSync(0, "utf8")));
    const value = solution(...nodes.map((node, at) => read(node, parameters[at])));
    if (value instanceof Promise) throw new TypeError("the function returned a promise; it is called without await");
    send("V" + written(value, returns));
  } catch (error) {
    if (error instanceof Unfit) {
      send("U" + error.message);
    } else {
      const line = /solution\.js:(\d+)/.exec(error?.stack ?? "");
      const text = String(error?.message ?? error).slice(0, 2000) + (line ? ` (line ${line[1]})` : "");
      send("E" + JSON.stringify({ type: String(error?.name ?? "exception"), text, line: null }));
    }
    process.exitCode = 1;
  }
})
