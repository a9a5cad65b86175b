// The program under test: started on a folder, a port and a database of its own, stopped at the end.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const program = process.env.KEPT_PROGRAM ?? path.resolve(import.meta.dirname, "../../target/debug/kept");
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** Whether the tests run on PostgreSQL. */
export const onPostgres = Boolean(process.env.KEPT_E2E_POSTGRES);

/**
 * Starts `kept serve` (empty) or `kept demo`, and waits until it answers.
 *
 * Answers { address, signIns: [{ email, password, line }], stop }.
 */
export async function startKept(command, options = []) {
  const folder = await mkdtemp(path.join(tmpdir(), "kept-e2e-"));
  const words = [command, "--data", folder, "--listen", "127.0.0.1:0", ...options];
  if (onPostgres) words.push("--database", await newDatabase());
  const child = spawn(program, words, { env: environment(), stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.once("error", (error) => (said += String(error)));
  const stop = async () => {
    child.kill("SIGTERM");
    const killed = setTimeout(() => child.kill("SIGKILL"), 15_000);
    await ended;
    clearTimeout(killed);
    running.delete(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const address = await until("the address it listens on", () => {
      if (child.exitCode !== null || child.pid === undefined) throw new Error(`the program ended (${child.exitCode}):\n${said}`);
      return said.match(/listens on (http:\S+)/)?.[1];
    }, () => said);
    await until(`an answer of ${address}/health`, () => fetch(`${address}/health`).then((answer) => answer.ok, () => false), () => said);
    const signIns = command === "demo" ? await until("the demo's sign-ins", () => signInsIn(said), () => said) : [];
    return { address, signIns, stop, said: () => said };
  } catch (error) {
    if (child.exitCode === null && child.pid) await stop();
    throw error;
  }
}

/** Waits until a question has an answer that is neither false nor empty; `about` is added to the error. */
export async function until(what, question, about = () => "", seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await question();
    if (answer && answer.length !== 0) return answer;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}\n${about()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Lines that hold a mail address: the last word of the line is the password. */
function signInsIn(said) {
  const lines = said.replaceAll(/\u001b\[[0-9;]*m/g, "").split("\n");
  return lines.flatMap((line) => {
    const words = line.split(/[\s,;|·()"`]+/).filter(Boolean);
    const at = words.findIndex((word) => /^[^@\s]+@[^@\s]+$/.test(word));
    if (at < 0 || at === words.length - 1) return [];
    return [{ email: words[at], password: words.at(-1), line: line.toLowerCase() }];
  });
}

let databases = 0;
async function newDatabase() {
  const url = new URL(process.env.KEPT_E2E_POSTGRES);
  databases += 1;
  const name = `kept_e2e_${process.pid}_${databases}`;
  await run("createdb", ["--maintenance-db", url.href, name]);
  url.pathname = `/${name}`;
  return url.href;
}

function environment() {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("KEPT_"));
  // A word of the ledger without a text is said in the log at this level.
  return { ...Object.fromEntries(kept), NO_COLOR: "1", KEPT_LOG: "warn,kept_web=debug" };
}
