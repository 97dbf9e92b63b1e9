// Runs jsii's kernel (program.js) in the process that Go speaks to, with its compiled code kept.
//
// jsii's own launcher starts a second Node and passes every message on to it: two processes more on the way of each of
// some thousand calls. The kernel talks on descriptor 3; here that is the standard input and output.
"use strict";
const fs = require("fs");
const { enableCompileCache } = require("module");
const path = require("path");
const threads = require("worker_threads");

const { readSync, writeSync, mkdtempSync } = fs;
fs.readSync = (fd, ...rest) => readSync(fd === 3 ? 0 : fd, ...rest);
fs.writeSync = (fd, ...rest) => writeSync(fd === 3 ? 1 : fd, ...rest);
// What a construct prints is not part of the conversation.
process.stdout.write = process.stderr.write.bind(process.stderr);

// On its first load of aws-cdk-lib the kernel has a worker write an index of the library's types, which every later run reads
// in place of 82 MB of JSON. The kernel ends without its worker, which then leaves nothing; here it waits.
const { exit } = process;
let building = 0;
threads.Worker = class extends threads.Worker {
  constructor(...args) {
    super(...args);
    building++;
    this.on("exit", () => building--);
  }
};
process.exit = (code) => (building ? (process.exitCode = code) : exit(code));

// The kernel links aws-cdk-lib into a folder of a random name and removes it at its end. Node keeps compiled code by the
// file's path, so the folder must have the same name every time. A run beside this one has it: then this one does without.
const cache = path.join(__dirname, "..", "..", ".cache", "node");
const kernel = path.join(cache, "kernel");
const abandoned = 10 * 60 * 1000; // milliseconds; a run that was killed could not remove it
try {
  fs.mkdirSync(cache, { recursive: true });
  const there = fs.statSync(kernel, { throwIfNoEntry: false });
  if (there && Date.now() - there.mtimeMs > abandoned) fs.rmSync(kernel, { recursive: true });
  fs.mkdirSync(kernel);
  fs.mkdtempSync = (prefix, ...rest) => (prefix.endsWith("jsii-kernel-") ? kernel : mkdtempSync(prefix, ...rest));
  enableCompileCache(path.join(cache, "compiled"));
} catch {
  // not ours to have: the kernel makes its own
}
