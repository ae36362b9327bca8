import type { DocFrame } from './protocol.ts';
import type { Gone, Role, RoleChange } from './types.ts';

/** What the server says about a document beside its text: title, role, trash. */
export class About {
  title = '';
  /** Until the server has said, nobody is kept from writing: what may not be is refused there, and parked. */
  role: Role = 'editor';
  roleChange: RoleChange | null = null;
  trashed = false;
  gone: Gone | null = null;
  #told = false;

  /** Takes a notice over. Gives why the document is not there any more, if the notice says so. */
  take(notice: DocFrame): Gone | null {
    const by = notice.by ?? null;
    const at = notice.at ?? null;
    const { reason, role } = notice;
    if (notice.title !== undefined) this.title = notice.title;
    if (notice.trashed !== undefined) this.trashed = notice.trashed;
    if (reason === 'trashed' || reason === 'deleted') return { reason, by, at };
    if (role === 'none') return { reason: 'removed', by, at };
    if (role !== undefined) {
      // The first subscription tells what one is; a later one that differs, that it changed while we were away.
      const changed = role !== this.role && (reason !== undefined || this.#told);
      if (changed) this.roleChange = { from: this.role, to: role, by, at };
      this.role = role;
      this.#told = true;
    }
    return null;
  }
}
