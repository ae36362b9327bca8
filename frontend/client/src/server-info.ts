import type { ClientOptions, ServerLimits } from './client-types.ts';
import type { FormatsTable } from './format-rules.ts';
import { formatsTable } from './formats-table.ts';
import { type Hello, personOf } from './protocol.ts';
import { sameFields } from './state.ts';
import type { Person } from './types.ts';

/** What the server said in its hello: who is signed in, its build, its limits and the version of its table of formats. */
export class ServerInfo {
  /** Null before the first connection. */
  user: Person | null = null;
  build: string | null = null;
  limits: ServerLimits | null = null;
  readonly #options: ClientOptions;
  /** The server takes formats that this page does not know. A document may hold some; cleaning would drop them when they are moved. */
  #newerFormats = false;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** The id of the user, as the server said or, before it did, as the application says. */
  get userId(): string | undefined {
    return this.user?.id ?? this.#options.user;
  }

  /** The table by which edits are cleaned; null: every format is allowed. */
  get formats(): FormatsTable | null {
    return this.#options.formats === 'any' || this.#newerFormats ? null : formatsTable;
  }

  /** Takes in a hello. Returns `other-user`, and changes nothing, if it is for another user than before. */
  update(hello: Hello): 'other-user' | null {
    const user = personOf(hello.user ?? { id: '', name: '', color: 0 });
    if (this.userId !== undefined && this.userId !== user.id) return 'other-user';
    if (!this.user || !sameFields(user, this.user)) this.user = user;
    this.build = hello.build ?? null;
    this.limits = hello.limits ?? null;
    const version = hello.formats ?? formatsTable.version;
    this.#newerFormats = version === 0 || version > formatsTable.version;
    return null;
  }
}
