// A real spotter-server in a process of its own, on a fresh database: started, killed, started again.
// Owns its data folder and its process; never touches a server that it did not start.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { root } from './paths.mjs';

/** The binary that `cargo xtask` built; SPOTTER_SERVER names another one. */
export function serverBinary() {
  const named = process.env.SPOTTER_SERVER;
  const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target');
  const found = [named, path.join(target, 'debug/spotter-server'), path.join(target, 'release/spotter-server')].find((f) => f && fs.existsSync(f));
  if (!found) throw new Error('spotter-server is not built: cargo build -p spotter-server');
  return found;
}

export const REVIEWER = { name: 'demo-reviewer', password: 'correct-horse-battery-staple' };

/**
 * @param {{undoMs?: number, confirmFirst?: number, reviewer?: {name: string, password: string}, more?: string[]}} [options]
 *   `more`: further arguments of `spotter-server serve`
 */
export async function startEndpoint({ undoMs = 200, confirmFirst = 0, reviewer = REVIEWER, more = [] } = {}) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'spotter-e2e-'));
  const binary = serverBinary();
  let child = null;
  let origin = null;
  let listen = '127.0.0.1:0';

  const run = (args, input = '') => {
    const done = spawnSync(binary, args, { input, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`spotter-server ${args.join(' ')}: ${done.stderr}`);
    return done.stdout.trim();
  };

  /** `also`: arguments for this time alone. */
  const start = async (also = []) => {
    child = spawn(binary, ['serve', '--data', data, '--listen', listen, '--undo-ms', String(undoMs), '--confirm-first', String(confirmFirst),
      '--organisation', 'Demo Coalition', '--contact', 'notices@coalition.example', ...more, ...also], { stdio: ['ignore', 'pipe', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (chunk) => { complaint = (complaint + chunk).slice(-4000); });
    const first = await new Promise((resolve, reject) => {
      readline.createInterface({ input: child.stdout }).once('line', resolve);
      child.once('exit', (code) => reject(new Error(`spotter-server ended with ${code} before it was ready: ${complaint}`)));
    });
    const ready = JSON.parse(first);
    origin = ready.origin;
    // The same port again after a restart: an enrolled spotter knows the endpoint by its origin.
    listen = `127.0.0.1:${new URL(origin).port}`;
  };
  const end = async (signal) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  };

  await start();
  run(['reviewer', 'add', '--data', data, '--name', reviewer.name, '--password-stdin'], `${reviewer.password}\n`);
  return {
    get origin() { return origin; },
    data,
    reviewer,
    run,
    invite: () => run(['invite', '--data', data]),
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async close() {
      await end('SIGTERM');
      fs.rmSync(data, { recursive: true, force: true });
    },
  };
}
