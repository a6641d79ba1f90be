// What must survive the end of the machine: one JSON file, replaced whole.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

export class Store {
  constructor(path, first) {
    this.path = path;
    this.data = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : first;
  }

  save() {
    const beside = `${this.path}.new`;
    const file = openSync(beside, "w");
    writeSync(file, JSON.stringify(this.data));
    fsyncSync(file);
    closeSync(file);
    renameSync(beside, this.path);
  }
}
