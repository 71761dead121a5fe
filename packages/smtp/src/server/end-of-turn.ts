// What all conversations have to say leaves together, at the end of the turn of the event loop: a client on the same machine is woken
// once for all its sessions, not once for each.
interface Speaker {
  say(): void;
}

let waiting: Speaker[] = [];

/** Calls say() once this turn is over. */
export function sayAtEndOfTurn(speaker: Speaker): void {
  if (waiting.push(speaker) === 1) setImmediate(sayAll);
}

function sayAll(): void {
  const all = waiting;
  waiting = [];
  for (const speaker of all) speaker.say();
}
