// Runs the browser tests, two files at a time on the embedded database: node run.mjs [part of a file's name …]
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
// Each file has a browser and a program of its own, and waits for clocks more than it works: two share a small machine well. With the
// database's processes beside them they do not.
const together = process.env.KEPT_E2E_POSTGRES ? 1 : 2;
// A file takes a minute or two: one that takes ten waits for something that will not come, and says so instead of holding up the rest.
const options = ["--test", `--test-concurrency=${together}`, "--test-timeout=600000", "--test-reporter=tap"];
const { status } = spawnSync(process.execPath, [...options, ...files], { stdio: "inherit" });
process.exit(status ?? 1);
