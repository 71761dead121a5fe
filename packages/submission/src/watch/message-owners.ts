// Whose message it was that was delivered or refused: the last ones taken, by spool id.
import type { RestanteEvent } from '@restante/mail-model';

const ownersMax = 50_000;

export class MessageOwners {
  readonly #owners = new Map<string, string>();

  note(id: string, account: string): void {
    this.#owners.set(id, account);
    for (const oldest of this.#owners.keys()) {
      if (this.#owners.size <= ownersMax) break;
      this.#owners.delete(oldest);
    }
  }

  of(event: RestanteEvent): string | undefined {
    return 'id' in event && event.id !== undefined ? this.#owners.get(event.id) : undefined;
  }
}
