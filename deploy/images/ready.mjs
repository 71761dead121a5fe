// The container's health: 0 when the site says that it accepts mail.
const url = process.argv[2] ?? 'http://127.0.0.1:8025/readyz';
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4000) });
  if (!answer.ok) console.error(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (failure) {
  console.error(failure);
  process.exitCode = 1;
}
