// Runs the browser tests, one file after another: node run.mjs [part of a file's name …]
// Output is TAP, which `cargo xtask test` counts. On PostgreSQL when KEPT_E2E_POSTGRES is set.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";

const folder = path.join(import.meta.dirname, "tests");
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".test.mjs") && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort()
  .map((name) => path.join(folder, name));
// One browser and one program at a time: what is tested is the product, not the machine.
// A file takes a minute or two: one that takes ten waits for something that will not come, and says so instead of holding up the rest.
const options = ["--test", "--test-concurrency=1", "--test-timeout=600000", "--test-reporter=tap"];
const { status } = spawnSync(process.execPath, [...options, ...files], { stdio: "inherit" });
process.exit(status ?? 1);
