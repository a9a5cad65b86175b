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
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=tap", ...files], { stdio: "inherit" });
process.exit(status ?? 1);
