import type { DocFrame } from './protocol.ts';
import type { Gone, Role, RoleChange } from './types.ts';

/** What the server tells about a document apart from its text: title, the user's role, whether it is in the trash. */
export class Metadata {
  title = '';
  /** `editor` until the server tells: what the user may not write is refused there, and parked. */
  role: Role = 'editor';
  roleChange: RoleChange | null = null;
  trashed = false;
  gone: Gone | null = null;
  #roleKnown = false;

  /** Applies a notice. Returns why the document is gone if the notice says that it is, else null. */
  apply(notice: DocFrame): Gone | null {
    const by = notice.by ?? null;
    const at = notice.at ?? null;
    const { reason, role } = notice;
    if (notice.title !== undefined) this.title = notice.title;
    if (notice.trashed !== undefined) this.trashed = notice.trashed;
    if (reason === 'trashed' || reason === 'deleted') return { reason, by, at };
    if (role === 'none') return { reason: 'removed', by, at };
    if (role !== undefined) {
      // The first subscription tells the role. If a later one tells another, it changed while we were away.
      const changed = role !== this.role && (reason !== undefined || this.#roleKnown);
      if (changed) this.roleChange = { from: this.role, to: role, by, at };
      this.role = role;
      this.#roleKnown = true;
    }
    return null;
  }
}
