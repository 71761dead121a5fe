// Child processes, in the two ways the bootstrap needs them: quietly to their end, or in our place.
import { spawn } from 'node:child_process';

const outputKeptBytes = 64 * 1024;

/** Runs to the end and gives code and the last of the output. Never throws: a program that is not there has code 127. */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-outputKeptBytes);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    // A child that does not read its input is no trouble of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (failure) => resolve({ code: 127, output: failure.message }));
    child.on('close', (code, signal) => resolve({ code: code ?? `killed by ${signal}`, output }));
  });
}

/**
 * Runs in our place: same terminal, our signals are its signals, its end is our end.
 * Resolves with the exit code; when it died of a signal, so do we.
 */
export function become(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    const forward = (signal) => {
      // On a terminal Ctrl-C reaches the whole group by itself; twice would mean "at once" to the child.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const letGo = () => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.on('error', (failure) => {
      letGo();
      reject(failure);
    });
    child.on('exit', (code, signal) => {
      letGo();
      if (signal !== null) process.kill(process.pid, signal);
      resolve(code ?? 1);
    });
  });
}
