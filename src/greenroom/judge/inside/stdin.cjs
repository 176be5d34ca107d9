// Programs read '/dev/stdin', which leads through /proc. There is none in the sandbox: here the name means descriptor 0.
"use strict";
const fs = require("fs");

const NAME = "/dev/stdin";

for (const name of ["readFileSync", "readFile"]) {
  const read = fs[name];
  fs[name] = (path, ...more) => read(path === NAME ? 0 : path, ...more);
}

const { openSync, open, createReadStream } = fs;
fs.openSync = (path, ...more) => (path === NAME ? 0 : openSync(path, ...more));
fs.open = (path, ...more) => (path === NAME ? process.nextTick(more.pop(), null, 0) : open(path, ...more));
fs.createReadStream = (path, options) => {
  if (path !== NAME) return createReadStream(path, options);
  const given = typeof options === "string" ? { encoding: options } : options;
  return createReadStream(null, { ...given, fd: 0 });
};

const promised = fs.promises.readFile;
fs.promises.readFile = async (path, ...more) => (path === NAME ? fs.readFileSync(0, ...more) : promised(path, ...more));

require("module").syncBuiltinESMExports();
