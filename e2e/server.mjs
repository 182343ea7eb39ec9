// The servers that journeys visit. Each is a function that starts one and answers `{ origin, stop }`.

import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the program finds its platforms. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;

/** The demo of the built program, with a new data folder and a port of the system's choice. */
export async function demo() {
  const program = process.env.SHOUYUE_BIN;
  if (!program) {
    throw new Error('SHOUYUE_BIN is not set; run `cargo xtask browser`');
  }
  const data = await mkdtemp(join(tmpdir(), 'shouyue-e2e-'));
  const child = spawn(program, ['serve', '--demo', '--port', '0', '--data', data], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(impatience);
    await rm(data, { recursive: true, force: true });
  };
  try {
    return { ...(await announced(child)), data, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The demo, in which a later version of a platform has come into force since its people came. */
export function updated() {
  return later('2026-09-01.toml', (operation) => operation, (folder) => ['publish', folder]);
}

/** The demo, in which a later version of a platform is kept as a draft, for whose findings nobody answers. */
export function drafted() {
  const unanswered = (operation) => operation.replaceAll(/\n\[\[acknowledge\]\][^]*?(?=\n\[|$)/g, '');
  return later('2027-03-01.toml', unanswered, (folder) => ['draft', 'put', folder]);
}

/** The demo, and what a command has made of a later version of a platform, with a changed operation file. */
async function later(version, changed, words) {
  const started = await demo();
  try {
    const at = await mkdtemp(join(tmpdir(), 'shouyue-e2e-later-'));
    const from = join(ROOT, 'platforms/haigang/later');
    const folder = join(at, 'haigang');
    await mkdir(folder);
    await copyFile(join(from, version), join(folder, version));
    await writeFile(join(folder, 'operation.toml'), changed(await readFile(join(from, 'operation.toml'), 'utf8')));
    const { data, origin } = started;
    const config = join(at, 'shouyue.toml');
    const quoted = (text) => JSON.stringify(text);
    await writeFile(config, `data = ${quoted(join(data, 'data'))}\nroot_key = ${quoted(join(data, 'root.key'))}\norigin = ${quoted(origin)}\nsimulated = true\n`);
    await command([...words(folder), '--config', config]);
    await rm(at, { recursive: true, force: true });
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/** What a command of the built program prints; it may say by its status that it found something. */
export function command(words) {
  return new Promise((resolve, reject) => {
    execFile(process.env.SHOUYUE_BIN, words, { cwd: ROOT, maxBuffer: 64 << 20 }, (error, printed, complained) => {
      if (error && (error.code !== 1 || words[0] !== 'diff')) {
        reject(new Error(`${words.join(' ')}: ${printed}${complained}`));
      } else {
        resolve(printed);
      }
    });
  });
}

/** Waits for the address that the program prints, and keeps what it prints for the journeys that read it (how to log in). */
function announced(child) {
  return new Promise((resolve, reject) => {
    const output = [];
    const printed = () => output.join('');
    const fail = (why) => {
      clearTimeout(limit);
      reject(new Error(`${why}; it printed:\n${printed()}`));
    };
    const limit = setTimeout(() => fail(`the server gave no address in ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    child.once('error', (error) => fail(`the server did not start: ${error.message}`));
    child.once('exit', (code) => fail(`the server ended with ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output.push(text);
        const origin = printed().match(/http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+/)?.[0];
        if (origin) {
          clearTimeout(limit);
          resolve({ origin, printed });
        }
      });
    }
  });
}
