// In place of the compiled module with which VS Code writes its logs; without one, Output would stay empty.

const { appendFileSync, mkdirSync } = require("node:fs");
const { dirname } = require("node:path");

const LEVELS = ["trace", "debug", "info", "warn", "error", "critical"];

class Logger {
  #file;
  #level = 0;
  #bare = false;

  constructor(_kind, _name, file) {
    this.#file = file;
  }

  getLevel() {
    return this.#level;
  }

  setLevel(level) {
    this.#level = level;
  }

  clearFormatters() {
    this.#bare = true;
  }

  setPattern() {}

  flush() {}

  drop() {}

  write(level, message) {
    if (LEVELS.indexOf(level) < this.#level) return;
    const time = new Date().toISOString().slice(0, -1).replace("T", " ");
    appendFileSync(this.#file, this.#bare ? message : `${time} [${level.replace("warn", "warning")}] ${message}\n`);
  }
}

for (const level of LEVELS) {
  Logger.prototype[level] = function (message) {
    this.write(level, message);
  };
}

async function createRotatingLogger(name, file) {
  mkdirSync(dirname(file), { recursive: true });
  return new Logger("rotating", name, file);
}

module.exports = {
  Logger,
  createRotatingLogger,
  createAsyncRotatingLogger: createRotatingLogger,
  setFlushOn() {},
  setLevel() {},
  version: 0,
};
