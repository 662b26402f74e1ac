import { spawn } from 'node:child_process';

// All checks but the tests, two at a time; what one of them says is shown when it has ended.
const checks = ['check:lint', 'check:types', 'check:format', 'check:codegen'];
const AT_A_TIME = 2;

/** Runs one of package.json's scripts; resolves with whether it was fine. */
function run(script) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', script], { shell: process.platform === 'win32' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      process.stdout.write(`${script}: ${code === 0 ? 'fine' : 'failed'}\n`);
      if (code !== 0) process.stdout.write(output);
      resolve(code === 0);
    });
  });
}

async function runNext() {
  let fine = true;
  for (let script = checks.shift(); script !== undefined; script = checks.shift())
    fine = (await run(script)) && fine;
  return fine;
}

const results = await Promise.all(Array.from({ length: AT_A_TIME }, runNext));
process.exitCode = results.every(Boolean) ? 0 : 1;
